"""The feed of changes: each thing that came, changed or went in public, once, in order; nothing of what never was."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions.public_changes import note_public_changes
from alliance.content.models import DocumentVersion, PublicRecord
from members.models import Member, Place
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing, PledgeEvent
from tests.factories import (
    make_appeal,
    make_document,
    make_listing,
    make_member,
    make_place,
    make_pledge,
    make_twinning,
)

pytestmark = pytest.mark.django_db


def read(**query):
    response = Client().get(reverse("api:changes", query=query))
    assert response.status_code == 200
    return response.json()


def told(answer):
    """Without places, which come along with each member that is made."""
    rows = [row for row in answer["data"] if row["kind"] != "place"]
    return [(row["kind"], row["id"], row["change"]) for row in rows]


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
    make_place(register="lau", code="PL_1465011"), make_document()
    note_public_changes()
    assert set(PublicRecord.objects.values_list("kind", flat=True)) == set(PublicRecord.Kind.values)
    for row in read(limit=100)["data"]:
        assert Client().get(row["url"].removeprefix("http://localhost:8000")).status_code == 200
    with django_assert_num_queries(1):
        assert {kind for kind, *_rest in told(read(kind="appeal"))} == {"appeal"}


def test_an_appeal_changes_with_what_is_promised_and_listed_for_it():
    appeal = make_appeal()
    note_public_changes()
    _found, cursor = follow()
    pledge = make_pledge("committed 3", appeal=appeal)
    note_public_changes()
    found, cursor = follow(cursor)
    assert ("appeal", appeal.slug, "changed") in found
    make_listing(kind="need", appeal=appeal, audience="members")
    note_public_changes()
    found, cursor = follow(cursor)
    assert "appeal" not in {kind for kind, *_rest in found}, "only members read that"
    PledgeEvent.objects.create(
        line=pledge.lines.get(), kind="cancelled", quantity=1, side="giver", actor_kind="system", reason="A reason.",
        happened_on=timezone.localdate(),
    )  # fmt: skip
    make_listing(kind="need", appeal=appeal)
    note_public_changes()
    assert ("appeal", appeal.slug, "changed") in follow(cursor)[0]


def test_a_place_changes_with_who_stands_for_it():
    place, key = make_place(register="lau", code="PL_1465011"), "lau/PL_1465011"
    make_place(register="own", code="x", verified_at=None)
    for change, told_as in (
        (lambda: None, "published"),
        (lambda: make_member(place=place), "changed"),
        (lambda: Member.objects.update(status="on_hold"), "changed"),
        (lambda: Place.objects.update(gone_on=timezone.localdate()), "withdrawn"),
    ):
        change()
        note_public_changes()
        (row,) = read(kind="place")["data"]
        assert (row["id"], row["change"]) == (key, told_as)


def test_a_document_changes_with_its_files_and_comes_at_its_moment():
    document = make_document("pl", "uk")
    make_document("pl", status="draft")
    make_document("pl", published_at=timezone.now() + timedelta(days=1))
    note_public_changes()
    found, cursor = follow()
    assert found == [("document", document.slug, "published")]
    for change in (
        lambda: DocumentVersion.objects.filter(of_file__language="pl").update(is_withheld=True),
        lambda: document.files.filter(language="uk").update(title="Nova"),
        lambda: document.files.filter(language="uk").update(is_offered=False),
    ):
        change()
        note_public_changes()
        found, cursor = follow(cursor)
        assert found == [("document", document.slug, "changed")]
    assert note_public_changes() == 0


def test_a_new_copy_begins_at_the_end():
    assert read(at_end="true") == {"data": [], "next": None, "cursor": ""}
    make_member()
    note_public_changes()
    answer = read(at_end="true")
    assert (answer["data"], answer["next"]) == ([], None)
    assert follow(answer["cursor"]) == ([], answer["cursor"])
    member = make_member()
    note_public_changes()
    assert told(read(cursor=answer["cursor"])) == [("member", member.slug, "published")]


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
