"""What the page of a conversation shows, prepared so that the template only prints: how it stands, the other side's
contact person once both agreed, meetings, calls for help, messages."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import lists
from alliance.core.audience import Audience, visible
from alliance.core.languages import reader_language, shown
from members.models import Member
from members.names_shown import place_of
from partnerships.contacts import contact_of
from partnerships.emails.meetings import times_of
from partnerships.models import Match, Meeting, Twinning
from partnerships.permissions import audience_in_match, audience_of, meeting_verbs
from partnerships.permissions.twinnings import can_propose_twinning
from partnerships.views.handshake import TONES
from partnerships.views.score_words import score_of_match

NEWEST_MESSAGES = [("sent_at", "desc"), ("id", "desc")]
MESSAGES_PER_PAGE = 50
LATEST_PLEDGES = 5
MEETING_TONES = {"proposed": "wait", "agreed": "ok", "declined": "stop", "cancelled": "stop"}


def page_of(request: HttpRequest, match: Match, verbs: set[str]) -> dict[str, Any]:
    """The context of `match_detail` for one side. ``verbs``: what the person may do (`permissions.match_verbs`)."""
    member = request.member
    other = match.other_side(member)
    meetings = [_meeting(meeting, member, verbs) for meeting in _meetings_of(match)]
    awaits_meeting = any("agree" in meeting["verbs"] for meeting in meetings)
    return {
        "match": match,
        "verbs": verbs,
        "other": other,
        "other_name": other.shown_name,
        "other_place": place_of(other),
        "other_url": _public_page(other),
        "own_name": member.shown_name,
        "status": match.get_status_display(),
        "tone": TONES[match.status],
        "title": shown(match.listing, "title") if match.listing else None,
        "state": _state(match, member),
        "clusters": _clusters(match, member, other),
        "contact": contact_items(other, audience_in_match(member, match)),
        # What the other side will see once both agree; one's own data, so that a wrong number is seen in time.
        "own_contact": contact_items(member, Audience.PARTNER) if "accept" in verbs else [],
        "partner_note": _partner_note(request.user, match),
        "meetings": meetings,
        "calls": _calls(match),
        "score": score_of_match(match, member),
        **_thread(match, member, request.GET),
        "pledges": _pledges_of(match),
        "twinning": Twinning.objects.filter(match=match).first(),
        "may_twin": match.has_contacts and can_propose_twinning(request.user, member),
        "can_promise": match.has_contacts and "write" in verbs,
        "may_block": bool(verbs) and other.status == Member.Status.APPROVED,
        # One yellow button: to answer the request, then a proposed meeting, else to write.
        "main_verb": "accept" if "accept" in verbs else "agree" if awaits_meeting else "write",
    }


def _public_page(member: Member) -> str:
    if member.status != Member.Status.APPROVED:
        return ""
    return reverse("members:member_detail", args=[member.slug])


def contact_items(member: Member, viewer: str) -> list[dict[str, str]]:
    """Parameters of `components/definitions.html`: the contact person as ``viewer`` may see it."""
    contact = contact_of(member, viewer)
    labels = {
        "contact_name": pgettext("of a person", "Name"),
        "contact_role": _("Position"),
        "contact_email": _("E-mail"),
        "contact_phone": _("Telephone"),
    }
    links = {"contact_email": "mailto:", "contact_phone": "tel:"}
    return [
        {
            "term": labels[name],
            "text": text,
            "href": f"{links[name]}{text.replace(' ', '')}" if name in links else "",
        }
        for name, text in contact.items()
    ]


def _state(match: Match, member: Member) -> dict[str, Any]:
    """How it stands, in words for this side."""
    other = match.other_side(member).shown_name
    return {
        "awaits_us": match.awaits(member),
        "awaits_them": match.awaits_other_side_of(member),
        "asked_on": _day(match.asked_at),
        "closes_on": _day(match.closes_at),
        "accepted_on": _day(match.accepted_at),
        "ended_on": _day(match.status_changed_at),
        "in_hand": bool(match.handed_over_at) and match.status == Match.Status.REQUESTED,
        "why_ended": _why_ended(match, member, other),
        "words": match.decline_text or match.close_text,
        "words_are_ours": _are_ours(match, member),
    }


def _clusters(match: Match, member: Member, other: Member) -> dict[str, Any]:
    """Whom the other side, and this one, answers for beside itself."""
    return {
        "theirs": match.cluster_of(other),
        "ours": match.cluster_of(member),
        "language": reader_language(),
    }


def _why_ended(match: Match, member: Member, other: str) -> str:
    """Who ended it and why. That one side blocked the other is told to the one who did it, in its list of blocks."""
    Reason = Match.CloseReason  # noqa: N806  a class
    if match.status == Match.Status.DECLINED:
        reason = {"name": other, "reason": match.get_decline_reason_display()}
        if match.answer_of(member) == Match.Answer.NO:
            return _("You declined: %(reason)s.") % reason
        return _("%(name)s declined: %(reason)s.") % reason
    if match.status != Match.Status.CLOSED:
        return ""
    by_us = match.closed_by_id == member.pk
    words = {
        Reason.SILENT: _("There was no answer within 30 days."),
        Reason.TAKEN_BACK: _taken_back(match, by_us),
        Reason.ENDED: _("You ended the contact.") if by_us else _("%(name)s ended the contact."),
        Reason.DESK: _("The secretariat closed the conversation."),
        Reason.BLOCKED: _("You blocked this member.") if by_us else _("The conversation is closed."),
    }
    return words[match.close_reason] % {"name": other}


def _taken_back(match: Match, by_us: bool) -> str:
    if match.is_proposal:
        return _("You took your yes back.") if by_us else _("%(name)s took its yes back.")
    return _("You took the request back.") if by_us else _("%(name)s took the request back.")


def _are_ours(match: Match, member: Member) -> bool:
    if match.status == Match.Status.DECLINED:
        return match.answer_of(member) == Match.Answer.NO
    return match.closed_by_id == member.pk


def _day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT") if moment else ""


def _partner_note(user: Any, match: Match) -> str:
    """What the owner of the listing wrote for partners only."""
    if not (match.listing and match.has_contacts):
        return ""
    viewer = audience_of(user, match.listing)
    return match.listing.partner_note if visible(match.listing, "partner_note", viewer) else ""


def _pledges_of(match: Match) -> list[dict[str, str]]:
    """What came of it so far, the newest first."""
    rows = match.pledges.newest_first()[:LATEST_PLEDGES]
    return [{"title": row.title, "language": row.language, "slug": row.slug} for row in rows]


def _meetings_of(match: Match) -> list[Meeting]:
    """Those ahead first, then the past and the cancelled ones, the latest first."""
    rows = list(match.meetings.select_related("proposed_by"))
    for meeting in rows:
        meeting.match = match  # with both sides: no query for each
    ahead = [meeting for meeting in rows if meeting.is_ahead and meeting.status in Meeting.OPEN]
    return [*ahead, *reversed([meeting for meeting in rows if meeting not in ahead])]


def _meeting(meeting: Meeting, member: Member, verbs: set[str]) -> dict[str, Any]:
    is_past = not meeting.is_ahead and meeting.status in Meeting.OPEN
    is_accepted = meeting.match.status == Match.Status.ACCEPTED
    return {
        "slug": meeting.slug,
        "times": times_of(meeting, member),
        "topic": meeting.topic,
        "where": meeting.where if is_accepted else "",
        "status": pgettext("meeting", "over") if is_past else meeting.get_status_display(),
        "tone": "" if is_past else MEETING_TONES[meeting.status],
        "is_ours": meeting.proposed_by_id == member.pk,
        "proposer": meeting.proposed_by.shown_name,
        "is_ahead": meeting.is_ahead and meeting.status in Meeting.OPEN,
        "has_file": is_accepted and meeting.status == Meeting.Status.AGREED,
        "verbs": meeting_verbs(meeting, member) if "propose_meeting" in verbs else set(),
    }


def _calls(match: Match) -> list[dict[str, Any]]:
    """Both sides see who asked the secretariat for what, and whether it is done; not the words."""
    return [
        {
            "name": call.member.shown_name,
            "kind": call.get_kind_display(),
            "when": _day(call.created_at),
            "done_on": _day(call.done_at),
        }
        for call in match.help_requests.select_related("member")
    ]


def _thread(match: Match, member: Member, params: QueryDict) -> dict[str, Any]:
    """The latest messages, oldest of them first, and where the earlier ones are."""
    rows = match.messages.select_related("sender")
    page = lists.keyset_page(rows, NEWEST_MESSAGES, params, MESSAGES_PER_PAGE)
    links = page.links(params)
    language = reader_language()
    thread = [
        {
            "id": message.pk,
            "is_own": message.sender_id == member.pk,
            "name": message.sender.shown_name,
            "when": date_format(localtime(message.sent_at), "DATETIME_FORMAT"),
            "text": message.text,
            "language": message.language if message.language != language else "",
        }
        for message in reversed(page.rows)
    ]
    return {"thread": thread, "earlier_url": links["next_url"], "later_url": links["previous_url"]}
