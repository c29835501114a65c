"""Verbs of the desk at a matching round: opening, quotas, computing, changing, publishing, cancelling. The computation
itself and what is handed out are sweeps (`round_runs`, `round_proposals`)."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock, move
from partnerships.models import CountryQuota, MatchingRound, RoundParticipant
from partnerships.refusals import RoundRefused

Status = MatchingRound.Status


@transaction.atomic
def open_round(matching_round: MatchingRound, *, by: Any) -> None:
    """Save a new round; members that take part are told so on their page. Journal: `round.opened`. Raises
    `RoundRefused` while another one is under way: its pairs would compete for the same places."""
    try:
        with transaction.atomic():
            matching_round.save()
    except IntegrityError as error:
        if MatchingRound.objects.under_way().exists():
            raise RoundRefused(RoundRefused.UNDER_WAY) from error
        raise
    record("round.opened", matching_round, by=by)


@transaction.atomic
def change_round(matching_round: MatchingRound, *, title: str, by: Any) -> None:
    """Journal: `round.changed`. Raises `NotAllowed` once it is computed."""
    stored = _still_draft(matching_round)
    stored.title = title
    stored.save(update_fields=["title", "updated_at"])
    record("round.changed", stored, by=by)


@transaction.atomic
def set_quotas(
    matching_round: MatchingRound,
    *,
    changed: Iterable[CountryQuota],
    removed: Iterable[CountryQuota] = (),
    by: Any,
) -> None:
    """Journal: `round.quotas_changed` with all quotas as they are now. Raises `NotAllowed` once it is computed."""
    stored = _still_draft(matching_round)
    for quota in removed:
        quota.delete()
    for quota in changed:
        quota.matching_round = stored
        quota.save()
    quotas = dict(stored.quotas.order_by("country").values_list("country", "most"))
    record("round.quotas_changed", stored, by=by, quotas=quotas)


def _still_draft(matching_round: MatchingRound) -> MatchingRound:
    stored = lock(matching_round)
    if not stored.takes_changes:
        raise NotAllowed(matching_round, stored.status, "change")
    return stored


@transaction.atomic
def start_round(matching_round: MatchingRound, *, by: Any) -> None:
    """Have it computed: a worker freezes who takes part as they are then, and computes from that alone. Nobody is told
    anything. Journal: `round.started`. Raises `NotAllowed`."""
    move(
        matching_round,
        Status.COMPUTING,
        by=by,
        verb="round.started",
        frozen_at=None,
        inputs_hash="",
        step="",
        share_done=0,
        token="",
        pulse_at=None,
        tries=0,
        failure="",
        result={},
    )


@transaction.atomic
def revise_round(matching_round: MatchingRound, *, by: Any) -> None:
    """Back to a draft, to change the quotas and compute again; a computation that runs stops. Who takes part is frozen
    anew with the next one. Journal: `round.revised`. Raises `NotAllowed`."""
    move(matching_round, Status.DRAFT, by=by, verb="round.revised", **_nothing_computed())
    RoundParticipant.objects.filter(matching_round=matching_round).delete()


@transaction.atomic
def cancel_round(matching_round: MatchingRound, *, by: Any) -> None:
    """It ends without proposals; a computation that runs stops. Journal: `round.cancelled`. Raises `NotAllowed`."""
    move(matching_round, Status.CANCELLED, by=by, verb="round.cancelled", **_nothing_computed())
    RoundParticipant.objects.filter(matching_round=matching_round).delete()


def _nothing_computed() -> dict[str, Any]:
    return {
        "frozen_at": None,
        "inputs_hash": "",
        "frozen": {},
        "step": "",
        "share_done": 0,
        "token": "",
        "pulse_at": None,
        "failure": "",
        "result": {},
        "computed_at": None,
    }


@transaction.atomic
def publish_round(matching_round: MatchingRound, *, by: Any) -> None:
    """Its pairs are handed out from now on, by a sweep, to both sides of each. Journal: `round.published`. Raises
    `NotAllowed`, `RoundRefused` when there is nothing to hand out."""
    if not lock(matching_round).proposals.exists():
        raise RoundRefused(RoundRefused.NO_PAIRS)
    move(matching_round, Status.PUBLISHED, by=by, verb="round.published", published_at=timezone.now())
