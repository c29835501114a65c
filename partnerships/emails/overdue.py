"""Mails about what has not arrived, line by line: the giver is reminded of what it has not sent, the receiver is asked
for the rest, and the giver told so."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.links import absolute
from alliance.core.mail import Category, send
from partnerships.emails.pledges import confirm_link, inert
from partnerships.emails.readers import Reader, people_of
from partnerships.ledger import Totals
from partnerships.models import Pledge, PledgeLine

# One mail for each promise, agreed day and stage: OVERDUE:promise:day:stage. The desk finds by it who was told.
OVERDUE = "pledge_overdue"
# The same of the question to the receiver; its day is the one from which it can be asked.
RECEIPT = "receipt_asked"


def stage_of(key: str) -> int:
    """After how many days the mail with this key reminded."""
    return int(key.rpartition(":")[2])


def pledge_overdue(
    pledge: Pledge, unsent: Sequence[tuple[PledgeLine, Totals]], *, days: int, is_on_the_road: bool = False
) -> None:
    """To everybody who may write for the giver. ``is_on_the_road``: what else was sent is asked of the receiver."""
    late = (timezone.localdate() - pledge.due_on).days
    for reader in people_of(pledge.giver, who_write=True):
        with translation.override(reader.language):
            context = {
                "giver": pledge.giver.shown_name,
                "receiver": pledge.receiver.shown_name,
                "title": inert(pledge.title),
                "due": date_format(pledge.due_on, "DATE_FORMAT"),
                "days": late,
                "lines": [_line(line, totals) for line, totals in unsent],
                "is_on_the_road": is_on_the_road,
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


def receipt_asked(
    pledge: Pledge,
    waiting: Sequence[tuple[PledgeLine, Totals]],
    readers: Sequence[Reader],
    *,
    asked_for: date,
    days: int,
) -> None:
    """To those who may confirm for the receiver, each with a link without a login; so these mails are secret."""
    for reader in readers:
        with translation.override(reader.language):
            context = _of_receipt(pledge, waiting) | {
                "why": _("You get this because letters to %(member)s go to this address.")
                % {"member": pledge.receiver.shown_name},
                **confirm_link(pledge, reader),
            }
        send(
            "partnerships/receipt_asked",
            reader.email,
            reader.language,
            context,
            key=f"{RECEIPT}:{pledge.pk}:{asked_for.isoformat()}:{days}",
            category=Category.REMINDER,
            is_secret=True,
        )


def receipt_awaited(
    pledge: Pledge, waiting: Sequence[tuple[PledgeLine, Totals]], *, asked_for: date, days: int
) -> None:
    """To everybody who may write for the giver: the receiver was asked, there is nothing to do."""
    for reader in people_of(pledge.giver, who_write=True):
        with translation.override(reader.language):
            context = _of_receipt(pledge, waiting) | {
                "action_url": absolute(reverse("partnerships:pledge_detail", args=[pledge.slug])),
                "action_label": _("Open the promise"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": pledge.giver.shown_name},
            }
        send(
            "partnerships/receipt_awaited",
            reader.email,
            reader.language,
            context,
            key=f"receipt_awaited:{pledge.pk}:{asked_for.isoformat()}:{days}",
            category=Category.REMINDER,
        )


def _of_receipt(pledge: Pledge, waiting: Sequence[tuple[PledgeLine, Totals]]) -> dict[str, Any]:
    return {
        "giver": pledge.giver.shown_name,
        "receiver": pledge.receiver.shown_name,
        "title": inert(pledge.title),
        "due": date_format(pledge.due_on, "DATE_FORMAT"),
        "lines": [_line(line, totals) for line, totals in waiting],
    }


def _line(line: PledgeLine, totals: Totals) -> dict[str, Any]:
    return {
        "item": line.template.name if line.template else inert(line.item),
        "missing": line.quantity_text(totals.unsent),
        "promised": line.quantity_text(totals.firm),
        "underway": line.quantity_text(totals.in_transit) if totals.in_transit else "",
        "arrived": line.quantity_text(totals.to_accept) if totals.to_accept else "",
    }
