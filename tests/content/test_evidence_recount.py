"""Each figure of the evidence is what its printed definition counts: the SQL of `data/evidence` is run as it stands on
random rows that reach each case, and shares no code with the figures."""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

import alliance.content
from alliance.content.actions.evidence import compute_evidence, freeze_quarter
from alliance.content.evidence import of_quarter
from alliance.content.models import EvidenceReport
from alliance.content.models import evidence_queries as queries
from members.models import Member, Place
from partnerships.actions.search import reindex_listings
from partnerships.models import HelpRequest, ListingLine, Match, Twinning, TwinningStep
from tests.factories import (
    make_event,
    make_listing,
    make_match,
    make_member,
    make_place,
    make_pledge_line,
    make_sector,
    make_template,
    make_twinning,
)

pytestmark = pytest.mark.django_db
SQL = Path(alliance.content.__file__).parent / "data" / "evidence"
QUARTER = of_quarter("2026-Q2")
NOW = datetime(2026, 7, 6, 9, tzinfo=UTC)


def recount(figure, **params):
    """The rows that the printed definition of a figure counts."""
    text = (SQL / f"{figure}.sql").read_text()
    assert text.startswith("-- ")
    text = text.replace("%", "%%").replace(" ? ", " OPERATOR(pg_catalog.?) ")
    for name in ("today", "from", "end"):
        text = text.replace(f":{name}", f"%({name})s")
    values = {"today": timezone.localdate(NOW), "from": QUARTER.start, "end": QUARTER.end}
    with connection.cursor() as cursor:
        cursor.execute(text, values | params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def chance():
    return random.Random(20260726)


@pytest.fixture
def at_now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def make_oblast(code, hromadas):
    oblast = make_place(
        register="katotth", code=code, level=Place.Level.REGION, country="UA", category="O", region=None
    )
    return oblast, [
        make_place(
            register="katotth", code=f"{code[:4]}{n:010}", level=Place.Level.MUNICIPALITY, country="UA",
            category="H", region=oblast,
        )
        for n in range(hromadas)
    ]  # fmt: skip


@pytest.fixture
def needs(chance, at_now):
    """Open needs of three oblasts in sectors that share DAC codes, and of all that must not count."""
    tops = [make_sector(code=code) for code in ("AAA", "BBB", "CCC")]
    subs = [
        make_sector(code=f"{top.code}-0{n}", parent=top, dac_codes=code)
        for top in tops
        for n, code in enumerate(("11120;11220", "23630", f"{tops.index(top) + 4}1010"))
    ]
    members = []
    for n, size in enumerate((6, 3, 2)):
        oblast, places = make_oblast(f"UA{n + 2}0", size)
        members += [make_member(country="UA", place=place) for place in places]
        members.append(make_member(country="UA", place=oblast, kind=Member.Kind.REGION))
    members.append(make_member(country="UA", kind=Member.Kind.ASSOCIATION, place=None))
    items = [make_template(unit="t", range_unit="kw"), make_template(unit="money", range_unit="")]
    found = []
    for _ in range(130):
        sectors = chance.sample([*subs, *tops], chance.choice((1, 1, 1, 2)))
        line = _a_line(chance, items)
        need = make_listing(
            kind="need", member=chance.choice(members), sectors=sectors, line=line,
            is_member_hidden=chance.random() < 0.2,
            field_audiences={"lines": "members"} if chance.random() < 0.1 else {},
            **_standing(chance),
        )  # fmt: skip
        if chance.random() < 0.2:
            ListingLine.objects.create(listing=need, **_a_line(chance, items))
        for row in need.lines.all():
            _maybe_cover(chance, row)
        found.append(need)
    reindex_listings()
    return found


def _a_line(chance, items):
    template = chance.choice([*items, None])
    if template and template.unit == "money":
        return {"template": template, "item": "", "unit": "money", "currency": chance.choice(("EUR", "PLN")),
                "quantity": 1000}  # fmt: skip
    size = {"range_min": 50, "range_max": 90, "range_unit": "kw"} if chance.random() < 0.4 else {}
    return {"template": template, "item": "" if template else "beds", "unit": chance.choice(("t", "kg")),
            "quantity": chance.choice((1, 2)), **size}  # fmt: skip


def _standing(chance):
    return chance.choices(
        [
            {},
            {"audience": "members"},
            {"expires_on": NOW.date() - timedelta(days=1)},
            {"status": "withdrawn"},
        ],
        [8, 1, 1, 1],
    )[0]


def _maybe_cover(chance, row):
    """Nothing, a soft promise, a firm one in another unit, of a size that does not fit, too little, taken back."""
    if chance.random() < 0.4:
        return
    size = {}
    if row.range_unit:
        low = chance.choice((60, 20))
        size = {"range_min": low, "range_max": 80, "range_unit": "kw"}
    unit = chance.choice(("t", "kg")) if row.currency == "" else "money"
    amount = row.quantity if unit == row.unit else row.quantity * (1000 if unit == "kg" else Decimal("0.001"))
    line = make_pledge_line(row, unit=unit, **size)
    if chance.random() < 0.2:
        make_event(line, "promised", amount)
        return
    firm = make_event(line, "committed", amount if chance.random() < 0.7 else amount / 2)
    fate = chance.random()
    if fate < 0.15:
        make_event(line, chance.choice(("cancelled", "lost", "returned")), firm.quantity / 2)
    elif fate < 0.3:
        make_event(line, "committed", firm.quantity / 2, corrects=firm, reason="Miscounted.")
    elif fate < 0.4:
        make_event(line, "over_delivered", amount)


def figures():
    published, counted = compute_evidence(QUARTER, now=NOW)
    return json.loads(json.dumps(published, cls=DjangoJSONEncoder))["figures"], counted


def test_needs_and_their_coverage_are_those_of_the_definitions(needs):
    found, counted = figures()
    _same_table(found, counted)
    _same_codes(found)
    _same_codes_by_oblast(found)
    _same_coverage(found)
    report = freeze_quarter(now=NOW)
    assert report.quarter == "2026-Q2"
    assert report.published["figures"] == found
    assert freeze_quarter(now=NOW + timedelta(days=3)) is None
    assert EvidenceReport.objects.count() == 1


def _same_table(found, counted):
    expected = {(row["oblast"], row["sector"]): row["needs"] for row in recount("needs-by-sector")}
    assert {(row, name): n for row, name, n in counted if row and name} == expected
    assert {n < 5 for n in expected.values()} == {True, False}, "small cells and large ones are reached"
    assert "-" in {row for row, _ in expected}
    assert len({row for row, _ in expected}) == 4
    told = {
        (row["oblast"], row["sector"]): row["needs"]
        for row in found["needs-by-sector"]
        if row["oblast"] and row["sector"]
    }
    assert told.keys() == expected.keys()
    assert all(n is None or n == expected[cell] >= 5 for cell, n in told.items())
    assert any(n is not None for n in told.values())


def _same_codes(found):
    expected = {row["dac"]: row["needs"] for row in recount("needs-by-dac")}
    told = {row["dac"]: row["needs"] for row in found["needs-by-dac"]}
    assert expected.keys() == {"111", "236", "410", "510", "610"}
    assert all(n == expected[code] >= 5 for code, n in told.items())
    assert told, "one at least is told"


def _same_codes_by_oblast(found):
    """Each sector stands under “111”, the lowest of three that are as frequent; codes are sums of sectors."""
    expected = {(row["oblast"], row["dac"]): row["needs"] for row in recount("needs-by-dac-and-oblast")}
    told = {
        (row["oblast"], row["dac"]): row["needs"] for row in found["needs-by-dac-and-oblast"] if row["oblast"]
    }
    assert {code for _oblast, code in expected} == {"111"}
    assert told.keys() == expected.keys()
    assert all(n is None or n == expected[cell] >= 5 for cell, n in told.items())
    assert any(told.values())


def _same_coverage(found):
    expected = {(row["item"], row["unit"], row["currency"]): row for row in recount("coverage")}
    told = {(row["item"], row["unit"], row["currency"]): row for row in found["coverage"]}
    assert told.keys() == expected.keys()
    assert len(told) == 3
    assert any(row["covered"] for row in told.values())
    for key, row in told.items():
        count = expected[key]
        assert row["needs"] == (count["needs"] if count["needs"] >= 5 else None)
        if row["asked"] is not None:
            assert Decimal(str(row["asked"])) == count["asked"]
        if row["covered"] is not None:
            assert Decimal(str(row["covered"])) == count["covered"]
            assert Decimal(str(row["open"])) == count["asked"] - count["covered"]


def test_what_happened_is_what_the_definitions_count(chance, at_now):
    for _ in range(60):
        asked = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(days=chance.randrange(180))
        answered = min(asked + timedelta(days=chance.randrange(20)), NOW)
        match = make_match(accepted_at=answered)
        Match.objects.filter(pk=match.pk).update(created_at=asked)
        reason = chance.choice(("language", "language", "no_capacity", "other"))
        declined = make_match(status="declined", decline_reason=reason)
        Match.objects.filter(pk=declined.pk).update(status_changed_at=answered)
        _delivered(chance, asked)
    silent = make_match(status="closed", close_reason="silent")
    Match.objects.filter(pk=silent.pk).update(status_changed_at=datetime(2026, 5, 1, tzinfo=UTC))
    found, _ = figures()
    for figure in ("time-to-match", "time-to-deliver"):
        (row,), (expected,) = found[figure], recount(figure)
        assert row == {name: int(value) for name, value in expected.items()}, figure
        assert min(row.values()) >= 0
        assert max(row.values()) >= 5
    expected = {row["reason"]: row["matches"] for row in recount("refusals")}
    told = {row["reason"]: row["matches"] for row in found["refusals"]}
    assert expected["silent"] == 1
    assert told["silent"] is None
    assert {reason: n for reason, n in told.items() if n} == {
        reason: n for reason, n in expected.items() if n >= 5
    }


def _delivered(chance, day):
    """All of it in one go or in two, or less than all, or taken back; recorded a while later."""
    need = make_listing(kind="need", audience=chance.choice(("public", "public", "members")))
    line = make_pledge_line(need.lines.get() if chance.random() < 0.5 else None)
    told = {"recorded_at": min(day + timedelta(days=chance.randrange(30)), NOW)}
    make_event(line, "committed", 10, happened_on=day.date())
    arrived = day.date() + timedelta(days=chance.randrange(40))
    first = make_event(line, "received", chance.choice((10, 6)), side="receiver", happened_on=arrived, **told)
    if chance.random() < 0.5:
        make_event(line, "received", 4, side="receiver", happened_on=arrived + timedelta(days=9), **told)
    if chance.random() < 0.2:
        make_event(line, "received", 3, side="receiver", corrects=first, reason="Broken.", **told)


def test_what_waits_is_what_the_definition_counts(chance, at_now):
    today = NOW.date()
    for n in range(14):
        twinning = make_twinning(
            status="in_approval", public_since=NOW if n < 12 else None, needs_registration=True
        )
        sent = today - timedelta(days=20 + n * 3)
        TwinningStep.objects.create(
            twinning=twinning, kind="sent_to_ministry", happened_on=sent, actor_kind="system"
        )
        if n % 5 == 0:
            TwinningStep.objects.create(
                twinning=twinning,
                kind="ministry_refused",
                happened_on=sent + timedelta(days=9),
                actor_kind="system",
            )
        if n == 3:
            TwinningStep.objects.create(
                twinning=twinning,
                kind="sent_to_justice",
                happened_on=sent + timedelta(days=1),
                actor_kind="system",
            )
    for n in range(20):
        line = make_pledge_line()
        line.pledge.due_on = today - timedelta(days=3 - n % 5)
        line.pledge.save()
        make_event(line, "committed", 10)
        if n % 2:
            make_event(line, "dispatched", 8)
            make_event(line, "received", chance.choice((8, 9)), side="receiver")
        if n % 4 == 0:
            make_event(line, "cancelled", 10)
    for n in range(12):
        match = make_match(status="requested", handed_over_at=NOW if n % 2 else None)
        if n > 8:
            HelpRequest.objects.create(
                match=match, member=match.requested_by, kind="mediator", done_at=NOW if n == 10 else None
            )
    found, _ = figures()
    expected = {row["step"]: row["waiting"] for row in recount("blocked-steps")}
    assert min(expected.values()) >= 3
    assert queries.blocked_steps(today) == expected
    told = {row["step"]: row["waiting"] for row in found["blocked-steps"]}
    # Told with the tables of needs, of which there are none here.
    handed_over = {"matches_handed_over": None}
    assert told == {step: n if n >= 5 else None for step, n in expected.items()} | handed_over


def test_partnerships_and_hromadas_are_those_of_the_definitions(at_now):
    _, places = make_oblast("UA20", 8)
    _, others = make_oblast("UA30", 3)
    make_oblast("UA0100", 2)  # of Crimea: theirs are counted apart
    for n, stage in enumerate(("first_contact", "solidarity", "letter", "in_force", "dormant", "ended")):
        facts = {"stage_before_dormant": "letter"} if stage == "dormant" else {}
        if stage == "ended":
            facts = {"end_reason": "agreed", "ended_on": NOW.date()}
        make_twinning(make_member(country="UA", place=places[n]), "Kuressaare", status=stage, **facts)
    make_twinning(
        others[0], others[1], status="in_force", origin=Twinning.Origin.IMPORTED, source_note="Here."
    )
    for _ in range(5):
        make_twinning(status="letter")
    make_twinning(status="drafted", public_since=None)
    found, _ = figures()
    stages = {row["stage"]: row["twinnings"] for row in recount("twinnings")}
    told = {row["stage"]: row["twinnings"] for row in found["twinnings"]}
    assert told["letter"] == stages["letter"] == 6
    assert told["solidarity"] is None
    assert told["drafted"] == 0
    assert "drafted" not in stages
    expected = {row["oblast"]: (row["hromadas"], row["with_partner"]) for row in recount("hromadas")}
    assert expected == {"UA20": (8, 4), "UA30": (3, 0)}
    assert {
        row["oblast"]: (row["hromadas"], row["with_partner"]) for row in found["hromadas"] if row["oblast"]
    } == expected
    assert found["hromadas"][-1] == {"oblast": "", "hromadas": 11, "with_partner": 4, "without_partner": 7}


def test_a_report_that_is_kept_never_changes(at_now):
    report = freeze_quarter(now=NOW)
    for change in (lambda: EvidenceReport.objects.update(quarter="2026-Q1"), report.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_quarter_that_ended_long_ago_is_not_told_as_of_today(at_now):
    assert freeze_quarter(now=NOW + timedelta(days=60)) is None
