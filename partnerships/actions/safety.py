"""Verbs of safety: keeping a member at a distance, and telling the desk of what should not stand."""

from typing import Any

from django.db import transaction

from alliance.core.journal import record
from alliance.core.states import NotAllowed, move
from members.models import Member
from partnerships.actions.matches import close, lock_members
from partnerships.emails import desk as mails
from partnerships.emails.matches import match_closed
from partnerships.models import Block, Listing, Match, Message, Report


@transaction.atomic
def block_member(member: Member, *, other: Member, by: Any) -> bool:
    """No more requests and messages between the two; what is open between them is closed. Twice does it once (False).

    Journal: `member.blocked` at ``other``, `match.closed`. Mails: `match_closed` to the other side, in neutral words.
    Raises `NotAllowed` for oneself.
    """
    if member.pk == other.pk:
        raise NotAllowed(member, member.status, "block")
    lock_members(member, other)
    _block, is_new = Block.objects.get_or_create(member=member, blocked=other)
    if not is_new:
        return False
    record("member.blocked", other, by=by, member=member.slug)
    rows = Match.objects.of_pair(member, other).open().order_by("id")
    for match in rows.select_related("member_a", "member_b", "listing"):
        close(match, Match.CloseReason.BLOCKED, verb="match.closed", closed_by=member, by=by)
        match_closed(match, other)
    return True


@transaction.atomic
def unblock_member(member: Member, *, other: Member, by: Any) -> bool:
    """Requests are possible again; closed matches stay closed. Journal: `member.unblocked` at ``other``."""
    lock_members(member, other)
    deleted, _rows = Block.objects.filter(member=member, blocked=other).delete()
    if deleted:
        record("member.unblocked", other, by=by, member=member.slug)
    return bool(deleted)


def report_listing(
    listing: Listing, *, member: Member, reason: str, text: str = "", by: Any
) -> tuple[Report, bool]:
    """``member`` tells the desk of a need or an offer; an open report of the same is returned instead (False).

    Journal: `report.made`. Mails: `report_made` to the inbox. Raises `NotAllowed` for one's own.
    """
    if listing.member_id == member.pk:
        raise NotAllowed(listing, listing.status, "report")
    return _report(member, reason, text, by, listing=listing)


def report_match(
    match: Match, *, member: Member, reason: str, text: str = "", message: Message | None = None, by: Any
) -> tuple[Report, bool]:
    """One side tells the desk of a message of the other side, or of the whole conversation, also after its end. See
    `report_listing`. Raises `NotAllowed` when the member is no side, or wrote the message itself."""
    is_own = message is not None and (message.match_id != match.pk or message.sender_id == member.pk)
    if is_own or not match.is_side(member):
        raise NotAllowed(match, match.status, "report")
    return _report(member, reason, text, by, match=match, message=message)


@transaction.atomic
def _report(member: Member, reason: str, text: str, by: Any, **about: Any) -> tuple[Report, bool]:
    lock_members(member, member)  # of two at once the second finds what the first wrote
    about = {"listing": None, "match": None, "message": None, **about}
    if there := Report.objects.open().filter(reporter=member, **about).first():
        return there, False
    report = Report.objects.create(reporter=member, author=by, reason=reason, text=text, **about)
    record("report.made", report, by=by, reason=reason)
    mails.report_made(report)
    return report, True


@transaction.atomic
def uphold_report(report: Report, *, outcome: str, by: Any) -> None:
    """The desk has acted; ``outcome`` says how. Journal: `report.upheld`. Mails: `report_decided`. Raises
    `NotAllowed`."""
    move(report, Report.Status.UPHELD, by=by, verb="report.upheld", outcome=outcome)
    mails.report_decided(report)


@transaction.atomic
def dismiss_report(report: Report, *, outcome: str, by: Any) -> None:
    """There is no reason to act; ``outcome`` says why. Journal: `report.dismissed`. Mails: `report_decided`. Raises
    `NotAllowed`."""
    move(report, Report.Status.DISMISSED, by=by, verb="report.dismissed", outcome=outcome)
    mails.report_decided(report)
