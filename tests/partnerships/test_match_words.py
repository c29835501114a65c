"""A score in words: what each side reads of the same parts, in three languages, with numbers."""

from decimal import Decimal

import pytest
from django.utils import translation

from partnerships.coverage import Item
from partnerships.known_ties import KnownTies
from partnerships.match_parts import Part
from partnerships.match_words import LABELS, LINES, MEANINGS, Names, codes_in, points_in_words, told
from partnerships.matching import Ask, Give, Pair, Profile, facts_of, mirrored, score
from tests.partnerships.profiles import TODAY, weights

NAMES = Names({"ENE": "Energy", "HEA": "Health"}, {"generator": "Generator"})
NEED = Ask("n1", Item("piece", template="generator"), Decimal(10))
OFFER = Give("o1", Item("piece", template="generator"), Decimal(4))
LVIV = Profile(
    1, country="UA", kind="municipality", population=12_000, lat=49.84, lon=24.03, sectors=frozenset({"ENE", "HEA"}),
    languages=frozenset({"uk", "en"}), needs=(NEED,), never_partnered=True, room=2,
)  # fmt: skip
KRAKOW = Profile(
    2, country="PL", kind="region", population=800_000, lat=50.06, lon=19.94, sectors=frozenset({"ENE"}),
    offer_sectors=frozenset({"HEA"}), languages=frozenset({"pl", "en"}), offers=(OFFER,), partners=3, proposed=250,
)  # fmt: skip


def parts():
    return score(LVIV, KRAKOW, facts_of(LVIV, KRAKOW, KnownTies(), TODAY), weights()).as_json()


def lines(of, names=NAMES):
    return {each.label: each.lines for each in told(of, names)}


def test_what_the_first_side_reads():
    assert lines(parts()) == {
        "Needs that offers meet": [
            "Your need “Generator” (10 pieces): offers of the other side would cover 4 of that."
        ],
        "Offers in sectors of interest": ["The other side offers something in what interests you: Health."],
        "Sectors in common": ["Both named: Energy."],
        "Languages in common": ["Both work in: English."],
        "Similar size": ["Inhabitants: you 12,000, the other side 800,000."],
        "Level of authority": ["You: municipality; the other side: region."],
        "Distance": ["About 294 km as the crow flies."],
        "Common border": ["Your countries share a border."],
        "Existing ties": ["No partnership between your regions or neighbours is known to the portal."],
        "Partnerships of the country": ["Poland: the portal knows no partnership yet."],
        "Experience with partnerships": [
            "The portal knows no partnership of the other side outside Ukraine."
        ],
        "Room for partners": [
            "You have room for 2 more partners.",
            "The other side has not said how many partners it looks for; that counts as the middle.",
        ],
        "Never had a partner": ["You never had a partner here: a boost, so that everyone gets a chance."],
        "Not yet proposed to many": [
            "The other side: proposed 250 % as often as others on average, partners: 3.",
            "You: proposed 0 % as often as others on average, partners: 0.",
        ],
    }


def test_what_the_other_side_reads_of_the_same_parts():
    found = lines(mirrored(parts()))
    assert found["Needs that offers meet"] == [
        "Need of the other side, “Generator” (10 pieces): your offers would cover 4 of that."
    ]
    assert found["Offers in sectors of interest"] == [
        "You offer something in what interests the other side: Health."
    ]
    assert found["Similar size"] == ["Inhabitants: you 800,000, the other side 12,000."]
    assert [each.points for each in told(mirrored(parts()), NAMES)] == [
        each.points for each in told(parts(), NAMES)
    ]


def test_what_is_not_known_is_said():
    found = lines(score(Profile(1), Profile(2), Pair(), weights()).as_json())
    assert found["Similar size"] == [
        "The number of inhabitants of one side is not known; that counts as the average."
    ]
    assert found["Sectors in common"] == ["You have not said yet which sectors interest you."]
    assert found["Distance"] == ["Where one side lies is not known; that counts as the average."]
    assert found["Never had a partner"] == ["Both had a partner before."]


def test_ties_in_numbers():
    facts = {"regions": 5, "neighbours": 1, "earlier": True}
    with translation.override("pl"):
        assert LINES[Part.TIES](facts, NAMES) == [
            "5 partnerstw między Państwa regionami.",
            "1 partnerstwo między Państwa okolicami, 40 km wokół każdej ze stron.",
            "Strony były już wcześniej w kontakcie lub partnerstwie.",
        ]


def test_history_in_numbers():
    facts = {"country": "PL", "with_ukraine": 153, "with_others": 4021, "with_oblast": 12}
    assert LINES[Part.COUNTRIES](facts, NAMES) == [
        "Poland, partnerships that the portal knows: with Ukraine 153, of these with the oblast 12; all others 4,021."
    ]
    ours, theirs = {"known_a": 1, "known_b": None}, {"known_a": None, "known_b": 5}
    assert LINES[Part.TWINNINGS](ours, NAMES) == [
        "You have 1 partnership outside Ukraine that the portal knows."
    ]
    with translation.override("uk"):
        assert LINES[Part.TWINNINGS](theirs, NAMES) == [
            "Інша сторона має 5 відомих порталу партнерств за межами України."
        ]
    assert LINES[Part.TWINNINGS]({"known_a": 0, "known_b": None}, NAMES) == [
        "The portal knows no partnership of yours outside Ukraine."
    ]
    for part in (Part.COUNTRIES, Part.TWINNINGS):
        between_others = {} if part == Part.COUNTRIES else {"known_a": None, "known_b": None}
        assert LINES[part](between_others, NAMES) == [
            "Counts between a side in Ukraine and one elsewhere only."
        ]


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_part_has_words_in_every_language(language):
    with translation.override(language):
        found = told(parts(), NAMES)
        assert [each.label for each in found] == [str(LABELS[part]) for part in Part]
        assert all(each.lines and all(each.lines) for each in found)
        assert len({str(MEANINGS[part]) for part in Part}) == 14
        assert not any("%(" in line for each in found for line in each.lines)


def test_numbers_as_the_reader_writes_them():
    assert (points_in_words(124), points_in_words(120), points_in_words(0)) == ("12.4", "12", "0")
    with translation.override("uk"):
        assert points_in_words(124) == "12,4"


def test_a_part_that_weighs_nothing_is_left_out():
    found = score(LVIV, KRAKOW, Pair(), weights(size=0)).as_json()
    assert "Similar size" not in lines(found)


def test_a_border_that_weighs_nothing_is_said_beside_the_distance():
    found = lines(
        score(LVIV, KRAKOW, facts_of(LVIV, KRAKOW, KnownTies(), TODAY), weights(border=0)).as_json()
    )
    assert found["Distance"] == ["About 294 km as the crow flies.", "Your countries share a border."]


def test_codes_to_look_up():
    assert codes_in(parts()) == ({"ENE", "HEA"}, {"generator"})
