"""Rounds are optimal: like trying everything, like a second solver; no rule is broken, and the proof is a proof."""

import functools
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow

from partnerships.rounds import (
    Alone,
    Cancelled,
    Pair,
    Prices,
    Problem,
    Reason,
    Result,
    Side,
    Stage,
    candidates,
    certificate,
    solve,
)
from partnerships.rounds.certificate import check

COUNTRIES = ["PL", "DE", "FR"]


def problem_of(scores, **changes) -> Problem:
    """A problem over a table of scores (rows: the left side); keys are 0, 1, 2 … on the left, 100 … on the right."""
    table = np.array(scores, dtype=np.int32)
    rows, columns = table.shape
    dull = {
        "left": Side(range(rows), [1] * rows),
        "right": Side(range(100, 100 + columns), [1] * columns, ["PL"] * columns),
        "scores": lambda places: table[places],
    }
    return Problem(**{**dull, **changes})


def random_problem(chance: random.Random, rows: int, columns: int, span: int = 30) -> Problem:
    share = chance.choice([0.1, 0.4, 0.7])
    table = [
        [-1 if chance.random() < share else chance.randrange(span) for _column in range(columns)]
        for _row in range(rows)
    ]
    countries = [chance.choice(COUNTRIES) for _column in range(columns)]
    return problem_of(
        table,
        left=Side(range(rows), [chance.choice([1, 1, 2, 3]) for _row in range(rows)]),
        right=Side(
            range(100, 100 + columns), [chance.choice([1, 1, 2, 4]) for _c in range(columns)], countries
        ),
        vetoes=[
            (chance.randrange(rows), 100 + chance.randrange(columns)) for _veto in range(chance.randrange(3))
        ],
        quotas={name: chance.randrange(4) for name in chance.sample(COUNTRIES, chance.randrange(3))},
        further_left=sorted(chance.randrange(span) for _step in range(chance.randrange(3))),
        further_right=sorted(chance.randrange(span) for _step in range(chance.randrange(3))),
    )


def table_of(problem: Problem) -> np.ndarray:
    """All scores by place, what may not be as negative."""
    table = np.array(problem.scores(np.arange(len(problem.left.keys))), dtype=np.int64)
    for left, right in problem.vetoes:
        table[left, right - 100] = -1
    return table


def less_of(pairs: int, further) -> int:
    """What so many pairs of one participant count less."""
    padded = [0, *further, *[further[-1] if further else 0] * pairs]
    return sum(padded[:pairs])


# --- Like trying everything --------------------------------------------------------------------------------


@functools.cache
def all_rounds(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every set of pairs as a line of zeros and ones, and how many pairs each participant has in it.

    As floats, which multiply fast; whole numbers of this size are exact in them.
    """
    pairs = rows * columns
    rounds = ((np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1).astype(np.int64)
    table = rounds.reshape(-1, rows, columns)
    return rounds.astype(float), table.sum(axis=2), table.sum(axis=1)


def best_by_trying(problem: Problem) -> tuple[int, int]:
    table = table_of(problem)
    rounds, of_left, of_right = all_rounds(*table.shape)
    keeps = rounds @ (table.ravel() < 0).astype(float) == 0
    keeps &= (of_left <= np.array(problem.left.capacities)).all(axis=1)
    keeps &= (of_right <= np.array(problem.right.capacities)).all(axis=1)
    for country, quota in problem.quotas.items():
        keeps &= of_right[:, [c == country for c in problem.right.countries]].sum(axis=1) <= quota
    rounds, of_left, of_right = rounds[keeps], of_left[keeps], of_right[keeps]
    value = rounds @ table.ravel().astype(float)
    for counts, further in ((of_left, problem.further_left), (of_right, problem.further_right)):
        if further:
            less = [less_of(pairs, further) for pairs in range(counts.max() + 1)]
            value -= np.array(less)[counts].sum(axis=1)
    covered = (of_left > 0).sum(axis=1)
    best = covered.max()
    return int(best), int(value[covered == best].max())


def test_thousands_of_small_rounds_are_as_good_as_the_best_of_all(monkeypatch):
    chance = random.Random(2026)
    shapes = [(1, 1), (1, 5), (2, 3), (3, 2), (2, 5), (3, 3), (3, 4), (4, 3), (5, 2)]
    seen = {"alone": 0, "lossy": 0, "further": 0}
    for number in range(3_000):
        problem = random_problem(chance, *shapes[number % len(shapes)])
        monkeypatch.setattr(
            candidates, "POOL", chance.choice([1, 2, 4096])
        )  # as if there were very many columns
        result = solve(problem)
        assert (result.covered, result.value) == best_by_trying(problem), problem
        assert check(problem, result) == []
        seen["alone"] += bool(result.alone)
        seen["lossy"] += result.greedy.value < result.value
        seen["further"] += len(result.pairs) > result.covered
    assert min(seen.values()) > 300, seen  # the instances are not all easy ones


# --- Like a second solver ----------------------------------------------------------------------------------

SINK_CAPACITY = 10**6


def best_by_flow(problem: Problem) -> tuple[int, int]:
    """The same optimum by the min-cost flow of ortools, the first objective as a weight beyond all scores."""
    flow = min_cost_flow.SimpleMinCostFlow()
    table = table_of(problem)
    rows, columns = table.shape
    weight = 4 * (int(table.max()) + 1) * sum(problem.left.capacities)
    source, sink = rows + columns, rows + columns + 1
    country = {name: sink + 1 + place for place, name in enumerate(problem.quotas)}
    for row, capacity in enumerate(problem.left.capacities):
        for number in range(1, capacity + 1):
            less = less_of(number, problem.further_left) - less_of(number - 1, problem.further_left)
            flow.add_arc_with_capacity_and_unit_cost(source, row, 1, less if number > 1 else -weight)
    for row, column in zip(*np.nonzero(table >= 0), strict=True):
        flow.add_arc_with_capacity_and_unit_cost(row, rows + column, 1, -int(table[row, column]))
    for column, capacity in enumerate(problem.right.capacities):
        end = country.get(problem.right.countries[column], sink)
        for number in range(1, capacity + 1):
            less = less_of(number, problem.further_right) - less_of(number - 1, problem.further_right)
            flow.add_arc_with_capacity_and_unit_cost(rows + column, end, 1, less)
    for name, quota in problem.quotas.items():
        flow.add_arc_with_capacity_and_unit_cost(country[name], sink, quota, 0)
    flow.add_arc_with_capacity_and_unit_cost(source, sink, SINK_CAPACITY, 0)  # a pair need not be made
    flow.set_node_supply(source, SINK_CAPACITY)
    flow.set_node_supply(sink, -SINK_CAPACITY)
    assert flow.solve() == flow.OPTIMAL
    gain = -flow.optimal_cost()
    covered = (gain + weight // 2) // weight
    return covered, gain - covered * weight


@pytest.mark.parametrize(
    ("rows", "columns", "span"),
    [(40, 60, 1000), (60, 40, 50), (120, 30, 10_000), (80, 400, 10_000), (200, 300, 4)],
)
def test_medium_rounds_are_as_good_as_those_of_a_second_solver(rows, columns, span, monkeypatch):
    chance = random.Random(rows * columns)
    for pool in (4096, 40, 10):
        monkeypatch.setattr(candidates, "POOL", pool)
        problem = random_problem(chance, rows, columns, span)
        quotas = {"PL": rows // 4, "DE": rows // 8} if chance.random() < 0.7 else {}
        problem = replace(problem, quotas=quotas)
        result = solve(problem)
        assert (result.covered, result.value) == best_by_flow(problem)
        assert check(problem, result) == []


# --- Rules ---------------------------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False), st.integers(1, 12), st.integers(1, 14))
@settings(max_examples=150, deadline=None)
def test_no_rule_is_ever_broken(chance, rows, columns):
    problem = random_problem(chance, rows, columns)
    result = solve(problem)
    table = table_of(problem)  # what a veto or a must-have forbids is negative
    of_left, of_right, of_country = [0] * rows, [0] * columns, dict.fromkeys(COUNTRIES, 0)
    for pair in result.pairs:
        assert table[pair.left, pair.right - 100] == pair.score >= 0
        of_left[pair.left] += 1
        of_right[pair.right - 100] += 1
        of_country[problem.right.countries[pair.right - 100]] += 1
    assert len({(pair.left, pair.right) for pair in result.pairs}) == len(result.pairs)
    assert all(number <= most for number, most in zip(of_left, problem.left.capacities, strict=True))
    assert all(number <= most for number, most in zip(of_right, problem.right.capacities, strict=True))
    assert all(of_country[name] <= quota for name, quota in problem.quotas.items())
    assert [alone.key for alone in result.alone] == [row for row in range(rows) if not of_left[row]]
    assert (result.greedy.covered, result.greedy.value) <= (result.covered, result.value)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_they_are_handed_in_changes_nothing(chance):
    problem = random_problem(chance, 8, 10, span=chance.choice([2, 5, 100]))  # many ties
    rows, columns = chance.sample(range(8), 8), chance.sample(range(10), 10)
    turned = replace(
        problem,
        left=Side([problem.left.keys[n] for n in rows], [problem.left.capacities[n] for n in rows]),
        right=Side(
            [problem.right.keys[n] for n in columns],
            [problem.right.capacities[n] for n in columns],
            [problem.right.countries[n] for n in columns],
        ),
        scores=lambda places: problem.scores(np.array(rows)[places])[:, columns],
        vetoes=problem.vetoes[::-1],
        quotas=dict(reversed(problem.quotas.items())),
    )
    assert solve(turned) == solve(problem) == solve(problem)


def test_further_pairs_count_less_and_are_made_only_while_they_count():
    sides = {"left": Side([1], [4]), "right": Side([7, 8, 9, 10], [1] * 4)}
    full = solve(problem_of([[50, 40, 30, 20]], **sides))
    assert (full.value, len(full.pairs)) == (140, 4)
    fair = solve(problem_of([[50, 40, 30, 20]], **sides, further_left=(10, 25)))
    assert fair.pairs == (Pair(1, 7, 50), Pair(1, 8, 40), Pair(1, 9, 30))
    assert fair.value == 50 + 30 + 5


def test_a_first_partner_for_one_more_goes_before_any_score():
    result = solve(problem_of([[1000, 0], [1000, -1]]))
    assert result.pairs == (Pair(0, 101, 0), Pair(1, 100, 1000))
    result = solve(problem_of([[1000, 1], [999, -1]]))
    assert [(pair.left, pair.right) for pair in result.pairs] == [(0, 101), (1, 100)]
    assert (result.greedy.covered, result.greedy.value) == (1, 1000)


def test_it_says_why_somebody_gets_nobody():
    problem = problem_of(
        [[9, -1, -1], [8, -1, -1], [-1, 5, 5], [-1, 4, 4], [-1, -1, 3]],
        right=Side([100, 101, 102], [1, 5, 5], ["PL", "DE", "DE"]),
        quotas={"DE": 1},
        vetoes=[(4, 102)],
    )
    assert solve(problem).alone == (
        Alone(1, Reason.CAPACITY),
        Alone(3, Reason.QUOTA),
        Alone(4, Reason.NOBODY_ALLOWED),
    )


def test_any_negative_number_forbids():
    table = np.array([[-(2**32), 5], [-(2**63), -1]])
    result = solve(replace(problem_of([[0, 0], [0, 0]]), scores=lambda places: table[places]))
    assert result.pairs == (Pair(0, 101, 5),)


def test_a_round_without_anybody_is_empty():
    for rows, columns in ((0, 3), (3, 0), (0, 0)):
        problem = problem_of(np.zeros((rows, columns), dtype=int))
        result = solve(problem)
        assert (result.pairs, result.covered, result.value, check(problem, result)) == ((), 0, 0, [])
        assert [alone.reason for alone in result.alone] == [Reason.NOBODY_ALLOWED] * rows


@pytest.mark.parametrize(
    "changes",
    [
        {"left": Side([1, 1], [1, 1])},
        {"left": Side([1, 2], [1, 0])},
        {"left": Side([1, 2], [1])},
        {"right": Side([1, 2], [1, 1], ["PL"])},
        {"right": Side([1, 2], [1, 1]), "quotas": {"PL": 1}},
        {"quotas": {"PL": -1}},
        {"further_left": (5, 4)},
        {"further_right": (-1,)},
        {"scores": lambda places: np.full((len(places), 2), 0.5)},
        {"scores": lambda places: np.zeros((len(places), 3), dtype=int)},
        {"scores": lambda places: np.full((len(places), 2), 1_000_001)},
    ],
)
def test_a_problem_without_sense_is_refused(changes):
    with pytest.raises(ValueError, match=r"\w"):
        solve(replace(problem_of([[1, 2], [3, 4]]), **changes))


def test_it_tells_how_far_it_is_and_stops_when_told():
    problem = random_problem(random.Random(3), 30, 40)
    told = []
    solve(problem, progress=lambda stage, share: told.append((stage, share)))
    assert list(dict.fromkeys(stage for stage, _share in told)) == list(Stage)
    assert all(0 <= share <= 1 for _stage, share in told)
    for stop in range(1, len(told)):
        asked = iter(range(len(told)))
        with pytest.raises(Cancelled):
            solve(problem, is_cancelled=lambda asked=asked, stop=stop: next(asked) >= stop)


def test_the_check_tells_how_far_it_is_too(monkeypatch):
    monkeypatch.setattr(certificate, "BLOCK_CELLS", 40)
    problem = random_problem(random.Random(3), 30, 40)
    told = []
    assert check(problem, solve(problem), progress=told.append) == []
    assert told == [row / 30 for row in range(30)]


# --- The proof is a proof ------------------------------------------------------------------------------------


def tampered(result: Result) -> dict[str, Result]:
    """The same result with one thing wrong in each."""
    proof, pairs = result.certificate, result.pairs
    key = next(iter(proof.prices.right))

    def proven(**changes) -> Result:
        return replace(result, certificate=replace(proof, **changes))

    return {
        "a pair less": replace(result, pairs=pairs[1:]),
        "a pair twice": replace(result, pairs=(*pairs, pairs[0])),
        "another score": replace(result, pairs=(replace(pairs[0], score=pairs[0].score + 1), *pairs[1:])),
        "a pair that is not allowed": replace(result, pairs=(*pairs, Pair(0, 109, 0))),
        "a stranger": replace(result, pairs=(*pairs, Pair(77, 109, 0))),
        "more than is true": replace(result, value=result.value + 1),
        "more, everywhere": replace(
            result,
            value=result.value + 1,
            certificate=replace(proof, value=proof.value + 1, bound=proof.bound + 1),
        ),
        "a bound out of nothing": proven(bound=proof.bound - 1),
        "a cover out of nothing": proven(covered_bound=proof.covered_bound - 1),
        "a price less": proven(
            prices=replace(proof.prices, right={**proof.prices.right, key: proof.prices.right[key] - 1})
        ),
        "a price below nothing": proven(prices=replace(proof.prices, right={**proof.prices.right, key: -1})),
        "no prices": proven(prices=Prices({}, {}, {})),
        "no prices of the cover": proven(cover_prices=Prices({}, {}, {})),
        "nobody alone": replace(result, alone=()),
        "another reason": replace(
            result, alone=tuple(replace(alone, reason=Reason.NOBODY_ALLOWED) for alone in result.alone)
        ),
    }


def test_a_tampered_result_is_refused():
    table = np.random.default_rng(5).integers(0, 30, (12, 10))
    table[0, 9] = -1
    problem = problem_of(table)  # 12 for 10 places
    result = solve(problem)
    assert check(problem, result) == []
    for name, wrong in tampered(result).items():
        assert check(problem, wrong), name


def test_a_proof_is_of_one_problem_alone():
    problem = problem_of([[5, 9], [4, 9]])
    result = solve(problem)
    better = problem_of([[5, 9], [4, 15]])
    assert check(better, result)
    assert check(replace(problem, vetoes=[(0, 100)]), result)
    assert check(replace(problem, quotas={"PL": 1}), result)
    assert check(replace(problem, left=Side(range(2), [2, 2])), replace(result, pairs=result.pairs[:1]))


def test_greedy_s_round_is_refused_as_optimum():
    """A feasible round with the optimum's own prices: rules hold, but value and bound are not equal."""
    problem = problem_of([[10, 9], [9, 1]])
    result = solve(problem)
    worse = replace(
        result,
        pairs=(Pair(0, 100, 10), Pair(1, 101, 1)),
        value=11,
        certificate=replace(result.certificate, value=11),
    )
    assert "the value is 11, it might be 18" in check(problem, worse)


def test_the_check_shares_no_code_with_the_solver():
    """It loads neither HiGHS nor a module of the search: only what a problem and a result are."""
    code = (
        "import sys; from partnerships.rounds.certificate import check;"
        "print(sorted(name for name in sys.modules if name == 'highspy' or name.startswith('partnerships.rounds.')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "['partnerships.rounds.certificate']\n"


def test_naming_a_round_loads_no_solver():
    """Numpy and HiGHS double the time that a process takes to start; only who solves a round pays for it."""
    code = "import sys, partnerships.rounds; print(sorted({'numpy', 'highspy'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
