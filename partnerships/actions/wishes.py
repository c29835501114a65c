"""Verbs of a member that looks for partners: what it wishes, and whom it does not want to be proposed."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from members.models import Member, Sector
from partnerships.models import PartnerVeto, PartnerWish, SuggestionList


@transaction.atomic
def change_partner_wish(
    *,
    member: Member,
    is_looking: bool,
    capacity: int,
    countries: Collection[str] = (),
    languages: Collection[str] = (),
    sectors: Collection[Sector] = (),
    by: Any,
) -> PartnerWish:
    """What ``member`` looks for from now on. Who was looking goes on looking since the same day.

    Journal: `partner_wish.changed`. Suggestions follow with the next sweep; what a page shows heeds it at once.
    """
    wish, _is_new = PartnerWish.objects.select_for_update().get_or_create(member=member)
    wish.looking_since = (wish.looking_since or timezone.now()) if is_looking else None
    wish.capacity = capacity
    wish.must_countries, wish.must_languages = sorted(set(countries)), sorted(set(languages))
    wish.save()
    wish.must_sectors.set(sectors)
    record("partner_wish.changed", wish, by=by, is_looking=is_looking, capacity=capacity)
    return wish


@transaction.atomic
def set_veto(*, member: Member, other: Member, by: Any) -> None:
    """``other`` is proposed to ``member`` no more, nor the other way, by suggestions and by rounds; it is not told.
    Twice is once. Journal: `veto.set`, without the name of the other."""
    veto, is_new = PartnerVeto.objects.get_or_create(member=member, other=other)
    if is_new:
        record("veto.set", veto, by=by)
        _let_lists_follow(member, other)


@transaction.atomic
def lift_veto(*, member: Member, other: Member, by: Any) -> None:
    """They may be proposed to each other again. Journal: `veto.lifted` at the member."""
    count, _rows = PartnerVeto.objects.filter(member=member, other=other).delete()
    if count:
        record("veto.lifted", member, by=by)
        _let_lists_follow(member, other)


def _let_lists_follow(*members: Member) -> None:
    SuggestionList.objects.filter(member__in=members).update(is_stale=True)
