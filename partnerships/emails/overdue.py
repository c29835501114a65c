"""The mail that reminds a giver of its promise: what has not arrived, line by line, in each reader's language."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.links import absolute
from alliance.core.mail import Category, send
from partnerships.emails.pledges import inert
from partnerships.emails.readers import people_of
from partnerships.ledger import Totals
from partnerships.models import Pledge, PledgeLine

# One mail for each promise, agreed day and stage: OVERDUE:promise:day:stage. The desk finds by it who was told.
OVERDUE = "pledge_overdue"


def stage_of(key: str) -> int:
    """After how many days the mail with this key reminded."""
    return int(key.rpartition(":")[2])


def pledge_overdue(pledge: Pledge, missing: Sequence[tuple[PledgeLine, Totals]], *, days: int) -> None:
    """To everybody who may write for the giver."""
    late = (timezone.localdate() - pledge.due_on).days
    for reader in people_of(pledge.giver, who_write=True):
        with translation.override(reader.language):
            context = {
                "giver": pledge.giver.shown_name,
                "receiver": pledge.receiver.shown_name,
                "title": inert(pledge.title),
                "due": date_format(pledge.due_on, "DATE_FORMAT"),
                "days": late,
                "lines": [_line(line, totals) for line, totals in missing],
                "action_url": absolute(reverse("partnerships:pledge_detail", args=[pledge.slug])),
                "action_label": _("Open the promise"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": pledge.giver.shown_name},
            }
        send(
            "partnerships/pledge_overdue",
            reader.email,
            reader.language,
            context,
            key=f"{OVERDUE}:{pledge.pk}:{pledge.due_on.isoformat()}:{days}",
            category=Category.REMINDER,
        )


def _line(line: PledgeLine, totals: Totals) -> dict[str, Any]:
    return {
        "item": line.template.name if line.template else inert(line.item),
        "missing": line.quantity_text(totals.missing),
        "promised": line.quantity_text(totals.firm),
        "underway": line.quantity_text(totals.in_transit) if totals.in_transit else "",
    }
