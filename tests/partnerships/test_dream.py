"""A need that is part of a project in DREAM: typed as people copy it, found by it, and never told where it would name
a member that is not named."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions.public_changes import note_public_changes
from alliance.core import freshness
from partnerships import dream
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing
from tests.factories import (
    PASSWORD,
    make_listing,
    make_member,
    make_pledge,
    make_representative,
    make_sector,
)
from tests.partnerships.test_own import without_lines

PROJECT, OTHER = "DREAM-UA-131222-4F8C5A35", "DREAM-UA-18062025-F6837F1A"


@pytest.mark.parametrize(
    ("typed", "project"),
    [
        (PROJECT, PROJECT),
        (f"  {PROJECT.lower()} ", PROJECT),
        (OTHER, OTHER),
        (f"https://dream.gov.ua/ua/project/{PROJECT}/profile", PROJECT),
        (f"dream.gov.ua/project/{PROJECT}", PROJECT),
        (f"https://dream.gov.ua/ua/pip/{PROJECT}?fromUri=%2Fspp-pipeline", PROJECT),
        (f"https://dream.example.org/ua/project/{PROJECT}/profile", ""),
        (f"https://evil.example/?https://dream.gov.ua/ua/project/{PROJECT}/profile", ""),
        (f"{PROJECT}0", ""),
        ("DREAM-UA-131222-4F8C5A3", ""),
        ("UA-131222-4F8C5A35", ""),
        ("https://dream.gov.ua/", ""),
        ("", ""),
    ],
)
def test_ids_and_addresses_are_read_as_people_copy_them(typed, project):
    assert dream.read(typed) == project


def test_a_project_has_a_page_in_two_languages():
    assert dream.page_of(PROJECT, "uk") == f"https://dream.gov.ua/ua/project/{PROJECT}/profile"
    assert dream.page_of(PROJECT, "pl") == f"https://dream.gov.ua/project/{PROJECT}/profile"
    assert len(OTHER) <= dream.LONGEST
    assert dream.read(dream.page_of(OTHER, "uk")) == OTHER


# --- Written -----------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(client, db):
    make_sector(code="EDU")
    member = make_member(country="UA")
    client.force_login(make_representative(member, role="editor").user)
    return member


def save(client, kind="need", **changes):
    address = reverse("partnerships:listing_create", args=[kind])
    return client.post(address, without_lines(**changes))


def test_the_form_keeps_the_id_and_shows_it_again(client, ours):
    assert save(client, dream_id=f"https://dream.gov.ua/ua/project/{PROJECT}/profile").status_code == 302
    listing = Listing.objects.get()
    assert listing.dream_id == PROJECT
    page = client.get(reverse("partnerships:listing_edit", args=[listing.slug]))
    assert page.context["form"]["dream_id"].value() == PROJECT
    with translation.override("uk"):
        page = client.get(reverse("partnerships:listing_detail", args=[listing.slug]))
    address = f"https://dream.gov.ua/ua/project/{PROJECT}/profile"
    assert f'href="{address}" rel="nofollow noopener external">{PROJECT}</a>' in page.text


def test_what_is_no_project_is_refused_at_its_field_and_kept(client, ours):
    response = save(client, dream_id="DREAM-7")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["dream_id"]
    assert 'value="DREAM-7"' in response.text
    assert "DREAM-UA-131222-4F8C5A35" in response.text
    assert not Listing.objects.exists()


def test_an_offer_has_no_project(client, ours):
    assert "dream_id" not in client.get(reverse("partnerships:listing_create", args=["offer"])).text
    save(client, kind="offer", dream_id=PROJECT)
    assert Listing.objects.get().dream_id == ""
    for wrong in ({"dream_id": PROJECT}, {"kind": "need", "dream_id": "DREAM-7"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Listing.objects.update(**wrong)


# --- Read --------------------------------------------------------------------------------------------------------


def asked(name, client=None, **query):
    freshness.touch()
    response = (client or Client()).get(reverse(name), query)
    assert response.status_code == 200, response.content
    return response


def ids(name, **query):
    return [row["id"] for row in asked(name, **query).json()["data"]]


def test_needs_and_deliveries_are_found_by_their_project(db):
    need, _other = (make_listing(kind="need", dream_id=project) for project in (PROJECT, OTHER))
    line = make_pledge("committed 3", line={"listing_line": need.lines.get()}).lines.get()
    make_pledge("committed 3")
    reindex_listings()
    assert ids("api:needs", dream_id=PROJECT) == [need.slug]
    assert asked("api:needs", dream_id=PROJECT).json()["data"][0]["dream_id"] == PROJECT
    assert ids("api:deliveries", dream_id=PROJECT) == [line.slug]
    assert asked("api:deliveries", dream_id=PROJECT).json()["data"][0]["dream_id"] == PROJECT
    assert Client().get(reverse("api:needs"), {"dream_id": "x"}).status_code == 422
    page = asked("partnerships:need_list", dream_id=PROJECT)
    assert [card["title"] for card in page.context["cards"]] == [need.title_en]
    assert PROJECT in page.text
    feed = asked("partnerships:need_feed", dream_id=PROJECT)
    assert feed.content.decode().count("<entry>") == 1


def test_a_table_has_the_project(db):
    need = make_listing(kind="need", dream_id=PROJECT)
    make_listing(kind="need", dream_id=OTHER, is_member_hidden=True)
    reindex_listings()
    response = Client().get(reverse("partnerships:need_sheet", args=["csv"]))
    content = response.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["id"]: row["dream_id"] for row in rows if row["dream_id"]} == {need.slug: PROJECT}


def test_the_project_of_a_member_that_is_not_named_is_for_members(db):
    """Its page in DREAM names the place."""
    need = make_listing(kind="need", dream_id=PROJECT, is_member_hidden=True)
    make_pledge("committed 3", receiver=need.member, line={"listing_line": need.lines.get()})
    named = make_listing(kind="need", dream_id=OTHER)
    make_pledge(
        "committed 3",
        is_receiver_hidden=True,
        receiver=named.member,
        line={"listing_line": named.lines.get()},
    )
    reindex_listings()
    note_public_changes()
    for name in ("api:needs", "api:deliveries", "api:changes"):
        assert PROJECT not in asked(name).content.decode()
        assert ids(name, dream_id=PROJECT) == []
    assert ids("api:deliveries", dream_id=OTHER) == [], "its receiver is not named for this promise"
    assert ids("api:changes", dream_id=OTHER) == [named.slug]
    page = reverse("partnerships:listing_detail", args=[need.slug])
    assert PROJECT not in Client().get(page).text
    assert asked("partnerships:need_list", dream_id=PROJECT).context["cards"] == []
    member = Client()
    member.login(username=make_representative(make_member()).user.email, password=PASSWORD)
    assert PROJECT in member.get(page).text
    assert len(asked("partnerships:need_list", member, dream_id=PROJECT).context["cards"]) == 1


def test_who_follows_a_project_learns_what_came_and_that_it_went(db):
    need = make_listing(kind="need", dream_id=PROJECT)
    make_listing(kind="need")
    reindex_listings()
    note_public_changes()
    answer = asked("api:changes", dream_id=PROJECT).json()
    assert [(row["kind"], row["id"], row["change"]) for row in answer["data"]] == [
        ("need", need.slug, "published")
    ]
    need.is_member_hidden = True
    need.save()
    note_public_changes()
    (row,) = asked("api:changes", dream_id=PROJECT, cursor=answer["cursor"]).json()["data"]
    assert row["change"] == "changed"
    assert Client().get(reverse("api:need", args=[need.slug])).json()["dream_id"] is None
    Listing.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    note_public_changes()
    (row,) = asked("api:changes", dream_id=PROJECT).json()["data"]
    assert (row["change"], row["url"]) == ("withdrawn", None)
