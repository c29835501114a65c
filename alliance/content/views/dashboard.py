"""“My page”: what waits for a person first, then what their member needs, offers, gives and receives. It mixes all
apps, so it stands here."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance.content.views.waiting import waiting_for
from members.models import Member, Representative
from members.permissions import can_edit_member, can_import_members, can_see_people
from partnerships.models import Listing, PartnerWish, Pledge, Suggestion
from partnerships.permissions import can_be_suggested, can_commit_for, can_write_for, kinds_of
from partnerships.views.own import own_card
from partnerships.views.pledges import pledge_table
from partnerships.views.round_note import round_note

LATEST = 3
PAGES = {"giver": "partnerships:my_promises", "receiver": "partnerships:my_deliveries"}


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
        may_write = can_write_for(request.user, member)
        may_commit = can_commit_for(request.user, member)
        context |= {
            "representative": request.representative,
            "may_write": may_write,
            "waiting": waiting_for(member, may_commit=may_commit) if may_write else [],
            "round": round_note(member),
            "listings": newest_listings(member),
            "promises": newest_pledges(member, "giver"),
            "deliveries": newest_pledges(member, "receiver"),
            "suggestions": suggestions_for(request.user, member),
            "kinds": kinds_of(member) if may_write else [],
            "can_edit": can_edit_member(request.user, member),
            "can_see_people": can_see_people(request.user, member),
            "can_import": can_import_members(request.user, member),
        }
    return render(request, "content/dashboard.html", context)


def newest_listings(member: Member) -> dict[str, Any]:
    """The last changed needs and offers as cards, how many there are in each state, and how many more than shown."""
    rows = member.listings.with_facts().order_by("-updated_at", "-id")[:LATEST]
    counts = dict(member.listings.order_by().values_list("status").annotate(Count("pk")))
    status = Listing.Status
    return {
        "cards": [own_card(listing) for listing in rows],
        "more": max(0, sum(counts.values()) - LATEST),
        "published": counts.get(status.PUBLISHED, 0),
        "drafts": counts.get(status.DRAFT, 0),
        "expired": counts.get(status.EXPIRED, 0),
    }


def suggestions_for(user: Any, member: Member) -> dict[str, Any]:
    """How many members are suggested as partners, and the best of them; empty for those that get no suggestions."""
    if not can_be_suggested(user, member):
        return {}
    if PartnerWish.objects.filter(member=member, looking_since=None).exists():
        return {"is_resting": True}
    rows = list(Suggestion.objects.filter(member=member).standing().best_first().select_related("other"))
    return {"count": len(rows), "best": rows[0].other.shown_name if rows else ""}


def newest_pledges(member: Member, side: str) -> dict[str, Any]:
    """What the member gives, or receives: the newest as a table, and how many more there are."""
    own = Pledge.objects.filter(**{side: member})
    rows = list(own.with_totals().newest_first()[:LATEST])
    table = pledge_table(rows, side, has_steps=False)
    return {**table, "more": max(0, own.count() - LATEST), "url": reverse(PAGES[side])}
