"""A text exists when it exists in three languages: catalogues complete, current, well formed."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django import forms
from django.conf import settings
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from tests import messages

ROOT = Path(settings.BASE_DIR)
SOURCE = "en"
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != SOURCE]


def catalogue(language: str) -> polib.POFile:
    return messages.catalogue(ROOT / "locale" / language / "LC_MESSAGES" / "django.po")


def plural_count(po: polib.POFile) -> int:
    return int(po.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_every_message_of_the_sources(language):
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue(language) if not entry.obsolete}
    assert sorted(messages.messages(ROOT) - known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_nothing_the_sources_dropped(language):
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue(language)}
    assert sorted(known - messages.messages(ROOT)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_translated_and_well_formed(language):
    po = catalogue(language)
    rules = {"plurals": plural_count(po), "counts_one": "(n==1 ? 0" in po.metadata["Plural-Forms"]}
    assert {entry.msgid: found for entry in po if (found := messages.faults(entry, **rules))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_copies_english(language):
    assert [entry.msgid for entry in catalogue(language) if messages.copies_english(entry)] == []


def test_ukrainian_has_no_russian_letters_and_no_mixed_words():
    texts = [t for e in catalogue("uk") for t in [e.msgstr, *e.msgstr_plural.values()]]
    assert [t for t in texts if messages.RUSSIAN_LETTERS.search(t)] == []
    assert [t for t in texts if messages.MIXED_WORD.search(t)] == []


def test_a_planted_message_is_missed_in_the_catalogue(tmp_path):
    planted = {
        "members/views/lost.py": '_("Nobody translated this")',
        "templates/members/lost.html": '{% translate "Nor this" %}',
        "templates/members/email/lost_subject.txt": '{% translate "Nor that" %}',
    }
    for name, text in planted.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    missed = {("", text) for text in ("Nobody translated this", "Nor this", "Nor that")}
    assert messages.messages(tmp_path) == missed
    for language in LANGUAGES:
        assert missed.isdisjoint((entry.msgctxt or "", entry.msgid) for entry in catalogue(language))


def days(*forms: str) -> polib.POEntry:
    return polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural=dict(enumerate(forms)))


PLANTED_FAULTS = [
    ("empty", polib.POEntry(msgid="Save", msgstr=" ")),
    ("fuzzy", polib.POEntry(msgid="Save", msgstr="Zapisz", flags=["fuzzy"])),
    ("a placeholder is missing", polib.POEntry(msgid="Hello %(name)s", msgstr="Witaj")),
    ("a placeholder is missing", days("dzień", "%(n)s dni", "%(n)s dni", "%(n)s dnia")),
    ("is not in the English", polib.POEntry(msgid="Hello", msgstr="Witaj %(nmae)s")),
    ("2 plural forms instead of 4", days("%(n)s dzień", "%(n)s dni")),
    ("empty", days("%(n)s dzień", "%(n)s dni", "", "%(n)s dnia")),
    ("line break at the end differs", polib.POEntry(msgid="Save\n", msgstr="Zapisz")),
]


@pytest.mark.parametrize(("fault", "entry"), PLANTED_FAULTS)
def test_a_planted_fault_is_found_by_its_own_rule(fault, entry):
    (found,) = messages.faults(entry, 4)
    assert fault in found


def test_the_form_for_one_alone_may_go_without_its_number():
    without = days("jeden dzień", "%(n)s dni", "%(n)s dni", "%(n)s dnia")
    assert messages.faults(without, 4, counts_one=True) == []
    assert messages.faults(days("%(n)s dzień", "dni", "%(n)s dni", "%(n)s dnia"), 4, counts_one=True)


def test_a_planted_copy_russianism_and_mixed_word_are_found():
    assert messages.copies_english(polib.POEntry(msgid="Find your place", msgstr="Find your place"))
    assert messages.RUSSIAN_LETTERS.search("Объект")
    assert messages.MIXED_WORD.search("грoмада")  # a Latin o


def test_the_reader_of_sources_sees_every_kind_of_message():
    source = 'x = _("a"), gettext_lazy("b"), pgettext("c", "d"), ngettext("e", "f", 2), npgettext("g", "h", "i", 1)'
    assert set(messages.in_source(source)) == {("", "a"), ("", "b"), ("c", "d"), ("", "e"), ("g", "h")}
    template = (
        '{% translate "a" %}{% translate "b" context "c" %}'
        "{% blocktranslate trimmed count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    assert set(messages.in_template(template)) == {("", "a"), ("c", "b"), ("", "%(n)s day")}


# --- Forms speak the language of whoever reads them -------------------------------------------------------------


def forms_of_ours() -> Iterator[type[forms.BaseForm]]:
    for app in ("alliance", "members", "partnerships"):
        for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if ".forms" in module.name:
                found = vars(importlib.import_module(module.name)).values()
                yield from (one for one in found if isinstance(one, type) and issubclass(one, forms.BaseForm))


def said_once(form: type[forms.BaseForm]) -> Iterator[tuple[str, str]]:
    """Words that a form holds since its import, and thus in one language for everybody: (field, words)."""
    for name, field in form.base_fields.items():
        choices = vars(field).get("_choices")
        labels = [] if isinstance(choices, BaseChoiceIterator) else [label for _value, label in choices or []]
        for words in filter(None, (field.label, field.help_text, *labels)):
            if isinstance(words, str) and not isinstance(words, Promise):
                yield name, words


def test_no_form_holds_words_that_were_translated_at_import():
    known = {msgid.lower() for _context, msgid in messages.messages(ROOT)}
    found = {(form.__name__, *said) for form in forms_of_ours() for said in said_once(form)}
    assert {one for one in found if one[-1].lower() in known} == set()


def test_planted_words_of_a_form_are_found():
    class Planted(forms.Form):
        early = forms.ChoiceField(choices=[("a", str(gettext_lazy("Save"))), ("b", gettext_lazy("Save"))])
        lazy = forms.CharField(label=capfirst(gettext_lazy("Save")))

    assert list(said_once(Planted)) == [("early", "Save")]
