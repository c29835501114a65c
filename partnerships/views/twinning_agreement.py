"""Page of a twinning, second area: its agreement and the legal steps to it (`_twinning_agreement.html`)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnerships.models import Twinning, TwinningStep
from partnerships.names_shown import party_named
from partnerships.views import twinning_facts as facts


def agreement_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    return {"facts": _facts(twinning), "steps": [_step(step) for step in twinning.steps_taken]}


def _facts(twinning: Twinning) -> list[dict[str, str]]:
    """Parameters of `components/definitions.html`: what is known."""
    rows = [
        (_("Signed"), facts.day(twinning.signed_on)),
        (_("Valid until"), facts.day(twinning.valid_until)),
        (_("Number in the register of the ministry"), twinning.registry_number),
        (pgettext("of an agreement", "Registered"), facts.day(twinning.registered_on)),
    ]
    return [{"term": term, "text": text} for term, text in rows if text]


def _step(step: TwinningStep) -> dict[str, Any]:
    """Whose step it was is said where one party's council decided, or one party signed."""
    return {
        "day": facts.day(step.happened_on),
        "what": step.get_kind_display(),
        "number": step.number,
        "party": party_named(step.party) if step.party else None,
    }
