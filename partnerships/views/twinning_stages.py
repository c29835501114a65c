"""Page of a twinning, first area: how far it is (`_twinning_stages.html`)."""

from typing import Any

from django.http import HttpRequest

from partnerships.models import Twinning
from partnerships.views import twinning_facts as facts


def stages_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    return {
        "pill": facts.stage_pill(twinning),
        "meaning": facts.MEANINGS[facts.Status(twinning.status)],
        "reached": facts.day(twinning.status_changed_at) if _is_known(twinning) else "",
        "slept_in": twinning.get_stage_before_dormant_display(),
        "ended": facts.ended_text(twinning),
    }


def _is_known(twinning: Twinning) -> bool:
    """Of what the desk took from a source, nobody knows when a stage was reached."""
    return twinning.is_alive and twinning.origin != Twinning.Origin.IMPORTED
