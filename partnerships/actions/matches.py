"""Verbs of the handshake: asking, answering, taking back, ending, and writing to each other."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import reader_language
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.actions.meetings import cancel_meetings_of
from partnerships.actions.search_states import note_partners
from partnerships.emails import matches as mails
from partnerships.models import Block, Listing, Match, MatchScore, Message, Suggestion
from partnerships.models.matches import sides
from partnerships.refusals import KeptApart

Status, CloseReason = Match.Status, Match.CloseReason
APPROVED = Member.Status.APPROVED


@transaction.atomic
def request_match(
    *,
    member: Member,
    text: str,
    by: Any,
    listing: Listing | None = None,
    to: Member | None = None,
    is_suggested: bool = False,
) -> tuple[Match, bool]:
    """``member`` writes to the owner of an open ``listing``, or to the member ``to`` in general: a match with its
    first message, or the one that is open already (then nothing is sent, and the second value is False). With
    ``is_suggested``, because the portal proposed the other: both sides then read the score that it showed.

    Journal: `match.requested`. Mails: `match_requested` to the other side. Raises `NotAllowed` when the listing is
    no longer open, one of the two is not approved, or they are one; `KeptApart` when one blocked the other.
    """
    other = listing.member if listing else to
    if listing and not lock(listing).is_open:
        raise NotAllowed(listing, listing.status, "match")
    if other.pk == member.pk or not lock_members(member, other):
        raise NotAllowed(other, other.status, "match")
    refuse_kept_apart(member, other)
    if found := Match.objects.between(member, other, listing).open().first():
        return found, False
    a, b = sides(member, other)
    suggestion = suggestion_of(member, other) if is_suggested else None
    origin = Match.Origin.SUGGESTION if suggestion else Match.Origin.REQUEST
    match = Match(origin=origin, member_a=a, member_b=b, listing=listing, requested_by=member)
    for name, value in _answer(match, member, Match.Answer.YES, by).items():
        setattr(match, name, value)
    match.save()
    if suggestion:
        keep_score(match, suggestion)
    message = _write(match, member, text, by)
    about = {"listing": listing.slug} if listing else {}
    record("match.requested", match, by=by, member=member.slug, **about)
    mails.match_requested(message, other)
    return match, True


def suggestion_of(member: Member, other: Member) -> Suggestion | None:
    return Suggestion.objects.filter(member=member, other=other, dismissed_at=None).first()


def keep_score(match: Match, suggestion: Suggestion) -> None:
    """For both sides to read, also after the lists went on."""
    values = {name: getattr(suggestion, name) for name in ("total", "parts", "weights")}
    MatchScore.objects.create(match=match, first=suggestion.member, **values)


def lock_members(one: Member, other: Member) -> bool:
    """Keep two members as they are until the end of the transaction; whether both are approved. Requests and blocks
    between the same two wait for each other here."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[one.pk, other.pk])
    return all(row.status == APPROVED for row in rows.order_by("pk"))


def refuse_kept_apart(member: Member, other: Member) -> None:
    """Raises `KeptApart` in the words for ``member`` when one of the two blocked the other."""
    blockers = set(Block.objects.between(member, other).values_list("member_id", flat=True))
    if blockers:
        raise KeptApart(KeptApart.BY_US if member.pk in blockers else KeptApart.BY_THEM)


@transaction.atomic
def accept_match(match: Match, *, member: Member, by: Any) -> None:
    """A side that was asked says yes. When both have, the match is accepted: each side sees the other's contact
    person from the same commit on, and both read it in one mail.

    Journal: `match.accepted`, or `match.answered` while the other side has not said yes. Mails: `match_accepted` to
    both. Raises `NotAllowed` when the side has answered, the match is over, or one of the two is not approved.
    """
    stored = lock(match)
    if not stored.awaits(member) or {stored.member_a.status, stored.member_b.status} != {APPROVED}:
        raise NotAllowed(match, stored.status, Status.ACCEPTED)
    answer = _answer(stored, member, Match.Answer.YES, by)
    if stored.answer_of(stored.other_side(member)) != Match.Answer.YES:
        for name, value in answer.items():
            setattr(stored, name, value)
        stored.save(update_fields=list(answer))
        record("match.answered", stored, by=by, member=member.slug)
        return
    move(match, Status.ACCEPTED, by=by, verb="match.accepted", accepted_at=timezone.now(), **answer)
    note_partners([stored.member_a_id, stored.member_b_id])
    mails.match_accepted(_as_stored(match))


@transaction.atomic
def decline_match(match: Match, *, member: Member, reason: str, text: str = "", by: Any) -> None:
    """A side that was asked says no, with one of `Match.DeclineReason` and its own words.

    Journal: `match.declined` with the reason. Mails: `match_declined` to the other side. Raises `NotAllowed`.
    """
    stored = lock(match)
    if not stored.awaits(member):
        raise NotAllowed(match, stored.status, Status.DECLINED)
    answer = _answer(stored, member, Match.Answer.NO, by)
    changes = {"decline_reason": reason, "decline_text": text, **answer}
    move(match, Status.DECLINED, by=by, verb="match.declined", reason=reason, **changes)
    mails.match_declined(_as_stored(match), stored.other_side(member))


@transaction.atomic
def take_back_match(match: Match, *, member: Member, by: Any) -> None:
    """The side that asked no longer wants an answer.

    Journal: `match.taken_back`. Mails: `match_taken_back` to the other side. Raises `NotAllowed`.
    """
    stored = lock(match)
    if not stored.awaits_other_side_of(member):
        raise NotAllowed(match, stored.status, Status.CLOSED)
    close(match, CloseReason.TAKEN_BACK, verb="match.taken_back", closed_by=member, by=by)
    mails.match_taken_back(_as_stored(match), stored.other_side(member))


@transaction.atomic
def end_match(match: Match, *, member: Member, text: str = "", by: Any) -> None:
    """Either side ends an accepted match; contacts are no longer shown, meetings ahead are cancelled.

    Journal: `match.ended`. Mails: `match_ended` to the other side. Raises `NotAllowed`.
    """
    stored = lock(match)
    if stored.status != Status.ACCEPTED or not stored.is_side(member):
        raise NotAllowed(match, stored.status, Status.CLOSED)
    close(match, CloseReason.ENDED, verb="match.ended", closed_by=member, text=text, by=by)
    mails.match_ended(_as_stored(match), stored.other_side(member))


@transaction.atomic
def close_match(match: Match, *, text: str, by: Any) -> None:
    """The desk closes an open match and says why. Journal: `match.closed`. Mails: `match_closed` to both sides.
    Raises `NotAllowed`."""
    close(match, CloseReason.DESK, verb="match.closed", text=text, by=by)
    stored = _as_stored(match)
    for side in (stored.member_a, stored.member_b):
        mails.match_closed(stored, side)


def close(
    match: Match, reason: str, *, verb: str, by: Any, closed_by: Member | None = None, text: str = ""
) -> None:
    """The one way a match is closed: with its reason, and without meetings ahead. Raises `NotAllowed`."""
    changes = {"close_reason": reason, "closed_by": closed_by, "close_text": text}
    move(match, Status.CLOSED, by=by, verb=verb, reason=reason, updated_at=timezone.now(), **changes)
    cancel_meetings_of(match, by=by)


@transaction.atomic
def send_message(match: Match, *, member: Member, text: str, by: Any, key: str = "") -> Message:
    """One side of an open match writes to the other; the same ``key`` again returns what was written.

    Journal: `message.sent`. Mails: `message_sent` to the other side. Raises `NotAllowed` when the match is over.
    """
    stored = lock(match)
    if key and (there := stored.messages.filter(sender=member, key=key).first()):
        return there
    if stored.status not in Match.OPEN or not stored.is_side(member):
        raise NotAllowed(match, stored.status, "message")
    message = _write(stored, member, text, by, key)
    stored.save(update_fields=["updated_at"])  # lists show the latest exchange first
    record("message.sent", message, by=by, match=stored.slug)
    mails.message_sent(message, stored.other_side(member))
    return message


def _write(match: Match, member: Member, text: str, by: Any, key: str = "") -> Message:
    return Message.objects.create(
        match=match, sender=member, author=by, text=text, language=reader_language(), key=key
    )


def _answer(match: Match, member: Member, answer: str, by: Any) -> dict[str, Any]:
    """The fields of one side's answer, and the moment of the latest exchange."""
    side, now = match.side_of(member), timezone.now()
    return {
        f"answer_{side}": answer,
        f"answered_{side}_at": now,
        f"answered_{side}_by": by,
        "updated_at": now,
    }


def _as_stored(match: Match) -> Match:
    """As it stands now, with both members as they are now: what a mail about it may say."""
    return Match.objects.select_related("member_a", "member_b", "listing").get(pk=match.pk)
