"""Verbs of the handshake: asking for it, and writing to each other."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import reader_language
from alliance.core.states import NotAllowed, lock
from members.models import Member
from partnerships.emails import matches as mails
from partnerships.models import Listing, Match, Message
from partnerships.models.matches import sides


def request_match(*, member: Member, listing: Listing, text: str, by: Any) -> tuple[Match, bool]:
    """``member`` writes to the owner of an open ``listing``: a match with its first message, or the one that is
    open already (then nothing is sent, and the second value is False).

    Journal: `match.requested`. Mails: `match_requested` to the other side. Raises `NotAllowed` when the listing
    is no longer open, or is the member's own.
    """
    if listing.member_id == member.pk:
        raise NotAllowed(listing, listing.status, "match with oneself")
    try:
        with transaction.atomic():
            stored = lock(listing)
            if not stored.is_open or member.status != Member.Status.APPROVED:
                raise NotAllowed(listing, stored.status, "match")
            if found := _open_match(member, listing):
                return found, False
            a, b = sides(member, listing.member)
            side = "a" if member.pk == a.pk else "b"
            match = Match.objects.create(
                origin=Match.Origin.REQUEST,
                member_a=a,
                member_b=b,
                listing=listing,
                requested_by=member,
                **{
                    f"answer_{side}": Match.Answer.YES,
                    f"answered_{side}_at": timezone.now(),
                    f"answered_{side}_by": by,
                },
            )
            message = _write(match, member, text, by)
            record("match.requested", match, by=by, listing=listing.slug, member=member.slug)
            mails.match_requested(message, listing.member)
            return match, True
    except IntegrityError:
        # Two at one instant: the unique constraint let one through, the other is shown that one.
        if found := _open_match(member, listing):
            return found, False
        raise


@transaction.atomic
def send_message(match: Match, *, member: Member, text: str, by: Any) -> Message:
    """One side of an open match writes to the other.

    Journal: `message.sent`. Mails: `message_sent` to the other side. Raises `NotAllowed` when the match is over.
    """
    stored = lock(match)
    if stored.status not in Match.OPEN or member.pk not in (stored.member_a_id, stored.member_b_id):
        raise NotAllowed(match, stored.status, "message")
    message = _write(stored, member, text, by)
    stored.save(update_fields=["updated_at"])  # lists show the latest exchange first
    record("message.sent", message, by=by, match=stored.slug)
    mails.message_sent(message, stored.other_side(member))
    return message


def _open_match(member: Member, listing: Listing) -> Match | None:
    return Match.objects.between(member, listing.member, listing).open().first()


def _write(match: Match, member: Member, text: str, by: Any) -> Message:
    return Message.objects.create(
        match=match, sender=member, author=by, text=text, language=reader_language()
    )
