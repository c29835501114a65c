"""What the database adds up is what the ledger adds up, on random histories; and the office's questions over them."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from partnerships import ledger
from partnerships.models import Pledge, PledgeEvent, PledgeLine
from partnerships.models.pledge_queries import FIGURES
from tests.factories import make_listing, make_member, make_pledge
from tests.partnerships.test_ledger_properties import candidates

TODAY = timezone.localdate()


def random_history(line: PledgeLine, rng: random.Random) -> None:
    """Events that the ledger allows, as rows, corrections among them."""
    events: list = []
    for new in candidates(rng.randbytes(3 * rng.randint(1, 24)), events):
        if ledger.refusal(events, new) is None:
            events.append(new)
    ids: dict[int, int] = {}
    for event in events:
        row = PledgeEvent.objects.create(
            line=line, kind=event.kind, quantity=event.quantity, side=event.side, actor_kind="system",
            corrects_id=ids.get(event.corrects_id), reason="x", happened_on=event.happened_on,
        )  # fmt: skip
        ids[event.id] = row.pk


@pytest.fixture
def pledges(db):
    rng = random.Random(2026)
    giver, receiver = make_member(), make_member(country="UA")
    rows = []
    for number in range(60):
        due_on = rng.choice([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)])
        sides = (
            {"giver": giver, "receiver": receiver} if number % 2 else {"giver": receiver, "receiver": giver}
        )
        pledge = make_pledge(*[""] * rng.randint(1, 3), due_on=due_on, **sides)
        for line in pledge.lines.all():
            random_history(line, rng)
        rows.append(pledge)
    with connection.cursor() as cursor:  # as on any database that has run for a minute
        cursor.execute("ANALYZE partnerships_pledge, partnerships_pledgeline, partnerships_pledgeevent")
    return rows


def lines_where(condition) -> set[int]:
    rows = PledgeLine.objects.select_related("pledge").prefetch_related("events")
    return {line.pk for line in rows if condition(ledger.totals(line.events.all()), line.pledge)}


def pks(queryset) -> set[int]:
    return set(queryset.values_list("pk", flat=True))


def test_sums_and_questions_are_those_of_the_ledger(pledges):
    lines = PledgeLine.objects.all()
    for line in lines.with_sums().prefetch_related("events"):
        found = ledger.totals(line.events.all())
        assert {kind: getattr(line, f"sum_{kind}") for kind in ledger.Kind} == {
            kind: getattr(found, kind) for kind in ledger.Kind
        }
    expected = {
        "disputed": lines_where(lambda line, pledge: line.excess),
        "late": lines_where(lambda line, pledge: ledger.is_late(line, pledge.due_on, TODAY)),
        **{
            side: lines_where(lambda line, pledge, side=side: side in {s.side for s in ledger.waits(line)})
            for side in ("giver", "receiver", "desk")
        },
    }
    assert pks(lines.disputed()) == expected["disputed"]
    assert pks(lines.late()) == expected["late"]
    for side in ("giver", "receiver", "desk"):
        assert pks(lines.waiting_for(side)) == expected[side]
    assert all(len(found) >= 5 for found in expected.values()), expected
    of = lambda found: set(PledgeLine.objects.filter(pk__in=found).values_list("pledge", flat=True))  # noqa: E731
    assert pks(Pledge.objects.disputed()) == of(expected["disputed"])
    assert pks(Pledge.objects.late()) == of(expected["late"])
    member = pledges[0].giver
    given = set(PledgeLine.objects.filter(pledge__giver=member).values_list("pk", flat=True))
    received = set(PledgeLine.objects.filter(pledge__receiver=member).values_list("pk", flat=True))
    assert pks(Pledge.objects.waiting_for(member)) == of(
        expected["giver"] & given | expected["receiver"] & received
    )


def test_figures_are_those_of_the_ledger(pledges):
    rows = PledgeLine.objects.select_related("pledge").prefetch_related("events")
    expected: dict[str, set[int]] = {name: set() for name in FIGURES}
    for line in rows:
        events, due_on = list(line.events.all()), line.pledge.due_on
        found, verdict = ledger.totals(events), ledger.verdict(events, due_on, TODAY)
        holds = {
            "promised": found.to_commit,
            "committed": found.committed,
            "delivered": found.received,
            "accepted": found.accepted,
            "late": ledger.is_late(found, due_on, TODAY),
            "cancelled": found.cancelled,
            "counted": verdict and verdict != ledger.Verdict.UNCONFIRMED,
            "kept": verdict in (ledger.Verdict.KEPT, ledger.Verdict.KEPT_LATE),
            "kept_late": verdict == ledger.Verdict.KEPT_LATE,
            "not_kept": verdict == ledger.Verdict.NOT_KEPT,
            "unconfirmed": verdict == ledger.Verdict.UNCONFIRMED,
        }
        for name in filter(holds.get, holds):
            expected[name].add(line.pk)
    lines = PledgeLine.objects.all()
    assert {name: pks(lines.of_figure(name)) for name in FIGURES} == expected
    assert lines.figures() == {"all": len(rows), **{name: len(found) for name, found in expected.items()}}
    rate = ledger.kept_rate([(list(line.events.all()), line.pledge.due_on) for line in rows], TODAY)
    assert (rate.counted, rate.kept, rate.late) == tuple(
        len(expected[name]) for name in ("counted", "kept", "kept_late")
    )


def test_what_members_only_read_is_not_public(db):
    hidden = make_listing(audience="members")
    make_pledge(listing=hidden)
    seen = [make_pledge(listing=make_listing()), make_pledge()]
    assert set(Pledge.objects.public()) == set(seen)
