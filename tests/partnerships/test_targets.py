"""How far an appeal has come: which promised line counts for which line of its target, and the sums. Pure."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alliance.core.units import in_base
from partnerships.coverage import Given, Item
from partnerships.targets import figures_of, share_out


def generator(low=None, high=None, **changes):
    fields = {"unit": "piece", "template": "generator", "range_unit": "kw" if low or high else ""}
    bounds = {
        name: None if bound is None else Decimal(bound)
        for name, bound in (("range_min", low), ("range_max", high))
    }
    return Item(**(fields | bounds | changes))


def test_a_promise_counts_for_the_first_line_that_it_serves_and_for_no_other():
    targets = [generator(10, 100), generator(10, 700), Item(unit="piece", template="beds")]
    promised = [
        generator(50, 50),
        generator(300, 300),
        generator(5, 5),
        generator(),
        Item(unit="piece", template="beds"),
        Item(unit="set", template="beds"),
        Item(unit="place", template="accommodation"),
    ]
    assert share_out(targets, promised) == [0, 1, None, 0, 2, None, None]


def test_nothing_counts_for_an_appeal_without_a_target():
    assert share_out([], [generator()]) == [None]


def test_sums_are_exact_in_the_unit_of_the_target_or_in_its_base():
    figures = figures_of([Given("kg", net=Decimal(2500), promised=Decimal(500))], "t")
    assert (figures.firm, figures.promised, figures.unit) == (Decimal("2.5"), Decimal("0.5"), "t")
    figures = figures_of([Given("day", net=Decimal(10))], "week")
    assert (figures.firm, figures.unit) == (Decimal(10), "day")


amounts = st.decimals(min_value=0, max_value=10**8, places=3)
parts = st.builds(Given, st.sampled_from(["t", "kg"]), net=amounts, accepted=amounts, promised=amounts)


@given(st.lists(parts, max_size=6))
def test_each_figure_is_the_sum_of_the_rows_behind_it(rows):
    whole = figures_of(rows, "t")
    for name in ("promised", "firm", "delivered"):
        each = [figures_of([row], "t") for row in rows]
        assert in_base(getattr(whole, name), whole.unit) == sum(
            in_base(getattr(one, name), one.unit) for one in each
        )
    assert whole.delivered <= whole.firm or not rows
