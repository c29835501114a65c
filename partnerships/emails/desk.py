"""Mails to and from the desk: what waits for a coordinator, and what came of it."""

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import as_ours, shown
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from alliance.users.models import User
from members.models import Member
from partnerships.emails.readers import Reader, quote_of, tell
from partnerships.models import HelpRequest, Listing, Match, Report

TOPIC = "partnerships"
WHY_INBOX = _("You get this message because this inbox looks after the partnerships of members.")
WHY_DESK = _("You get this notice because you work at the desk of the Alliance.")
WHY_REPORTER = _("You get this because you reported something to the desk of the Alliance.")
AT_THE_DESK = _("Open it at the desk")


def match_unanswered(match: Match) -> None:
    """To the inbox: two weeks of silence, a coordinator is wanted."""
    silent = match.silent_sides[0]
    _to_inbox(
        "match_unanswered",
        silent,
        f"match_unanswered:{match.pk}",
        reverse("admin:partnerships_match_change", args=[match.pk]),
        lambda: {
            "silent": silent.shown_name,
            "other": match.other_side(silent).shown_name,
            "is_proposal": match.is_proposal,
        },
    )


def match_assigned(match: Match, coordinator: User, *, by: User | None, key: str) -> None:
    """To the coordinator whom a colleague gave it to."""
    with translation.override(as_ours(coordinator.language)):
        context = {
            "a": match.member_a.shown_name,
            "b": match.member_b.shown_name,
            "colleague": by,
            "why": str(WHY_DESK),
            "action_label": str(AT_THE_DESK),
            "action_url": absolute(reverse("admin:partnerships_match_change", args=[match.pk])),
        }
    send(
        "partnerships/match_assigned",
        coordinator.email,
        coordinator.language,
        context,
        key=key,
        category=Category.DESK,
    )


def listing_submitted(listing: Listing) -> None:
    """To the inbox: a need or an offer is to be read before it is published."""
    _to_inbox(
        "listing_submitted",
        listing.member,
        f"listing_submitted:{listing.pk}:{listing.status_changed_at.isoformat()}",
        reverse("admin:partnerships_listing_change", args=[listing.pk]),
        lambda: {
            "is_need": listing.is_need,
            "title": shown(listing, "title").text,
            "member": listing.member.shown_name,
        },
    )


def help_requested(call: HelpRequest) -> None:
    """To the inbox, with the words that the side wrote to the desk."""
    other = call.match.other_side(call.member)
    _to_inbox(
        "help_requested",
        call.member,
        f"help_requested:{call.pk}",
        reverse("admin:partnerships_helprequest_change", args=[call.pk]),
        lambda: {
            "member": call.member.shown_name,
            "other": other.shown_name,
            "kind": call.get_kind_display(),
            "quote": quote_of(call.text),
        },
    )


def help_finished(call: HelpRequest) -> None:
    """To the side that asked: what the desk did."""
    tell(
        "help_finished",
        call.match,
        call.member,
        key=f"help_finished:{call.pk}",
        label=_("Open the conversation"),
        words=lambda reader: {"kind": call.get_kind_display(), "quote": quote_of(call.answer)},
        category=Category.TRANSACTIONAL,
        is_private=False,
    )


def report_made(report: Report) -> None:
    """To the inbox: something should not stand."""
    _to_inbox(
        "report_made",
        report.reported,
        f"report_made:{report.pk}",
        reverse("admin:partnerships_report_change", args=[report.pk]),
        lambda: {
            "reporter": report.reporter.shown_name,
            "reported": report.reported.shown_name,
            "reason": report.get_reason_display(),
            "quote": quote_of(report.text),
        },
    )


def report_decided(report: Report) -> None:
    """To the person who reported it, in their language, with the words of the desk."""
    user = report.author
    if not user.is_active:
        return
    reader = Reader(user.email, as_ours(user.language))
    with translation.override(reader.language):
        context = {
            "reported": report.reported.shown_name,
            "is_upheld": report.status == Report.Status.UPHELD,
            "quote": quote_of(report.outcome),
            "why": str(WHY_REPORTER),
            "action_label": str(_("Open your page")),
            "action_url": absolute(reverse("content:dashboard")),
        }
    send(
        "partnerships/report_decided",
        reader.email,
        reader.language,
        context,
        key=f"report_decided:{report.pk}",
    )


def _to_inbox(stem: str, about: Member, key: str, path: str, words: Any) -> None:
    """To the inbox of the country and language of the member it is ``about``."""
    whose = (TOPIC, about.contact_language, about.country)
    language = inbox_language(*whose)
    with translation.override(as_ours(language)):
        context = {
            **words(),
            "why": str(WHY_INBOX),
            "action_label": str(AT_THE_DESK),
            "action_url": absolute(path),
        }
    send(f"partnerships/{stem}", inbox(*whose), language, context, key=key)
