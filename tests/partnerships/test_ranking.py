"""Scores of all candidates at once are those of `partnerships.matching`, tenth for tenth, on random data."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from partnerships.choosing import chosen, seats
from partnerships.matching import allows, facts_of, score
from partnerships.profile_columns import ProfileColumns
from partnerships.ranking import Columns, at_least
from tests.partnerships.profiles import TODAY, known_ties, profile, weights


def columns_of(profiles, known):
    return Columns(ProfileColumns.of(profiles), known, weights(), TODAY)


@pytest.fixture(scope="module")
def world():
    rng = random.Random(20261126)
    lefts = [profile(rng, n, "UA") for n in range(1, 41)]
    rights = [profile(rng, 1000 + n) for n in range(160)]
    known = known_ties(rng, lefts, rights, 90)
    return lefts, rights, known, columns_of(rights, known)


def total(one, other, known):
    return score(one, other, facts_of(one, other, known, TODAY), weights()).total


def test_every_score_is_that_of_matching(world):
    lefts, rights, known, columns = world
    block = columns.block(lefts)
    for n, left in enumerate(lefts):
        assert block[n].tolist() == [total(left, right, known) for right in rights], left.key


def test_seen_from_the_other_side_it_is_the_same(world):
    lefts, rights, known, columns = world
    other_way = columns_of(lefts, known).block(rights)
    assert (columns.block(lefts) == other_way.T).all()


def test_two_of_one_side_are_counted_alike(world):
    """Nothing proposes them to each other; the numbers agree all the same."""
    lefts, rights, known, _columns = world
    for side in (lefts[:12], rights[:12]):
        found = columns_of(side, known).block(side)
        assert found.tolist() == [[total(one, other, known) for other in side] for one in side]


def test_the_sample_has_every_part_at_work(world):
    """Else equality would say nothing of a part that no random pair earns."""
    lefts, rights, known, _columns = world
    earned = {}
    for left in lefts:
        for right in rights:
            for part in score(left, right, facts_of(left, right, known, TODAY), weights()).parts:
                earned.setdefault(part.part, set()).add(part.points)
    assert min(map(len, earned.values())) >= 2
    pairs = [facts_of(left, right, known, TODAY) for left in lefts for right in rights]
    assert sum(bool(pair.met_a) for pair in pairs) > 100
    assert sum(bool(pair.met_b) for pair in pairs) == 0  # the others ask for nothing
    assert sum(pair.neighbour_ties > 0 for pair in pairs) > 30
    assert sum(pair.has_earlier_link for pair in pairs) > 10


def test_the_best_are_the_best_of_all_that_may_be_proposed(world):
    lefts, rights, known, columns = world
    for left in lefts:
        without = {rights[3].key, rights[17].key}
        may = [
            right
            for right in rights
            if right.key not in without and allows(left, right) and allows(right, left)
        ]
        entries = [(right.key, total(left, right, known), right.never_partnered) for right in may]
        kept = seats(12, sum(right.never_partnered for right in may), len(may))
        expected = chosen(left.key, entries, size=12, kept=kept)
        found = columns.best(left, without, 12)
        assert [(rights[row].key, is_kept) for row, is_kept in found] == expected


def test_the_order_of_candidates_does_not_matter(world):
    lefts, rights, known, columns = world
    shuffled = random.Random(1).sample(rights, len(rights))
    others = columns_of(shuffled, known)
    for left in lefts[:10]:
        ours = [rights[row].key for row, _is_kept in columns.best(left)]
        assert [shuffled[row].key for row, _is_kept in others.best(left)] == ours


def test_nobody_to_propose(world):
    lefts, _rights, known, _columns = world
    assert columns_of([], known).best(lefts[0]) == []
    alone = columns_of([lefts[0]], known)
    assert alone.best(lefts[0]) == []


def test_sectors_beyond_a_word_of_bits(world):
    _lefts, _rights, known, _columns = world
    rng = random.Random(3)
    codes = [f"S{n:03}" for n in range(150)]
    rights = [replace(profile(rng, n), sectors=frozenset(rng.sample(codes, 9))) for n in range(60)]
    one = replace(profile(rng, 99, "UA"), sectors=frozenset(codes[::2]))
    found = columns_of(rights, known).scores(one).tolist()
    assert found == [total(one, right, known) for right in rights]


def test_at_least_finds_all_of_the_highest():
    import numpy as np

    rng = np.random.default_rng(5)
    for length in (0, 1, 20, 5000):
        scores = rng.integers(0, 900, length).astype(np.int16)
        found = at_least(scores, 20)
        highest = sorted(scores.tolist())[-20:]
        assert sorted(scores[found].tolist())[-20:] == highest
        if length == 5000:
            assert len(found) < 500
            assert set(np.flatnonzero(scores >= highest[0])) <= set(found)


def test_web_and_workers_start_without_numpy():
    code = (
        "import sys, django; django.setup(); import alliance.urls, partnerships.tasks;"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
