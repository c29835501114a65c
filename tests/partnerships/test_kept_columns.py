"""Columns as bytes and back, and with some rows changed: nothing that they are asked has another answer."""

import hashlib
import random
from dataclasses import fields, replace

import pytest

from partnerships.kept_columns import FORMAT, Damaged, packed, unpacked
from partnerships.line_columns import LineTables
from partnerships.profile_columns import Class, ProfileColumns, Tables
from partnerships.ranking import Columns
from tests.partnerships.profiles import TODAY, known_ties, profile, weights


@pytest.fixture(scope="module")
def world():
    rng = random.Random(20261127)
    lefts = [profile(rng, n, "UA") for n in range(1, 31)]
    rights = [profile(rng, 1000 + n) for n in range(120)]
    return lefts, rights, known_ties(rng, lefts, rights, 60)


def kept(lefts, rights) -> bytes:
    return packed({True: ProfileColumns.of(lefts), False: ProfileColumns.of(rights)})


def answers(rows: ProfileColumns, known, others) -> list:
    """Everything that is asked of columns, by key."""
    columns = Columns(rows, known, weights(), TODAY)
    keys = rows.keys.tolist()
    return [
        (
            dict(zip(keys, columns.scores(one).tolist(), strict=True)),
            [(keys[row], is_kept) for row, is_kept in columns.best(one, {keys[0]})],
            columns.counts(one, {keys[0]}),
        )
        for one in others
    ]


def test_they_come_back_as_they_were(world):
    lefts, rights, known = world
    there = unpacked(kept(lefts, rights))
    assert answers(there[False], known, lefts) == answers(ProfileColumns.of(rights), known, lefts)
    assert answers(there[True], known, rights) == answers(ProfileColumns.of(lefts), known, rights)


def test_what_came_back_can_change(world):
    """Some leave, some are others now, some come, with codes, words and places that nobody had before."""
    lefts, rights, known = world
    rng = random.Random(4)
    codes = [f"X{n:02}" for n in range(70)]
    others = {n: profile(rng, rights[n].key) for n in range(0, 120, 7)}
    others[14] = replace(others[14], languages=frozenset({"mt"}), region="MT1", sectors=frozenset(codes))
    new = [profile(rng, 5000 + n) for n in range(9)]
    expected = [others.get(n, each) for n, each in enumerate(rights) if n % 11 != 3] + new
    gone = [each.key for n, each in enumerate(rights) if n % 11 == 3 or n in others]
    fresh = [each for n, each in others.items() if n % 11 != 3] + new
    rows = unpacked(kept(lefts, rights))[False].changed([*gone, 999_999], fresh[::-1])
    asking = [replace(each, sectors=each.sectors | {"X01", "X69"}) for each in lefts]
    found, anew = answers(rows, known, asking), answers(ProfileColumns.of(expected), known, asking)
    assert [each[0] for each in found] == [each[0] for each in anew]
    best = (
        Columns(rows, known, weights(), TODAY),
        Columns(ProfileColumns.of(expected), known, weights(), TODAY),
    )
    for one in asking:
        ours, theirs = ([(int(each.keys[row]), kept) for row, kept in each.best(one)] for each in best)
        assert ours == theirs


def test_from_nobody_to_nobody(world):
    _lefts, rights, known = world
    rows = ProfileColumns.of([]).changed((), rights[:3]).changed([each.key for each in rights[:3]], ())
    assert len(rows) == len(rows.needs) == len(rows.offers) == 0
    assert Columns(rows, known, weights(), TODAY).best(rights[0]) == []
    assert len(unpacked(kept([], []))[True]) == 0


@pytest.mark.parametrize("cut", [0, 10, 32, 5000, -1])
def test_what_was_cut_short_is_not_read(world, cut):
    lefts, rights, _known = world
    with pytest.raises(Damaged):
        unpacked(kept(lefts, rights)[:cut])


def test_what_was_changed_is_not_read(world):
    lefts, rights, _known = world
    data = bytearray(kept(lefts, rights))
    data[len(data) // 2] ^= 1
    with pytest.raises(Damaged):
        unpacked(bytes(data))


def test_only_numbers_are_kept(world):
    """An array of objects would be read by running code."""
    rows = ProfileColumns.of(world[1])
    arrays = [*rows.arrays().values(), *rows.needs.columns.values(), *rows.offers.columns.values()]
    assert not any(array.dtype.hasobject for array in arrays)


def test_other_columns_are_another_format(world):
    """Who adds a column, or changes what one is made of, gives the format its next number and notes the digest."""
    rows = ProfileColumns.of(world[1])
    columns = {**rows.arrays(), **{f"offers.{name}": array for name, array in rows.offers.columns.items()}}
    layout = sorted((name, array.dtype.str, array.ndim) for name, array in columns.items())
    layout += [(each.name, str(each.type)) for table in (Tables, LineTables, Class) for each in fields(table)]
    assert (FORMAT, hashlib.sha256(repr(layout).encode()).hexdigest()[:12]) == (1, "6f6546974726")
