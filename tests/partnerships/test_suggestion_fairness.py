"""A simulated year: every week lists are made, members write to the best on them, some agree. In every week the share
of suggestions that go to members without a partner is at least their share of all members, though the world favours
the famous: they are large, well described and answer gladly."""

import random
from collections import Counter
from dataclasses import replace

from partnerships.choosing import chosen, seats
from partnerships.known_ties import KnownTies
from partnerships.match_parts import Part
from partnerships.matching import Profile
from partnerships.profile_columns import ProfileColumns
from partnerships.ranking import Columns
from tests.partnerships.profiles import LANGUAGES, SECTORS, TODAY, profile, weights

WEEKS, SIZE = 52, 20
HROMADAS, CITIES = 40, 90


def world(rng: random.Random) -> dict[int, Profile]:
    """A tenth of the cities is famous: everything filled in, in all languages. Most of the rest says little."""
    members = {}
    for n in range(HROMADAS):
        members[n] = replace(profile(rng, n, "UA", sparse=0.3), **NEW)
    for n in range(1000, 1000 + CITIES):
        city = replace(profile(rng, n, sparse=0.5), **NEW)
        if n < 1000 + CITIES // 10:
            city = replace(
                city, sectors=frozenset(SECTORS), languages=frozenset(LANGUAGES), offer_sectors=frozenset(SECTORS),
                population=300_000, lat=50.0, lon=20.0, kind="municipality", room=9,
                never_partnered=False, partners=4,
            )  # fmt: skip
        members[n] = city
    return members


NEW = {
    "never_partnered": True,
    "partners": 0,
    "proposed": 0,
    "needs": (),
    "offers": (),
    "must_countries": frozenset(),
    "must_languages": frozenset(),
    "must_sectors": frozenset(),
}


def lists_of(members: dict[int, Profile], pairs: set[frozenset[int]], by) -> dict[int, list[int]]:
    sides = {True: [], False: []}
    for one in members.values():
        sides[one.country == "UA"].append(one)
    columns = {side: Columns(ProfileColumns.of(rows), KnownTies(), by, TODAY) for side, rows in sides.items()}
    found = {}
    for one in members.values():
        other_side = columns[one.country != "UA"]
        apart = [key for pair in pairs if one.key in pair for key in pair]
        found[one.key] = [int(other_side.keys[row]) for row, _kept in other_side.best(one, apart, SIZE)]
    return found


def noted(members: dict[int, Profile], lists: dict[int, list[int]]) -> dict[int, Profile]:
    """How often each is proposed now, in per cent of an even share of its side."""
    counts = Counter(key for keys in lists.values() for key in keys)
    even = {
        side: sum(n for key, n in counts.items() if (members[key].country == "UA") == side) / size
        for side, size in ((True, HROMADAS), (False, CITIES))
    }
    return {
        key: replace(one, proposed=int(100 * counts[key] / even[one.country == "UA"]) // 25 * 25)
        for key, one in members.items()
    }


def agree(rng: random.Random, members: dict[int, Profile], lists: dict[int, list[int]], pairs: set) -> None:
    """One member in eight writes to somebody at the top of its list; the famous say yes more often."""
    for key in rng.sample(sorted(lists), len(lists) // 8):
        if not lists[key]:
            continue
        other = rng.choice(lists[key][:5])
        if rng.random() < (0.5 if not members[other].never_partnered else 0.2):
            pairs.add(frozenset((key, other)))
            for side in (key, other):
                one = members[side]
                members[side] = replace(one, never_partnered=False, partners=one.partners + 1)


def test_a_year_in_which_everyone_gets_a_chance():
    rng, by = random.Random(1), weights()
    members, pairs = world(rng), set()
    reached = set()
    for week in range(WEEKS):
        lists = lists_of(members, pairs, by)
        for side in (True, False):
            keys = [
                key for one, keys in lists.items() if (members[one].country == "UA") != side for key in keys
            ]
            never = [key for key in keys if members[key].never_partnered]
            there = [one for one in members.values() if (one.country == "UA") == side]
            share = sum(one.never_partnered for one in there) / len(there)
            assert len(never) >= share * len(keys), (week, side)
            reached.update(never)
        members = noted(members, lists)
        agree(rng, members, lists, pairs)
    assert len(pairs) > 50
    # Hardly anybody stood in no list for a whole year and found nobody.
    found = {key for pair in pairs for key in pair}
    assert len(reached | found) > 0.85 * len(members)


def test_the_cap_spreads_attention():
    """With it the most proposed of the famous stand in fewer lists than without."""

    def most(points: int) -> int:
        members = world(random.Random(5))
        by = weights(**{part.value: 10 for part in Part} | {"attention": points})
        for _week in range(4):
            lists = lists_of(members, set(), by)
            members = noted(members, lists)
        return max(Counter(key for one, keys in lists.items() if one < 1000 for key in keys).values())

    assert most(60) < most(0)


def test_seats_are_a_share_rounded_up():
    assert seats(20, 1, 6) == 4
    assert seats(20, 0, 6) == 0
    assert seats(20, 6, 6) == 20
    assert seats(20, 0, 0) == 0


def test_the_best_are_taken_and_kept_seats_filled():
    entries = [(n, 100 - n, n >= 8) for n in range(12)]
    assert chosen(99, entries, size=5) == [(n, False) for n in range(5)]
    assert chosen(99, entries, size=5, kept=2) == [(0, False), (1, False), (2, False), (8, True), (9, True)]
    assert chosen(99, reversed(entries), size=5, kept=2) == chosen(99, entries, size=5, kept=2)
    assert len(chosen(99, entries, size=20, kept=9)) == 12


def test_equals_stand_in_another_order_in_each_list():
    entries = [(n, 50, False) for n in range(200)]
    first = Counter(chosen(one, entries, size=1)[0][0] for one in range(1000, 1400))
    assert max(first.values()) < 12
