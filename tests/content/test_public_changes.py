"""The feed of changes: each thing that came, changed or went in public, once, in order; nothing of what never was."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions.public_changes import note_public_changes
from alliance.content.models import PublicRecord
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing, PledgeEvent
from tests.factories import (
    make_appeal,
    make_listing,
    make_member,
    make_pledge,
    make_twinning,
)

pytestmark = pytest.mark.django_db


def read(**query):
    response = Client().get(reverse("api:changes", query=query))
    assert response.status_code == 200
    return response.json()


def told(answer):
    return [(row["kind"], row["id"], row["change"]) for row in answer["data"]]


def follow(cursor=""):
    """A neighbour's look: what is new since, and where to go on."""
    found, answer = [], read(cursor=cursor, limit=2)
    while True:
        found += told(answer)
        if not answer["next"]:
            return found, answer["cursor"]
        answer = Client().get(answer["next"].removeprefix("http://localhost:8000")).json()


def test_what_comes_changes_and_goes():
    member = make_member()
    need = make_listing(kind="need", member=member)
    reindex_listings()
    note_public_changes()
    found, cursor = follow()
    assert found == [("member", member.slug, "published"), ("need", need.slug, "published")]
    assert note_public_changes() == 0
    assert follow(cursor) == ([], cursor)
    member.save()  # touched
    note_public_changes()
    found, cursor = follow(cursor)
    assert found == [("member", member.slug, "changed")]
    Listing.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    note_public_changes()
    found, cursor = follow(cursor)
    assert found == [("need", need.slug, "withdrawn")]
    (row,) = [row for row in read()["data"] if row["id"] == need.slug]
    assert row["url"] is None
    assert row["first_at"] < row["changed_at"]
    Listing.objects.update(expires_on=timezone.localdate() + timedelta(days=9))
    note_public_changes()
    assert follow(cursor)[0] == [("need", need.slug, "changed")]


def test_who_is_put_on_hold_takes_everything_along():
    member = make_member()
    make_listing(member=member)
    note_public_changes()
    _found, cursor = follow()
    type(member).objects.filter(pk=member.pk).update(status="on_hold")
    note_public_changes()
    assert [change for _kind, _id, change in follow(cursor)[0]] == ["withdrawn", "withdrawn"]


def test_a_name_that_is_no_longer_shown_reaches_those_who_keep_copies():
    need = make_listing(kind="need")
    pledge = make_pledge("committed 3", receiver=need.member, line={"listing_line": need.lines.get()})
    note_public_changes()
    _found, cursor = follow()
    need.is_member_hidden = True
    need.save()
    note_public_changes()
    assert ("delivery", pledge.lines.get().slug, "changed") in follow(cursor)[0]


def test_every_kind_is_told_and_can_be_read(django_assert_num_queries):
    make_listing(kind="need"), make_listing(), make_appeal(), make_twinning(), make_pledge("committed 3")
    note_public_changes()
    assert set(PublicRecord.objects.values_list("kind", flat=True)) == set(PublicRecord.Kind.values)
    for row in read(limit=100)["data"]:
        assert Client().get(row["url"].removeprefix("http://localhost:8000")).status_code == 200
    with django_assert_num_queries(1):
        assert {kind for kind, *_rest in told(read(kind="appeal"))} == {"appeal"}


def test_what_never_was_public_is_not_told_of():
    make_listing(audience="members")
    make_listing(status="draft", published_at=None, expires_on=None, member=make_member(status="pending"))
    make_appeal(status="draft")
    make_twinning(make_member(status="on_hold"), make_member(status="left"), public_since=None)
    note_public_changes()
    kinds = {kind for kind, *_rest in told(read(limit=100))}
    assert kinds == {"member"}  # whose offer only members read


def test_a_delivery_changes_with_its_events():
    pledge = make_pledge("committed 3")
    note_public_changes()
    _found, cursor = follow()
    line = pledge.lines.get()
    PledgeEvent.objects.create(
        line=line, kind="cancelled", quantity=1, side="giver", actor_kind="system", reason="A reason.",
        happened_on=timezone.localdate(),
    )  # fmt: skip
    note_public_changes()
    assert follow(cursor)[0] == [("delivery", line.slug, "changed")]
