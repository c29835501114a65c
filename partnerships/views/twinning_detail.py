"""The page of a twinning, one for all readers. Each area of it has a file of its own: `twinning_stages`,
`twinning_agreement`, `twinning_life`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from alliance.core.audience import Audience, may_see
from alliance.core.linked_data import as_json_ld
from alliance.core.links import absolute
from partnerships.models import Twinning
from partnerships.permissions import audience_of_twinning, can_see_twinning
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_agreement import agreement_of
from partnerships.views.twinning_life import life_of
from partnerships.views.twinning_stages import stages_of


@require_safe
def twinning_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Anyone reads what is public; its parties also what is kept between them, in the same places."""
    twinning = get_object_or_404(Twinning.objects.for_page(), slug=slug)
    if not can_see_twinning(request.user, twinning):
        raise Http404
    viewer = audience_of_twinning(request.user, twinning)
    parties = facts.public_parties(twinning)
    is_party = may_see(Audience.PARTNER, viewer)
    context = {
        "twinning": twinning,
        "title": facts.title_of(twinning, parties),
        "stage": facts.stage_pill(twinning),
        "since": facts.since_text(twinning),
        "parties": [facts.party_row(party) for party in parties],
        "former": [facts.party_row(party) for party in facts.former_parties(twinning)],
        "asked": [facts.party_row(party) for party in facts.asked_parties(twinning)] if is_party else [],
        "is_public": twinning.public_since is not None,
        "is_party": is_party,
        "viewer": viewer,
        "stages": stages_of(request, twinning, viewer),
        "agreement": agreement_of(request, twinning, viewer),
        "life": life_of(request, twinning, viewer),
        "json_ld": json_ld(twinning) if twinning.public_since else "",
    }
    return render(request, "partnerships/twinning_detail.html", context)


def json_ld(twinning: Twinning) -> SafeString:
    """schema.org's Project, the nearest to a partnership that it knows; public fields only."""
    parties = facts.public_parties(twinning)
    rows = [facts.party_row(party) for party in parties]
    return as_json_ld(
        {
            "@context": "https://schema.org",
            "@type": "Project",
            "@id": absolute(reverse("partnerships:twinning_detail", args=[twinning.slug])),
            "name": facts.title_of(twinning, parties).text,
            "foundingDate": _founded(twinning),
            "dissolutionDate": twinning.ended_on.isoformat() if twinning.ended_on else "",
            "member": [_member(row) for row in rows],
        }
    )


def _founded(twinning: Twinning) -> str:
    return twinning.signed_on.isoformat() if twinning.signed_on else str(twinning.since_year or "")


def _member(row: dict[str, Any]) -> dict[str, Any]:
    url = absolute(reverse("members:member_detail", args=[row["slug"]])) if row["slug"] else ""
    about = {
        "@type": "GovernmentOrganization",
        "name": row["name"].text,
        "@id": url,
        "address": {"@type": "PostalAddress", "addressCountry": row["code"]},
    }
    return {name: value for name, value in about.items() if value}
