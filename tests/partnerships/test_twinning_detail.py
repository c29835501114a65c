"""The page of a twinning: what everyone reads of it, what only its parties do, and who gets no page at all."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from partnerships.models import Twinning, TwinningStep
from tests.factories import (
    make_coordinator,
    make_member,
    make_party,
    make_place,
    make_representative,
    make_twinning,
    make_user,
)


def url(twinning):
    return reverse("partnerships:twinning_detail", args=[twinning.slug])


def read(client, twinning):
    response = client.get(url(twinning))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def login(client, member, role="editor"):
    user = make_user()
    make_representative(member, user, role=role)
    client.force_login(user)
    return user


@pytest.fixture
def pair(db):
    oblast = make_place(level="region", country="UA", name_en="Zhytomyr Oblast")
    hromada = make_member(
        name_en="Zhytomyr hromada", country="UA", place=make_place(country="UA", region=oblast)
    )
    city = make_member(name_en="City of Płock", country="PL")
    return hromada, city


def test_twinning_detail_says_who_where_how_far_and_since_when(client, pair):
    twinning = make_twinning(
        *pair,
        status=Twinning.Status.IN_FORCE,
        needs_registration=True,
        registry_number="17/2025",
        registered_on=date(2025, 5, 12),
        signed_on=date(2025, 4, 2),
    )
    TwinningStep.objects.create(
        twinning=twinning, kind="sent_to_ministry", happened_on=date(2025, 3, 1), actor_kind="system"
    )
    TwinningStep.objects.create(
        twinning=twinning,
        kind="ministry_refused",
        happened_on=date(2025, 3, 9),
        actor_kind="system",
        withdrawn_at=timezone.now(),
    )
    page = read(client, twinning)
    for words in (
        "Zhytomyr hromada – City of Płock",
        "Zhytomyr Oblast",
        "Poland",
        "agreement in force",
        "since 2 April 2025",
        "17/2025",
        "sent to the ministry",
    ):
        assert words in page
    assert f'href="{reverse("members:member_detail", args=[pair[0].slug])}"' in page
    assert "returned it with remarks" not in page


def test_twinning_detail_tells_search_engines_the_parties(client, pair):
    twinning = make_twinning(*pair, "Lviv Twin Town", since_year=1994)
    page = read(client, twinning)
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert [row["name"] for row in data["member"]] == ["Zhytomyr hromada", "City of Płock", "Lviv Twin Town"]
    assert data["foundingDate"] == "1994"


def test_twinning_detail_that_is_not_public_is_for_its_parties_and_the_desk(client, pair):
    twinning = make_twinning(*pair, public_since=None)
    assert client.get(url(twinning)).status_code == 404
    login(client, make_member())
    assert client.get(url(twinning)).status_code == 404
    login(client, pair[1], "viewer")
    assert "This page is not public yet" in read(client, twinning)
    coordinator = make_coordinator()
    client.force_login(coordinator)
    assert client.get(url(twinning)).status_code == 404, "one factor is not the desk"


def test_twinning_detail_names_nobody_who_has_not_agreed(client, pair):
    twinning = make_twinning(*pair)
    make_party(twinning, make_member(name_en="Town of Silence"), agreed_at=None, agreed_by=None)
    assert "Town of Silence" not in read(client, twinning)
    login(client, pair[0])
    assert "Town of Silence" in read(client, twinning)


def test_twinning_detail_of_a_party_that_left_the_alliance_names_its_place(client, pair):
    place = make_place(name_en="Old Town", country="PL")
    former = make_member(name_en="Gmina Old Town", country="PL", place=place)
    twinning = make_twinning(pair[0], former)
    Member.objects.filter(pk=former.pk).update(status=Member.Status.LEFT, left_at=timezone.now())
    page = read(client, twinning)
    assert "Old Town" in page
    assert former.slug not in page


def test_twinning_detail_of_one_that_ended_says_why(client, pair):
    twinning = make_twinning(
        *pair, status=Twinning.Status.ENDED, end_reason="expired", ended_on=date(2025, 6, 1)
    )
    assert "It ended on 1 June 2025: its term is over." in read(client, twinning)


@pytest.mark.parametrize("parties", [2, 4])
def test_twinning_detail_costs_the_same_with_two_and_four_parties(
    client, db, django_assert_num_queries, parties
):
    made = [
        make_member(country="UA", place=make_place(country="UA", region=make_place(level="region")))
        for _n in range(parties)
    ]
    twinning = make_twinning(*made)
    # the twinning; its parties; their consents; what was proposed; its steps; its news; what they gave each other
    with django_assert_num_queries(7):
        client.get(url(twinning))
