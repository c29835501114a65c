"""Page of a twinning, first area: how far it is (`_twinning_stages.html`), and what its parties can do."""

from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst

from alliance.core.audience import Audience
from partnerships.models import StageProposal, Twinning, TwinningStep
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_own import own_of

Status = Twinning.Status
LADDER = (
    Status.FIRST_CONTACT,
    Status.SOLIDARITY,
    Status.LETTER,
    Status.DRAFTED,
    Status.IN_APPROVAL,
    Status.IN_FORCE,
)


def stages_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    return {
        "pill": facts.stage_pill(twinning),
        "meaning": facts.MEANINGS[Status(twinning.status)],
        "steps": ladder(twinning),
        "is_dormant": twinning.status == Status.DORMANT,
        "ended": facts.ended_text(twinning),
        "own": own_of(request, twinning) if viewer == Audience.PARTNER else {},
    }


def ladder(twinning: Twinning) -> list[dict[str, str]]:
    """Parameters of `components/step_list.html`: the stages that were reached, the present one, and, while it lives,
    those that can follow. What was skipped is left out."""
    reached = _reached(twinning)
    now = LADDER.index(twinning.stage) if twinning.stage in LADDER else len(LADDER)
    rows = []
    for place, stage in enumerate(LADDER):
        if place < now and stage in reached:
            rows.append(_row(stage, "done", reached[stage]))
        elif place == now:
            since = facts.day(twinning.status_changed_at) if _is_known(twinning) else ""
            rows.append(_row(stage, "now", since, facts.MEANINGS[stage]))
        elif place > now and (stage != Status.IN_APPROVAL or twinning.needs_registration):
            rows.append(_row(stage, "", ""))
    return rows


def _row(stage: str, state: str, when: str, text: Any = "") -> dict[str, str]:
    return {"title": capfirst(Status(stage).label), "state": state, "when": when, "text": str(text)}


def _reached(twinning: Twinning) -> dict[str, str]:
    """The stages behind it with the days on which they were reached; reads prefetched rows."""
    days = {
        proposal.stage: facts.day(proposal.status_changed_at)
        for proposal in twinning.proposals.all()
        if proposal.status == StageProposal.Status.REACHED
    }
    if twinning.origin == Twinning.Origin.MATCH:
        days[Status.FIRST_CONTACT] = facts.day(twinning.created_at)
    for step in twinning.steps_taken:
        if step.kind == TwinningStep.Kind.SENT_TO_MINISTRY:
            days[Status.IN_APPROVAL] = facts.day(step.happened_on)
    return days


def _is_known(twinning: Twinning) -> bool:
    """When its stage was reached is known of what happened here; a declared or imported one stood there before."""
    return twinning.status != Status.DORMANT and (
        twinning.origin == Twinning.Origin.MATCH or bool(_reached(twinning))
    )
