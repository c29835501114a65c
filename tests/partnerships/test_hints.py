"""Hints: the truth table again, through the database; who sees which; in a constant number of queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from partnerships.actions.search import reindex_listings
from partnerships.models import Listing, ListingLine
from partnerships.views import hints as view
from tests.factories import (
    PASSWORD,
    make_listing,
    make_member,
    make_pledge_line,
    make_representative,
    make_template,
)
from tests.partnerships.test_coverage import NEEDS, OFFERS, PAIRS, TEMPLATES, TODAY

NEED, OFFER = Listing.Kind.NEED, Listing.Kind.OFFER


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def login(client, member):
    client.login(username=make_representative(member).user.email, password=PASSWORD)


# --- The truth table, stored ------------------------------------------------------------------------------


@pytest.fixture
def table(db, monkeypatch):
    """The thirty needs and thirty offers as rows, on the table's day."""
    monkeypatch.setattr(view.timezone, "localdate", lambda *args: TODAY)
    monkeypatch.setattr(view, "MOST", 30)
    templates = {}
    for row in TEMPLATES.values():
        names = {f"name_{code}": getattr(row, f"name_{code}") for code in ("en", "pl", "uk")}
        templates[row.code] = make_template(code=row.code, unit=row.unit, range_unit=row.range_unit, **names)
    receiver, giver = make_member(country="UA"), make_member()
    now = datetime(2026, 9, 20, tzinfo=UTC)
    for kind, member, lines in ((NEED, receiver, NEEDS), (OFFER, giver, OFFERS)):
        for name, (line, _item) in lines.items():
            store(kind, member, name, line, templates, now)
    reindex_listings()
    return {listing.title_en: listing for listing in Listing.objects.with_facts()}


def store(kind, member, name, line, templates, now):
    row = {key: value for key, value in vars(line).items() if key not in ("slug", "template")}
    row["template"] = templates.get(line.template)
    language = LANGUAGES[name]
    make_listing(
        kind=kind,
        member=member,
        title_en=name,
        text_en="-",
        original_language=language,
        published_at=now,
        expires_on=date(2027, 6, 30),
        line=row,
    )


def languages():
    from tests.partnerships.test_coverage import HERE, rows

    return {row["id"]: row["language"] for name in ("needs.csv", "offers.csv") for row in rows(HERE / name)}


LANGUAGES = languages()


def titles_found(listing, kind):
    sought = [view.Sought.of_row(line) for line in listing.lines.all()]
    return {entry["title"] for entry in view.hints(sought, kind)["entries"]}


def test_the_hints_of_every_need_are_the_offers_of_the_table(table):
    found = {(need, offer) for need in NEEDS for offer in titles_found(table[need], OFFER)}
    assert found == set(PAIRS)


def test_the_hints_of_every_offer_are_the_needs_of_the_table(table):
    found = {(need, offer) for offer in OFFERS for need in titles_found(table[offer], NEED)}
    assert found == set(PAIRS)


# --- Who sees what ----------------------------------------------------------------------------------------


@pytest.fixture
def receiver(db):
    return make_member(country="UA", official_name="Hromada")


@pytest.fixture
def giver(db):
    return make_member(official_name="Gmina")


def make_pair(receiver, giver, **changes):
    line = {"item": "Fire hoses", "quantity": 20, "unit": "piece"}
    need = make_listing(kind="need", member=receiver, title_en="We need hoses", line=line, **changes)
    offer = make_listing(member=giver, title_en="We have hoses", line=line | {"quantity": 8})
    reindex_listings()
    return need, offer


def hints_on(client, listing):
    return client.get(url("listing_detail", listing.slug)).context.get("hints") or {}


def test_the_author_of_an_offer_sees_the_needs_that_it_would_cover(client, receiver, giver):
    need, offer = make_pair(receiver, giver)
    login(client, giver)
    found = hints_on(client, offer)
    assert found["heading"] == "Open needs that this offer would cover"
    assert [entry["title"] for entry in found["entries"]] == ["We need hoses"]
    assert found["entries"][0]["words"] == "still needed: 20 pieces; the offer would cover: 8 pieces"
    found = hints_on(client, need)
    assert found["heading"] == "Your offers that would cover this need"
    assert [entry["title"] for entry in found["entries"]] == ["We have hoses"]


def test_the_author_of_a_need_sees_the_offers(client, receiver, giver):
    need, offer = make_pair(receiver, giver)
    login(client, receiver)
    assert hints_on(client, need)["heading"] == "Offers that would cover this need"
    assert [entry["title"] for entry in hints_on(client, need)["entries"]] == ["We have hoses"]
    assert hints_on(client, offer)["heading"] == "Your needs that this offer would cover"
    assert [entry["title"] for entry in hints_on(client, offer)["entries"]] == ["We need hoses"]


def test_a_draft_gets_its_hints_too(client, receiver, giver):
    _need, offer = make_pair(receiver, giver)
    Listing.objects.filter(pk=offer.pk).update(status="draft")
    login(client, giver)
    assert [entry["title"] for entry in hints_on(client, offer)["entries"]] == ["We need hoses"]


def test_visitors_and_other_members_get_no_hints_of_others(client, receiver, giver):
    need, _offer = make_pair(receiver, giver)
    assert hints_on(client, need) == {}
    login(client, make_member())
    assert hints_on(client, need)["entries"] == []
    assert "would cover this need" not in client.get(url("listing_detail", need.slug)).content.decode()


def test_what_is_covered_already_is_no_hint(client, receiver, giver):
    need, offer = make_pair(receiver, giver)
    make_pledge_line(need.lines.get(), {"committed": 15})
    login(client, giver)
    assert "would cover: 5 pieces" in hints_on(client, offer)["entries"][0]["words"]
    make_pledge_line(need.lines.get(), {"committed": 5})
    assert hints_on(client, offer)["entries"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "withdrawn"},
        {"status": "draft"},
        {"expires_on": date(2020, 1, 1)},
        {"field_audiences": {"lines": "partner"}},
        {"field_audiences": {"lines": "coordinators"}},
    ],
)
def test_what_is_not_open_to_the_reader_is_no_hint(client, receiver, giver, changes):
    need, offer = make_pair(receiver, giver)
    Listing.objects.filter(pk=need.pk).update(**changes)
    login(client, giver)
    assert hints_on(client, offer)["entries"] == []


def test_needs_for_members_are_hints_for_members(client, receiver, giver):
    _need, offer = make_pair(receiver, giver, field_audiences={"lines": "members"}, audience="members")
    login(client, giver)
    assert len(hints_on(client, offer)["entries"]) == 1


def test_a_hidden_day_does_not_show_through(client, receiver, giver):
    need, offer = make_pair(receiver, giver)
    tomorrow, later = (timezone.localdate() + timedelta(days=days) for days in (1, 9))
    need.lines.update(needed_by=tomorrow)
    offer.lines.update(available_from=later)
    login(client, giver)
    assert hints_on(client, offer)["entries"] == []
    Listing.objects.filter(pk=need.pk).update(field_audiences={"needed_by": "partner"})
    assert len(hints_on(client, offer)["entries"]) == 1


def test_no_more_than_a_few_are_shown_and_that_is_said(client, receiver, giver):
    _need, offer = make_pair(receiver, giver)
    for n in range(view.MOST):
        make_listing(
            kind="need",
            member=receiver,
            title_en=f"{n}",
            line={"item": "fire hose", "quantity": 1, "unit": "piece"},
        )
    reindex_listings()
    login(client, giver)
    found = hints_on(client, offer)
    assert (len(found["entries"]), found["has_more"]) == (view.MOST, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_hints_cost_a_constant_number_of_queries(db, receiver, giver, django_assert_num_queries, rows):
    generator = make_template()
    line = {"template": generator, "item": "", "quantity": 20, "unit": "piece"}
    offer = make_listing(member=giver, line=line)
    for _ in range(rows):
        ListingLine.objects.create(listing=offer, item=f"Hoses {_}", quantity=1, unit="piece")
        need = make_listing(kind="need", member=receiver, line=line)
        make_pledge_line(need.lines.get(), {"committed": 4})
    reindex_listings()
    sought = [view.Sought.of_row(line) for line in Listing.objects.with_facts().get(pk=offer.pk).lines.all()]
    # the search's four groups of age; lines; pledges; events
    with django_assert_num_queries(7):
        assert len(view.hints(sought, NEED)["entries"]) == rows


# --- While one types --------------------------------------------------------------------------------------

TYPED = {"language": "en", "lines-0-template": "free", "lines-0-item": "fire hose", "lines-0-quantity": "12"}
TYPED |= {"lines-0-unit": "piece"}


def typed(client, kind="offer", **changes):
    return client.post(url("listing_hints", kind), TYPED | changes)


def test_typing_an_offer_shows_the_needs_that_it_would_cover(client, receiver, giver):
    make_pair(receiver, giver)
    login(client, giver)
    response = typed(client)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Open needs that this offer would cover" in page
    assert "We need hoses" in page
    assert "the offer would cover: 12 pieces" in page
    assert "<html" not in page


def test_typing_a_need_shows_the_offers(client, receiver, giver):
    make_pair(receiver, giver)
    login(client, receiver)
    page = typed(client, "need").content.decode()
    assert "We have hoses" in page
    assert "the offer would cover: 8 pieces" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"lines-0-quantity": ""},
        {"lines-0-quantity": "many"},
        {"lines-0-item": "beds"},
        {"lines-0-unit": "kg"},
        {"lines-0-item": "\0"},
    ],
)
def test_a_line_that_is_not_whole_or_fits_nothing_shows_nothing(client, receiver, giver, changes):
    make_pair(receiver, giver)
    login(client, giver)
    assert typed(client, **changes).content.decode().strip() == ""


def test_a_stored_line_that_is_typed_again_keeps_what_was_promised_for_it(client, receiver, giver):
    need, _offer = make_pair(receiver, giver)
    make_pledge_line(need.lines.get(), {"committed": 15})
    login(client, receiver)
    changes = {"lines-0-slug": need.lines.get().slug, "lines-0-quantity": "20"}
    page = typed(client, "need", **changes).content.decode()
    assert "still needed: 5 pieces; the offer would cover: 5 pieces" in page
    stranger = make_member(country="UA")
    login(client, stranger)  # whose line it is not
    assert "the offer would cover: 8 pieces" in typed(client, "need", **changes).content.decode()


def test_only_those_who_may_write_are_answered(client, receiver, giver):
    assert typed(client).status_code in (302, 403)
    client.login(username=make_representative(giver, role="viewer").user.email, password=PASSWORD)
    assert typed(client).status_code == 403
    login(client, receiver)
    assert client.get(url("listing_hints", "offer")).status_code == 405
    assert typed(client, "nonsense").status_code == 404


@pytest.mark.parametrize("kind", ["need", "offer"])
def test_the_form_asks_for_hints_while_one_types(client, receiver, kind):
    login(client, receiver)
    page = client.get(url("listing_create", kind)).content.decode()
    assert f'data-hx-post="{url("listing_hints", kind)}"' in page
