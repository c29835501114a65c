"""Lists of suggestions: made in the background, made anew when something changed, without whom they must not name."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from alliance.core.journal import record
from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships.actions import weights as weights_actions
from partnerships.actions.suggestion_columns import LONGEST_TRANSACTION, Candidates, changed_members
from partnerships.actions.suggestions import refresh_suggestions, restore_suggestion, set_suggestion_aside
from partnerships.actions.wishes import change_partner_wish, lift_veto, set_veto
from partnerships.models import Block, MatchWeights, PartnerVeto, Suggestion, SuggestionList
from partnerships.models.suggestions import PARTS
from tests.factories import (
    make_listing,
    make_match,
    make_member,
    make_sector,
    make_suggestion,
    make_template,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory():
    return Candidates()


def of(member: Member) -> list[int]:
    rows = Suggestion.objects.filter(member=member).standing().best_first()
    return list(rows.values_list("other", flat=True))


def long_ago() -> None:
    """As if all lists had been made before anything that comes now."""
    moment = timezone.now() - LONGEST_TRANSACTION - timedelta(minutes=1)
    SuggestionList.objects.update(computed_at=moment)


def test_each_side_is_proposed_the_other(memory):
    energy = make_sector()
    lviv, kyiv = make_member(country="UA"), make_member(country="UA")
    gdynia, lyon = make_member(), make_member(country="FR")
    lviv.sectors.add(energy)
    lyon.sectors.add(energy)
    make_member(kind="institution")
    assert refresh_suggestions(memory=memory) == 4
    assert of(lviv) == [lyon.pk, gdynia.pk]
    assert set(of(gdynia)) == {lviv.pk, kyiv.pk}
    row = Suggestion.objects.get(member=lviv, other=lyon)
    assert row.total == sum(part["points"] for part in row.parts)
    assert row.weights == MatchWeights.objects.get()
    mirror = Suggestion.objects.get(member=lyon, other=lviv)
    assert (mirror.total, len(mirror.parts)) == (row.total, len(PARTS))
    there = SuggestionList.objects.get(member=lviv)
    assert (there.candidates, there.never_partnered) == (2, 2)


def test_a_list_is_the_same_whoever_reads_in_which_language():
    """Free items are compared by their words, and names are translated: neither moves a point or a place."""
    energy = make_sector()
    lviv = make_member(country="UA", languages_spoken=["uk", "en"])
    lviv.sectors.add(energy)
    bus = {"item": "school bus", "quantity": 2, "unit": "piece"}
    make_listing([energy], bus, kind="need", member=lviv)
    for number in range(3):
        town = make_member(
            name_pl=f"Ż {number}", name_uk=f"Є {number}", languages_spoken=["pl", "en"][:number]
        )
        make_listing([energy], bus | {"quantity": 1 + number}, member=town)
    found = []
    for language in ("en", "pl", "uk"):
        Suggestion.objects.all().delete()
        SuggestionList.objects.all().delete()
        with translation.override(language):
            refresh_suggestions(memory=Candidates())
        found.append(
            list(
                Suggestion.objects.order_by("member", "place_in_list").values_list("other", "total", "parts")
            )
        )
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 6
    assert found[0][0][2][0]["points"] > 0  # the bus is found


def test_what_is_fresh_is_left_alone(memory):
    make_member(country="UA"), make_member()
    assert refresh_suggestions(memory=memory) == 2
    before = list(Suggestion.objects.order_by("id").values())
    assert refresh_suggestions(memory=memory) == 0
    assert refresh_suggestions(memory=Candidates()) == 0
    assert list(Suggestion.objects.order_by("id").values()) == before


def test_a_new_member_gets_a_list_and_comes_into_those_of_others(memory):
    lviv, gdynia = make_member(country="UA"), make_member()
    refresh_suggestions(memory=memory)
    newcomer = make_member()
    record("member.approved", newcomer, by=make_user())
    assert refresh_suggestions(memory=memory) == 2
    assert of(newcomer) == [lviv.pk]
    assert set(of(lviv)) == {gdynia.pk, newcomer.pk}


def test_a_changed_need_changes_both_lists(memory):
    generator = make_template(code="generator")
    lviv, gdynia, lyon = make_member(country="UA"), make_member(), make_member(country="FR")
    make_listing(None, {"template": generator, "quantity": 5, "unit": "piece"}, member=lyon)
    refresh_suggestions(memory=memory)
    before = Suggestion.objects.get(member=lyon, other=lviv).total
    long_ago()
    need = make_listing(
        None, {"template": generator, "quantity": 5, "unit": "piece"}, kind="need", member=lviv
    )
    record("listing.published", need, by=make_user())
    assert refresh_suggestions(memory=memory) == 3  # Lviv's own, and those of the two that it stands in
    assert of(lviv) == [lyon.pk, gdynia.pk]
    row = Suggestion.objects.get(member=lyon, other=lviv)
    assert row.total - before == row.parts[0]["points"] == 67
    assert row.parts[0]["facts"]["met_b"][0]["covered"] == "5"


@pytest.mark.parametrize("verb", ["wish", "twinning", "match", "member"])
def test_what_else_makes_a_list_old(memory, verb):
    lviv, gdynia = make_member(country="UA"), make_member()
    refresh_suggestions(memory=memory)
    long_ago()
    assert refresh_suggestions(memory=memory) == 0
    if verb == "wish":
        change_partner_wish(member=lviv, is_looking=True, capacity=2, by=make_user())
    elif verb == "twinning":
        record("twinning.declared", make_twinning(lviv, make_member(status="on_hold")), by=make_user())
    elif verb == "match":
        record("match.requested", make_match(lviv, make_member(status="on_hold")), by=make_user())
    else:
        record("member.edited", lviv, by=make_user())
    assert refresh_suggestions(memory=memory) == 2
    assert of(gdynia) == [lviv.pk]


def test_every_list_is_made_anew_every_day(memory):
    make_member(country="UA"), make_member()
    refresh_suggestions(memory=memory)
    SuggestionList.objects.update(computed_at=timezone.now() - timedelta(days=1, minutes=1))
    assert refresh_suggestions(memory=memory) == 2


def test_the_rest_is_left_to_the_next_run(memory):
    for _n in range(3):
        make_member(country="UA"), make_member()
    assert refresh_suggestions(memory=memory, budget=0) == 1
    assert refresh_suggestions(memory=memory) == 5


def test_who_left_or_is_not_looking_stands_in_no_list(memory):
    lviv, gdynia, lyon = make_member(country="UA"), make_member(), make_member(country="FR")
    refresh_suggestions(memory=memory)
    Member.objects.filter(pk=lyon.pk).update(status="on_hold")
    assert of(lviv) == [gdynia.pk]  # at once
    record("member.held", lyon, by=make_user())
    change_partner_wish(member=gdynia, is_looking=False, capacity=1, by=make_user())
    assert of(lviv) == []
    refresh_suggestions(memory=memory)
    assert not Suggestion.objects.exists()
    assert list(SuggestionList.objects.values_list("member", "candidates")) == [(lviv.pk, 0)]


def test_whom_a_list_must_not_name(memory):
    """Neither when it is made, nor when it was made before."""
    lviv = make_member(country="UA")
    others = [make_member() for _n in range(8)]
    blocked, blocks, vetoed, vetoes, asked, twinned, aside, free = others

    def keep_apart():
        Block.objects.create(member=lviv, blocked=blocked)
        Block.objects.create(member=blocks, blocked=lviv)
        PartnerVeto.objects.create(member=lviv, other=vetoed)
        PartnerVeto.objects.create(member=vetoes, other=lviv)
        make_match(asked, lviv, status="requested")
        make_twinning(lviv, twinned, public_since=None)
        row = Suggestion.objects.filter(member=aside, other=lviv).first() or make_suggestion(aside, lviv)
        set_suggestion_aside(row, member=aside, reason="size", by=make_user())

    refresh_suggestions(memory=memory)
    assert set(of(lviv)) == {other.pk for other in others}
    with transaction.atomic():
        keep_apart()
        assert of(lviv) == [free.pk]
        assert all(of(other) == [] for other in others[:7])
        SuggestionList.objects.update(is_stale=True)
        refresh_suggestions(memory=memory)
        assert of(lviv) == [free.pk]
        assert list(Suggestion.objects.filter(member=lviv).values_list("other", flat=True)) == [free.pk]


def test_must_haves_of_either_side(memory):
    lviv, lyon, gdynia = make_member(country="UA"), make_member(country="FR"), make_member()
    change_partner_wish(member=lviv, is_looking=True, capacity=1, countries=["PL"], by=make_user())
    change_partner_wish(member=gdynia, is_looking=True, capacity=1, languages=["uk"], by=make_user())
    refresh_suggestions(memory=memory)
    assert (of(lviv), of(lyon), of(gdynia)) == ([], [], [])
    Member.objects.filter(pk=lviv.pk).update(languages_spoken=["uk"])
    record("member.edited", lviv, by=make_user())
    refresh_suggestions(memory=memory)
    assert (of(lviv), of(lyon), of(gdynia)) == ([gdynia.pk], [], [lviv.pk])


def test_seats_are_kept_for_those_that_never_had_a_partner(memory):
    """Twenty-five cities with everything in common, and partners; and five that know nobody and filled in nothing."""
    energy = make_sector()
    lviv = make_member(country="UA", languages_spoken=["en"])
    lviv.sectors.add(energy)
    partner = make_member(country="UA", kind="institution")
    for _n in range(25):
        city = make_member(languages_spoken=["en"])
        city.sectors.add(energy)
        make_match(city, partner)
    shy = {make_member(kind="association", place=None).pk for _n in range(5)}
    refresh_suggestions(memory=memory)
    found = Suggestion.objects.filter(member=lviv)
    assert found.count() == 20
    seats = found.filter(is_kept_seat=True)
    assert len(seats) == 4  # a sixth of 20, rounded up
    assert {row.other_id for row in seats} < shy


# --- What a member says of one ------------------------------------------------------------------------------


def test_set_aside_and_restored(memory):
    lviv, gdynia, user = make_member(country="UA"), make_member(), make_user()
    row = make_suggestion(lviv, gdynia)
    set_suggestion_aside(row, member=lviv, reason="distance", by=user)
    row.refresh_from_db()
    assert (row.reason, row.dismissed_by) == ("distance", user)
    assert not PartnerVeto.objects.exists()
    with pytest.raises(NotAllowed):
        set_suggestion_aside(row, member=lviv, reason="size", by=user)
    refresh_suggestions(memory=memory)
    assert (of(lviv), of(gdynia)) == ([], [])
    restore_suggestion(row, member=lviv, by=user)
    refresh_suggestions(memory=memory)
    assert (of(lviv), of(gdynia)) == ([gdynia.pk], [lviv.pk])
    with pytest.raises(NotAllowed):
        restore_suggestion(row, member=lviv, by=user)
    verbs = JournalEntry.objects.filter(verb__startswith="suggestion.").order_by("id")
    assert [entry.verb for entry in verbs] == ["suggestion.set_aside", "suggestion.restored"]


def test_set_aside_by_its_own_member_only():
    row = make_suggestion()
    with pytest.raises(NotAllowed):
        set_suggestion_aside(row, member=row.other, reason="size", by=make_user())


def test_set_aside_with_a_veto():
    row, user = make_suggestion(), make_user()
    set_suggestion_aside(row, member=row.member, reason="known", is_veto=True, by=user)
    assert PartnerVeto.objects.filter(member=row.member, other=row.other).count() == 1
    set_veto(member=row.member, other=row.other, by=user)
    assert JournalEntry.objects.filter(verb="veto.set").count() == 1
    lift_veto(member=row.member, other=row.other, by=user)
    lift_veto(member=row.member, other=row.other, by=user)
    assert JournalEntry.objects.filter(verb="veto.lifted").count() == 1


def test_a_wish_keeps_its_first_day():
    member, user = make_member(), make_user()
    first = change_partner_wish(member=member, is_looking=True, capacity=1, by=user).looking_since
    wish = change_partner_wish(member=member, is_looking=True, capacity=4, languages=["uk", "uk"], by=user)
    assert (wish.looking_since, wish.capacity, wish.must_languages) == (first, 4, ["uk"])
    assert change_partner_wish(member=member, is_looking=False, capacity=4, by=user).looking_since is None


# --- Weights ------------------------------------------------------------------------------------------------


def test_the_first_weights_come_from_our_table():
    assert weights_actions.load_match_weights() is True
    assert weights_actions.load_match_weights() is False
    row = weights_actions.current_weights()
    assert (row.version, row.weights.total) == (2, 1000)  # a hundred points


def test_new_weights_are_a_new_version_and_all_lists_follow(memory):
    lviv, user = make_member(country="UA", population=10_000), make_user()
    make_member(population=10_000)
    refresh_suggestions(memory=memory)
    points = dict.fromkeys(PARTS, 0) | {"size": 50}
    row = weights_actions.change_match_weights(points=points, attention_cap=500, by=user)
    assert (row.version, row.created_by) == (3, user)
    assert JournalEntry.objects.get(verb="match_weights.changed").data["changed"]["size"] == [15, 50]
    assert weights_actions.change_match_weights(points=points, attention_cap=500, by=user) == row
    assert refresh_suggestions(memory=memory) == 2
    assert 300 < Suggestion.objects.get(member=lviv).total < 500


def test_an_older_portal_gets_a_version_with_what_was_learnt():
    migration = import_module("partnerships.migrations.0030_what_twinnings_say")
    migration.publish_a_version(apps, None)
    assert not MatchWeights.objects.exists()  # the table is loaded there
    shipped = weights_actions.current_weights()
    migration.publish_a_version(apps, None)
    ours = MatchWeights.objects.newest_first()[0]
    assert (ours.version, ours.weights.points) == (3, shipped.weights.points)
    points = dict.fromkeys(PARTS, 50)
    weights_actions.change_match_weights(points=points, attention_cap=700, by=make_user())
    migration.publish_a_version(apps, None)
    of_desk = MatchWeights.objects.newest_first()[0]
    assert (of_desk.version, of_desk.attention_cap, of_desk.needs, of_desk.size) == (5, 700, 50, 15)


def test_versions_stay_as_they_were():
    row = weights_actions.current_weights()
    for change in (lambda: MatchWeights.objects.update(size=1), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_changed_members_of_every_kind_of_row():
    since = timezone.now()
    one, other, third = make_member(), make_member(country="UA"), make_member()
    record("match.accepted", make_match(one, other), by=make_user())
    record("listing.published", make_listing(member=third), by=make_user())
    assert set(changed_members(since)) == {one.pk, other.pk, third.pk}
    assert changed_members(timezone.now()) == {}
