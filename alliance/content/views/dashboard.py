"""“My page”: what waits for a person first, then what they act for. It mixes all apps, so it stands here."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance.core.languages import shown
from members.models import Member, Representative
from members.permissions import can_edit_member, can_import_members, can_see_people
from partnerships.clocks import clock_lines, zone_of
from partnerships.models import Listing, Match, Meeting, Pledge
from partnerships.permissions import kinds_of
from partnerships.views.cards import validity

LATEST = 5


@never_cache
@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    member = request.member or None
    context = {
        "member": member,
        "others": Representative.objects.active()
        .of(request.user)
        .select_related("member")
        .exclude(member=member),
    }
    if member:
        context |= {
            "representative": request.representative,
            "requests": requests_to(member),
            "listings": listings_waiting_for(member),
            "meetings": meetings_proposed_to(member),
            "pledges": [
                {"title": pledge.title, "language": pledge.language, "slug": pledge.slug}
                for pledge in Pledge.objects.waiting_for(member).newest_first()[:LATEST]
            ],
            "drafts": member.listings.filter(status=Listing.Status.DRAFT).count(),
            "published": member.listings.filter(status=Listing.Status.PUBLISHED).count(),
            "expired": member.listings.filter(status=Listing.Status.EXPIRED).count(),
            "kinds": kinds_of(member),
            "can_edit": can_edit_member(request.user, member),
            "can_see_people": can_see_people(request.user, member),
            "can_import": can_import_members(request.user, member),
        }
    return render(request, "content/dashboard.html", context)


def requests_to(member: Member) -> list[dict[str, Any]]:
    """Who asks for contact and waits for an answer, the longest wait first."""
    rows = Match.objects.awaiting_answer_of(member).select_related("member_a", "member_b")
    return [
        {
            "name": match.other_side(member).shown_name,
            "slug": match.slug,
            "closes_on": date_format(localtime(match.closes_at), "DATE_FORMAT"),
        }
        for match in rows.order_by("asked_at", "id")[:LATEST]
    ]


def listings_waiting_for(member: Member) -> list[dict[str, str]]:
    """Needs and offers that the desk returned, that end soon, or that nobody confirmed for a while."""
    return [
        {"title": title.text or gettext("Without a title"), "language": title.language, "slug": listing.slug}
        | waits_for(listing)
        for listing in member.listings.awaiting_their_member()[:LATEST]
        for title in [shown(listing, "title")]
    ]


def waits_for(listing: Listing) -> dict[str, str]:
    if listing.status == Listing.Status.DRAFT:
        return {"why": gettext("the desk has a question")}
    if listing.is_ending:
        return {"why": validity(listing)}
    return {"why": gettext("does it still hold?")}


def meetings_proposed_to(member: Member) -> list[dict[str, Any]]:
    """Which times wait for an answer, the nearest first, on the member's own clock."""
    rows = Meeting.objects.awaiting_answer_of(member).select_related("match", "proposed_by")
    return [
        {
            "name": meeting.proposed_by.shown_name,
            "slug": meeting.match.slug,
            "time": clock_lines(meeting.starts_at, meeting.ends_at, [zone_of(member.country)])[0],
        }
        for meeting in rows.order_by("starts_at", "id")[:LATEST]
    ]
