"""The markup of templates: what a line is, what is wrong with one, and what comes out when it is filled in."""

from datetime import date

import pytest

from alliance.core.countries import SPOKEN
from partnerships import agreement_words as words
from partnerships.actions.agreement_templates import FOLDER, LOADED
from partnerships.agreement_text import BLANK, Facts, PartyFacts, as_blocks, difference, fill, mistakes, read

PARTIES = [
    PartyFacts(1, "Сумська {громада}", "Україна", is_ukrainian=True, role="голова", signatory="Ія"),
    PartyFacts(2, "Gmina Żory", "Polska"),
    PartyFacts(3, "Kaunas", "Litwa"),
]


def filled(text, **changes):
    return [tuple(block) for block in fill(read(text), Facts(**({"parties": PARTIES} | changes)))]


def test_lines_are_numbered_as_they_are_printed():
    text = "= T\n# A\n+ a\n* x\n* y\n+ b\n* z\n\n# B\n+ c\nplain\n[] box"
    assert [number for _kind, number, _text in filled(text)] == [
        "", "1.", "1.1.", "1)", "2)", "1.2.", "1)", "2.", "2.1.", "", ""
    ]  # fmt: skip
    assert filled(text)[-1] == ("check", "", "box")
    assert filled("> {place}", words={"place": "Sumy"}) == [("apart", "", "Sumy")]


def test_loops_over_all_over_ukrainian_and_over_other_parties():
    text = "{for party}\n* {party_number} {party_name}\n{end}"
    assert [row[2] for row in filled(text)] == ["1 Сумська {громада}", "2 Gmina Żory", "3 Kaunas"]
    assert [row[2] for row in filled(text.replace("for party", "for ukrainian party"))] == [
        "1 Сумська {громада}"
    ]
    assert [row[2] for row in filled(text.replace("for party", "for other party"))] == [
        "2 Gmina Żory",
        "3 Kaunas",
    ]


def test_conditions_and_lists():
    text = "{if clauses}\n# More\n{clauses}\n{end}\n{if no term}\nfor ever\n{end}\n{areas}"
    assert filled(text, areas=["x"]) == [("paragraph", "", "for ever"), ("item", "1)", "x.")]
    found = filled(text, clauses=["one", "two"], words={"term": "5 lat"})
    assert found == [("heading", "1.", "More"), ("clause", "1.1.", "one"), ("clause", "1.2.", "two")]


def test_what_nobody_filled_in_becomes_a_line_for_a_pen():
    assert filled("{place}: {party_1_name}")[0][2] == f"{BLANK}: Сумська {{громада}}"


def test_a_text_of_their_own_has_a_title_and_may_use_the_signs():
    own = "VEREINBARUNG {x}\n\nDie Parteien\n# Bereiche\n+ Zusammenarbeit:\n* Energie\n* {areas}\n{if term}"
    assert [tuple(each) for each in as_blocks(own)] == [
        ("title", "", "VEREINBARUNG {x}"),
        ("paragraph", "", "Die Parteien"),
        ("heading", "1.", "Bereiche"),
        ("clause", "1.1.", "Zusammenarbeit:"),
        ("item", "1)", "Energie"),
        ("item", "2)", "{areas}"),
        ("paragraph", "", "{if term}"),
    ]
    assert [each.kind for each in as_blocks("a\n= T")] == ["paragraph", "title"], "it has one already"
    assert [each.kind for each in as_blocks("a" * 200 + "\nb")] == ["paragraph"] * 2, "too long for one"
    assert [each.kind for each in as_blocks("a")] == ["paragraph"], "nothing below it"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("= T\n{partys}", 2, "partys"),
        ("{party_name} signs", 1, "for party"),
        ("{for everybody}\n{end}", 1, "for party"),
        ("{if rich}\n{end}", 1, "if clauses"),
        ("{for party}\n{for party}\n{end}\n{end}", 2, "inside"),
        ("a\n{for party}\n* {party_name}", 2, "missing"),
        ("{end}", 1, "closes nothing"),
        ("we agree on {areas} today", 1, "line of its own"),
        ("a { b", 1, "brace"),
        ("a {parties", 1, "brace"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, word):
    found = mistakes(read(text))
    assert [each.line for each in found] == [line]
    assert word in str(found[0])


def test_two_languages_have_the_same_order():
    assert difference(read("= T\n+ a"), read("= U\n\n+ b")) is None
    assert difference(read("= T\n+ a"), read("= U\nb")).line == 2
    assert difference(read("= T\n+ a"), read("= U")).line == 1
    assert difference(read("{if term}\na\n{end}"), read("{if no term}\na\n{end}")).line == 1


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_our_own_templates_have_no_mistake(path):
    assert mistakes(read(path.read_text(encoding="utf-8"))) == []


def test_our_own_templates_go_line_by_line():
    for kind, languages in LOADED:
        texts = [read((FOLDER / f"{kind}.{code}.txt").read_text("utf-8")) for code in languages.split("+")]
        assert len(texts) == 1 or difference(*texts) is None


TERMS = {
    1: ("1 року", "1 roku", "1 year"),
    2: ("2 років", "2 lat", "2 years"),
    5: ("5 років", "5 lat", "5 years"),
}
TERMS |= {11: ("11 років", "11 lat", "11 years"), 20: ("20 років", "20 lat", "20 years"), None: ("", "", "")}


@pytest.mark.parametrize("years", TERMS)
def test_terms_in_words(years):
    assert tuple(words.term(years, code) for code in ("uk", "pl", "en")) == TERMS[years]


def test_languages_and_days_in_words():
    assert words.languages(["uk", "pl"], "uk") == "українською та польською"
    assert words.languages(["uk", "pl"], "pl") == "ukraińskim i polskim"
    assert words.languages(["uk", "en"], "en") == "Ukrainian and English"
    for code in SPOKEN.split():
        assert words.languages([code], "uk").endswith("кою"), code
    assert words.day(date(2026, 11, 26), "en") == "26 November 2026"
    assert words.day(date(2026, 11, 26), "uk") == "26 листопада 2026\u00a0р."
