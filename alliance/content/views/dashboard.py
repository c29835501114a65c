"""“My page”: what waits for a person first, then what they act for. It mixes all apps, so it stands here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.models import Representative
from members.permissions import can_edit_member, can_import_members, can_see_people
from partnerships.models import Listing, Match
from partnerships.permissions import kinds_of

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
        waiting = Match.objects.of(member).filter(status=Match.Status.REQUESTED).exclude(requested_by=member)
        context |= {
            "representative": request.representative,
            "waiting": [
                {"name": match.other_side(member).shown_name, "slug": match.slug}
                for match in waiting.select_related("member_a", "member_b").newest_first()[:LATEST]
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
