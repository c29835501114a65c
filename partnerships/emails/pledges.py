"""Mails of the ledger: what one side recorded is told to the other, each reader in their own language."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import send
from members.models import Member
from partnerships.emails.matches import quote_of
from partnerships.models import Pledge, PledgeEvent, PledgeLine

Kind, Side = PledgeEvent.Kind, PledgeEvent.Side
# What one kind of entry alone is told as; a mixture, and everything else, as a change.
STEMS = {
    Kind.PROMISED: "pledge_promised",
    Kind.COMMITTED: "pledge_committed",
    Kind.DISPATCHED: "pledge_dispatched",
}


def pledge_told(
    pledge: Pledge, events: Sequence[PledgeEvent], *, side: str, disputed: Sequence[PledgeLine] = ()
) -> None:
    """Tell the other side what ``side`` recorded in one go; both sides and the desk when their figures now differ, both
    sides when the desk reconciled them."""
    stem = stem_of(events, side, bool(disputed))
    told = {Side.GIVER: [pledge.receiver], Side.RECEIVER: [pledge.giver], Side.DESK: []}[Side(side)]
    if stem in ("pledge_disputed", "pledge_reconciled"):
        told = [pledge.giver, pledge.receiver]
    for member in told:
        for representative in member.representatives.current().select_related("user"):
            user = representative.user
            if user.is_active:
                _send(stem, pledge, events, side, member, user.email, as_ours(user.language))
    if stem == "pledge_disputed":
        _tell_desk(pledge, events, side)


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
    reader: Member,
    to: str,
    language: str,
) -> None:
    with translation.override(language):
        path = reverse("partnerships:pledge_detail", args=[pledge.slug])
        context = {
            **facts_of(pledge, events, side),
            "reader": reader.shown_name,
            "is_receiver": reader.pk == pledge.receiver_id,
            "action_url": absolute(path),
            "action_label": _("Open the promise"),
            "why": _("You get this because you represent %(member)s in the Alliance.")
            % {"member": reader.shown_name},
        }
    send(f"partnerships/{stem}", to, language, context, key=f"{stem}:{events[0].pk}")


def _tell_desk(pledge: Pledge, events: Sequence[PledgeEvent], side: str) -> None:
    """The inbox of the receiver's country learns that somebody has to ask both."""
    language = as_ours(inbox_language("ledger", country=pledge.receiver.country))
    with translation.override(language):
        context = {
            **facts_of(pledge, events, side),
            "action_url": absolute(reverse("admin:partnerships_pledge_change", args=[pledge.pk])),
            "action_label": _("Open the pledge at the desk"),
            "why": _("You get this because differing figures are reconciled by the secretariat."),
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
