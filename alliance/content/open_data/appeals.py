"""Appeals as open data: the target and how far it is. Pure."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel

from alliance.content.open_data.listings import ItemData, item_row
from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Number, Text, number, text
from alliance.core.links import absolute
from alliance.core.units import Unit
from partnerships.models import Appeal

STATES = ("open", "closed")


class TargetData(ItemData):
    """One line of the target of an appeal, and what counts for it."""

    promised: Annotated[
        Number, Meaning(_("Promised, and binding nobody yet."), unit=_("as figures_unit says"))
    ]
    firm: Annotated[
        Number,
        Meaning(
            _("Firmly committed, less what was cancelled, lost or returned."), unit=_("as figures_unit says")
        ),
    ]
    delivered: Annotated[
        Number, Meaning(_("Of it accepted by the receivers."), unit=_("as figures_unit says"))
    ]
    figures_unit: Annotated[Literal[*Unit.values], Meaning(_("The unit of these numbers."), standard="SI")]


class AppealData(BaseModel):
    """A campaign of the Alliance with a target."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for ever."), of="partnerships.Appeal.slug")]
    url: Annotated[str, Meaning(_("Its page, for people."), of="partnerships.Appeal.slug")]
    status: Annotated[
        Literal[*STATES], Meaning(_("Open until its last day, then closed."), of="partnerships.Appeal.status")
    ]
    title: Annotated[
        Text, Meaning(pgettext_lazy("of a need or offer", "The title."), of="partnerships.Appeal.title")
    ]
    description: Annotated[Text, Meaning(_("What it is for."), of="partnerships.Appeal.text")]
    opened_at: Annotated[
        datetime, Meaning(_("When it was opened."), of="partnerships.Appeal.opened_at", standard="ISO 8601")
    ]
    deadline: Annotated[
        date, Meaning(_("Its last day."), of="partnerships.Appeal.deadline", standard="ISO 8601")
    ]
    needs: Annotated[int, Meaning(_("Open needs that belong to it and that everyone may read."))]
    offers: Annotated[int, Meaning(_("Open offers that belong to it and that everyone may read."))]
    target: Annotated[
        list[TargetData], Meaning(_("What is asked, and how far it is."), of="partnerships.Appeal.lines")
    ]


def appeal_row(appeal: Appeal, progress: Any, counts: dict[str, int]) -> dict[str, Any]:
    """Of an appeal `with_target()`, its progress as everyone may follow it, and how many needs and offers it has."""
    return {
        "id": appeal.slug,
        "url": absolute(reverse("partnerships:appeal_detail", args=[appeal.slug])),
        "status": "open" if appeal.is_running else "closed",
        "title": text(appeal, "title"),
        "description": text(appeal, "text"),
        "opened_at": appeal.opened_at,
        "deadline": appeal.deadline,
        "needs": counts.get("need", 0),
        "offers": counts.get("offer", 0),
        "target": [_target(each, appeal) for each in progress.lines],
    }


def _target(each: Any, appeal: Appeal) -> dict[str, Any]:
    figures = each.figures
    item = item_row(each.line, appeal.original_language)
    return {
        "id": each.line.slug,
        **{name: item[name] for name in ("item", "item_name", "words", "unit", "currency")},
        "quantity": number(each.line.quantity),
        **{name: number(getattr(figures, name)) for name in ("promised", "firm", "delivered")},
        "figures_unit": figures.unit,
    }
