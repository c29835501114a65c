"""Which translation is missing, which is older than its original: by what was written, not by who remembers."""

from alliance.content.models import Page, Section
from alliance.content.translations import (
    Finding,
    State,
    confirm,
    findings,
    note_origins,
    shown_text,
    texts_of,
    translated_fields,
)

MISSING, OUTDATED = State.MISSING, State.OUTDATED


def saved(section: Section, **changes: str) -> Section:
    """The section after a save with ``changes``, as the action notes it; nothing is stored."""
    later = Section(**{field.attname: getattr(section, field.attname) for field in section._meta.fields})
    for name, value in changes.items():
        setattr(later, name, value)
    note_origins(later, section)
    return later


def fresh(**texts: str) -> Section:
    section = Section(**texts)
    note_origins(section, None)
    return section


def test_which_fields_have_languages():
    assert translated_fields(Page) == translated_fields(Page()) == ["title", "summary"]
    assert texts_of(Section(title_en="a", text_pl="b")) == {"title": {"en": "a"}, "text": {"pl": "b"}}


def test_what_nobody_wrote_lacks_nothing_and_what_one_language_has_the_others_lack():
    assert findings(fresh()) == []
    assert findings(fresh(title_en="Role", title_pl="Rola")) == [Finding("title", "uk", MISSING)]
    # Written in Polish first, though English is said to be the original.
    assert findings(fresh(title_pl="Rola")) == [
        Finding("title", "en", MISSING),
        Finding("title", "uk", MISSING),
    ]


def test_a_changed_original_makes_its_translations_old_until_they_follow():
    first = fresh(title_en="Role", title_pl="Rola", title_uk="Роль")
    assert findings(first) == []
    second = saved(first, title_en="The role")
    assert findings(second) == [Finding("title", "pl", OUTDATED), Finding("title", "uk", OUTDATED)]
    third = saved(second, title_pl="Ta rola")
    assert findings(third) == [Finding("title", "uk", OUTDATED)]
    # Back to the words it was made from: nothing is to be done.
    assert findings(saved(second, title_en="Role")) == []
    # Both at once.
    assert findings(saved(first, title_en="A", title_pl="B", title_uk="C")) == []


def test_somebody_may_say_that_a_translation_still_fits():
    section = saved(fresh(title_en="Role", title_pl="Rola", text_en="x", text_pl="y"), title_en="Role!")
    assert confirm(section, "pl") == 1
    assert confirm(section, "pl") == 0
    assert {row.language for row in findings(section)} == {"uk"}
    assert findings(saved(section, text_en="xx"))[-2] == Finding("text", "pl", OUTDATED)


def test_another_original_language_makes_no_translation_old():
    section = saved(fresh(title_en="Role", title_pl="Rola", title_uk="Роль"), original_language="pl")
    assert findings(section) == []
    assert findings(saved(section, title_pl="Rolą")) == [
        Finding("title", "en", OUTDATED),
        Finding("title", "uk", OUTDATED),
    ]


def test_a_text_that_nobody_noted_is_to_be_looked_at():
    assert findings(Section(title_en="Role", title_pl="Rola", title_uk="Роль")) == [
        Finding("title", "pl", OUTDATED),
        Finding("title", "uk", OUTDATED),
    ]


def test_a_reader_gets_their_language_then_the_original():
    part = {"texts": {"title": {"pl": "Rola", "en": "Role"}}, "original_language": "pl"}
    assert shown_text(part, "title", "en").text == "Role"
    other = shown_text(part, "title", "uk")
    assert (other.text, other.language, other.is_other) == ("Rola", "pl", True)
    assert not shown_text(part, "text", "uk")
