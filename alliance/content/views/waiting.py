"""What waits first on “My page”: groups of rows, each with how many more there are and where. Only for who may act."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.content.models import SurveyAnswer
from alliance.core.languages import shown
from members.models import Member
from partnerships.clocks import clock_lines, zone_of
from partnerships.ledger import GIVER, RECEIVER, Step
from partnerships.ledger_words import FOR_YOU
from partnerships.models import (
    ClusterMember,
    DayChange,
    Listing,
    Match,
    Meeting,
    Pledge,
    Transport,
    Twinning,
)
from partnerships.views import pledge_facts
from partnerships.views.cards import validity
from partnerships.views.my_twinnings import why_it_waits
from partnerships.views.transport_facts import clock_of
from partnerships.views.twinning_shared import title_of

# Of each group.
MOST_WAITING = 5


def waiting_for(member: Member, *, may_commit: bool) -> list[dict[str, Any]]:
    """The groups that have rows, for somebody who writes for ``member``; ``may_commit``: for a signatory."""
    groups = [
        _group("listings", "my_listings", member.listings.awaiting_their_member(), _listing),
        _group("requests", "match_list", _requests(member), lambda match: _request(match, member)),
        _group("clusters", "cluster_list", ClusterMember.objects.awaiting_answer_of(member), _invitation),
        _group("meetings", "match_list", _meetings(member), lambda meeting: _meeting(meeting, member)),
        _group("days", "my_deliveries", DayChange.objects.awaiting_answer_of(member).order_by("id"), _day),
        _group("reports", "my_deliveries", Transport.objects.awaiting_report_of(member), _report),
        _group(
            "twinnings", "my_twinnings", _twinnings(member, may_commit), lambda row: _twinning(row, member)
        ),
        *_turns(member, may_commit=may_commit),
        _group("surveys", "content:policy_ours", SurveyAnswer.objects.waiting_for(member), _survey),
    ]
    return [group for group in groups if group["rows"]]


def _group(name: str, page: str, rows: QuerySet, row: Callable[[Any], dict[str, str]]) -> dict[str, Any]:
    """The first rows; only where there are more are they counted."""
    found = list(rows[: MOST_WAITING + 1])
    more = rows.count() - MOST_WAITING if len(found) > MOST_WAITING else 0
    return {
        "name": name,
        "rows": [row(each) for each in found[:MOST_WAITING]],
        "more": more,
        "url": reverse(page if ":" in page else f"partnerships:{page}"),
    }


def _listing(listing: Listing) -> dict[str, str]:
    """Returned by the desk, about to end, or not confirmed for a while."""
    title = shown(listing, "title")
    if listing.status == Listing.Status.DRAFT:
        why = _("the desk has a question")
    else:
        why = validity(listing) if listing.is_ending else _("does it still hold?")
    return {
        "text": title.text or _("Without a title"),
        "language": title.language,
        "href": reverse("partnerships:listing_detail", args=[listing.slug]),
        "why": why,
    }


def _requests(member: Member) -> QuerySet:
    """Who asks for contact, the longest wait first."""
    rows = Match.objects.awaiting_answer_of(member).select_related("member_a", "member_b")
    return rows.order_by("asked_at", "id")


def _request(match: Match, member: Member) -> dict[str, str]:
    closes_on = date_format(localtime(match.closes_at), "DATE_FORMAT")
    words = _("%(name)s wants to be in contact with you")
    if match.is_proposal:
        words = _("The matching round proposes %(name)s as your partner")
    return {
        "text": words % {"name": match.other_side(member).shown_name},
        "href": reverse("partnerships:match_detail", args=[match.slug]),
        "why": _("answer until %(day)s") % {"day": closes_on},
    }


def _invitation(row: ClusterMember) -> dict[str, str]:
    return {
        "lead": _("Invitation to a cluster of neighbours:"),
        "text": row.cluster.name,
        "language": row.cluster.language,
        "href": reverse("partnerships:cluster_detail", args=[row.cluster.slug]),
        "why": _("%(name)s invites you") % {"name": row.cluster.lead.shown_name},
    }


def _meetings(member: Member) -> QuerySet:
    rows = Meeting.objects.awaiting_answer_of(member).select_related("match", "proposed_by")
    return rows.order_by("starts_at", "id")


def _meeting(meeting: Meeting, member: Member) -> dict[str, str]:
    """On the member's own clock."""
    return {
        "text": _("%(name)s proposes a meeting") % {"name": meeting.proposed_by.shown_name},
        "href": reverse("partnerships:match_detail", args=[meeting.match.slug]) + "#meetings",
        "why": clock_lines(meeting.starts_at, meeting.ends_at, [zone_of(member.country)])[0],
    }


def _twinnings(member: Member, may_commit: bool) -> QuerySet:
    rows = Twinning.objects.awaiting(member, may_commit=may_commit)
    return rows.for_parties().order_by("status_changed_at", "id")


def _twinning(twinning: Twinning, member: Member) -> dict[str, str]:
    title = title_of(twinning)
    return {
        "lead": pgettext("before the title of a partnership", "Partnership:"),
        "text": title.text,
        "language": title.language,
        "href": reverse("partnerships:twinning_detail", args=[twinning.slug]),
        "why": why_it_waits(twinning, member),
    }


def _survey(answer: SurveyAnswer) -> dict[str, str]:
    title, closes_on = shown(answer.survey, "title"), localtime(answer.survey.closes_at)
    return {
        "lead": pgettext("before the title of a survey", "Survey:"),
        "text": title.text,
        "language": title.language,
        "href": reverse("content:survey_ours", args=[answer.survey.slug]),
        "why": _("answer until %(day)s") % {"day": date_format(closes_on, "DATE_FORMAT")},
    }


def _day(change: DayChange) -> dict[str, str]:
    days = {"after": pledge_facts.day(change.after), "before": pledge_facts.day(change.before)}
    return _of_pledge(
        change.pledge,
        lead=pgettext("before the title of a pledge", "Another day is asked for:"),
        why=_("%(after)s instead of %(before)s") % days,
    )


def _report(transport: Transport) -> dict[str, str]:
    row = _of_pledge(
        transport.pledge,
        lead=pgettext("before the title of a pledge", "Report on imported goods:"),
        why=clock_of(transport)["text"],
    )
    slug, number = transport.pledge.slug, transport.number
    return row | {"href": reverse("partnerships:transport_detail", args=[slug, number])}


def _turns(member: Member, *, may_commit: bool) -> Iterator[dict[str, Any]]:
    """Promises and deliveries on which this person can do the next step."""
    for side, page in ((GIVER, "my_promises"), (RECEIVER, "my_deliveries")):
        rows = Pledge.objects.waiting_on_side(side, member, may_commit=may_commit).with_totals()
        yield _group(
            page, page, rows.newest_first(), lambda pledge, side=side: _turn(pledge, side, may_commit)
        )


def _turn(pledge: Pledge, side: str, may_commit: bool) -> dict[str, str]:
    steps = [step for step in pledge_facts.waiting(pledge) if step.side == side]
    if not may_commit:
        steps = [step for step in steps if step != Step.COMMIT]
    return _of_pledge(
        pledge,
        lead=pgettext("before the title of a pledge", "Your turn:"),
        why=" ".join(str(FOR_YOU[step]) for step in steps),
    )


def _of_pledge(pledge: Pledge, *, lead: str, why: str) -> dict[str, str]:
    return {
        "lead": lead,
        "text": pledge.title,
        "language": pledge.language,
        "href": reverse("partnerships:pledge_detail", args=[pledge.slug]),
        "why": why,
    }
