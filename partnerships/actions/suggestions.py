"""Lists of suggested partners: made anew in the background when something changed, at the latest every day; and what a
member says of one of them."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
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
BATCH = 50
Picked = list[tuple[int, bool]]  # of `ranking.Columns.best`


def refresh_suggestions(*, memory: Candidates = MEMORY, budget: float = BUDGET_SECONDS) -> int:
    """Make anew the lists of members that have none, that something happened to, that somebody who changed concerns,
    and those of yesterday, in this order. Returns how many."""
    ends_at = time.monotonic() + budget
    weights = current_weights()
    memory.refresh(weights.weights)
    keys = memory.keys()
    there = set(keys)
    # Whoever has none does not wait for what must be found out about the others.
    made = _make_lists(memory, _without_a_list(keys), weights, ends_at)
    forget_lists_of_others(there)
    if not made or time.monotonic() < ends_at:
        changed = _changed(there)
        _mark_concerned(memory, changed)
        due = [pk for pk in _due(weights, changed) if pk in there and pk not in made]
        made |= _make_lists(memory, due, weights, ends_at, is_first=not made)
    memory.look_after()
    return len(made)


def _without_a_list(there: Iterable[int]) -> list[int]:
    have = set(SuggestionList.objects.values_list("member", flat=True))
    return [pk for pk in there if pk not in have]


def _changed(there: Collection[int]) -> dict[int, datetime]:
    """Whose list is older than the last thing that happened to them, and until when a list does not know of it. (An
    entry may become visible after its moment.)"""
    moments = changed_members(timezone.now() - LOOK_BACK)
    made = dict(SuggestionList.objects.filter(member__in=moments).values_list("member", "computed_at"))
    until = {pk: moments[pk] + LONGEST_TRANSACTION for pk in sorted(moments) if pk in there}
    return {pk: moment for pk, moment in until.items() if pk not in made or made[pk] < moment}


def _due(weights: MatchWeights, changed: Iterable[int]) -> Iterable[int]:
    stale = SuggestionList.objects.filter(is_stale=True).order_by("id")
    old = SuggestionList.objects.filter(
        Q(computed_at__lt=timezone.now() - timedelta(days=LIST_DAYS)) | ~Q(weights=weights)
    ).order_by("computed_at", "id")
    listed = (rows.values_list("member", flat=True) for rows in (stale, old))
    return dict.fromkeys(chain(changed, *listed))


def _mark_concerned(memory: Candidates, changed: Mapping[int, datetime]) -> None:
    """Older lists in which a changed member stands, or would stand now."""
    rows = Suggestion.objects.filter(dismissed_at=None)
    lowest = _lowest_totals(rows) if changed else {}
    for pk, one in memory.profiles(changed).items():
        columns = memory.of_other_side(one)
        totals = zip(columns.keys.tolist(), columns.scores(one).tolist(), strict=True)
        stale = {key for key, total in totals if total > lowest.get(key, 0)}
        stale.update(rows.filter(other=pk).values_list("member", flat=True))
        SuggestionList.objects.filter(member__in=stale, computed_at__lt=changed[pk]).update(is_stale=True)


def _lowest_totals(rows: QuerySet) -> dict[int, int]:
    """What one must have to stand in a list that is full; kept seats are held by less."""
    plain = rows.filter(is_kept_seat=False).order_by().values_list("member")
    lists = plain.annotate(total=Min("total"), length=Count("id"))
    return {member: total for member, total, length in lists if length >= SIZE // 2}


def _make_lists(
    memory: Candidates, due: Sequence[int], weights: MatchWeights, ends_at: float, *, is_first: bool = True
) -> set[int]:
    """Returns for whom of ``due`` there was time; for the very first there always is."""
    made: set[int] = set()
    for start in range(0, len(due), BATCH):
        ones = memory.profiles(due[start : start + BATCH])
        apart = kept_apart(ones)
        chosen = {pk: memory.of_other_side(one).best(one, apart.get(pk, ())) for pk, one in ones.items()}
        others = memory.profiles(_keys(memory, ones, chosen))
        for pk, one in ones.items():
            if time.monotonic() > ends_at and not (is_first and not made):
                return made
            _make_list(memory, one, chosen[pk], others, apart.get(pk, ()), weights)
            made.add(pk)
    return made


def _keys(memory: Candidates, ones: Mapping[int, Profile], chosen: Mapping[int, Picked]) -> set[int]:
    return {
        int(memory.of_other_side(ones[pk]).keys[row]) for pk, rows in chosen.items() for row, _is_kept in rows
    }


def _make_list(
    memory: Candidates,
    one: Profile,
    best: Picked,
    others: Mapping[int, Profile],
    apart: Collection[int],
    weights: MatchWeights,
) -> None:
    """``others`` were read just now: whoever left since the columns were made is not among them."""
    columns, started = memory.of_other_side(one), timezone.now()
    allowed, never = columns.counts(one, apart)
    rows = []
    for row, is_kept in best:
        if other := others.get(int(columns.keys[row])):
            found = score(one, other, facts_of(one, other, memory.ties, columns.today), weights.weights)
            rows.append(
                Suggestion(
                    member_id=one.key, other_id=other.key, total=found.total, parts=found.as_json(), weights=weights,
                    place_in_list=len(rows), computed_at=started, is_kept_seat=is_kept,
                )
            )  # fmt: skip
    _keep_list(one.key, rows, computed_at=started, weights=weights, candidates=allowed, never_partnered=never)


@transaction.atomic
def _keep_list(member: int, rows: list[Suggestion], **facts: Any) -> None:
    old = Suggestion.objects.filter(member=member, dismissed_at=None)
    old.exclude(other__in=[row.other_id for row in rows]).delete()
    Suggestion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["member", "other"],
        update_fields=["total", "parts", "weights", "place_in_list", "is_kept_seat", "computed_at"],
    )
    SuggestionList.objects.update_or_create(member_id=member, defaults=facts | {"is_stale": False})


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
