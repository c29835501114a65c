"""The open interface: what each set says, pages by key, filters, limits, who may read it; and what it never says."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.content.models import Document, DocumentFile, DocumentVersion
from alliance.content.open_data import documents
from alliance.content.views.api import interface, listings
from alliance.core import freshness
from partnerships.actions.search import reindex_listings
from partnerships.forms.filters import TypedFilters
from tests.factories import (
    PASSWORD,
    make_appeal,
    make_document,
    make_event,
    make_listing,
    make_member,
    make_place,
    make_pledge,
    make_pledge_line,
    make_representative,
    make_sector,
    make_template,
    make_twinning,
)

pytestmark = pytest.mark.django_db
SETS = ("members", "places", "needs", "offers", "appeals", "twinnings", "deliveries", "documents")


def url(name, *args, **query):
    return reverse(f"api:{name}", args=args, query=query or None)


def read(name, *args, status=200, **query):
    response = Client().get(url(name, *args, **query))
    assert response.status_code == status, response.content
    kind = "application/json; charset=utf-8" if status == 200 else "application/problem+json"
    assert response.headers["Content-Type"] == kind
    assert not response.cookies
    return response.json()


def ids(answer):
    return [row["id"] for row in answer["data"]]


@pytest.fixture
def generator():
    return make_template(code="generator", name_en="Generator", name_pl="Agregat", name_uk="Генератор")


# --- What each set says ----------------------------------------------------------------------------------------


def test_a_member(client):
    region = make_place(register="nuts", code="PL92", level="region", country="PL")
    place = make_place(code="PL_1465011", region=region, lat=52.229677, lon=21.012229)
    association = make_member(kind="association", official_name="Union")
    sector = make_sector(code="ENE")
    member = make_member(
        place=place, parent=association, official_name="Warszawa", name_en="Warsaw", name_uk="Варшава",
        description_pl="Stolica.", original_language="pl", population=1_860_000, languages_spoken=["pl", "en"],
        website="https://example.org", org_id="PL-REGON-1",
    )  # fmt: skip
    member.sectors.add(sector)
    found = read("member", member.slug)
    assert found["name"] == {"en": "Warsaw", "pl": None, "uk": "Варшава"}
    assert found["description"] == {
        "en": None,
        "pl": "Stolica.",
        "uk": None,
        "original": {"language": "pl", "text": "Stolica."},
    }
    assert found["place"] == {
        "place_register": "lau",
        "place_code": "PL_1465011",
        "name": dict.fromkeys(("en", "pl", "uk"), place.official_name),
        "country": "PL",
        "region_code": "PL92",
        "lat": 52.2297,
        "lon": 21.0122,
    }
    assert (found["association"], found["sectors"], found["population"]) == (
        association.slug,
        ["ENE"],
        1_860_000,
    )
    assert found["url"].endswith(f"/en/members/{member.slug}/")
    assert ids(read("members", country="PL", q="warshava"))[-1:] in ([], [member.slug])
    assert ids(read("members", kind="association")) == [association.slug]
    make_member(status="on_hold")
    make_member(status="pending")
    assert len(read("members")["data"]) == 2


def test_places_and_who_stands_for_them():
    region = make_place(register="katotth", code="UA63", level="region", country="UA")
    raion = make_place(register="katotth", code="UA6312", level="district", country="UA", region=region)
    place = make_place(
        register="katotth", code="UA631201", category="H", country="UA", region=region, parent=raion
    )
    make_place(register="own", code="x", verified_at=None)
    member = make_member(country="UA", place=place)
    found = read("place", "katotth", "UA631201")
    assert (found["region_code"], found["district_code"], found["member"]) == ("UA63", "UA6312", member.slug)
    assert [row["place_code"] for row in read("places")["data"]] == ["UA63", "UA631201"]
    assert [row["place_code"] for row in read("places", is_member="true", region="UA63")["data"]] == [
        "UA631201"
    ]
    assert [row["place_code"] for row in read("places", is_member="false")["data"]] == ["UA63"]
    read("place", "own", "x", status=404)


def test_a_need_and_how_far_it_is_met(generator):
    need = make_listing(
        kind="need", title_en=None, title_uk="Генератори", text_en=None, text_uk="Для води.", original_language="uk",
        line={"template": generator, "item": "для води", "quantity": 12, "unit": "piece", "range_min": 100,
              "range_unit": "kw", "needed_by": "2031-03-01"},
    )  # fmt: skip
    line = make_pledge_line(listing_line=need.lines.get(), template=generator, unit="piece")
    for kind, amount in (("promised", 9), ("committed", 5)):
        make_event(line, kind, amount)
    reindex_listings()
    (found,) = read("needs", item="generator")["data"]
    assert found == read("need", need.slug)
    assert found["title"]["original"] == {"language": "uk", "text": "Генератори"}
    assert found["member"]["id"] == need.member.slug
    (row,) = found["lines"]
    assert (row["item"], row["item_name"]["pl"], row["quantity"], row["size_min"]) == (
        "generator",
        "Agregat",
        12,
        100,
    )
    assert row["words"] == {"language": "uk", "text": "для води"}
    assert row["needed_by"] == "2031-03-01"
    assert row["coverage"] == {
        "asked": 12, "covered": 5, "accepted": 0, "promised": 4, "open": 7, "unit": "piece",
    }  # fmt: skip
    assert read("offers")["data"] == []
    read("offer", need.slug, status=404)


def test_an_appeal_and_what_counts_for_it(generator):
    appeal = make_appeal(line={"template": generator, "item": "", "quantity": 10, "unit": "piece"})
    draft = make_appeal(status="draft")
    make_pledge("committed 4", appeal=appeal, line={"template": generator, "item": "", "unit": "piece"})
    make_listing(kind="need", appeal=appeal)
    make_listing(kind="need", appeal=appeal, audience="members")
    (found,) = read("appeals")["data"]
    assert (found["id"], found["status"], found["needs"], found["offers"]) == (appeal.slug, "open", 1, 0)
    (target,) = found["target"]
    assert (target["quantity"], target["firm"], target["delivered"]) == (10, 4, 0)
    read("appeal", draft.slug, status=404)


def test_a_partnership_and_its_sides():
    place = make_place(register="katotth", code="UA1", country="UA", name_uk="Бровари", name_en="Brovary")
    member = make_member(name_en="Gdynia")
    twinning = make_twinning(member, place)
    make_twinning(public_since=None)
    (found,) = read("twinnings", country="PL")["data"]
    assert found == read("twinning", twinning.slug)
    assert [party["id"] for party in found["parties"]] == [member.slug, None]
    assert found["parties"][1]["name"] == {"en": "Brovary", "pl": place.name_pl, "uk": "Бровари"}
    assert found["parties"][1]["place"]["place_code"] == "UA1"


def test_a_delivery_is_what_everyone_may_count(generator):
    line = make_pledge_line(template=generator, item="", unit="piece")
    for kind in ("promised", "committed", "dispatched"):
        make_event(line, kind, Decimal("2.5"))
    (found,) = read("deliveries")["data"]
    assert found == read("delivery", line.slug)
    # On the road is nobody's business.
    assert (found["state"], found["committed"], found["received"], found["awaited"]) == (
        "committed",
        2.5,
        0,
        2.5,
    )
    assert ids(read("deliveries", figure="committed", giver=line.pledge.giver.slug)) == [line.slug]
    assert ids(read("deliveries", figure="accepted")) == []
    read("deliveries", giver="nobody00000", status=404)


def test_a_document_and_its_files():
    document = make_document("pl", "uk", kind="guide", title_pl="Poradnik")
    withheld = make_document("en")
    DocumentVersion.objects.filter(of_file__document=withheld).update(is_withheld=True)
    DocumentFile.objects.filter(document=document, language="uk").update(is_offered=False)
    draft = make_document("pl", status="draft")
    planned = make_document("pl", published_at=timezone.now() + timedelta(days=1))
    assert ids(read("documents", language="pl")) == [document.slug]
    found = read("document", document.slug)
    assert (found["kind"], found["title"]["pl"]) == ("guide", "Poradnik")
    (file,) = found["files"]
    assert (file["language"], file["format"]) == ("pl", "application/pdf")
    assert Client().get(file["url"].removeprefix(settings.PUBLIC_URL)).status_code == 200
    assert read("document", withheld.slug)["files"] == []
    for hidden in (draft, planned):
        read("document", hidden.slug, status=404)
    assert set(documents.KINDS) == set(Document.Kind.values)


def test_figures_are_counted_from_public_rows():
    energy = make_sector(code="ENE")
    sub = make_sector(code="ENE-01", parent=energy)
    ukraine = make_member(country="UA", tier="core")
    make_listing([sub], kind="need", member=ukraine)
    make_listing([energy], kind="need", member=ukraine, audience="members")
    make_member(status="pending")
    hromada = make_place(register="katotth", category="H", country="UA", code="UA05")
    make_place(register="katotth", category="H", country="UA", code="UA01")
    make_twinning(hromada, make_member(), status="solidarity")
    make_twinning(public_since=None)
    make_pledge("promised 4", "committed 3")
    reindex_listings()
    found = read("statistics")
    kinds = {row["value"]: row["count"] for row in found["members_by_kind"]}
    assert sum(kinds.values()) == len(read("members")["data"])
    assert {row["value"]: row["count"] for row in found["members_by_class"]}["core"] == 1
    assert (found["needs"], found["offers"]) == (1, 0)
    assert found["needs_by_sector"] == [{"value": "ENE", "count": 1}, {"value": "ENE-01", "count": 1}]
    assert found["twinnings_by_stage"] == [{"value": "solidarity", "count": 1}]
    assert (found["hromadas"], found["hromadas_with_partner"]) == (1, 1)
    assert {"value": "committed", "count": 1} in found["promises"]


# --- Pages, filters, refusals ----------------------------------------------------------------------------------


def test_pages_by_key_are_whole_and_end():
    members = [make_member() for _each in range(5)]
    seen, address, pages = [], url("members", limit=2, country="PL"), 0
    while address:
        response = Client().get(address)
        answer = response.json()
        seen += ids(answer)
        address, pages = answer["next"] and answer["next"].removeprefix("http://localhost:8000"), pages + 1
        assert (f'<{answer["next"]}>; rel="next"' in response.headers["Link"]) == bool(answer["next"])
    assert (seen, pages) == ([member.slug for member in members], 3)


def test_needs_are_paged_like_their_list():
    needs = [make_listing(kind="need") for _each in range(3)]
    reindex_listings()
    first = read("needs", limit=2)
    second = Client().get(first["next"].removeprefix("http://localhost:8000")).json()
    assert ids(first) + ids(second) == [need.slug for need in reversed(needs)]
    assert second["next"] is None


def filters_on(address):
    """What a page offers to choose from: filter, value, how many rows it says there are."""
    page = Client().get(address)
    assert page.status_code == 200
    return [
        (facet.name, choice.value, choice.count)
        for facet in page.context["facets"]
        for choice in facet.choices
    ]


def test_every_filter_of_a_page_is_one_of_the_interface_and_finds_as_many(generator):
    """A filter that a page gets and the interface does not would be refused here; a broken one gives other rows."""
    energy, water = make_sector(code="ENE"), make_sector(code="WAT")
    region = make_place(register="katotth", code="UA63", level="region", country="UA")
    place = make_place(register="katotth", code="UA631201", category="H", country="UA", region=region)
    hromada = make_member(country="UA", place=place, tier="core", languages_spoken=["uk", "en"])
    partner = make_member(kind="region", languages_spoken=["pl"])
    hromada.sectors.add(energy)
    appeal = make_appeal()
    line = {"template": generator, "item": "", "quantity": 5, "unit": "piece"}
    need = make_listing(
        [energy], kind="need", member=hromada, handover=place, urgency="high", appeal=appeal, line=line
    )
    make_listing([water], kind="need", member=partner, transport_by="giver")
    make_event(
        make_pledge_line(listing_line=need.lines.get(), template=generator, unit="piece"), "committed", 2
    )
    for kind in ("offer", "offer"):
        make_listing([energy], kind=kind, member=partner)
    make_twinning(hromada, partner, status="solidarity")
    make_twinning(partner, make_member(country="DE"), make_member(country="UA"))
    make_document("pl", "uk", kind="guide")
    make_document("uk", kind="report")
    reindex_listings()
    freshness.touch()
    for name, address, least in (
        ("needs", reverse("partnerships:need_list"), 7),
        ("offers", reverse("partnerships:offer_list"), 4),
        ("members", reverse("members:member_list"), 5),
        ("twinnings", reverse("partnerships:twinning_list"), 3),
        ("documents", reverse("content:document_list"), 2),
    ):
        offered = filters_on(address)
        all_of_it = len(read(name)["data"])
        assert len({facet for facet, _value, _count in offered}) >= least, name
        assert any(int(count) < all_of_it for _facet, _value, count in offered if count), name
        for facet, value, count in offered:
            rows = read(name, **{facet: value})["data"]
            assert count is None or len(rows) == int(count), (name, facet, value)
    # What is typed instead of chosen.
    assert set(TypedFilters.base_fields) <= set(listings.ListingsAsked.model_fields)


@pytest.mark.parametrize(
    ("name", "query", "wrong"),
    [
        ("members", {"limit": 0}, "limit"),
        ("members", {"limit": 101}, "limit"),
        ("members", {"cursor": "x"}, "cursor"),
        ("members", {"country": "Poland"}, "country"),
        ("members", {"contry": "PL"}, "contry"),
        ("needs", {"until": "2026-02-31"}, "until"),
        ("needs", {"size_from": "3", "size_to": "1", "size_unit": "kw"}, "size_to"),
        ("needs", {"cursor": "x"}, "cursor"),
        ("offers", {"urgency": "very"}, "urgency"),
        ("places", {"is_member": "perhaps"}, "is_member"),
        ("twinnings", {"stage": "wedding"}, "stage"),
        ("deliveries", {"figure": "all"}, "figure"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(name, query, wrong):
    found = read(name, status=422, **query)
    assert (found["status"], found["title"]) == (422, "Unprocessable Entity")
    assert wrong in [each["name"] for each in found["errors"]]


def test_problems_are_for_programs_everywhere(client, settings):
    for response, status in (
        (client.get("/api/v1/nothing"), 404),
        (client.get("/api/v1/members/%00"), 400),
        (client.post(url("members")), 405),
        (client.put(url("members")), 405),
    ):
        assert (response.status_code, response.json()["status"]) == (status, status)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers.get("Allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)
    settings.DEBUG = False
    client.raise_request_exception = False
    response = client.get("/en/nothing/")
    assert response.headers["Content-Type"].startswith("text/html")


def test_whoever_asks_too_often_waits(monkeypatch):
    monkeypatch.setattr(interface, "REQUESTS_PER_NETWORK", 1)
    assert Client().get(url("members", limit=1)).status_code == 200
    response = Client().get(url("members", limit=2))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert response.headers["RateLimit-Policy"] == '"network";q=120;w=60'
    assert response.json()["title"] == "Too Many Requests"


# --- How an answer is handed over ------------------------------------------------------------------------------


def test_any_web_site_may_read_and_nothing_of_the_visitor_goes_along():
    response = Client().get(url("members"), HTTP_ORIGIN="https://other.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    for name in ("ETag", "Link", "RateLimit-Policy"):  # a script of another site may read them
        assert response.headers[name]
        assert name in response.headers["Access-Control-Expose-Headers"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    preflight = Client().options(url("members"), HTTP_ORIGIN="https://other.example")
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert Client().head(url("members")).status_code == 200
    assert 'creativecommons.org/licenses/by/4.0/>; rel="license"' in response.headers["Link"]


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_what_did_not_change_is_not_sent_again(is_signed_in):
    client, member = Client(), make_member()
    if is_signed_in:  # past the micro-cache
        client.login(username=make_representative(member).user.email, password=PASSWORD)
    first = client.get(url("members"))
    again = client.get(url("members"), HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    make_member()
    again = Client().get(f"{url('members')}?limit=99", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("members", 2),
        ("places", 2),
        ("needs", 6),
        ("appeals", 5),
        ("twinnings", 2),
        ("deliveries", 5),
        ("documents", 2),
    ],
)
def test_lists_cost_the_same_for_one_row_and_for_three(name, queries, generator, django_assert_num_queries):
    for rows in (1, 3):
        for _each in range(rows):
            if name in ("members", "places"):
                make_member().sectors.add(make_sector())
            if name == "needs":
                listing = make_listing(
                    [make_sector()], kind="need", handover=make_place(), line={"unit": "piece"}
                )
                make_event(make_pledge_line(listing_line=listing.lines.get(), unit="piece"), "committed", 1)
            if name == "appeals":
                make_appeal(line={"template": generator, "item": "", "unit": "piece"})
            if name == "twinnings":
                make_twinning()
            if name == "documents":
                make_document("pl", "uk")
            if name == "deliveries":
                make_event(make_pledge_line(template=generator, unit="piece"), "committed", 1)
        reindex_listings()
        with django_assert_num_queries(queries):
            read(name, limit=100 - rows)


# --- What it never says ----------------------------------------------------------------------------------------


def everything():
    """All lists, each to its end, and each row by itself."""
    found = []
    for name in SETS:
        rows = read(name, limit=100)["data"]
        found += rows
        for row in rows:
            key = [row["id"]] if "id" in row else [row["place_register"], row["place_code"]]
            found.append(read({"deliveries": "delivery"}.get(name, name[:-1]), *key))
    return json.dumps(found, ensure_ascii=False)


def test_it_never_says_what_the_pages_hide(generator):
    region = make_place(
        register="katotth", code="UA59", level="region", country="UA", name_uk="Сумська область"
    )
    place = make_place(
        register="katotth", code="UA5901", country="UA", region=region, official_name="Canaryville"
    )
    hidden = make_member(
        country="UA", place=place, official_name="Canaryville", contact_name="canaryname",
        contact_phone="+380441234567", desk_message="canarydesk", signatory_name="canarysignatory",
    )  # fmt: skip
    canaries = {"members": 791911, "partner": 791912}
    make_listing(kind="need", audience="members", title_en="canarymembers")
    need = make_listing(
        kind="need", member=hidden, is_member_hidden=True, handover=place, text_en="canarytext",
        partner_note="canarynote", desk_note="canarynote", field_audiences={"text": "members", "needed_by": "partner"},
        line={"template": generator, "item": "", "unit": "piece", "needed_by": "2032-12-31"},
    )  # fmt: skip
    make_listing(
        kind="offer", field_audiences={"lines": "members", "handover": "members"}, handover=place,
        line={"item": "canaryline", "quantity": canaries["members"]},
    )  # fmt: skip
    pledge = make_pledge(
        "committed 3", receiver=hidden, title="canarytitle", note="canarynote",
        line={"listing_line": need.lines.get(), "template": generator, "item": "canarywords", "unit": "piece"},
    )  # fmt: skip
    line = pledge.lines.get()
    make_twinning(hidden, make_member(), public_since=None, title="canarytwinning", language="en")
    reindex_listings()
    text = everything()
    without_register = json.dumps(
        [read(name, limit=100) for name in SETS if name not in ("members", "places")], ensure_ascii=False
    )
    assert need.slug in without_register
    assert line.slug in without_register
    for word in ("Canaryville", "UA5901", hidden.slug):
        assert word not in without_register
        assert word in text  # the register itself names its member
    for word in ("canary", "791911", "2032-12-31", "380441234567", hidden.contact_email):
        assert word not in text
    (row,) = read("deliveries")["data"]
    assert row["receiver"]["id"] is None
    assert "Сумська область" in row["receiver"]["name"]["uk"]
    assert row["receiver"]["region_code"] == "UA59"
