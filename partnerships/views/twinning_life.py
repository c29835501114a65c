"""Page of a twinning, third area: its life together (`_twinning_life.html`)."""

from typing import Any

from django.http import HttpRequest

from alliance.core.audience import Audience, may_see
from partnerships.models import Twinning
from partnerships.views import twinning_facts as facts


def life_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    """The last sign of life is for the parties and the desk: when a partnership counts as dormant follows from it."""
    if not may_see(Audience.PARTNER, viewer) or not twinning.is_alive:
        return {}
    return {"lively": facts.day(twinning.lively_at)}
