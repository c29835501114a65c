"""Computing a matching round: a sweep takes up what waits, or what a worker left when it died, by a token that only one
worker holds. From the frozen inputs comes the same result, whoever computes it."""

import logging
import secrets
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM
from alliance.core.states import NotAllowed, lock, move
from partnerships.actions.round_inputs import freeze_inputs, frozen_profiles, inputs_of
from partnerships.models import MatchingRound, RoundParticipant, RoundProposal
from partnerships.models.profiles import members_of
from partnerships.models.rounds import MOST_TRIES
from partnerships.rounds import Cancelled, Stage, solve

log = logging.getLogger(__name__)

Status, Step = MatchingRound.Status, MatchingRound.Step
# How often the page is told how far it is.
PULSE_SECONDS = 1.0
# Where each step begins, as a share of the whole.
BEGINS = {
    Step.FREEZING: 0.0,
    Step.SCORES: 0.05,
    Step.COVER: 0.35,
    Step.OPTIMUM: 0.45,
    Step.PROOF: 0.7,
    Step.CHECK: 0.85,
}
ROWS = 1000


class Unproven(Exception):
    """The check, which shares no code with the computation, found a fault."""


def compute_waiting() -> int:
    """The sweep: whatever waits for a worker, one after the other. Returns how many were computed."""
    done = 0
    while matching_round := claim_round():
        done += compute_round(matching_round, token=matching_round.token)
    return done


@transaction.atomic
def claim_round() -> MatchingRound | None:
    """The round that waits longest, with a token that is ours alone. One that was taken up too often fails. Journal:
    `round.failed`."""
    rows = MatchingRound.objects.without_worker().select_for_update(skip_locked=True)
    for matching_round in rows:
        if matching_round.tries >= MOST_TRIES:
            _fail(matching_round, "the worker died")
            continue
        matching_round.token, matching_round.pulse_at = secrets.token_hex(16), timezone.now()
        matching_round.tries += 1
        matching_round.save(update_fields=["token", "pulse_at", "tries"])
        return matching_round
    return None


def compute_round(matching_round: MatchingRound, *, token: str) -> bool:
    """Freeze the inputs unless they are, compute, check the proof, write the pairs down. False when it is no longer
    wanted: cancelled, or taken up by another worker. Journal: `round.computed`, or `round.failed`."""
    pulse = Pulse(matching_round.pk, token)
    try:
        pulse.tell(Step.FREEZING, 0)
        if not matching_round.frozen_at:
            if not freeze_inputs(matching_round, token=token, progress=partial(pulse.tell, Step.FREEZING)):
                return False
            matching_round.refresh_from_db()
        return _keep(matching_round, token, **_computed(matching_round, pulse))
    except Cancelled:
        return False
    except Exception as error:
        log.exception("a matching round could not be computed")
        _fail_if_ours(matching_round, token, type(error).__name__)
        return False


class Pulse:
    """Tells the page how far it is, at most once a second, and learns whether the computation is still wanted."""

    def __init__(self, pk: int, token: str) -> None:
        self.rows = MatchingRound.objects.filter(pk=pk, token=token, status=Status.COMPUTING)
        self.told_at, self.step, self.is_wanted = 0.0, "", True

    def tell(self, step: str, share: float) -> None:
        if step == self.step and time.monotonic() - self.told_at < PULSE_SECONDS:
            return
        ends = min((begin for begin in BEGINS.values() if begin > BEGINS[step]), default=1.0)
        done = BEGINS[step] + (ends - BEGINS[step]) * min(max(share, 0.0), 1.0)
        self.is_wanted = bool(self.rows.update(step=step, share_done=done, pulse_at=timezone.now()))
        self.told_at, self.step = time.monotonic(), step

    def at(self, stage: Stage, share: float) -> None:
        self.tell(Step(stage.value), share)

    def checking(self, share: float) -> None:
        self.tell(Step.CHECK, share)
        if self.is_stopped():
            raise Cancelled

    def is_stopped(self) -> bool:
        return not self.is_wanted


def _computed(matching_round: MatchingRound, pulse: Pulse) -> dict[str, Any]:
    # numpy: not before it is needed
    from partnerships.round_problem import Scores, figures_of, problem_of, score_of, why_without
    from partnerships.rounds.certificate import check

    inputs = inputs_of(matching_round)
    scores = Scores(inputs)
    problem = problem_of(inputs, scores)
    result = solve(problem, progress=pulse.at, is_cancelled=pulse.is_stopped)
    if faults := check(problem, result, progress=pulse.checking):
        raise Unproven("; ".join(faults[:3]))
    without = why_without(inputs, result, scores)
    paired = {key for pair in result.pairs for key in (pair.left, pair.right)}
    profiles = frozen_profiles(matching_round, paired)
    pairs = [
        (pair.left, pair.right, score_of(inputs, profiles[pair.left], profiles[pair.right]))
        for pair in result.pairs
    ]
    return {"pairs": pairs, "without": without, "figures": figures_of(inputs, result, without)}


@transaction.atomic
def _keep(
    matching_round: MatchingRound, token: str, *, pairs: list, without: Mapping[int, str], figures: dict
) -> bool:
    stored = lock(matching_round)
    if stored.token != token or stored.status != Status.COMPUTING:
        return False
    rows = dict(stored.participants.values_list("member", "pk"))
    RoundProposal.objects.bulk_create(
        (
            RoundProposal(
                matching_round=stored,
                left_id=rows[left],
                right_id=rows[right],
                score=found.total / 10,
                parts=found.as_json(),
            )
            for left, right, found in pairs
        ),
        batch_size=ROWS,
    )
    for reason in RoundParticipant.Without:
        alone = [member for member, why in without.items() if why == reason]
        stored.participants.filter(member__in=members_of(alone)).update(without=reason)
    move(
        matching_round,
        Status.COMPUTED,
        by=SYSTEM,
        verb="round.computed",
        computed_at=timezone.now(),
        result=figures,
        step="",
        share_done=1,
        token="",
        pulse_at=None,
    )
    return True


@transaction.atomic
def _fail_if_ours(matching_round: MatchingRound, token: str, why: str) -> None:
    stored = lock(matching_round)
    if stored.token == token and stored.status == Status.COMPUTING:
        _fail(stored, why)


def _fail(matching_round: MatchingRound, why: str) -> None:
    try:
        move(
            matching_round,
            Status.FAILED,
            by=SYSTEM,
            verb="round.failed",
            failure=why,
            token="",
            pulse_at=None,
        )
    except NotAllowed:  # cancelled in the same instant
        log.info("a matching round that failed was no longer wanted")
