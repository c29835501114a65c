"""IATI files: valid against the official schema whatever people wrote, right in amounts, silent about the hidden."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from alliance.core import freshness
from members.models import Member
from partnerships import ledger
from partnerships.exports import iati
from partnerships.exports.iati_pledges import activity_of
from partnerships.models import Listing, Pledge, PledgeEvent, PledgeLine
from tests.factories import make_listing, make_member, make_place, make_sector, make_user

SCHEMAS = settings.BASE_DIR.parent / "shared" / "standards" / "iati-2.03"
ALLIANCE = "XX-UNREGISTERED-ALLIANCE"
NASTY = "Генератори 🔌 \u202eبالعربية\u202c <b>&amp;]]>\x00\x0b\ud800\ufffe"


@pytest.fixture(scope="session")
def schema():
    if not SCHEMAS.is_dir():
        pytest.skip("shared data absent")
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "iati-activities-schema.xsd")))


def parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def check(schema, content: bytes) -> etree._Element:
    root = parsed(content)
    schema.assertValid(root)
    return root


def make_pledge(events, *, line=None, **changes) -> Pledge:
    """``events``: (kind, quantity) in order; ("-committed", 3) corrects the last event of that kind."""
    fields = {
        "giver": make_member(org_id="PL-REGON-000331501", official_name="Gdynia"),
        "receiver": make_member(country="UA", official_name="Trostianets"),
        "title": "Generators",
        "language": "en",
        "due_on": timezone.localdate() + timedelta(days=30),
    } | changes
    pledge = Pledge.objects.create(**fields)
    line_fields = {"item": "generators", "unit": "piece", "unit_value": 1000, "value_currency": "PLN"}
    row = PledgeLine.objects.create(pledge=pledge, **(line_fields | (line or {})))
    author, last = make_user(), {}
    for kind, quantity in events:
        corrects = last.get(kind[1:]) if kind.startswith("-") else None
        event = PledgeEvent.objects.create(
            line=row,
            kind=kind.removeprefix("-"),
            quantity=quantity,
            side="giver",
            actor=author,
            actor_kind="user",
            happened_on=date(2026, 3, 1),
            corrects=corrects,
            reason="as agreed",
        )
        last.setdefault(kind, event)
    return pledge


def transactions(root) -> list[tuple[str, str, str]]:
    return [
        (t.find("transaction-type").get("code"), t.find("value").text, t.find("value").get("currency"))
        for t in root.iter("transaction")
    ]


def get(client, name, *args):
    return client.get(reverse(f"partnerships:{name}", args=args))


LIFE = [
    ("promised", 5),
    ("committed", 4),
    ("cancelled", 1),
    ("dispatched", 3),
    ("received", 3),
    ("accepted", 2),
]


def test_the_file_of_the_alliance_tells_each_event_as_its_transaction(client, db, schema):
    pledge = make_pledge([*LIFE, ("-committed", 1)])
    root = check(schema, get(client, "iati_alliance").content)
    assert root.get("version") == "2.03"
    assert root.findtext("iati-activity/iati-identifier") == f"{ALLIANCE}-{pledge.slug}"
    assert transactions(root) == [
        ("12", "5000.00", "PLN"),
        ("2", "4000.00", "PLN"),
        ("2", "-1000.00", "PLN"),
        ("4", "2000.00", "PLN"),
        ("2", "-1000.00", "PLN"),
    ]
    target, actual = root.find(".//target").get("value"), root.find(".//actual").get("value")
    assert (Decimal(target), Decimal(actual)) == (2, 2)
    names = {org.get("role"): org.get("ref") for org in root.iter("participating-org")}
    assert names == {"1": "PL-REGON-000331501", "2": "PL-REGON-000331501", "4": None}


def test_the_receivers_file_tells_the_same_as_incoming_under_an_identifier_of_its_own(client, db, schema):
    pledge = make_pledge(LIFE)
    root = check(schema, get(client, "iati_member", pledge.receiver.slug).content)
    assert root.findtext("iati-activity/iati-identifier") == f"{ALLIANCE}-{pledge.slug}-IN"
    assert [kind for kind, _value, _currency in transactions(root)] == ["13", "11", "11", "4"]
    given_file = check(schema, get(client, "iati_member", pledge.giver.slug).content)
    assert [kind for kind, _value, _currency in transactions(given_file)] == ["12", "2", "2", "4"]


def test_money_is_disbursed_in_its_own_currency(client, db, schema):
    line = {"item": "grant", "unit": "money", "currency": "UAH", "unit_value": None, "value_currency": ""}
    make_pledge([("committed", Decimal("1200.50")), ("accepted", 700)], line=line)
    root = check(schema, get(client, "iati_alliance").content)
    assert [(kind, Decimal(value), unit) for kind, value, unit in transactions(root)] == [
        ("2", Decimal("1200.50"), "UAH"),
        ("3", Decimal(700), "UAH"),
    ]
    assert root.find(".//result") is None


def test_goods_without_a_value_are_an_output_and_no_transaction(client, db, schema):
    make_pledge([("committed", 3)], line={"unit_value": None, "value_currency": ""})
    root = check(schema, get(client, "iati_alliance").content)
    assert transactions(root) == []
    assert root.find(".//target").get("value") == "3.000"


def test_a_hidden_receiver_is_nowhere_and_has_no_file_of_it(client, db, schema):
    oblast = make_place(country="UA", register="KATOTTH", level="region", name_en="Sumy Oblast", code="UA59")
    place = make_place(country="UA", register="KATOTTH", region=oblast, code="UA59x")
    hidden = make_member(country="UA", official_name="Canary Hromada", place=place, org_id="UA-EDR-37472062")
    words = {"title": "Canary title", "line": {"item": "Canary item"}}
    make_pledge(LIFE, receiver=hidden, is_receiver_hidden=True, **words)
    content = get(client, "iati_alliance").content
    check(schema, content)
    assert b"Canary" not in content
    assert b"37472062" not in content
    assert b"a hromada in Sumy Oblast" in content
    assert get(client, "iati_member", hidden.slug).status_code == 404


def identifiers(client, *members) -> set[str]:
    """Of activities and transactions, in the files of the Alliance and of members."""
    freshness.touch()  # as the journal does with every verb
    answers = [get(client, "iati_alliance"), *(get(client, "iati_member", member.slug) for member in members)]
    roots = [parsed(answer.getvalue()) for answer in answers]
    found = {node.text for root in roots for node in root.iter("iati-identifier")}
    return found | {node.get("ref") for root in roots for node in root.iter("transaction")}


def test_identifiers_never_change(client, db):
    offer = make_listing()
    pledge = make_pledge(LIFE, giver=offer.member, listing=offer)
    event = PledgeEvent.objects.filter(kind="accepted").get()
    first = identifiers(client, pledge.giver, pledge.receiver)
    assert {f"{ALLIANCE}-{pledge.slug}", f"{ALLIANCE}-{pledge.slug}-IN", f"{pledge.slug}-{event.pk}"} <= first
    names = dict.fromkeys(("official_name", "name_en", "name_pl", "name_uk"), "Renamed")
    Member.objects.update(**names, org_id="")
    Pledge.objects.update(title="Renamed", due_on=None)
    assert identifiers(client, pledge.giver, pledge.receiver) == first
    common = {"line": event.line, "side": "giver", "actor_kind": "system", "happened_on": date(2026, 3, 2)}
    PledgeEvent.objects.create(kind="committed", quantity=2, **common)
    PledgeEvent.objects.create(kind="accepted", quantity=1, corrects=event, reason="counted twice", **common)
    more = identifiers(client, pledge.giver, pledge.receiver)
    assert first < more
    assert len(more) == len(first) + 2
    Listing.objects.update(is_member_hidden=True)
    assert identifiers(client, pledge.receiver) == more
    Pledge.objects.update(is_receiver_hidden=True)
    assert identifiers(client) == more - {f"{ALLIANCE}-{pledge.slug}-IN"}
    Listing.objects.update(is_member_hidden=False)
    Pledge.objects.update(is_receiver_hidden=False)
    assert identifiers(client, pledge.giver, pledge.receiver) == more


def test_what_only_members_read_is_in_no_file(client, db):
    make_pledge(LIFE, listing=make_listing(audience="members"), title="Canary title")
    assert get(client, "iati_alliance").status_code == 404
    make_pledge(LIFE)
    assert b"Canary" not in get(client, "iati_alliance").content


def test_sectors_come_from_the_need_and_add_up_to_a_hundred(client, db, schema):
    sectors = [make_sector(dac_codes=code) for code in ("23630;23210", "72010", "12230")]
    make_pledge(LIFE, listing=make_listing(sectors))
    root = check(schema, get(client, "iati_alliance").content)
    found = {sector.get("code"): Decimal(sector.get("percentage")) for sector in root.iter("sector")}
    assert set(found) == {"23630", "72010", "12230"}
    assert sum(found.values()) == 100


@pytest.mark.parametrize("rows", [1, 3])
def test_the_file_costs_the_same_with_one_and_three_pledges(client, db, django_assert_num_queries, rows):
    for _n in range(rows):
        make_pledge(LIFE, listing=make_listing([make_sector()]))
    with django_assert_num_queries(6):
        get(client, "iati_alliance")


def test_a_member_that_is_not_listed_has_no_file(client, db):
    assert get(client, "iati_member", make_member(status="pending").slug).status_code == 404


words = st.text(max_size=2000) | st.just(NASTY) | st.just("ш" * 2000)
organisations = st.builds(
    iati.Organisation,
    names=st.dictionaries(st.sampled_from(["en", "pl", "uk"]), words, min_size=1),
    kind=st.sampled_from(["11", "15", "40"]),
    ref=st.sampled_from(["", "UA-EDR-37472062"]),
)
days = st.dates(min_value=date(2022, 2, 24), max_value=date(2040, 1, 1))
quantities = st.decimals(min_value="0.001", max_value="99999999999", places=3)
activities = st.builds(
    iati.Activity,
    identifier=st.from_regex(r"XX-[A-Z]{3}-[a-z0-9]{10}", fullmatch=True),
    reporter=organisations.map(lambda found: replace(found, ref="XX-REPORTER")),
    title=st.dictionaries(st.sampled_from(["en", "pl", "uk", "de"]), words, min_size=1),
    words=st.dictionaries(st.sampled_from(["en", "pl", "uk"]), words),
    participants=st.lists(st.tuples(st.sampled_from("1234"), organisations), min_size=1, max_size=4),
    status=st.sampled_from(["1", "2", "4", "5"]),
    dates=st.lists(st.tuples(st.sampled_from("1234"), days), min_size=1, max_size=4),
    country=st.just("UA"),
    sectors=st.lists(st.sampled_from(["72010", "43010", "23630"]), max_size=3),
    updated_at=st.datetimes(
        min_value=datetime(2022, 2, 24),  # noqa: DTZ001 - hypothesis adds the zone
        timezones=st.just(UTC),
    ),
    language=st.sampled_from(["en", "pl", "uk"]),
    currency=st.sampled_from(["EUR", "PLN", "UAH"]),
    is_humanitarian=st.booleans(),
    transactions=st.lists(
        st.builds(
            iati.Transaction,
            ref=st.from_regex(r"[a-z0-9]{10}-\d{1,9}", fullmatch=True),
            kind=st.sampled_from(["12", "13", "2", "11", "3", "4"]),
            on=days,
            value=quantities | quantities.map(lambda value: -value),
            currency=st.sampled_from(["EUR", "PLN", "UAH"]),
            words=st.dictionaries(st.just("uk"), words, min_size=1),
            provider=organisations,
            receiver=organisations,
        ),
        max_size=3,
    ),
    indicators=st.lists(
        st.builds(
            iati.Indicator,
            title=st.dictionaries(st.just("en"), words, min_size=1),
            unit=st.dictionaries(st.just("en"), words, min_size=1),
            starts=days,
            ends=days,
            target=quantities,
            actual=quantities,
        ),
        max_size=2,
    ),
)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(activities, min_size=1, max_size=3))
def test_whatever_people_wrote_the_file_is_valid(schema, corpus):
    content = b"".join(iati.as_file(corpus, generated_at=timezone.now(), licence="CC BY -- 4.0"))
    root = check(schema, content)
    assert len(root) == len(corpus)


@pytest.mark.parametrize("state", list(ledger.State))
def test_every_state_of_a_pledge_has_a_valid_activity(db, schema, state):
    events = HISTORIES[state]
    pledge = make_pledge(events, title="Ж" * 160)
    row = Pledge.objects.with_ledger().with_sectors().get(pk=pledge.pk)
    totals = [ledger.totals(line.events.all()) for line in row.lines.all()]
    assert ledger.pledge_state(total.state for total in totals) == state
    content = b"".join(iati.as_file([activity_of(row)], generated_at=timezone.now()))
    root = check(schema, content)
    assert root.find("iati-activity/activity-status").get("code") in {"1", "2", "4", "5"}


HISTORIES = {
    "withdrawn": [("promised", 2), ("-promised", 2)],
    "promised": [("promised", 2)],
    "partly_committed": [("promised", 2), ("committed", 1)],
    "committed": [("committed", 2)],
    "partly_dispatched": [("committed", 2), ("dispatched", 1)],
    "dispatched": [("committed", 2), ("dispatched", 2)],
    "partly_received": [("committed", 2), ("dispatched", 2), ("received", 1)],
    "received": [("committed", 2), ("dispatched", 2), ("received", 2)],
    "partly_accepted": [("committed", 2), ("dispatched", 2), ("received", 2), ("accepted", 1)],
    "accepted": [("committed", 2), ("dispatched", 2), ("received", 2), ("accepted", 2)],
    "cancelled": [("committed", 2), ("cancelled", 2)],
    "lost": [("committed", 2), ("dispatched", 2), ("lost", 2)],
    "returned": [("committed", 2), ("dispatched", 2), ("received", 2), ("returned", 2)],
    "disputed": [("committed", 2), ("dispatched", 1), ("received", 2)],
}


@pytest.mark.django_db
@pytest.mark.parametrize("is_hidden", [False, True])
def test_the_project_of_a_need_is_told_where_its_member_is_named(schema, is_hidden):
    need = make_listing(kind="need", dream_id="DREAM-UA-131222-4F8C5A35", is_member_hidden=is_hidden)
    make_pledge([("committed", 3)], receiver=need.member, line={"listing_line": need.lines.get()})
    (pledge,) = Pledge.objects.with_ledger().with_sectors()
    content = b"".join(iati.as_file([activity_of(pledge)], generated_at=timezone.now()))
    found = check(schema, content).findall(".//other-identifier")
    assert [other.get("ref") for other in found] == ([] if is_hidden else [need.dream_id])
