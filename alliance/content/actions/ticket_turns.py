"""A ticket becomes something else: an application whose link the sender gets, or the draft of a need of a member."""

from typing import Any

from django.db import transaction

from alliance.content.emails.ticket_turns import listing_drafted
from alliance.content.models import Ticket
from alliance.content.refusals import TicketRefused
from alliance.core.journal import record
from alliance.core.states import lock
from members.actions.joining import start_application
from members.models import Member
from partnerships.actions.listings import create_listing
from partnerships.drafts import ListingContent
from partnerships.models import Listing


@transaction.atomic
def turn_into_application(
    ticket: Ticket, *, kind: str, official_name: str, country: str, region_text: str = "", by: Any
) -> Member:
    """A draft for the sender, who gets the link that confirms the address and goes on with it, in their language.

    Journal: `ticket.turned_into_application`, and at the draft `application.begun_by_desk` with the ticket's number.

    :raises TicketRefused: it was done already, or nobody can be written to any more
    """
    stored = lock(ticket)
    if stored.emptied_at:
        raise TicketRefused(TicketRefused.EMPTIED)
    if stored.application_id:
        raise TicketRefused(TicketRefused.TURNED)
    member = start_application(
        kind=kind,
        email=stored.email,
        language=stored.language,
        contact_name=stored.name,
        official_name=official_name,
        country=country,
        region_text=region_text,
        by=by,
    )
    stored.application = member
    stored.save(update_fields=["application", "updated_at"])
    record("ticket.turned_into_application", stored, by=by, member=member.reference)
    record("application.begun_by_desk", member, by=by, ticket=stored.number)
    return member


@transaction.atomic
def turn_into_need(ticket: Ticket, *, member: Member, title: str, text: str, by: Any) -> Listing:
    """A draft of ``member`` in the language of the ticket. Its people check and publish it; each of them gets a mail.

    Journal: `ticket.turned_into_need`, and at the draft `listing.drafted_by_desk` with the ticket's number.

    :raises TicketRefused: it was done already, or the member was not accepted
    """
    stored = lock(ticket)
    if stored.listing_id:
        raise TicketRefused(TicketRefused.TURNED)
    if member.status != Member.Status.APPROVED:
        raise TicketRefused(TicketRefused.NO_MEMBER)
    content = ListingContent(
        language=stored.language, titles={stored.language: title}, texts={stored.language: text}
    )
    listing = create_listing(member=member, kind=Listing.Kind.NEED, content=content, by=by)
    stored.listing = listing
    stored.save(update_fields=["listing", "updated_at"])
    record("ticket.turned_into_need", stored, by=by, member=member.reference)
    record("listing.drafted_by_desk", listing, by=by, ticket=stored.number)
    listing_drafted(listing)
    return listing
