"""Reading needs and offers: lists with filters and counts, and the page of one. Nothing here needs a session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.audience import Audience, visible
from alliance.core.languages import shown
from members.models import Member
from partnerships.models import Appeal, Listing, ListingSearch, Match
from partnerships.models.search import KEYS
from partnerships.names_shown import named
from partnerships.permissions import (
    audience_of,
    can_edit_listing,
    can_publish_listing,
    can_renew_listing,
    can_request_match,
    can_withdraw_listing,
    reader_audience,
)
from partnerships.views.bars import bar, state
from partnerships.views.cards import json_ld, kind_label, line_text, lines_text, validity
from partnerships.views.filters import MOST, Filters
from partnerships.views.fragments import cards_of, filter_panel
from partnerships.views.hints import hints_of


@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, Listing.Kind.NEED)


@require_safe
def offer_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, Listing.Kind.OFFER)


@require_safe
def listing_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, "")


def _listings(request: HttpRequest, kind: str) -> HttpResponse:
    filters = Filters.of(request.GET, kind=kind, for_members=is_member(request))
    criteria = filters.criteria
    cursor = lists.read_cursor(ListingSearch, KEYS, request.GET)
    hits = ListingSearch.objects.ids(criteria, cursor, lists.PAGE_SIZE)
    page = lists.cut(hits, KEYS, cursor, lists.PAGE_SIZE)
    panel = filter_panel(filters)
    context = {
        "kind": kind,
        "q": filters.text,
        "until": filters.until.isoformat() if filters.until else "",
        "cards": cards_of(page.rows, for_members=filters.for_members),
        "pages": page.links(request.GET),
        "facets": panel.facets,
        "filter_groups": panel.html,
        "chips": filters.chips(request.GET, panel.facets),
        "kept": lists.kept(request.GET, "q"),
        "clear_url": request.path,
        "filter_count": filters.count,
        "total": count_words(panel.total, kind, is_exact=panel.is_exact),
        "is_member": criteria.for_members,
        "save_url": f"{reverse('partnerships:saved_search_create')}?"
        + "&".join(part for part in (f"list={kind}" if kind else "", filters.address) if part),
    }
    return render(request, "partnerships/listing_list.html", context)


def is_member(request: HttpRequest) -> bool:
    """Whether the reader finds what is for members, as the desk does; anonymous visitors cost no query."""
    return bool(acting_member(request)) or reader_audience(request.user) != Audience.PUBLIC


def count_words(count: int, kind: str, *, is_exact: bool) -> str:
    """“128 needs”, “20,000+ offers”."""
    number = {"number": lists.written_count(count, cap=MOST, at_least=not is_exact)}
    if kind == Listing.Kind.NEED:
        return ngettext("%(number)s need", "%(number)s needs", count) % number
    if kind == Listing.Kind.OFFER:
        return ngettext("%(number)s offer", "%(number)s offers", count) % number
    return ngettext("%(number)s result", "%(number)s results", count) % number


@require_safe
def listing_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Listing.objects.visible_to(acting_member(request), viewer=reader_audience(request.user))
    return listing_page(request, get_object_or_404(rows.with_facts(), slug=slug))


def acting_member(request: HttpRequest) -> Member | None:
    """The member that the reader acts for; anonymous visitors cost no query."""
    return (request.member or None) if request.user.is_authenticated else None


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
            "can_edit": can_edit_listing(user, listing),
            "can_publish": can_publish_listing(user, listing),
            "can_withdraw": can_withdraw_listing(user, listing),
            "can_renew": can_renew_listing(user, listing),
        }
    elif member:
        context |= {
            "match": Match.objects.between(member, listing.member, listing).open().first(),
            "can_request": can_request_match(user, member, listing),
        }
    return render(request, "partnerships/listing_detail.html", context, status=status)


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
        ("lines", _("Quantity"), lines_text(listing)),
        ("sectors", _("Sector"), "\n".join(sectors)),
        ("slug", _("Place"), named(listing, "member", viewer).place),
        ("expires_on", pgettext("of a need or offer", "Validity"), validity(listing)),
        ("slug", _("Who may read it"), listing.get_audience_display()),
    ]
    shown_facts = [
        {"term": term, "text": text}
        for field, term, text in facts
        if text and visible(listing, field, viewer)
    ]
    return shown_facts + appeal_fact(listing, viewer)


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
