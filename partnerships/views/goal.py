"""How near the goal is: a partner abroad for every hromada. The list, the home page and the list of those without one
say it alike."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnerships.models.twinning_queries import progress


def goal_facts() -> dict[str, Any]:
    """Numbers, words and the length of the bar; empty where the register of hromadas is not loaded."""
    partnered, hromadas = progress()
    return share_of(partnered, hromadas)


def share_of(partnered: int, hromadas: int) -> dict[str, Any]:
    if not hromadas:
        return {}
    number = {"number": written(partnered), "all": written(hromadas)}
    return {
        "partnered": partnered,
        "hromadas": hromadas,
        "alone": hromadas - partnered,
        "number": written(partnered),
        "words": ngettext(
            "%(number)s of %(all)s hromadas has a partner abroad",
            "%(number)s of %(all)s hromadas have a partner abroad",
            partnered,
        )
        % number,
        "label": _("of %(all)s hromadas with a partner abroad") % number,
        # A part that exists is seen.
        "width": f"{max(100 * partnered / hromadas, 1 if partnered else 0):.1f}%",
    }


def written(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
