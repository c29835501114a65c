"""The member's twinnings: what waits for it first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from members.decorators import member_page
from members.models import Member
from members.permissions import role_of
from partnerships.models import Twinning
from partnerships.permissions.twinnings import can_propose_twinning, party_of
from partnerships.views import twinning_facts as facts

WAITING_FIRST = [("waits", "desc"), ("created_at", "desc"), ("id", "desc")]


@require_safe
@member_page(role_of)
def my_twinnings(request: HttpRequest) -> HttpResponse:
    member = request.member
    rows = Twinning.objects.of(member).with_waiting(member).for_parties()
    page = lists.keyset_page(rows, WAITING_FIRST, request.GET)
    context = {
        "rows": [row_of(twinning, member) for twinning in page.rows],
        "may_declare": can_propose_twinning(request.user, member),
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/my_twinnings.html", context)


def row_of(twinning: Twinning, member: Member) -> dict[str, Any]:
    """A card; reads prefetched rows."""
    present = [party for party in twinning.parties.all() if party.left_at is None]
    title = facts.title_of(twinning, present)
    pill = facts.stage_pill(twinning)
    return {
        "href": reverse("partnerships:twinning_detail", args=[twinning.slug]),
        "title": title.text,
        "language": title.language if title.is_other else "",
        "stage": pill["label"],
        "tone": pill["tone"],
        "why": why_it_waits(twinning, member) if twinning.waits else "",
        "others": ", ".join(party.shown_name for party in present if party.member_id != member.pk),
    }


def why_it_waits(twinning: Twinning, member: Member) -> str:
    """What ``member`` is asked, in a few words."""
    proposal = twinning.open_proposal
    if proposal and proposal.party.member_id != member.pk:
        if proposal.stage == Twinning.Status.ENDED:
            return _("%(name)s proposes to end it") % {"name": proposal.party.shown_name}
        stage = {"name": proposal.party.shown_name, "stage": proposal.get_stage_display()}
        return _("%(name)s proposes: %(stage)s") % stage
    party = party_of(twinning, member)
    if party and party.invited_by_id is None and twinning.origin != Twinning.Origin.MATCH:
        return pgettext("an existing partnership", "please confirm that it exists")
    return _("you are asked to take part")
