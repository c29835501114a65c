"""A transport as pages show it: its days and carrier, its packing list, its papers, the clock of its report."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.audience import visible
from partnerships.import_report import days_left, is_overdue, last_day
from partnerships.loads import loads
from partnerships.models import Pledge, PledgeLine, Transport
from partnerships.views.pledge_facts import day, line_label, number

# So many days before the last one the clock turns from a fact into a warning.
SOON_DAYS = 30


def transports_of(pledge: Pledge, viewer: str) -> list[dict[str, Any]]:
    """Each dispatch with its days, its carrier and what is on it; for both sides and the desk."""
    return [
        {
            **transport_words(row, viewer),
            "load": [
                format_html("{}: {}", str(line), line.quantity_text(quantity))
                for line, quantity in packed(pledge, row)
            ],
            "href": reverse("partnerships:transport_detail", args=[pledge.slug, row.number]),
            "clock": clock_of(row),
        }
        for row in pledge.transports.all()
    ]


def packed(pledge: Pledge, transport: Transport) -> list[tuple[PledgeLine, Decimal]]:
    """The packing list: each line of which something left with it, corrections taken off; reads prefetched events."""
    found = [(line, loads(list(line.events.all())).get(transport.pk)) for line in pledge.lines.all()]
    return [(line, quantity) for line, quantity in found if quantity]


def packing_table(pledge: Pledge, transport: Transport) -> dict[str, Any]:
    """Parameters of `components/table.html`."""
    labels = [_("Item"), _("Quantity"), _("Rating"), _("Condition")]
    return {
        "columns": [{"label": label, "is_number": label == labels[1]} for label in labels],
        "rows": [
            [
                line_label(line, pledge),
                number(quantity, line.unit),
                line.range_text or "–",
                line.get_condition_display() or "–",
            ]
            for line, quantity in packed(pledge, transport)
        ],
    }


def transport_words(row: Transport, viewer: str) -> dict[str, Any]:
    return {
        "title": _("Transport no. %(number)d") % {"number": row.number},
        "facts": transport_facts(row, viewer),
    }


def transport_facts(row: Transport, viewer: str) -> list[dict[str, str]]:
    facts = [
        ("departs_on", _("Left on"), day(row.departs_on)),
        ("arrives_on", _("Expected on"), day(row.arrives_on)),
        ("carrier", _("Carrier"), row.carrier),
        ("vehicles", _("Number plates"), row.vehicles),
        ("route", _("Route"), row.route),
        ("packages", _("Packages"), number(Decimal(row.packages)) if row.packages else ""),
        ("weight_kg", _("Gross weight in kg"), number(row.weight_kg) if row.weight_kg else ""),
    ]
    return [
        {"term": term, "text": text} for field, term, text in facts if text and visible(row, field, viewer)
    ]


def paper_facts(row: Transport) -> list[dict[str, str]]:
    facts = [
        (_("EDRPOU of the receiver"), row.receiver_edrpou),
        (_("Code of the state system"), row.state_code),
        (_("Cleared by customs on"), day(row.cleared_on)),
    ]
    return [{"term": term, "text": text or _("not known yet")} for term, text in facts]


def reports_waiting(pledge: Pledge) -> list[str]:
    """“20 days left for the report” for each transport whose report is still due; reads prefetched rows."""
    rows = [row for row in pledge.transports.all() if row.cleared_on and not row.reported_on]
    return list(dict.fromkeys(clock_of(row)["label"] for row in rows))


def clock_of(row: Transport) -> dict[str, str]:
    """The report on imported goods: filed, so many days left, or overdue; empty while nothing was cleared."""
    if row.cleared_on is None:
        return {}
    if row.reported_on:
        text = _("Report filed on %(day)s") % {"day": day(row.reported_on)}
        return {"label": _("report filed"), "text": text, "tone": "ok"}
    today, last = timezone.localdate(), day(last_day(row.cleared_on))
    left = days_left(row.cleared_on, today)
    if is_overdue(row.cleared_on, today):
        text = _("The report was due on %(day)s") % {"day": last}
        return {"label": _("report overdue"), "text": text, "tone": "stop"}
    label = ngettext("%(number)s day left for the report", "%(number)s days left for the report", left)
    text = _("The report is due by %(day)s") % {"day": last}
    tone = "warn" if left <= SOON_DAYS else "info"
    return {"label": label % {"number": number(Decimal(left))}, "text": text, "tone": tone}
