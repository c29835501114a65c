"""The coverage bar of lines, needs and appeals as `components/coverage_bar.html` takes it, and its words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.units import Unit, amount
from partnerships.coverage import PERCENT, Coverage


def bar(coverage: Coverage) -> dict[str, Any]:
    """Parameters of the component."""
    parts = {name: getattr(coverage, name) for name in ("accepted", "underway", "promised", "open", "over")}
    if coverage.unit == Unit.MONEY:
        parts = {name: amount(part) for name, part in parts.items()}
    return {**parts, "unit": unit_words(coverage)}


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
