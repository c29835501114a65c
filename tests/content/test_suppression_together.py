"""All that is told of the needs, laid together: sectors by oblast, codes by oblast, the codes of sub-sectors for the
whole country, and the quarter before. An attacker of whole numbers knows how each was made and tries to pin what is
kept back; on tables that keep back only what is small it succeeds."""

import random
from collections import defaultdict
from itertools import product

import highspy
import pytest

from alliance.content.evidence import TOTAL, dac_rows, tables_of
from alliance.content.suppression import with_totals

KEPT_BACK_BELOW, LEAST_VALUES = 5, 5
ENOUGH = 1000  # more is not asked of a range
OBLASTS = ("o1", "o2", "o3")
# Sector → the code that it stands under, and the codes of its sub-sectors, which cut across sectors.
MAIN = {"A": "1", "B": "1", "C": "2", "D": "2"}
PAIRS = [("A", "1"), ("A", "2"), ("B", "1"), ("B", "3"), ("C", "2"), ("C", "3"), ("D", "2")]
TRIPLES = [(oblast, *pair) for oblast, pair in product(OBLASTS, PAIRS)]


def needs_of(seed):
    """(oblast, sector, code) → needs; many are few."""
    dice = random.Random(seed)
    kinds = [lambda: 0, lambda: dice.randint(1, 4), lambda: dice.randint(5, 20)]
    return {triple: dice.choices(kinds, (4, 3, 3))[0]() for triple in TRIPLES}


def summed(needs, key):
    found = defaultdict(int)
    for triple, count in needs.items():
        found[key(*triple)] += count
    return dict(found)


def by_sector(needs):
    return summed(needs, lambda oblast, sector, _code: (oblast, sector))


def published(needs, before=None):
    """As the portal tells it: three tables, (name, row, column) → number or None; what is not in them is 0, but for the
    codes of sub-sectors, of which it may be kept back."""
    sectors, codes = tables_of(by_sector(needs), MAIN, before)
    pairs = dict.fromkeys(PAIRS, 0) | summed(needs, lambda _oblast, sector, code: (sector, code))
    counts = summed(needs, lambda _oblast, _sector, code: code)
    dac = dac_rows({code: n for code, n in counts.items() if n}, pairs, sectors)
    return sectors, codes, {row["dac"]: row["needs"] for row in dac}


def only_small_kept_back(needs):
    """What a table would tell whose author thought of small numbers alone."""
    told = {cell: None if n < KEPT_BACK_BELOW else n for cell, n in with_totals(by_sector(needs)).items()}
    return told, {}, {}


class Attacker:
    """Knows each told number, that nothing kept back by sector or code and oblast is 0, and what each sums up."""

    def __init__(self, *tellings):
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)  # as rounds do: the first to run decides for the process
        self.place = {triple: place for place, triple in enumerate(TRIPLES)}
        for place in self.place.values():
            self.solver.addVar(0, highspy.kHighsInf)
            self.solver.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        self.hidden = set()
        for telling in tellings:
            self._reads(*telling)

    def _reads(self, sectors, codes, dac):
        for oblast, sector in product((*OBLASTS, TOTAL), (*MAIN, TOTAL)):
            self._says("sector", oblast, sector, sectors.get((oblast, sector), 0))
        for oblast, code in product((*OBLASTS, TOTAL), sorted(set(MAIN.values())) if codes else ()):
            self._says("main", oblast, code, codes.get((oblast, code), 0))
        for code in {code for _sector, code in PAIRS}:
            if code in dac:
                self._says("dac", TOTAL, code, dac[code])
            else:
                self.hidden.add(("dac", TOTAL, code))

    def parts(self, name, row, column):
        says = {
            "sector": lambda sector, _code: sector,
            "main": lambda sector, _code: MAIN[sector],
            "dac": lambda _sector, code: code,
        }[name]
        return [
            place
            for (oblast, *pair), place in self.place.items()
            if row in (TOTAL, oblast) and column in (TOTAL, says(*pair))
        ]

    def _says(self, name, row, column, value):
        parts = self.parts(name, row, column)
        low, high = (1, highspy.kHighsInf) if value is None else (value, value)
        self.solver.addRow(low, high, len(parts), parts, [1.0] * len(parts))
        if value is None:
            self.hidden.add((name, row, column))

    def range_of(self, cell):
        """The least and the most that fit, the most up to `ENOUGH`."""
        parts = self.parts(*cell)
        self.solver.addRow(0, ENOUGH, len(parts), parts, [1.0] * len(parts))
        found = []
        for sense in (1.0, -1.0):
            for place in self.place.values():
                self.solver.changeColCost(place, sense * (place in parts))
            self.solver.run()
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(round(sense * self.solver.getInfo().objective_function_value))
        self.solver.deleteRows(1, [self.solver.getNumRow() - 1])
        return found

    def pins(self):
        """What it finds out of what is kept back: cell → the few values that it can have."""
        ranges = {cell: self.range_of(cell) for cell in sorted(self.hidden)}
        return {
            cell: (low, high)
            for cell, (low, high) in ranges.items()
            if high - low + 1 < LEAST_VALUES or high < KEPT_BACK_BELOW
        }


def small_pins(needs, pins):
    """Of a code that is not told one may read that it is 0: it is nobody."""
    counts = summed(needs, lambda _oblast, _sector, code: code)
    return {cell: pin for cell, pin in pins.items() if cell[0] != "dac" or counts.get(cell[2])}


SEEDS = range(24)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_out_of_all_tables_of_a_quarter_together(seed):
    needs = needs_of(seed)
    assert small_pins(needs, Attacker(published(needs)).pins()) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_out_of_two_quarters_by_whoever_takes_the_rest_to_stand(seed):
    """Some numbers that are told change. Told cells of the first quarter that read the same in the second, or that are
    kept back there, are believed to stand."""
    dice, needs = random.Random(f"then {seed}"), needs_of(seed)
    first = sectors, codes, _dac = published(needs)
    told = [triple for triple in TRIPLES if sectors.get(triple[:2]) is not None]
    then = dict(needs)
    for triple in dice.sample(told, min(2, len(told))):
        then[triple] += dice.randint(5, 12)
    counted, counted_then = with_totals(by_sector(needs)), with_totals(by_sector(then))
    before = (counted, sectors), (_of_main(counted), codes)
    second = published(then, before)
    stood = {cell: n for cell, n in sectors.items() if counted_then.get(cell) == counted.get(cell)}
    believed = {cell: n for cell, n in stood.items() if n is not None}
    # What was told before and stands is told again: nobody learns it newly.
    assert {cell for cell in believed if second[0][cell] is None} == set()
    assert {cell for cell, n in stood.items() if n is None and second[0][cell] is not None} == set()
    assert small_pins(then, Attacker(second).pins()) == {}
    assert small_pins(needs, Attacker(first).pins()) == {}


def _of_main(counted):
    found = defaultdict(int)
    for (row, sector), n in counted.items():
        if sector:
            found[row, MAIN[sector]] += n
    return dict(found)


def test_the_attacker_finds_what_is_kept_back_without_thought():
    """In most tables in which small numbers alone are kept back it pins one of them, and is right about it."""
    broken = 0
    for seed in SEEDS:
        needs = needs_of(seed)
        whole = with_totals(by_sector(needs))
        pins = Attacker(only_small_kept_back(needs)).pins()
        exact = {cell: low for cell, (low, high) in pins.items() if low == high and cell[0] == "sector"}
        assert all(whole[cell[1:]] == low for cell, low in exact.items())
        broken += bool(exact)
    assert broken > len(SEEDS) / 2


def test_the_attacker_finds_a_code_that_was_told_by_mistake():
    """Of A all is told and stands under codes 1 and 2; who tells both codes of A and B tells what B has under 3."""
    needs = dict.fromkeys(TRIPLES, 0)
    needs |= {("o1", "A", "1"): 30, ("o2", "B", "1"): 20, ("o2", "B", "3"): 2, ("o3", "D", "2"): 9}
    sectors, codes, dac = published(needs)
    assert not {"1", "3"} & dac.keys()
    assert small_pins(needs, Attacker((sectors, codes, dac)).pins()) == {}
    counts = summed(needs, lambda _oblast, _sector, code: code)
    leak = {code: counts[code] for code in ("1", "2")}
    pins = small_pins(needs, Attacker((sectors, codes, leak)).pins())
    assert pins["dac", TOTAL, "3"] == (2, 2)
