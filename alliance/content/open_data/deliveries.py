"""Promises and what became of them as open data, line by line as everyone may recount them. Pure."""

from datetime import date
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.listings import item_row
from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, Number, Original, number
from alliance.content.open_data.sides import Side, side_row
from alliance.core.audience import Audience, visible
from alliance.core.links import absolute
from alliance.core.units import Unit
from partnerships import ledger
from partnerships.exports.kept_promises import AMOUNTS
from partnerships.ledger_words import public_state
from partnerships.names_shown import project_of

QUANTITY = _("in the unit of its line")
VERDICTS = tuple(verdict.value for verdict in ledger.Verdict)
STATES = tuple(dict.fromkeys(public_state(state).value for state in ledger.State))


class DeliveryData(BaseModel):
    """One line of a promise, from promised to accepted."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for ever."), of="partnerships.Pledge.slug")]
    promise: Annotated[
        str, Meaning(_("The promise that it is a line of, by its id."), of="partnerships.Pledge.slug")
    ]
    url: Annotated[str, Meaning(_("Its page, for people."), of="partnerships.Pledge.slug")]
    giver: Annotated[Side, Meaning(_("Who promised."), of="partnerships.Pledge.giver")]
    receiver: Annotated[Side, Meaning(_("Who receives."), of="partnerships.Pledge.receiver")]
    item: Annotated[
        str | None, Meaning(_("The item of our catalogue, by its code."), of="partnerships.PledgeLine.item")
    ]
    item_name: Annotated[
        Names | None, Meaning(_("What the catalogue calls it."), of="partnerships.PledgeLine.item")
    ]
    words: Annotated[
        Original | None, Meaning(_("What its author says of the item."), of="partnerships.PledgeLine.item")
    ]
    unit: Annotated[
        Literal[*Unit.values],
        Meaning(_("What it is counted in."), of="partnerships.PledgeLine.quantities", standard="SI"),
    ]
    currency: Annotated[
        str | None,
        Meaning(_("Of an amount of money."), of="partnerships.PledgeLine.quantities", standard="ISO 4217"),
    ]
    dream_id: Annotated[
        str | None,
        Meaning(
            _("The project in DREAM that the need is part of, by its number; null where that is not told."),
            of="partnerships.Listing.dream_id",
            standard="DREAM",
        ),
    ]
    first_agreed_day: Annotated[
        date | None,
        Meaning(
            _("The day by which it was first promised."), of="partnerships.Pledge.due_on", standard="ISO 8601"
        ),
    ]
    agreed_day: Annotated[
        date | None,
        Meaning(
            _("The day that both sides agreed last."), of="partnerships.Pledge.due_on", standard="ISO 8601"
        ),
    ]
    promised: Annotated[
        Number, Meaning(_("Promised."), of="partnerships.PledgeLine.quantities", unit=QUANTITY)
    ]
    committed: Annotated[
        Number, Meaning(_("Firmly committed."), of="partnerships.PledgeLine.quantities", unit=QUANTITY)
    ]
    cancelled: Annotated[
        Number, Meaning(_("Cancelled by its giver."), of="partnerships.PledgeLine.quantities", unit=QUANTITY)
    ]
    received: Annotated[
        Number,
        Meaning(_("Arrived, as the receiver says."), of="partnerships.PledgeLine.quantities", unit=QUANTITY),
    ]
    accepted: Annotated[
        Number,
        Meaning(_("Accepted by the receiver."), of="partnerships.PledgeLine.quantities", unit=QUANTITY),
    ]
    lost: Annotated[
        Number,
        Meaning(_("Lost or damaged on the way."), of="partnerships.PledgeLine.quantities", unit=QUANTITY),
    ]
    returned: Annotated[
        Number, Meaning(_("Sent back."), of="partnerships.PledgeLine.quantities", unit=QUANTITY)
    ]
    awaited: Annotated[
        Number, Meaning(_("Firm, and not there yet."), of="partnerships.PledgeLine.quantities", unit=QUANTITY)
    ]
    state: Annotated[
        Literal[*STATES],
        Meaning(
            _("The furthest step; what is on the road reads “committed”."),
            of="partnerships.PledgeLine.quantities",
        ),
    ]
    is_late: Annotated[
        bool,
        Meaning(_("Its day is over and something firm is awaited."), of="partnerships.PledgeLine.quantities"),
    ]
    outcome: Annotated[
        Literal[*VERDICTS] | None,
        Meaning(_("Kept or not; null while it is not known."), of="partnerships.PledgeLine.quantities"),
    ]


def delivery_row(line: Any, today: date, first_day: date | None) -> dict[str, Any]:
    """Of a line `with_days()` that everyone may count."""
    pledge, events = line.pledge, list(line.events.all())
    totals = ledger.totals(events)
    verdict = ledger.verdict(events, pledge.due_on, today)
    item = item_row(line, pledge.language)
    if not visible(pledge, "title", Audience.PUBLIC):
        item["words"] = None
    return {
        "id": line.slug,
        "promise": pledge.slug,
        "url": absolute(reverse("partnerships:pledge_detail", args=[pledge.slug])),
        "giver": side_row(pledge, "giver"),
        "receiver": side_row(pledge, "receiver"),
        **{name: item[name] for name in ("item", "item_name", "words", "unit", "currency")},
        "dream_id": project_of(line, Audience.PUBLIC) or None,
        "first_agreed_day": first_day,
        "agreed_day": pledge.due_on,
        **{name: number(getattr(totals, name)) for name in AMOUNTS},
        "awaited": number(totals.outstanding),
        "state": public_state(totals.state).value,
        "is_late": ledger.is_late(totals, pledge.due_on, today),
        "outcome": verdict.value if verdict else None,
    }
