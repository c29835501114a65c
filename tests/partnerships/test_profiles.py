"""Rows as profiles: what a score reads of members, ties and who is kept apart."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from members.models import Member
from partnerships.known_ties import OfCountry, Spot
from partnerships.match_parts import Part
from partnerships.models import Block, PartnerVeto, PartnerWish
from partnerships.models.partners import had_partners, partners_now
from partnerships.models.profiles import candidates, kept_apart, known_ties, profiles_of, proposals
from tests.factories import (
    make_listing,
    make_match,
    make_member,
    make_place,
    make_pledge_line,
    make_sector,
    make_suggestion,
    make_template,
    make_twinning,
)

pytestmark = pytest.mark.django_db


def profile(member: Member):
    return profiles_of(Member.objects.filter(pk=member.pk))[0]


def test_a_whole_profile():
    oblast = make_place(level="region", code="UA46", country="UA", register="katotth")
    main = make_place(country="UA", region=oblast, lat=49.8, lon=24.0, population=9000)
    place = make_place(country="UA", region=oblast, lat=49.8, lon=24.0, population=9000, same_as=main)
    energy = make_sector(code="ENE")
    grid = make_sector(code="ENE-02", parent=energy)
    health = make_sector(code="HEA")
    generator = make_template(code="generator")
    member = make_member(country="UA", place=place, languages_spoken=["uk", "en"])
    member.sectors.set([grid])
    need = make_listing(
        [energy], {"template": generator, "quantity": 10, "unit": "piece"}, kind="need", member=member
    )
    make_pledge_line(need.lines.get(), {"committed": 4})
    make_listing([health], {"item": "training", "quantity": 6, "unit": "place"}, member=member)
    wish = PartnerWish.objects.create(
        member=member, looking_since=timezone.now(), capacity=2, must_countries=["PL"], must_languages=["en"]
    )
    wish.must_sectors.set([energy])

    found = profile(member)
    assert (found.key, found.country, found.kind, found.region) == (member.pk, "UA", "municipality", "UA46")
    assert (found.place, found.population, found.lat, found.lon) == (main.pk, 9000, 49.8, 24.0)
    assert found.sectors == {"ENE", "ENE-02"}
    assert found.offer_sectors == {"HEA"}
    assert found.languages == {"uk", "en"}
    assert [(ask.item.template, ask.item.unit, ask.open) for ask in found.needs] == [
        ("generator", "piece", 6)
    ]
    assert [(give.item.unit, give.quantity) for give in found.offers] == [("place", Decimal(6))]
    assert (found.room, found.must_countries, found.must_languages) == (2, {"PL"}, {"en"})
    assert found.must_sectors == {"ENE"}
    assert not found.never_partnered  # a firm commitment was given


def test_what_nobody_filled_in_is_not_known():
    found = profile(make_member(kind="association", place=None))
    assert (found.place, found.region, found.population, found.lat, found.room) == (
        None,
        "",
        None,
        None,
        None,
    )
    assert found.never_partnered


def test_regions_are_their_own_region():
    place = make_place(level="region", code="PL21", country="PL")
    assert profile(make_member(kind="region", place=place)).region == "PL21"


def test_what_members_may_not_read_is_not_in_a_profile():
    """Lines for partners only, days for partners only, what is no longer open."""
    member = make_member(country="UA")
    make_listing(kind="need", member=member, field_audiences={"lines": "partner"})
    make_listing(kind="need", member=member, expires_on=timezone.localdate() - timedelta(days=1))
    make_listing(kind="need", member=member, status="withdrawn")
    day = timezone.localdate() + timedelta(days=9)
    dated = make_listing(
        None, {"needed_by": day}, kind="need", member=member, field_audiences={"needed_by": "partner"}
    )
    open_day = make_listing(None, {"needed_by": day}, kind="need", member=member, audience="members")
    found = {ask.line: ask.item.needed_by for ask in profile(member).needs}
    assert found == {dated.lines.get().slug: None, open_day.lines.get().slug: day}


def test_candidates():
    there = [make_member(), make_member(kind="region"), make_member(kind="association")]
    make_member(kind="institution")
    make_member(status="on_hold")
    PartnerWish.objects.create(member=make_member(), looking_since=None)
    assert set(candidates(Member.objects.all())) == set(there)


def test_room_is_what_is_left_since_the_wish():
    member, now = make_member(country="UA"), timezone.now()
    PartnerWish.objects.create(member=member, looking_since=now - timedelta(days=5), capacity=3)
    make_match(member, make_member(), accepted_at=now - timedelta(days=9))
    make_match(member, make_member(), accepted_at=now - timedelta(days=1))
    make_match(make_member(), member, accepted_at=now - timedelta(days=1))
    assert profile(member).room == 1


def test_who_had_a_partner():
    lonely, talked, twinned, held = (make_member(country="UA") for _n in range(4))
    make_match(talked, make_member(), status="requested")
    make_twinning(twinned, make_member())
    make_twinning(held.place, make_member(), origin="imported", source_note="A list.")
    make_twinning(lonely, make_member(), public_since=None)
    agreed = make_match(make_member(), make_member(), status="closed", close_reason="ended")
    agreed.accepted_at = timezone.now()
    agreed.save()
    asked = [lonely.pk, talked.pk, twinned.pk, held.pk, agreed.member_a_id]
    assert had_partners(asked) == {twinned.pk, held.pk, agreed.member_a_id}


def test_partners_now_counts_each_once():
    member, other, third = make_member(country="UA"), make_member(), make_member()
    make_match(member, other)
    make_twinning(member, other)
    make_twinning(member, third, other)
    make_twinning(member, make_member(), status="ended", end_reason="agreed", ended_on=timezone.localdate())
    abroad = make_place(country="DE")
    make_twinning(member, abroad, origin="imported", source_note="A list.")
    assert partners_now({member.pk}) == {member.pk: {other.pk, third.pk, -abroad.pk}}


def test_known_ties():
    oblast = make_place(level="region", code="UA46", country="UA")
    ours = make_place(country="UA", region=oblast, lat=49.8, lon=24.0)
    theirs = make_place(country="PL", lat=50.0, lon=20.0)
    make_twinning(ours, theirs, origin="imported", source_note="A list.")
    make_twinning(make_member(country="UA"), make_member(), public_since=None)
    ties = known_ties()
    assert ties.linked[ours.pk] == {theirs.pk: Spot(theirs.pk, "", 50.0, 20.0, "PL")}
    assert ties.linked[theirs.pk] == {ours.pk: Spot(ours.pk, "UA46", 49.8, 24.0, "UA")}
    assert len(ties.linked) == 2
    assert ties.of_country("PL", "UA46") == OfCountry(with_ukraine=1, with_others=0, with_oblast=1)


def test_earlier_links_are_handshakes_and_partnerships_that_are_over():
    a, b, c = make_member(), make_member(country="UA"), make_member()
    make_match(a, b, status="closed", close_reason="ended", accepted_at=timezone.now())
    make_match(b, c, status="closed", close_reason="silent")
    make_twinning(b, c, status="ended", end_reason="agreed", ended_on=timezone.localdate())
    ties = known_ties()
    assert ties.earlier_of(b.pk) == {a.pk, c.pk}


def test_kept_apart_both_ways():
    member = make_member(country="UA")
    blocked, vetoed, aside, talking, twinned, free = (make_member() for _n in range(6))
    Block.objects.create(member=blocked, blocked=member)
    PartnerVeto.objects.create(member=member, other=vetoed)
    make_suggestion(aside, member, dismissed_at=timezone.now())
    make_match(member, talking, status="requested")
    make_match(member, free, status="declined", decline_reason="other", decline_text="x")
    make_twinning(member, twinned, public_since=None)
    apart = {blocked.pk, vetoed.pk, aside.pk, talking.pk, twinned.pk}
    assert kept_apart({member.pk}) == {member.pk: apart}
    assert kept_apart()[vetoed.pk] == {member.pk}


def test_proposals_are_counted_against_an_even_share():
    famous, plain = make_member(), make_member()
    for n in range(12):
        member = make_member(country="UA")
        make_suggestion(member, famous)
        if n == 0:
            make_suggestion(member, plain)
            make_suggestion(plain, member)
    # Twelve and one for two members: 6.5 are an even share. On the other side one for twelve: five are.
    assert proposals() == {famous.pk: 175, plain.pk: 0, Member.objects.get(suggestions__other=plain).pk: 0}


@pytest.mark.parametrize("count", [1, 3])
def test_a_constant_number_of_queries(count, django_assert_num_queries):
    for _n in range(count):
        member = make_member(country="UA")
        member.sectors.add(make_sector())
        need = make_listing([make_sector()], kind="need", member=member)
        make_pledge_line(need.lines.get(), {"committed": 1})
        make_listing([make_sector()], member=member)
        PartnerWish.objects.create(member=member, looking_since=timezone.now())
        make_twinning(member, make_member())
    with django_assert_num_queries(17):
        assert len(profiles_of(Member.objects.filter(country="UA"))) == count
    with django_assert_num_queries(3):
        known_ties()


def test_parts_have_a_weight_each():
    from partnerships.models.suggestions import PARTS, MatchWeights

    names = {field.name for field in MatchWeights._meta.fields}
    assert {part.value for part in Part} == set(PARTS) <= names


def test_proposals_are_the_same_with_the_sides_that_the_columns_know():
    sides = [make_member(country=country) for country in ("UA", "UA", "PL", "DE")]
    for member in sides[:2]:
        make_suggestion(member, sides[2])
        make_suggestion(sides[3], member)
    assert proposals((sorted(each.pk for each in sides[:2]), 2)) == proposals()
    assert set(proposals()) == {each.pk for each in sides[:3]}
