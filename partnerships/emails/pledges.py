"""Mails of the ledger: what one side recorded is told to the other, each reader in their own language."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import send
from members.models import Member
from partnerships.emails.readers import Reader, confirmers_of, people_of, quote_of
from partnerships.links import DELIVERY_DAYS, delivery_path
from partnerships.models import Pledge, PledgeEvent, PledgeLine

Kind, Side = PledgeEvent.Kind, PledgeEvent.Side
# What one kind of entry alone is told as; a mixture, and everything else, as a change.
STEMS = {
    Kind.PROMISED: "pledge_promised",
    Kind.COMMITTED: "pledge_committed",
    Kind.DISPATCHED: "pledge_dispatched",
}


def pledge_told(
    pledge: Pledge,
    events: Sequence[PledgeEvent],
    *,
    side: str,
    disputed: Sequence[PledgeLine] = (),
    by_name: str = "",
) -> None:
    """Tell the other side what ``side`` recorded in one go; both sides and the desk when their figures now differ, both
    sides when the desk reconciled them. ``by_name`` is who told it by a link."""
    stem = stem_of(events, side, bool(disputed))
    told = {Side.GIVER: [pledge.receiver], Side.RECEIVER: [pledge.giver], Side.DESK: []}[Side(side)]
    if stem in ("pledge_disputed", "pledge_reconciled"):
        told = [pledge.giver, pledge.receiver]
    told_by = {"confirmed_by": inert(by_name)}
    with_link = _confirmers(pledge) if stem == "pledge_dispatched" else {}
    for member in told:
        for reader in {*people_of(member), *with_link.values()}:
            link = confirm_link(pledge, reader, _transport(events)) if reader.email in with_link else {}
            _send(stem, pledge, events, side, member, reader, told_by | link)
    if stem == "pledge_disputed":
        _tell_desk(pledge, events, side, told_by)


def _confirmers(pledge: Pledge) -> dict[str, Reader]:
    return {reader.email: reader for reader in confirmers_of(pledge.receiver)}


def _transport(events: Sequence[PledgeEvent]) -> int | None:
    return next((event.transport.number for event in events if event.transport), None)


def confirm_link(pledge: Pledge, reader: Reader, transport: int | None = None) -> dict[str, Any]:
    """For every mail that asks the receiver what arrived, reminders too: the link without a login as its one action.
    Such a mail is secret: whoever has the link may confirm."""
    with translation.override(reader.language):
        until = timezone.localdate() + timedelta(days=DELIVERY_DAYS)
        return {
            "action_url": absolute(delivery_path(pledge, reader.email, transport)),
            "action_label": pgettext("button at a pledge", "Confirm what arrived"),
            "link_until": date_format(until, "DATE_FORMAT"),
        }


def stem_of(events: Sequence[PledgeEvent], side: str, is_disputed: bool) -> str:
    """Which mail tells these entries."""
    if side == Side.DESK:
        return "pledge_reconciled"
    if is_disputed:
        return "pledge_disputed"
    kinds = {event.kind for event in events}
    if any(event.corrects_id for event in events):
        return "pledge_changed"
    if side == Side.RECEIVER:
        return "pledge_confirmed"
    return STEMS.get(next(iter(kinds)), "pledge_changed") if len(kinds) == 1 else "pledge_changed"


def _send(
    stem: str,
    pledge: Pledge,
    events: Sequence[PledgeEvent],
    side: str,
    member: Member,
    reader: Reader,
    more: dict[str, Any],
) -> None:
    with translation.override(reader.language):
        path = reverse("partnerships:pledge_detail", args=[pledge.slug])
        context = {
            **facts_of(pledge, events, side),
            "reader": member.shown_name,
            "is_receiver": member.pk == pledge.receiver_id,
            "action_url": absolute(path),
            "action_label": _("Open the promise"),
            "why": _("You get this because you represent %(member)s in the Alliance.")
            % {"member": member.shown_name},
            **more,
        }
    send(
        f"partnerships/{stem}",
        reader.email,
        reader.language,
        context,
        key=f"{stem}:{events[0].pk}",
        is_secret="link_until" in more,
    )


def _tell_desk(pledge: Pledge, events: Sequence[PledgeEvent], side: str, told_by: dict[str, str]) -> None:
    """The inbox of the receiver's country learns that somebody has to ask both."""
    language = as_ours(inbox_language("ledger", country=pledge.receiver.country))
    with translation.override(language):
        context = {
            **facts_of(pledge, events, side),
            "action_url": absolute(reverse("admin:partnerships_pledge_change", args=[pledge.pk])),
            "action_label": _("Open the pledge at the desk"),
            "why": _("You get this because differing figures are reconciled by the secretariat."),
            **told_by,
        }
    to = inbox("ledger", country=pledge.receiver.country)
    name = "partnerships/pledge_disputed_desk"
    send(name, to, language, context, key=f"pledge_disputed_desk:{events[0].pk}")


def facts_of(pledge: Pledge, events: Sequence[PledgeEvent], side: str) -> dict[str, Any]:
    """What every mail of the ledger says. People's own words carry no link that could be clicked."""
    teller = {Side.GIVER: pledge.giver, Side.RECEIVER: pledge.receiver}.get(Side(side))
    return {
        "teller": teller.shown_name if teller else "",
        "giver": pledge.giver.shown_name,
        "receiver": pledge.receiver.shown_name,
        "title": inert(pledge.title),
        "due": date_format(pledge.due_on, "DATE_FORMAT") if pledge.due_on else "",
        "entries": [_entry(event) for event in events],
        "reasons": list(dict.fromkeys(inert(event.reason) for event in events if event.reason)),
    }


def _entry(event: PledgeEvent) -> dict[str, str]:
    line = event.line
    item = line.template.name if line.template else inert(line.item)
    what = event.get_kind_display()
    if event.corrects_id:
        what = _("taken off what was %(what)s") % {"what": what}
    return {"item": item, "what": what, "quantity": line.quantity_text(event.quantity)}


def inert(text: str) -> str:
    """A person's words on one line, addresses readable and not clickable."""
    return " ".join(quote_of(text))
