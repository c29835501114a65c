"""Surveys at the desk: written with their questions, looked at in three languages, fixed once members are asked."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions import surveys
from alliance.content.models import Survey, SurveyAnswer, SurveyOption, TranslationGap
from alliance.content.refusals import SurveyRefused
from alliance.content.shown_surveys import sheet_table
from alliance.core.journal import SYSTEM
from alliance.core.models import JournalEntry
from tests.desk import open_desk, prove
from tests.factories import make_coordinator, make_member, make_survey, make_survey_answer, make_user

pytestmark = pytest.mark.django_db
ADD = "admin:content_survey_add"


@pytest.fixture
def desk(client):
    return open_desk(client, make_coordinator(has_second_factor=True))


def url(survey, page, *more):
    return reverse(f"admin:content_survey_{page}", args=[survey.pk, *more])


def typed(response):
    """What the browser would send back without touching anything."""
    formset = response.context["inline_admin_formsets"][0].formset
    found = {}
    for form in (response.context["adminform"].form, formset.management_form, *formset.forms):
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and not bound.field.disabled:
                found[bound.html_name] = (
                    value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else value
                )
    return found


def three(stem, words):
    return {f"{stem}{code}": f"{words} {code}" for code in ("en", "pl", "uk")}


def question(number, kind, **more):
    name = f"questions-{number}-"
    found = {f"{name}kind": kind, **three(f"{name}label_", f"Question {number}")}
    return found | {f"{name}{key}": value for key, value in more.items()}


def written(response, *questions, **more):
    data = typed(response) | three("title_", "Winter") | more
    data["questions-TOTAL_FORMS"] = len(questions)
    for number, (kind, fields) in enumerate(questions):
        data |= question(number, kind, **fields)
    return data


CHOICES = {"en_choices": "Yes\nNo\n", "pl_choices": "Tak\n\nNie", "uk_choices": "Так\nНі"}


def test_the_desk_writes_a_survey_looks_at_it_and_asks(desk):
    make_member(country="UA")
    make_member(country="PL")
    page = desk.get(reverse(ADD))
    data = written(
        page,
        ("number", {"position": 2, **three("unit_", "buses")}),
        ("one", {"position": 1, **CHOICES}),
        side="ukraine",
    )
    assert desk.post(reverse(ADD), data).status_code == 302
    survey = Survey.objects.get()
    assert survey.slug == "winter-en"
    assert [row.kind for row in survey.questions.all()] == ["one", "number"]
    assert [(row.label_en, row.label_uk) for row in SurveyOption.objects.all()] == [
        ("Yes", "Так"),
        ("No", "Ні"),
    ]
    assert "1 member: Ukraine 1" in desk.get(url(survey, "change")).text
    preview = desk.get(url(survey, "preview", "uk"))
    assert "Так" in preview.text
    assert "no-store" in preview.headers["Cache-Control"]
    desk.post(url(survey, "verb", "open"))  # nobody said until when
    survey.refresh_from_db()
    assert survey.is_draft
    moment = timezone.localtime(timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    page = desk.get(url(survey, "change"))
    assert desk.post(url(survey, "change"), typed(page) | {"closes_at": moment}).status_code == 302
    assert "1 member: Ukraine 1" in desk.get(url(survey, "verb", "open")).text
    desk.post(url(survey, "verb", "open"))
    survey.refresh_from_db()
    assert survey.is_open
    assert [row.member.country for row in SurveyAnswer.objects.all()] == ["UA"]


def test_a_draft_is_changed_and_a_question_taken_away(desk):
    survey = make_survey("draft", "one", "text")
    options = list(SurveyOption.objects.values_list("pk", flat=True))
    data = typed(desk.get(url(survey, "change")))
    data |= {
        "questions-1-DELETE": "on",
        "questions-0-uk_choices": "Перше\nДруге",
        "questions-0-pl_choices": "A\nB",
    }
    data |= {"questions-0-en_choices": "One\nTwo"}
    assert desk.post(url(survey, "change"), data).status_code == 302
    assert [row.kind for row in survey.questions.all()] == ["one"]
    assert list(SurveyOption.objects.values_list("pk", "label_uk")) == list(
        zip(options, ["Перше", "Друге"], strict=False)
    )


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"questions-0-uk_choices": "Так"}, "uk_choices"),
        ({"questions-0-kind": "text"}, "en_choices"),
        ({"questions-0-en_choices": "x" * 201 + "\nNo"}, "en_choices"),
        ({"questions-0-label_en": "", "questions-0-label_pl": "", "questions-0-label_uk": ""}, "label_en"),
    ],
)
def test_nonsense_in_a_question_is_refused_at_its_field(desk, wrong, at):
    data = written(desk.get(reverse(ADD)), ("one", CHOICES)) | wrong
    response = desk.post(reverse(ADD), data)
    assert response.status_code == 422
    (errors,) = response.context["inline_admin_formsets"][0].formset.errors
    assert at in errors
    assert not Survey.objects.exists()


def test_what_is_not_translated_stands_in_the_list_of_translations(desk):
    data = written(desk.get(reverse(ADD)), ("one", CHOICES | {"uk_choices": ""}), title_pl="")
    desk.post(reverse(ADD), data)
    survey = Survey.objects.get()
    found = dict(TranslationGap.objects.filter(object_id=survey.pk).values_list("language", "missing"))
    assert found == {"pl": 1, "uk": 2}
    assert str(survey) in desk.get(reverse("admin:content_translationgap_changelist")).text


def test_once_members_are_asked_only_explanations_and_the_last_day_change(desk):
    survey = make_survey("open", "one", "scale")
    page = desk.get(url(survey, "change"))
    form = page.context["inline_admin_formsets"][0].formset.forms[0]
    assert form.fields["label_en"].disabled
    assert form.fields["en_choices"].disabled
    assert not form.fields["help_en"].disabled
    assert "only explanations can be corrected" in page.text
    moment = timezone.localtime(timezone.now() + timedelta(days=30)).replace(second=0, microsecond=0)
    data = typed(page) | {
        "questions-0-help_en": "Think of winter.",
        "closes_at": moment.strftime("%Y-%m-%dT%H:%M"),
    }
    # What a form would not let one type, sent all the same.
    data |= {"side": "ukraine", "questions-0-label_en": "Another?", "questions-0-en_choices": "A\nB\nC"}
    assert desk.post(url(survey, "change"), data).status_code == 302
    survey.refresh_from_db()
    assert (survey.side, survey.closes_at) == ("all", moment)
    first = survey.questions.first()
    assert (first.help_en, first.label_en) == ("Think of winter.", "Question 1 en")
    assert first.options.first().label_en == "Choice 1 en"


@pytest.mark.parametrize(
    "change",
    [
        lambda survey, rows: setattr(survey, "tier", "core"),
        lambda survey, rows: setattr(rows[0][0], "label_pl", "Another"),
        lambda survey, rows: setattr(rows[0][0], "is_required", True),
        lambda survey, rows: rows.reverse(),
        lambda survey, rows: rows.pop(),
        lambda survey, rows: rows[0][1].pop(),
        lambda survey, rows: rows[0][1].reverse(),
        lambda survey, rows: rows[0][1][0].update(uk="Інше"),
    ],
)
def test_the_action_lets_nobody_change_what_answers_mean(change):
    survey = make_survey("open", "one", "several")
    survey = Survey.objects.get(pk=survey.pk)
    rows = [
        (
            row,
            [
                {code: getattr(option, f"label_{code}") for code in ("en", "pl", "uk")}
                for option in row.options.all()
            ],
        )
        for row in survey.questions.all()
    ]
    surveys.save_survey(survey, by=SYSTEM, questions=rows)
    change(survey, rows)
    with pytest.raises(SurveyRefused) as refused:
        surveys.save_survey(survey, by=SYSTEM, questions=rows)
    assert refused.value.args == (SurveyRefused.LOCKED,)


def test_the_second_of_two_editors_is_told_also_when_it_was_opened_meanwhile(desk):
    survey = make_survey(closes_at=timezone.now() + timedelta(days=7))
    make_member()
    data = typed(desk.get(url(survey, "change")))
    surveys.open_survey(survey, by=SYSTEM)
    response = desk.post(url(survey, "change"), data | {"title_en": "Another"})
    assert response.status_code == 422
    assert "Somebody else saved this meanwhile" in response.text
    assert 'value="Another"' in response.text
    survey.refresh_from_db()
    assert survey.title_en != "Another"


def test_the_desk_reads_who_said_what_and_publishes_the_summary(desk):
    survey = make_survey("closed")
    make_survey_answer(
        survey, make_member(official_name="Gmina A"), says={"one": 2, "text": "Бракує водіїв."}
    )
    make_survey_answer(survey, make_member(official_name="Gmina B"))
    page = desk.get(url(survey, "answers")).text
    assert "Бракує водіїв." in page
    assert page.index("Gmina A") < page.index("Gmina B") < page.index("Not answered yet")
    assert "Survey" in desk.get(reverse("admin:queue")).text
    assert "Бракує" not in desk.get(url(survey, "summary", "uk")).text
    for _click in range(2):
        assert desk.post(url(survey, "verb", "publish")).status_code == 302
    survey.refresh_from_db()
    assert survey.is_public
    assert JournalEntry.objects.filter(verb="survey.published").count() == 1
    assert desk.get(url(survey, "verb", "close")).status_code == 302  # no button of a published one


@pytest.mark.parametrize("page", ["changelist", "answers", "change"])
def test_pages_cost_as_much_for_three_rows_as_for_one(desk, django_assert_max_num_queries, page):
    survey = make_survey("open")
    counts = []
    for _round in range(2):
        make_survey_answer(survey, says={"one": 1, "several": [1, 2]})
        address = reverse("admin:content_survey_changelist") if page == "changelist" else url(survey, page)
        desk.get(address)
        with django_assert_max_num_queries(60) as asked:
            desk.get(address)
        counts.append(len(asked))
        make_survey()
        make_survey_answer(survey)
    assert counts[0] == counts[1]


# --- The answers as a file ---


def answered_survey():
    survey = make_survey("open", "one", "several", "number", "text")
    kyiv = make_member(official_name="Бучанська громада", country="UA")
    said = {"one": 1, "several": [1, 2], "number": 3, "text": '=HYPERLINK("https://example.org")'}
    make_survey_answer(survey, kyiv, says=said)
    make_survey_answer(survey, make_member(official_name="Gmina Wzór", country="PL"))
    return survey


def test_the_answers_are_a_file_for_the_desk_and_who_took_it_is_noted(desk):
    survey = answered_survey()
    prove(desk)
    assert url(survey, "answers_file") in desk.get(url(survey, "answers")).text
    response = desk.post(url(survey, "answers_file"))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="{survey.slug}-answers-')
    head, first, second = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert len(head) == len(first) == len(second) == 6 + 4
    assert (first[0], first[2], first[5:9]) == (
        "Бучанська громада",
        "Ukraine",
        ["uk", "Choice 1 en", "Choice 1 en; Choice 2 en", "3"],
    )
    assert first[9].startswith("'="), "no spreadsheet runs what a member wrote"
    assert second[:1] + second[3:] == ["Gmina Wzór"] + [""] * 7
    assert "@" not in response.text, "nobody's address"
    entry = JournalEntry.objects.get(verb="survey.answers_taken")
    assert (entry.actor, entry.data) == (desk.user, {"answered": 1})


def test_the_file_of_answers_is_for_nobody_else_and_asked_for_by_a_button(desk, client):
    survey = answered_survey()
    prove(desk)
    assert desk.get(url(survey, "answers_file")).status_code == 405
    prove(desk, seconds_ago=3600)
    assert desk.post(url(survey, "answers_file")).status_code == 302, "first they show who they are"
    prove(desk)
    draft = make_survey()
    assert url(draft, "answers_file") not in desk.get(url(draft, "answers")).text
    assert desk.post(url(draft, "answers_file")).status_code == 302
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.post(url(survey, "answers_file")).status_code in (302, 403)
    assert not JournalEntry.objects.filter(verb="survey.answers_taken").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_of_answers_costs_a_constant_number_of_queries(django_assert_num_queries, count):
    survey = make_survey("open", "one", "text")
    for _ in range(count):
        make_survey_answer(survey, says={"one": 1, "text": "Words"})
    rows = SurveyAnswer.objects.filter(survey=survey).for_desk()
    with django_assert_num_queries(6):
        assert len(list(sheet_table(survey, rows)[1])) == count


def test_labels_of_choices_are_in_the_readers_language(client):
    desk = open_desk(client, make_coordinator(has_second_factor=True, language="pl"))
    text = desk.get(reverse("admin:content_survey_add")).text
    assert "Odpowiedzi do wyboru – Polski" in text
    assert "Choices – " not in text
