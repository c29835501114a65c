"""Mails of a handshake to its two sides, each reader in their own language. Until both sides said yes none of them
holds anything of a contact; what the other side wrote is quoted, its links inert."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from alliance.core.audience import Audience
from alliance.core.languages import as_ours
from alliance.core.mail import Category
from members.models import Member
from partnerships.contacts import contact_of
from partnerships.emails.readers import Reader, people_of, quote_of, tell
from partnerships.models import Match, Message

READ = _("Read and answer")
OPEN = _("Open the conversation")
ANSWER = _("Answer now")


def match_requested(message: Message, receiver: Member) -> None:
    """To every representative of the other side: somebody is interested."""
    _quoted("match_requested", message, receiver)


def message_sent(message: Message, receiver: Member) -> None:
    """To every representative of the other side: a new message waits."""
    _quoted("message_sent", message, receiver)


def _quoted(stem: str, message: Message, receiver: Member) -> None:
    tell(
        stem,
        message.match,
        receiver,
        key=f"{stem}:{message.pk}",
        label=READ,
        words=lambda reader: {"quote": quote_of(message.text)},
    )


def match_accepted(match: Match) -> None:
    """To both sides at once: each reads the contact person of the other. Also to the contact persons themselves, whom
    the other side may call now. Answers go straight to the other side."""
    for receiver in (match.member_a, match.member_b):
        other = match.other_side(receiver)
        contact = contact_of(other, Audience.PARTNER if match.has_contacts else Audience.MEMBERS)
        readers = {reader.email: reader for reader in [_contact_person(receiver), *people_of(receiver)]}
        tell(
            "match_accepted",
            match,
            receiver,
            key=f"match_accepted:{match.pk}",
            label=OPEN,
            words=lambda reader, contact=contact: {"contact": contact},
            readers=readers.values(),
            category=Category.TRANSACTIONAL,
            reply_to=contact.get("contact_email", ""),
        )


def _contact_person(member: Member) -> Reader:
    return Reader(member.contact_email.lower(), as_ours(member.contact_language))


def match_declined(match: Match, receiver: Member) -> None:
    """To the side that asked, with the reason and the words of the other one."""
    words = {"reason": match.get_decline_reason_display}
    _ended("match_declined", match, receiver, text=match.decline_text, words=words)


def match_taken_back(match: Match, receiver: Member) -> None:
    """To the side that was asked: there is nothing to answer any more."""
    _ended("match_taken_back", match, receiver)


def match_ended(match: Match, receiver: Member) -> None:
    """To the side that did not end it."""
    _ended("match_ended", match, receiver, text=match.close_text)


def match_closed(match: Match, receiver: Member) -> None:
    """Closed by the portal after silence, by the desk, or because of a block, which is not named."""
    words = {
        "is_silent": match.close_reason == Match.CloseReason.SILENT,
        "was_silent": not match.answer_of(receiver),
        "is_desk": match.close_reason == Match.CloseReason.DESK,
    }
    _ended("match_closed", match, receiver, text=match.close_text, words=words)


def _ended(stem: str, match: Match, receiver: Member, text: str = "", words: dict[str, Any] | None = None):
    tell(
        stem,
        match,
        receiver,
        key=f"{stem}:{match.pk}",
        label=OPEN,
        words=lambda reader: {**(words or {}), "quote": quote_of(text)},
        category=Category.TRANSACTIONAL,
        is_private=bool(text),
    )


def match_reminder(match: Match, receiver: Member, days: int) -> None:
    """To those of the silent side who may answer: so many days have gone by, and when it closes by itself."""
    tell(
        "match_reminder",
        match,
        receiver,
        key=f"match_reminder:{days}:{match.pk}",
        label=ANSWER,
        words=lambda reader: {
            "days": days,
            "closes_on": date_format(localtime(match.closes_at), "DATE_FORMAT"),
        },
        readers=people_of(receiver, who_write=True),
        category=Category.REMINDER,
        is_private=False,
    )


def match_handed_over(match: Match, receiver: Member) -> None:
    """To the side that waits: a coordinator looks after it now."""
    tell(
        "match_handed_over",
        match,
        receiver,
        key=f"match_handed_over:{match.pk}",
        label=OPEN,
        words=lambda reader: {"closes_on": date_format(localtime(match.closes_at), "DATE_FORMAT")},
        category=Category.TRANSACTIONAL,
        is_private=False,
    )
