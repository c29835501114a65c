"""The coverage bar of lines, needs and appeals as `components/coverage_bar.html` takes it, and its words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.units import Unit
from partnerships.coverage import PERCENT, Coverage


def bar(coverage: Coverage) -> dict[str, Any]:
    """Parameters of the component."""
    return {
        "accepted": coverage.accepted,
        "underway": coverage.underway,
        "promised": coverage.promised,
        "open": coverage.open,
        "over": coverage.over,
        "unit": unit_words(coverage),
    }


def unit_words(coverage: Coverage) -> str:
    if coverage.unit == PERCENT:
        return _("in per cent, each line weighing the same")
    return coverage.currency or str(Unit(coverage.unit).label)


def state(coverage: Coverage | None) -> dict[str, str]:
    """The derived state of a need for a pill: empty while nothing of it is covered."""
    if coverage and coverage.is_covered:
        return {"label": pgettext("state of a need", "covered"), "tone": "ok"}
    if coverage and coverage.is_partly_covered:
        return {"label": pgettext("state of a need", "partly covered"), "tone": "wait"}
    return {}
