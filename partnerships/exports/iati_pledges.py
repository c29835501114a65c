"""A pledge as an IATI activity. Pure: reads rows that the caller has prefetched (`Pledge.objects.with_ledger()`).

Which event is which transaction: promised is a pledge (12, 13), committed a commitment (2, 11), and what the receiver
accepted a disbursement (3) of money or an expenditure (4) in goods at their stated value. Cancelled and corrected
quantities are negative transactions of the same type, as the standard asks; soft promises never mix with commitments.
Goods without a stated value have no transaction: they stand as an output in their own units. Dispatches, transports
and their days are not public and appear nowhere.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.audience import Audience, visible
from alliance.core.languages import LANGUAGES
from alliance.core.units import Unit, written
from partnerships import ledger
from partnerships.exports import iati
from partnerships.names_shown import named, project_of

# Member.Kind → IATI's OrganisationType: local government, other public sector, multilateral.
ORGANISATION_TYPES = {"municipality": "11", "region": "11", "association": "15", "institution": "40"}
FALLBACK_SECTOR = "43010"  # multisector aid
# (event, seen by the giver's file, seen by the receiver's file)
FLOWS = {
    ledger.Kind.PROMISED: (iati.PLEDGE_OUT, iati.PLEDGE_IN),
    ledger.Kind.COMMITTED: (iati.COMMITMENT_OUT, iati.COMMITMENT_IN),
    ledger.Kind.CANCELLED: (iati.COMMITMENT_OUT, iati.COMMITMENT_IN),
}
STATUSES = {
    ledger.State.WITHDRAWN: iati.CANCELLED,
    ledger.State.PROMISED: iati.PIPELINE,
    ledger.State.ACCEPTED: iati.CLOSED,
    ledger.State.CANCELLED: iati.CANCELLED,
    ledger.State.LOST: iati.CLOSED,
    ledger.State.RETURNED: iati.CLOSED,
}


def in_every_language(text: Any) -> dict[str, str]:
    """What ``text()`` is in each language of the portal."""
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = str(text())
    return found


def alliance() -> iati.Organisation:
    return iati.Organisation(in_every_language(lambda: settings.SITE_NAME), "15", settings.IATI_ORGANISATION)


def organisation(pledge: Any, side: str) -> iati.Organisation:
    """Giver or receiver, as the public may know it."""
    member = getattr(pledge, side)
    names = in_every_language(lambda: named(pledge, side, Audience.PUBLIC).name)
    is_named = bool(named(pledge, side, Audience.PUBLIC).slug)
    return iati.Organisation(names, ORGANISATION_TYPES[member.kind], member.org_id if is_named else "")


def activity_of(pledge: Any, *, of_receiver: bool = False) -> iati.Activity:
    """One pledge; ``of_receiver`` writes its flows as incoming ones, for the receiver's own file."""
    lines = [(line, list(line.events.all())) for line in pledge.lines.all()]
    totals = [ledger.totals(events) for _line, events in lines]
    events = [event for _line, found in lines for event in found]
    giver, receiver = organisation(pledge, "giver"), organisation(pledge, "receiver")
    began = min((event.happened_on for event in events), default=pledge.created_at.date())
    return iati.Activity(
        # The receiver's account of the same pledge is an activity of its own: one identifier, one content.
        identifier=f"{settings.IATI_ORGANISATION}-{pledge.slug}{'-IN' if of_receiver else ''}",
        reporter=alliance(),
        title=title_of(pledge, receiver),
        words={},
        participants=[
            (iati.FUNDING, giver),
            (iati.ACCOUNTABLE, giver),
            (iati.IMPLEMENTING, receiver),
        ],
        others=[(project, "DREAM") for project in projects_of(pledge)],
        status=STATUSES.get(ledger.pledge_state(total.state for total in totals), iati.IMPLEMENTATION),
        dates=list(_dates(pledge, totals, events, began)),
        country=pledge.receiver.country,
        sectors=sectors_of(pledge),
        updated_at=max((event.recorded_at for event in events), default=pledge.updated_at),
        language=pledge.language,
        currency=next((money[1] for line, _e in lines if (money := value_of(line, Decimal(1)))), "EUR"),
        is_humanitarian=all(code.startswith("72") for code in sectors_of(pledge)),
        transactions=list(_transactions(pledge, lines, giver, receiver, of_receiver)),
        indicators=list(_indicators(pledge, lines, totals, began)),
    )


def projects_of(pledge: Any) -> list[str]:
    """The projects of DREAM that its lines are for, as far as everyone may know."""
    found = (project_of(line, Audience.PUBLIC) for line in pledge.lines.all())
    return list(dict.fromkeys(filter(None, found)))


def title_of(pledge: Any, receiver: iati.Organisation) -> dict[str, str]:
    """As it was written; where a side is not named in public only who receives, since a title may say more."""
    if visible(pledge, "title", Audience.PUBLIC):
        return {pledge.language: pledge.title}
    return dict(receiver.names)


def _dates(
    pledge: Any, totals: Sequence[ledger.Totals], events: Sequence[Any], began: date
) -> Iterator[tuple[str, date]]:
    yield iati.PLANNED_START, began
    if any(total.committed for total in totals):
        yield iati.ACTUAL_START, began
    if pledge.due_on:
        yield iati.PLANNED_END, pledge.due_on
    accepted = [event.happened_on for event in events if event.kind == ledger.Kind.ACCEPTED]
    if accepted and not any(total.outstanding for total in totals):
        yield iati.ACTUAL_END, max(accepted)


def sectors_of(pledge: Any) -> list[str]:
    """DAC 5-digit codes: of the need or offer, else of the items."""
    sectors = pledge.listing.sectors.all() if pledge.listing else ()
    codes = [sector.dac_codes.split(";")[0] for sector in sectors if sector.dac_codes]
    codes = codes or [line.template.dac_code for line in pledge.lines.all() if line.template]
    return [code for code in dict.fromkeys(codes) if code] or [FALLBACK_SECTOR]


def value_of(line: Any, quantity: Decimal) -> tuple[Decimal, str] | None:
    """What a quantity of a line is worth, in its own currency; None where nobody stated a value."""
    if line.unit == Unit.MONEY:
        return quantity, line.currency
    if line.unit_value is not None and visible(line, "unit_value", Audience.PUBLIC):
        return (quantity * line.unit_value).quantize(Decimal("0.01")), line.value_currency
    return None


def _transactions(
    pledge: Any,
    lines: Sequence[tuple[Any, list[Any]]],
    giver: iati.Organisation,
    receiver: iati.Organisation,
    of_receiver: bool,
) -> Iterator[iati.Transaction]:
    for line, events in lines:
        for event in events:
            value = value_of(line, event.quantity)
            kind = _kind_of(event, line, of_receiver)
            if kind and value:
                is_less = (event.kind == ledger.Kind.CANCELLED) != bool(event.corrects_id)
                yield iati.Transaction(
                    ref=f"{pledge.slug}-{event.pk}",
                    kind=kind,
                    on=event.happened_on,
                    value=-value[0] if is_less else value[0],
                    currency=value[1],
                    words={pledge.language: name_of(pledge, line)},
                    provider=giver,
                    receiver=receiver,
                )


def _kind_of(event: Any, line: Any, of_receiver: bool) -> str:
    if event.kind == ledger.Kind.ACCEPTED:
        return iati.DISBURSEMENT if line.unit == Unit.MONEY else iati.EXPENDITURE
    return FLOWS[event.kind][of_receiver] if event.kind in FLOWS else ""


def name_of(pledge: Any, line: Any) -> str:
    """The item as the catalogue calls it, and in its author's words where these are public."""
    words = line.item if visible(pledge, "title", Audience.PUBLIC) else ""
    with translation.override(pledge.language):
        return ", ".join(str(part) for part in (line.template, words) if part)


def _indicators(
    pledge: Any, lines: Sequence[tuple[Any, list[Any]]], totals: Sequence[ledger.Totals], began: date
) -> Iterator[iati.Indicator]:
    """Goods and services in their own units; money is in the transactions already."""
    for (line, events), total in zip(lines, totals, strict=True):
        if line.unit == Unit.MONEY or not total.committed:
            continue
        last = max(event.happened_on for event in events)
        yield iati.Indicator(
            title={pledge.language: name_of(pledge, line)},
            unit=in_every_language(
                lambda line=line, total=total: (
                    _("Counted as: %(quantity)s committed") % {"quantity": written(total.firm, line.unit)}
                )
            ),
            starts=began,
            ends=max(pledge.due_on or last, last, began),
            target=total.firm,
            actual=total.accepted,
        )
