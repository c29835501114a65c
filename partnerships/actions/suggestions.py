"""Lists of suggested partners: made anew in the background when something changed, at the latest every day; and what a
member says of one of them."""

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships.actions.suggestion_columns import LONGEST_TRANSACTION, MEMORY, Candidates, changed_members
from partnerships.actions.weights import current_weights
from partnerships.actions.wishes import set_veto
from partnerships.choosing import SIZE
from partnerships.matching import Profile, facts_of, score
from partnerships.models import MatchWeights, Suggestion, SuggestionList
from partnerships.models.profiles import kept_apart

# One run of the sweep works so long, and leaves the rest to the next one.
BUDGET_SECONDS = 60
LIST_DAYS = 1
# Changes older than this are in the lists already: each is made anew every day.
LOOK_BACK = timedelta(days=LIST_DAYS) + LONGEST_TRANSACTION
BATCH = 200


def refresh_suggestions(*, memory: Candidates = MEMORY, budget: float = BUDGET_SECONDS) -> int:
    """Make anew the lists of members that have none, that something happened to, that somebody who changed concerns,
    and those of yesterday, in this order. Returns how many."""
    ends_at = time.monotonic() + budget
    weights = current_weights()
    memory.refresh(weights.weights)
    forget_lists_of_others(memory.profiles)
    changed = _changed(memory)
    _mark_concerned(memory, changed)
    made = 0
    due = _due(memory, weights, changed)
    for start in range(0, len(due), BATCH):
        batch = [memory.profiles[pk] for pk in due[start : start + BATCH]]
        apart = kept_apart({each.key for each in batch})
        for one in batch:
            if made and time.monotonic() > ends_at:
                return made
            _make_list(memory, one, apart.get(one.key, set()), weights)
            made += 1
    return made


def _changed(memory: Candidates) -> dict[int, datetime]:
    """Whose list is older than the last thing that happened to them, and until when a list does not know of it. (An
    entry may become visible after its moment.)"""
    moments = changed_members(timezone.now() - LOOK_BACK)
    made = dict(SuggestionList.objects.filter(member__in=moments).values_list("member", "computed_at"))
    until = {pk: moments[pk] + LONGEST_TRANSACTION for pk in sorted(moments) if pk in memory.profiles}
    return {pk: moment for pk, moment in until.items() if pk not in made or made[pk] < moment}


def _due(memory: Candidates, weights: MatchWeights, changed: Iterable[int]) -> list[int]:
    there = dict(SuggestionList.objects.values_list("member", "is_stale"))
    new = [pk for pk in memory.profiles if pk not in there]
    stale = [pk for pk, is_stale in there.items() if is_stale]
    old = SuggestionList.objects.filter(
        Q(computed_at__lt=timezone.now() - timedelta(days=LIST_DAYS)) | ~Q(weights=weights)
    ).order_by("computed_at", "id")
    ordered = dict.fromkeys([*new, *changed, *stale, *old.values_list("member", flat=True)])
    return [pk for pk in ordered if pk in memory.profiles]


def _mark_concerned(memory: Candidates, changed: Mapping[int, datetime]) -> None:
    """Older lists in which a changed member stands, or would stand now."""
    rows = Suggestion.objects.filter(dismissed_at=None)
    lowest = _lowest_totals(rows) if changed else {}
    for pk, moment in changed.items():
        one = memory.profiles[pk]
        columns = memory.of_other_side(one)
        totals = zip(columns.keys.tolist(), columns.scores(one).tolist(), strict=True)
        stale = {key for key, total in totals if total > lowest.get(key, 0)}
        stale.update(rows.filter(other=pk).values_list("member", flat=True))
        SuggestionList.objects.filter(member__in=stale, computed_at__lt=moment).update(is_stale=True)


def _lowest_totals(rows: QuerySet) -> dict[int, int]:
    """What one must have to stand in a list that is full; kept seats are held by less."""
    plain = rows.filter(is_kept_seat=False).order_by().values_list("member")
    lists = plain.annotate(total=Min("total"), length=Count("id"))
    return {member: total for member, total, length in lists if length >= SIZE // 2}


def _make_list(memory: Candidates, one: Profile, apart: Collection[int], weights: MatchWeights) -> None:
    columns, started = memory.of_other_side(one), timezone.now()
    best = columns.best(one, apart)
    allowed, never = columns.counts(one, apart)
    rows = []
    for place, (row, is_kept) in enumerate(best):
        other = columns.profiles[row]
        found = score(one, other, facts_of(one, other, memory.ties, columns.today), weights.weights)
        rows.append(
            Suggestion(
                member_id=one.key, other_id=other.key, total=found.total, parts=found.as_json(), weights=weights,
                place_in_list=place, computed_at=started, is_kept_seat=is_kept,
            )
        )  # fmt: skip
    with transaction.atomic():
        old = Suggestion.objects.filter(member=one.key, dismissed_at=None)
        old.exclude(other__in=[row.other_id for row in rows]).delete()
        Suggestion.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["member", "other"],
            update_fields=["total", "parts", "weights", "place_in_list", "is_kept_seat", "computed_at"],
        )
        SuggestionList.objects.update_or_create(
            member_id=one.key,
            defaults={
                "computed_at": started,
                "weights": weights,
                "candidates": allowed,
                "never_partnered": never,
                "is_stale": False,
            },
        )


@transaction.atomic
def forget_lists_of_others(there: Iterable[int]) -> None:
    """Whoever left, rests, or is not looking has no list and stands in none. What was set aside stays set aside."""
    if members := set(SuggestionList.objects.values_list("member", flat=True)) - set(there):
        named_in = Suggestion.objects.filter(other__in=members).values("member")
        SuggestionList.objects.filter(member__in=named_in).update(is_stale=True)
        Suggestion.objects.filter(Q(member__in=members) | Q(other__in=members), dismissed_at=None).delete()
        SuggestionList.objects.filter(member__in=members).delete()


# --- What a member says of a suggestion ---------------------------------------------------------------------


@transaction.atomic
def set_suggestion_aside(
    suggestion: Suggestion, *, member: Member, reason: str, is_veto: bool = False, by: Any
) -> None:
    """“Not for us”, with one of `Suggestion.Reason`; the other is not told. With ``is_veto`` matching rounds do not
    propose them to each other either. Journal: `suggestion.set_aside`. Raises `NotAllowed` when it was done already."""
    stored = (
        Suggestion.objects.select_for_update(of=("self",)).filter(pk=suggestion.pk, member=member).first()
    )
    if stored is None or stored.dismissed_at:
        raise NotAllowed(suggestion, "", "set_aside")
    stored.dismissed_at, stored.dismissed_by, stored.reason = timezone.now(), by, reason
    stored.save(update_fields=["dismissed_at", "dismissed_by", "reason"])
    record("suggestion.set_aside", stored, by=by, reason=reason)
    if is_veto:
        set_veto(member=member, other=stored.other, by=by)


@transaction.atomic
def restore_suggestion(suggestion: Suggestion, *, member: Member, by: Any) -> None:
    """It may be proposed again, unless a veto stands against it, which is lifted apart. Journal: `suggestion.restored`.
    Raises `NotAllowed` when it is not set aside."""
    stored = (
        Suggestion.objects.select_for_update(of=("self",)).filter(pk=suggestion.pk, member=member).first()
    )
    if stored is None or not stored.dismissed_at:
        raise NotAllowed(suggestion, "", "restored")
    stored.dismissed_at = stored.dismissed_by = None
    stored.reason = ""
    stored.save(update_fields=["dismissed_at", "dismissed_by", "reason"])
    record("suggestion.restored", stored, by=by)
    SuggestionList.objects.filter(member__in=[stored.member_id, stored.other_id]).update(is_stale=True)
