"""The base form: what its fields carry, how errors are summed up, what the trap for bots says."""

import pytest
from django import forms
from django.forms.models import modelform_factory
from django.template.loader import render_to_string
from django.utils.translation import override

from alliance.core.forms import BotTrap, Form, ModelForm, shown_at_token, summary_of
from alliance.core.models import MailStop
from members.models import Member
from partnerships.forms.listings import ListingForm


class Sample(BotTrap, Form):
    autocomplete = {"name": "organization"}

    name = forms.CharField(label="Name?", help_text="As in the register.")
    email = forms.EmailField()
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    amount = forms.DecimalField(min_value=0, required=False)
    until = forms.DateField(required=False, initial="2026-12-04")
    decision = forms.FileField(required=False)


GOOD = {"name": "Zhytomyr", "email": "a@example.org", "kind": "a"}


def sent(**changes) -> dict:
    return {**GOOD, "shown_at": shown_at_token(seconds_ago=60), **changes}


def test_fields_carry_their_attributes():
    html = render_to_string("components/form.html", {"form": Sample()})
    assert 'autocomplete="organization"' in html
    assert 'autocomplete="email"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext"' in html
    assert '<input type="date" name="until" value="2026-12-04"' in html
    assert '<input type="text" name="amount" inputmode="decimal"' in html
    assert html.count("(optional)") == 3


def first_lines(form, name):
    return next(iter(form.fields[name].choices))


@pytest.mark.django_db
def test_a_list_begins_with_words_instead_of_dashes():
    must = modelform_factory(MailStop, form=ModelForm, fields=["category"])()
    assert [str(part) for part in first_lines(must, "category")] == ["", "Please choose"]
    assert '<option value="" selected>Please choose</option>' in str(must["category"])
    may = modelform_factory(Member, form=ModelForm, fields=["proof", "parent"])()
    assert [str(part) for part in first_lines(may, "parent")] == ["", "No choice"]
    assert str(first_lines(may, "proof")[1]) == "not shown yet", "a list with a line of its own keeps it"


def test_the_first_line_is_no_choice():
    form = modelform_factory(MailStop, form=ModelForm, fields=["category"])({"category": ""})
    assert form.errors["category"] == ["This field is required."]


def test_error_stands_at_the_field_and_in_the_summary():
    form = Sample(sent(name="", kind="c"))
    assert not form.is_valid()
    html = render_to_string("components/form.html", {"form": form})
    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert 'id="id_kind_0"' in html
    assert [link["label"] for link in summary_of(form)] == ["Name", "Kind"]


def test_unbound_form_has_no_summary():
    assert summary_of(Sample()) == []


def test_comma_and_point_are_numbers_where_people_write_them():
    from django.utils import translation

    for language, typed in [("uk", "7,5"), ("uk", "7.5"), ("pl", "7,5"), ("en", "7.5")]:
        with translation.override(language):
            form = Sample(sent(amount=typed))
            assert form.is_valid(), form.errors
            assert str(form.cleaned_data["amount"]) == "7.5"


def test_an_honest_form_passes_the_trap():
    assert Sample(sent()).is_valid()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"homepage": "http://spam.example"}, "hidden field"),
        ({"shown_at": ""}, "open for a long time"),
        ({"shown_at": "forged:token"}, "open for a long time"),
        ({"shown_at": shown_at_token(seconds_ago=25 * 3600)}, "open for a long time"),
    ],
)
def test_the_trap_says_what_to_do_and_keeps_what_was_typed(changes, words):
    form = Sample(sent(**changes))
    assert not form.is_valid()
    assert words in form.non_field_errors()[0]
    assert form["name"].value() == "Zhytomyr"
    assert form["homepage"].value() in ("", None)


def test_too_quick_is_told_to_wait_and_the_same_page_passes_later(time_machine):
    time_machine.move_to("2026-11-23 12:00:00Z", tick=False)
    data = sent(shown_at=shown_at_token())
    form = Sample(data)
    assert not form.is_valid()
    assert "very quick" in form.non_field_errors()[0]
    time_machine.move_to("2026-11-23 12:00:05Z", tick=False)
    assert Sample({**data, "shown_at": form["shown_at"].value()}).is_valid()


def test_too_old_is_given_a_fresh_page(time_machine):
    time_machine.move_to("2026-11-23 12:00:00Z", tick=False)
    form = Sample(sent(shown_at=shown_at_token(seconds_ago=25 * 3600)))
    assert not form.is_valid()
    time_machine.move_to("2026-11-23 12:00:05Z", tick=False)
    assert Sample(sent(shown_at=form["shown_at"].value())).is_valid()


def test_the_trap_is_out_of_sight_and_out_of_the_way():
    html = render_to_string("components/field.html", {"field": Sample()["homepage"]})
    assert 'class="field trap"' in html
    assert 'aria-hidden="true"' in html
    assert 'tabindex="-1"' in html


def test_a_model_form_has_the_look_and_the_trap_too():
    form = modelform_factory(MailStop, form=type("Base", (BotTrap, ModelForm), {}), fields=["email"])()
    assert 'autocomplete="email"' in str(form["email"])
    assert form["shown_at"].value()


def test_the_name_of_an_uploaded_file_is_shown_without_its_address():
    stored = type("Stored", (), {"url": "/secret/", "__str__": lambda self: "uchwala.pdf"})()
    html = str(Sample(initial={"decision": stored})["decision"])
    assert "uchwala.pdf" in html
    assert "/secret/" not in html


def test_labels_of_choices_are_in_the_language_of_who_reads():
    """Not in the one that was spoken when the module was read."""
    choices = ListingForm.base_fields["urgency"].choices
    said = {}
    for language in ("en", "pl", "uk"):
        with override(language):
            said[language] = str(dict(choices)["high"])
    assert said == {"en": "Urgent", "pl": "Pilna", "uk": "Термінова"}
