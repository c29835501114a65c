"""A pledge as its page and the lists show it: every value prepared here, so that templates only print."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.audience import Audience, may_see, visible
from alliance.core.journal import ActorKind
from alliance.core.languages import reader_language
from alliance.core.units import Unit, amount, plain
from partnerships import ledger
from partnerships.ledger import DESK, GIVER, RECEIVER, Kind, State, Step, Totals
from partnerships.ledger_words import COLUMNS, FOR_THEM, FOR_YOU, MEANINGS, SHORT, STATES, TONES, public_state
from partnerships.models import Pledge, PledgeEvent, PledgeLine
from partnerships.names_shown import named
from partnerships.views.cards import item_text

# Columns that everyone reads, and those that only both sides and the desk do: a transport under way is not public.
PUBLIC_COLUMNS = [Kind.PROMISED, Kind.COMMITTED, Kind.RECEIVED, Kind.ACCEPTED, "outstanding"]
ALL_COLUMNS = [*PUBLIC_COLUMNS[:2], Kind.DISPATCHED, *PUBLIC_COLUMNS[2:]]
# Shown when there is anything to show.
RARE_COLUMNS = [Kind.CANCELLED, Kind.OVER_DELIVERED, Kind.LOST, Kind.RETURNED]


def totals_of(pledge: Pledge) -> list[tuple[PledgeLine, Totals]]:
    """Lines with their sums; reads prefetched events."""
    return [(line, ledger.totals(line.events.all())) for line in pledge.lines.all()]


def state_of(pledge: Pledge) -> State:
    return ledger.pledge_state(totals.state for _line, totals in totals_of(pledge))


def is_late(pledge: Pledge) -> bool:
    today = timezone.localdate()
    return any(ledger.is_late(totals, pledge.due_on, today) for _line, totals in totals_of(pledge))


def pill(state: State, viewer: str) -> dict[str, str]:
    """Parameters of `components/pill.html`."""
    shown = state if may_see(Audience.PARTNER, viewer) else public_state(state)
    return {"label": str(STATES[shown]), "tone": TONES.get(shown, "")}


def title_of(pledge: Pledge, viewer: str) -> dict[str, Any]:
    """The title and its language. Where it could lead to a receiver that is not named in public, the items stand in."""
    if visible(pledge, "title", viewer):
        is_other = pledge.language != reader_language()
        return {"text": pledge.title, "language": pledge.language, "is_other": is_other}
    lines = [line for line in pledge.lines.all() if visible(line, "item", viewer)]
    items = [line.template.name for line in lines if line.template]
    return {"text": ", ".join(dict.fromkeys(items)) or _("A promise"), "language": "", "is_other": False}


def item_label(line: PledgeLine, pledge: Pledge, viewer: str) -> Any:
    """The item with its range; of a receiver that is not named in public only as the catalogue calls it."""
    if not visible(pledge, "title", viewer):
        return line.template.name if line.template else _("an item that is not named in public")
    need = line.listing_line.listing if line.listing_line_id else None
    return item_text(line, need.original_language if need else pledge.language)


def line_label(line: PledgeLine, pledge: Pledge, viewer: str = Audience.PARTNER) -> Any:
    """The item with its range and the unit that its numbers are in."""
    item = item_label(line, pledge, viewer)
    return format_html('{} <span class="soft">({})</span>', item, unit_of(line))


def unit_of(line: PledgeLine) -> str:
    return line.currency or str(Unit(line.unit).label)


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def number(quantity: Decimal, unit: str = "") -> str:
    value = amount(quantity) if unit == Unit.MONEY else plain(quantity)
    return number_format(value, use_l10n=True, force_grouping=True)


# What a warehouse asks of a line: nothing of promises.
ARRIVAL_COLUMNS = [Kind.DISPATCHED, Kind.RECEIVED, Kind.ACCEPTED, Kind.LOST, Kind.RETURNED]


def facts_of(line: PledgeLine, totals: Totals, names: Iterable[str] = (*ALL_COLUMNS, *RARE_COLUMNS)) -> str:
    """“committed: 10 pieces · dispatched: 4 pieces”: how a line stands, above the fields of a form."""
    parts = [
        pgettext("how a line of a pledge stands", "%(what)s: %(quantity)s")
        % {"what": str(COLUMNS[name]).lower(), "quantity": line.quantity_text(getattr(totals, name))}
        for name in names
        if getattr(totals, name)
    ]
    return "\u00a0· ".join(parts)


def table_of(pledge: Pledge, viewer: str) -> dict[str, Any] | None:
    """Parameters of `components/table.html`: a row for each line that the reader may see, a column for each stage."""
    rows = [each for each in totals_of(pledge) if visible(each[0], "quantities", viewer)]
    if not rows:
        return None
    names = list(ALL_COLUMNS if may_see(Audience.PARTNER, viewer) else PUBLIC_COLUMNS)
    names[-1:-1] = [name for name in RARE_COLUMNS if any(getattr(totals, name) for _line, totals in rows)]
    return {
        "columns": [
            {"label": _("Item")},
            *[{"label": str(COLUMNS[name]), "is_number": True} for name in names],
            {"label": pgettext("of a line of a pledge", "State")},
        ],
        "rows": [
            [
                line_label(line, pledge, viewer),
                *[number(getattr(totals, name), line.unit) for name in names],
                pill(totals.state, viewer)["label"],
            ]
            for line, totals in rows
        ],
        "meanings": [
            {"term": str(COLUMNS[name]), "text": str(MEANINGS[name])} for name in names if name in MEANINGS
        ],
    }


def values_of(pledge: Pledge, viewer: str) -> list[dict[str, Any]]:
    """What one unit of each line is worth, as the giver says, in its own currency: for `definitions.html`."""
    return [
        {
            "term": line_label(line, pledge, viewer),
            "text": f"{number_format(line.unit_value, 2, use_l10n=True, force_grouping=True)} {line.value_currency}",
        }
        for line in pledge.lines.all()
        if line.unit_value is not None and visible(line, "unit_value", viewer)
    ]


# --- What it waits for --------------------------------------------------------------------------------------


def waiting(pledge: Pledge) -> list[Step]:
    """What the lines wait for, the most pressing first."""
    steps = {step for _line, totals in totals_of(pledge) for step in ledger.waits(totals)}
    return [step for step in Step if step in steps]


def waiting_words(pledge: Pledge, side: str) -> dict[str, Any]:
    """For the side that reads: what it has to do, and what it waits for."""
    steps = waiting(pledge)
    names = {GIVER: str(named(pledge, "giver", Audience.PARTNER).name)}
    names[RECEIVER] = str(named(pledge, "receiver", Audience.PARTNER).name)
    return {
        "for_you": [str(FOR_YOU[step]) for step in steps if step.side == side and step in FOR_YOU],
        "for_them": [
            str(FOR_THEM[step]) % {"name": names[step.side]}
            for step in steps
            if step.side != side and step in FOR_THEM
        ],
        "is_disputed": Step.RECONCILE in steps,
    }


def waiting_short(pledge: Pledge, side: str, of_receiver: Iterable[str] = ()) -> SafeString:
    """“you: commitment”, “the other side: receipt”, a line each: for a row of a list. ``of_receiver``: what else the
    receiver has to do."""
    who = {side: pgettext("who has to act", "you"), DESK: pgettext("who has to act", "the secretariat")}
    found: dict[str, list[str]] = {}
    steps = [(step.side, str(SHORT[step])) for step in waiting(pledge)]
    steps += [(RECEIVER, words) for words in of_receiver]
    for of_side, words in sorted(steps, key=lambda step: step[0] != side):
        found.setdefault(who.get(of_side, pgettext("who has to act", "the other side")), []).append(words)
    lines = ((f"{name}: {', '.join(steps)}",) for name, steps in found.items())
    return format_html_join(SafeString("<br>"), "{}", lines)


# --- What happened ------------------------------------------------------------------------------------------


def history_of(pledge: Pledge, own_side: str, correctable: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Every event, the newest first: what, how much, who, when, why, with which files."""
    lines = {line.pk: line for line in pledge.lines.all()}
    events = sorted((e for line in lines.values() for e in line.events.all()), key=lambda e: -e.pk)
    return [event_facts(pledge, lines[event.line_id], event, own_side, set(correctable)) for event in events]


def event_facts(
    pledge: Pledge, line: PledgeLine, event: PledgeEvent, own_side: str, correctable: set[int]
) -> dict[str, Any]:
    what = event.get_kind_display()
    if event.corrects_id:
        what = pgettext("event of a pledge", "correction of “%(what)s”") % {"what": what}
    return {
        "id": event.pk,
        "what": what,
        "is_correction": bool(event.corrects_id),
        "item": line_label(line, pledge),
        "quantity": ("−" if event.corrects_id else "") + number(event.quantity, line.unit),
        "day": date_format(event.happened_on, "DATE_FORMAT"),
        "recorded": date_format(localtime(event.recorded_at), "DATETIME_FORMAT"),
        "who": who_of(pledge, event, own_side),
        "reason": event.reason,
        "files": [file_facts(pledge, row) for row in event.evidence.all()],
        "transport": next((t.number for t in pledge.transports.all() if t.pk == event.transport_id), ""),
        "correct_url": reverse("partnerships:pledge_correct", args=[pledge.slug, event.pk])
        if event.pk in correctable
        else "",
    }


def who_of(pledge: Pledge, event: PledgeEvent, own_side: str) -> str:
    """The side in whose name it was said; the person only to that side and to the desk."""
    if event.side == PledgeEvent.Side.DESK:
        return event.get_side_display()
    name = str(named(pledge, event.side, Audience.PARTNER).name)
    if event.actor_kind == ActorKind.LINK:
        key = event.key.partition("#")[0]
        # Whoever confirms for the receiver gives a name so that both sides know whom to ask.
        teller = next((row.name for row in pledge.tellers.all() if row.key == key and row.name), "")
        if teller:
            return pgettext("who said it", "%(name)s (%(person)s, by a link from a mail)") % {
                "name": name,
                "person": teller,
            }
        return pgettext("who said it", "%(name)s (by a link from a mail)") % {"name": name}
    if event.actor_id and event.actor.name and own_side in (event.side, PledgeEvent.Side.DESK):
        return f"{name} ({event.actor.name})"
    return name


def file_facts(pledge: Pledge, row: Any) -> dict[str, str]:
    return {
        "label": row.caption or row.original_filename,
        "href": reverse("partnerships:pledge_file", args=[pledge.slug, row.slug]),
    }
