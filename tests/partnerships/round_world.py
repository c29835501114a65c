"""Members that look for partners, and a round over them, for the tests of rounds."""

from typing import Any

from django.utils import timezone

from members.models import Member
from partnerships.actions import round_runs
from partnerships.actions import rounds as actions
from partnerships.models import CountryQuota, MatchingRound, PartnerWish
from tests.factories import make_member, make_place, make_user


def looking(
    country: str = "UA", *, capacity: int = 1, wish: dict[str, Any] | None = None, **changes: Any
) -> Member:
    """A member that looks for so many partners."""
    if "place" not in changes and changes.get("kind") != "association":
        changes["place"] = make_place(country=country, lat=50.0, lon=30.0 if country == "UA" else 20.0)
    member = make_member(country=country, **changes)
    want(member, capacity=capacity, **(wish or {}))
    return member


def want(member: Member, *, capacity: int = 1, **changes: Any) -> PartnerWish:
    return PartnerWish.objects.create(
        member=member, looking_since=timezone.now(), capacity=capacity, **changes
    )


def opened(**quotas: int) -> MatchingRound:
    """A round in draft with quotas by country."""
    matching_round = MatchingRound(title="Spring")
    actions.open_round(matching_round, by=make_user())
    for country, most in quotas.items():
        CountryQuota.objects.create(matching_round=matching_round, country=country, most=most)
    return matching_round


def computed(**quotas: int) -> MatchingRound:
    matching_round = opened(**quotas)
    actions.start_round(matching_round, by=make_user())
    assert round_runs.compute_waiting() == 1
    matching_round.refresh_from_db()
    return matching_round


def published(**quotas: int) -> MatchingRound:
    matching_round = computed(**quotas)
    actions.publish_round(matching_round, by=make_user())
    return matching_round


def pairs_of(matching_round: MatchingRound) -> set[tuple[Member, Member]]:
    rows = matching_round.proposals.select_related("left__member", "right__member")
    return {(each.left.member, each.right.member) for each in rows}
