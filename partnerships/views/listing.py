"""The page of one need or offer: what its reader may see of it, and what its own people can do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core.audience import visible
from alliance.core.languages import reader_language, shown
from members.models import Place
from partnerships import dream
from partnerships.links import LAST_DAY, STILL, holds_path
from partnerships.models import Appeal, Listing, Match, ReviewRule
from partnerships.names_shown import named
from partnerships.permissions import (
    audience_of,
    can_edit_listing,
    can_promise_pledge,
    can_publish_listing,
    can_renew_listing,
    can_request_match,
    can_withdraw_listing,
    can_write,
    reader_audience,
)
from partnerships.views.bars import bar, state
from partnerships.views.cards import json_ld, kind_label, line_text, unconfirmed, validity
from partnerships.views.files import files_of
from partnerships.views.hints import hints_of
from partnerships.views.line_table import line_table
from partnerships.views.readers import acting_member

FOREIGN = "nofollow noopener external"
# Where the words of the desk still stand for its own people to act on.
ASKED_BY_DESK = [Listing.Status.DRAFT, Listing.Status.WITHDRAWN]


@require_safe
def listing_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Listing.objects.visible_to(acting_member(request), viewer=reader_audience(request.user))
    rows = rows.with_facts().select_related("handover__region", "appeal").prefetch_related("files")
    return listing_page(request, get_object_or_404(rows, slug=slug))


def listing_page(request: HttpRequest, listing: Listing, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of a listing the reader may see; also the preview of a draft, and what a refused verb returns to."""
    user, member = request.user, acting_member(request)
    is_own = member is not None and member.pk == listing.member_id
    viewer = audience_of(user, listing)
    title = shown(listing, "title")
    owner = named(listing, "member", viewer)
    context = {
        "listing": listing,
        "title": title,
        "text": shown(listing, "text") if visible(listing, "text", viewer) else "",
        "kind_label": kind_label(listing.kind),
        "facts": detail_facts(listing, viewer),
        "lines": line_table(listing, viewer),
        "files": files_of(listing, viewer),
        "notes": notes_of(listing, viewer),
        "coverage": coverage_facts(listing) if visible(listing, "lines", viewer) else {},
        "owner": owner,
        "owner_url": reverse("members:member_detail", args=[owner.slug]) if owner.slug else "",
        "back": _back(listing),
        "is_own": is_own,
        "is_open": listing.is_open,
        "json_ld": json_ld(listing) if listing.is_open and listing.audience == "public" else "",
        **extra,
    }
    if member:
        context["hints"] = hints_of(listing, member, viewer)
    if is_own:
        context |= {
            "missing": missing_words(listing),
            "is_read_first": is_read_first(listing),
            "holds_url": holds_url(user, listing),
            "desk_message": listing.desk_message if listing.status in ASKED_BY_DESK else "",
            "can_edit": can_edit_listing(user, listing),
            "can_publish": can_publish_listing(user, listing),
            "can_withdraw": can_withdraw_listing(user, listing),
            "can_renew": can_renew_listing(user, listing),
        }
    elif member:
        context |= {
            "match": Match.objects.between(member, listing.member, listing).open().first(),
            "can_request": can_request_match(user, member, listing),
            "can_promise": listing.is_need
            and listing.is_open
            and visible(listing, "lines", viewer)
            and can_promise_pledge(user, member, listing.member),
            "can_report": True,  # whoever acts for another member
        }
    return render(request, "partnerships/listing_detail.html", context, status=status)


def holds_url(user: Any, listing: Listing) -> str:
    """Where its people say that it still holds, once it ends soon or they were asked; empty for the others."""
    if not can_write(user, listing):
        return ""
    if listing.is_ending:
        return holds_path(listing, user, LAST_DAY)
    is_asked = listing.status == Listing.Status.PUBLISHED and listing.asked_at is not None
    return holds_path(listing, user, STILL) if is_asked else ""


def is_read_first(listing: Listing) -> bool:
    """Whether publishing leads to the desk: what was read before and did not change is published at once."""
    was_read = listing.published_at is not None and listing.unread_since is None
    is_ahead = listing.status == Listing.Status.DRAFT or listing.status in Listing.ENDED
    return is_ahead and not was_read and ReviewRule.objects.reads_first(listing.member)


def coverage_facts(listing: Listing) -> dict[str, Any]:
    """For `_coverage.html`: how a need stands, as a whole and line by line; empty for an offer."""
    coverage = listing.coverage
    if coverage is None:
        return {}
    lines = [
        {
            "text": line_text(line, line.quantity, listing.original_language),
            "bar": bar(line.coverage),
            "state": state(line.coverage),
        }
        for line in listing.lines.all()
    ]
    return {"bar": bar(coverage), "state": state(coverage), "lines": lines if len(lines) > 1 else []}


def detail_facts(listing: Listing, viewer: str) -> list[dict[str, str]]:
    """Parameters of `components/definitions.html`, for an audience."""
    sectors = [
        f"{sector.parent.name} – {sector.name}" if sector.parent_id else sector.name
        for sector in listing.sectors.all()
    ]
    facts = [
        ("urgency", pgettext("of a need or offer", "Urgency"), urgency_text(listing)),
        ("sectors", _("Sectors"), "\n".join(sectors)),
        ("slug", _("Place"), named(listing, "member", viewer).place),
        ("handover", _("Place of hand-over"), place_text(listing.handover)),
        ("transport_by", _("Transport is paid by"), listing.get_transport_by_display()),
        ("expires_on", pgettext("of a need or offer", "Validity"), validity(listing)),
        ("confirmed_at", pgettext("of a need or offer", "Confirmed"), unconfirmed(listing, viewer)),
        ("slug", _("Who may read it"), listing.get_audience_display()),
    ]
    shown_facts = [
        {"term": term, "text": text}
        for field, term, text in facts
        if text and visible(listing, field, viewer)
    ]
    return shown_facts + appeal_fact(listing, viewer) + dream_fact(listing, viewer)


def appeal_fact(listing: Listing, viewer: str) -> list[dict[str, str]]:
    """The appeal that it is attached to, once everyone may see that one."""
    appeal = listing.appeal
    if appeal is None or appeal.status == Appeal.Status.DRAFT or not visible(listing, "appeal", viewer):
        return []
    title = shown(appeal, "title")
    return [
        {
            "term": pgettext("kind of entry", "Appeal"),
            "text": title.text,
            "href": reverse("partnerships:appeal_detail", args=[appeal.slug]),
            "lang": title.language if title.is_other else "",
        }
    ]


def dream_fact(listing: Listing, viewer: str) -> list[dict[str, str]]:
    """The project of DREAM that a need is part of, with its page there."""
    project = listing.dream_id
    if not project or not visible(listing, "dream_id", viewer):
        return []
    address = dream.page_of(project, reader_language())
    return [{"term": _("Project in DREAM"), "text": project, "href": address, "rel": FOREIGN}]


def urgency_text(listing: Listing) -> str:
    """Nothing to say of what is not urgent."""
    return listing.get_urgency_display() if listing.urgency != Listing.Urgency.NORMAL else ""


def place_text(place: Place | None) -> str:
    if place is None:
        return ""
    region = place.region.name if place.region and place.region_id != place.pk else ""
    return ", ".join(filter(None, [place.name, region]))


def notes_of(listing: Listing, viewer: str) -> list[dict[str, str]]:
    """What is written for partners or the desk, for whom it is written."""
    notes = [
        ("partner_note", _("For the partner only"), listing.partner_note),
        ("desk_note", _("For the secretariat only"), listing.desk_note),
    ]
    return [
        {"title": title, "text": text}
        for field, title, text in notes
        if text and visible(listing, field, viewer)
    ]


def missing_words(listing: Listing) -> list[str]:
    words = {
        "title": _("a title"),
        "text": _("a description"),
        "sectors": _("a sector"),
        "item": _("a quantity"),
        "expires_on": _("a day until which it is valid"),
        "names_no_site_confirmed_at": _("your confirmation that the text names no site"),
    }
    ended = listing.status in Listing.ENDED
    return [words[name] for name in listing.missing if not (ended and name == "expires_on")]


def _back(listing: Listing) -> dict[str, str]:
    if listing.is_need:
        return {"url": reverse("partnerships:need_list"), "label": _("Needs")}
    return {"url": reverse("partnerships:offer_list"), "label": _("Offers")}
