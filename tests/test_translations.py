"""A text exists when it exists in three languages: catalogues complete, current, well formed."""

from pathlib import Path

import polib
import pytest
from django.conf import settings

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
