"""Which hromadas have a partner, and which places are tied: recounted in SQL of its own."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from members.models import Member, Place
from partnerships.models import Twinning
from partnerships.models.twinning_queries import (
    counts_by_oblast,
    progress,
    tie_pairs,
    with_partner,
    without_partner,
)
from tests.factories import make_member, make_party, make_place, make_representative, make_twinning, make_user

RECOUNT = """
SELECT count(*) FROM members_place h
WHERE h.register = 'katotth' AND h.category = 'H' AND h.gone_on IS NULL AND left(h.code, 4) <> 'UA01' AND EXISTS (
  SELECT 1 FROM partnerships_twinning t
  JOIN partnerships_twinningparty here ON here.twinning_id = t.id AND here.country = 'UA' AND here.left_at IS NULL
  LEFT JOIN members_member m ON m.id = here.member_id
  JOIN partnerships_twinningparty there ON there.twinning_id = t.id AND there.country <> 'UA'
       AND there.left_at IS NULL AND (there.member_id IS NULL OR there.agreed_at IS NOT NULL)
  WHERE t.public_since IS NOT NULL AND coalesce(here.place_id, m.place_id) = h.id
    AND (here.member_id IS NULL OR here.agreed_at IS NOT NULL)
    AND CASE t.status WHEN 'dormant' THEN t.stage_before_dormant ELSE t.status END
        IN ('solidarity', 'letter', 'drafted', 'in_approval', 'in_force'))
"""
Status = Twinning.Status


def hromada(n, oblast="UA46", **changes):
    fields = {"register": "katotth", "category": "H", "country": "UA", "code": f"{oblast}{n:015}"} | changes
    return make_place(**fields)


@pytest.fixture
def oblasts(db):
    return {
        code: make_place(
            register="katotth",
            level="region",
            country="UA",
            code=f"{code}000000000000000",
            official_name=name,
        )
        for code, name in {"UA46": "Lviv Oblast", "UA51": "Odesa Oblast", "UA01": "Crimea"}.items()
    }


@pytest.fixture
def places(oblasts):
    """Eight hromadas in Lviv Oblast, two in Odesa Oblast, two in Crimea; and Kyiv."""
    rows = [hromada(n, region=oblasts["UA46"]) for n in range(1, 9)]
    rows += [hromada(n, "UA51", region=oblasts["UA51"]) for n in (1, 2)]
    rows += [hromada(n, "UA01", region=oblasts["UA01"]) for n in (1, 2)]
    kyiv = make_place(register="katotth", category="K", country="UA", code="UA80000000000093317")
    Place.objects.filter(pk=kyiv.pk).update(region=kyiv)
    return rows


@pytest.fixture
def partners(places):
    """Of Lviv's eight: three have a partner (as a place, as a member, in a dormant one), five have not."""
    city = make_place(country="DE")
    make_twinning(places[0], city, status=Status.LETTER)
    member = make_member(country="UA", place=places[1])
    make_party(
        twinning := make_twinning(member, make_member(), status=Status.SOLIDARITY), make_member(), position=9
    )
    twinning.parties.filter(member=member).update(place=None)
    make_twinning(places[2], city, status=Status.DORMANT, stage_before_dormant="in_force")
    make_twinning(places[3], city)  # only a first contact
    make_twinning(places[4], city, status=Status.LETTER, public_since=None)
    make_twinning(places[5], places[6], status=Status.LETTER)  # both in Ukraine
    make_twinning(places[7], city, status=Status.ENDED, end_reason="expired", ended_on=timezone.localdate())
    left = make_twinning(places[8], city, "Third", status=Status.LETTER)
    left.parties.filter(place=places[8]).update(left_at=timezone.now())
    make_twinning(places[10], city, status=Status.LETTER)  # in Crimea
    return places


def test_progress_is_what_a_recount_in_sql_says(partners):
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        recounted = cursor.fetchone()[0]
    assert progress() == (recounted, 10) == (3, 10)


def test_every_hromada_has_a_partner_or_has_none(partners):
    hromadas = Place.objects.hromadas()
    having = set(with_partner(hromadas))
    assert having == {partners[0], partners[1], partners[2], partners[10]}
    assert set(without_partner(hromadas)) == set(partners) - having


def test_oblasts_add_up_to_the_whole(partners, oblasts):
    counts = counts_by_oblast()
    assert {
        name: (counts[row.pk].hromadas, counts[row.pk].partnered, counts[row.pk].alone)
        for name, row in oblasts.items()
    } == {"UA46": (8, 3, 5), "UA51": (2, 0, 2), "UA01": (2, 1, 1)}


def test_ties_are_pairs_of_main_entries_once_each(places):
    city = make_place(country="DE")
    nuts = make_place(register="nuts", country="DE", same_as=city)
    make_twinning(places[0], city)
    make_twinning(places[0], nuts, places[1])
    make_twinning(places[2], city, public_since=None)
    a, b, c = sorted([places[0].pk, places[1].pk, city.pk])
    assert tie_pairs() == [(a, b), (a, c), (b, c)]


# --- The page ----------------------------------------------------------------------------------------------


def url(query=""):
    return reverse("partnerships:without_partner") + query


def test_without_partner_says_what_is_counted(client, partners):
    make_place(register="katotth", level="region", category="O", country="UA", official_name="Sumy Oblast")
    response = client.get(url())
    page = response.content.decode()
    assert [[str(cell.get("text") if isinstance(cell, dict) else cell) for cell in row]
            for row in response.context["rows"]] == [
        ["Lviv Oblast", "8", "3", "5"],
        ["Odesa Oblast", "2", "0", "2"],
    ]  # fmt: skip
    assert response.context["goal"]["words"] == "3 of 10 hromadas have a partner abroad"
    assert response.context["apart"][0][1:] == ["2", "1", "1"]
    assert "Cities with a status of their own" in page
    kyiv = Place.objects.get(category=Place.CITY)
    assert response.context["cities"] == [kyiv.name]  # and no oblast of which no hromada is known


def test_without_partner_leads_to_the_member_or_to_the_claim(client, partners):
    member = make_member(country="UA", place=partners[3], name_en="Member hromada")
    make_member(country="UA", place=partners[4], status=Member.Status.PENDING)
    rows = client.get(url("?region=UA46000000000000000")).context["chosen"]["rows"]
    assert len(rows) == 5
    by_name = {row["name"]: row for row in rows}
    assert by_name["Member hromada"]["url"] == reverse("members:member_detail", args=[member.slug])
    assert by_name[partners[4].official_name]["url"] == ""
    assert by_name[partners[5].official_name]["url"].endswith(f"?place={partners[5].code}")


@pytest.mark.parametrize("rows", [1, 3])
def test_without_partner_costs_the_same_with_one_and_three_rows(
    client, oblasts, django_assert_num_queries, rows
):
    for n in range(1, rows + 1):
        make_member(country="UA", place=hromada(n, region=oblasts["UA46"]))
    # numbers by oblast; oblasts; hromadas of one; their members
    with django_assert_num_queries(4):
        assert len(client.get(url("?region=UA46000000000000000")).context["chosen"]["rows"]) == rows


def test_without_a_register_the_page_says_so(client, db):
    assert "The register of hromadas is not loaded" in client.get(url("?region=UA99")).content.decode()


def test_the_home_page_tells_the_same_number(client, partners):
    figures = client.get(reverse("content:home")).context["figures"]
    assert {"number": "3", "label": "of 10 hromadas with a partner abroad", "href": url()} in figures


def test_a_member_sees_its_twinnings_and_what_was_entered_for_its_place(client, places):
    member = make_member(country="UA", place=places[0])
    own, entered = make_twinning(member, make_member()), make_twinning(places[0], make_place(country="DE"))
    hidden = make_twinning(member, make_member(), public_since=None)
    user = make_user()
    make_representative(member, user)
    client.force_login(user)
    page = client.get(reverse("members:member_detail", args=[member.slug])).content.decode()
    assert own.slug in page
    assert entered.slug in page
    assert hidden.slug not in page
