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
    plurals = plural_count(po)
    assert {entry.msgid: found for entry in po if (found := messages.faults(entry, plurals))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_copies_english(language):
    assert [entry.msgid for entry in catalogue(language) if messages.copies_english(entry)] == []


def test_ukrainian_has_no_russian_letters_and_no_mixed_words():
    texts = [t for e in catalogue("uk") for t in [e.msgstr, *e.msgstr_plural.values()]]
    assert [t for t in texts if messages.RUSSIAN_LETTERS.search(t)] == []
    assert [t for t in texts if messages.MIXED_WORD.search(t)] == []


PLANTED_ENTRIES = [
    polib.POEntry(msgid="Save", msgstr=""),
    polib.POEntry(msgid="Save", msgstr="Zapisz", flags=["fuzzy"]),
    polib.POEntry(msgid="Hello %(name)s", msgstr="Witaj"),
    polib.POEntry(msgid="Hello %(name)s", msgstr="Witaj %(nmae)s"),
    polib.POEntry(
        msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "%(n)s dzień", 1: "%(n)s dni"}
    ),
]


@pytest.mark.parametrize("entry", PLANTED_ENTRIES, ids=lambda entry: entry.msgstr or "empty or plural")
def test_a_planted_fault_is_found(entry):
    assert messages.faults(entry, 4)


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
