"""Who may do what with needs, offers and matches. Views and templates ask the same functions."""

from typing import Any

from members.models import Member, Representative
from members.permissions import role_of
from partnerships.models import Listing, Match

WRITERS = (Representative.Role.EDITOR, Representative.Role.SIGNATORY)


def can_write_for(user: Any, member: Member | None) -> bool:
    """Editors and signatories write in the name of their approved member; viewers read."""
    return member is not None and role_of(user, member) in WRITERS


def can_write(user: Any, listing: Listing) -> bool:
    """Whether any verb of a listing is theirs; which one is open now, its status decides."""
    return can_write_for(user, listing.member)


def kinds_of(member: Member) -> list[str]:
    """Needs are what Ukrainian members ask for; anyone may offer, experience too."""
    kinds = [Listing.Kind.NEED.value, Listing.Kind.OFFER.value]
    return kinds if member.country == "UA" else kinds[1:]


def can_create_listing(user: Any, member: Member | None, kind: str) -> bool:
    return member is not None and kind in kinds_of(member) and can_write_for(user, member)


def can_edit_listing(user: Any, listing: Listing) -> bool:
    return listing.status in Listing.EDITABLE and can_write_for(user, listing.member)


def can_publish_listing(user: Any, listing: Listing) -> bool:
    """From a draft; what ended is renewed instead."""
    return listing.status in Listing.UNPUBLISHED and can_write_for(user, listing.member)


def can_withdraw_listing(user: Any, listing: Listing) -> bool:
    return listing.can_move_to(Listing.Status.WITHDRAWN) and can_write_for(user, listing.member)


def can_renew_listing(user: Any, listing: Listing) -> bool:
    return listing.status in Listing.ENDED and can_write_for(user, listing.member)


def can_request_match(user: Any, member: Member | None, listing: Listing) -> bool:
    """A representative of another approved member, about a listing that is open."""
    return (
        member is not None
        and member.pk != listing.member_id
        and listing.is_open
        and can_write_for(user, member)
    )


def can_send_message(user: Any, member: Member | None, match: Match) -> bool:
    """Either side of an open match."""
    return (
        member is not None
        and member.pk in (match.member_a_id, match.member_b_id)
        and match.status in Match.OPEN
        and can_write_for(user, member)
    )
