"""Appeals for everyone: the list, the page with its progress, and the rows behind each figure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.languages import shown
from alliance.core.units import written
from partnerships.models import Appeal, Listing, PledgeLine
from partnerships.names_shown import named
from partnerships.permissions import kinds_of, may_follow, reader_audience
from partnerships.views.bars import bar
from partnerships.views.browse import acting_member
from partnerships.views.cards import card, line_text
from partnerships.views.pledge_facts import item_label
from partnerships.views.progress import (
    FIGURES,
    Progress,
    TargetLine,
    definition,
    figure_labels,
    figures_words,
    progress_of,
    rows_of,
    whole_words,
)

NEWEST = [("opened_at", "desc"), ("id", "desc")]
NEWEST_LISTINGS = [("published_at", "desc"), ("id", "desc")]
ROWS = [("id", "desc")]
# So many needs and offers stand on the page itself; the rest has a list of its own.
SHOWN = 4
PAGES = {Listing.Kind.NEED: "appeal_needs", Listing.Kind.OFFER: "appeal_offers"}


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    """Running ones and closed ones, the newest first."""
    page = lists.keyset_page(Appeal.objects.public().with_target(), NEWEST, request.GET)
    context = {
        "cards": appeal_cards(page.rows, reader_audience(request.user)),
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/appeal_list.html", context)


def appeal_cards(appeals: list[Appeal], viewer: str) -> list[dict[str, Any]]:
    """Parameters of `components/card.html` for appeals with their targets, in a fixed number of queries."""
    progress = progress_of(appeals, viewer)
    counts = Listing.objects.open().for_audience(viewer).counts_by_appeal(appeals)
    return [_card(appeal, progress[appeal.pk], counts.get(appeal.pk, {})) for appeal in appeals]


def _card(appeal: Appeal, progress: Progress, counts: dict[str, int]) -> dict[str, Any]:
    title, whole, state = shown(appeal, "title"), progress.whole, appeal_state(appeal)
    attached = [attached_words(kind, counts.get(kind, 0)) for kind in Listing.Kind.values]
    return {
        "title": title.text,
        "language": title.language if title.is_other else "",
        "is_machine": title.is_machine,
        "href": reverse("partnerships:appeal_detail", args=[appeal.slug]),
        "kind": "info",
        "kind_label": pgettext("kind of entry", "Appeal"),
        "state": "" if appeal.is_running else state,
        "coverage": bar(whole) if whole else None,
        "facts": [deadline_words(appeal), *attached],
    }


def attached_words(kind: str, count: int) -> str:
    number = {"number": lists.written_count(count)}
    if kind == Listing.Kind.NEED:
        return ngettext("%(number)s open need", "%(number)s open needs", count) % number
    return ngettext("%(number)s open offer", "%(number)s open offers", count) % number


def appeal_state(appeal: Appeal) -> str:
    """What a reader calls it; past its day it is closed, also before the sweep says so."""
    return appeal.get_status_display() if appeal.is_running else str(Appeal.Status.CLOSED.label)


def deadline_words(appeal: Appeal) -> str:
    day = date_format(appeal.deadline, "DATE_FORMAT")
    if not appeal.is_running:
        return _("was open until %(date)s") % {"date": day}
    if appeal.deadline == timezone.localdate():
        return _("open until today")
    return _("open until %(date)s") % {"date": day}


@require_safe
def appeal_detail(request: HttpRequest, slug: str) -> HttpResponse:
    appeal = _public(slug)
    viewer, member = reader_audience(request.user), acting_member(request)
    progress = progress_of([appeal], viewer)[appeal.pk]
    whole = progress.whole
    listings = Listing.objects.open().for_audience(viewer).filter(appeal=appeal)
    counts = listings.counts_by_appeal([appeal]).get(appeal.pk, {})
    context = {
        "appeal": appeal,
        "title": shown(appeal, "title"),
        "text": shown(appeal, "text"),
        "state": appeal_state(appeal),
        "deadline": deadline_words(appeal),
        "is_running": appeal.is_running,
        "bar": bar(whole) if whole else None,
        "figures": _figures(appeal, progress),
        "lines": [_line(appeal, target) for target in progress.lines],
        "definition": definition(),
        "attached": [
            _attached(appeal, kind, listings.filter(kind=kind), counts.get(kind, 0), viewer) for kind in PAGES
        ],
        "kinds": kinds_of(member) if member and appeal.is_running else [],
        "is_member": member is not None,
    }
    return render(request, "partnerships/appeal_detail.html", context)


def _public(slug: str) -> Appeal:
    return get_object_or_404(Appeal.objects.public().with_target(), slug=slug)


def _figures(appeal: Appeal, progress: Progress) -> list[dict[str, str]]:
    return whole_words(progress, appeal) if progress.whole else []


def _line(appeal: Appeal, target: TargetLine) -> dict[str, Any]:
    return {
        "text": line_text(target.line, target.line.quantity, appeal.original_language),
        "bar": bar(target.coverage),
        "figures": figures_words(target, appeal),
    }


def _attached(appeal: Appeal, kind: str, listings: Any, count: int, viewer: str) -> dict[str, Any]:
    rows = listings.newest_first().with_facts()[:SHOWN] if count else []
    return {
        "heading": attached_words(kind, count),
        "cards": [card(listing, viewer) for listing in rows],
        "more": reverse(f"partnerships:{PAGES[kind]}", args=[appeal.slug]) if count > SHOWN else "",
        "kind": kind,
    }


@require_safe
def appeal_needs(request: HttpRequest, slug: str) -> HttpResponse:
    return _listings(request, slug, Listing.Kind.NEED)


@require_safe
def appeal_offers(request: HttpRequest, slug: str) -> HttpResponse:
    return _listings(request, slug, Listing.Kind.OFFER)


def _listings(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """All open needs, or offers, of an appeal."""
    appeal, viewer = _public(slug), reader_audience(request.user)
    listings = Listing.objects.open().for_audience(viewer).filter(appeal=appeal, kind=kind)
    page = lists.keyset_page(listings.with_facts(), NEWEST_LISTINGS, request.GET)
    context = {
        "title": shown(appeal, "title"),
        "back": reverse("partnerships:appeal_detail", args=[slug]),
        "kind": kind,
        "cards": [card(listing, viewer) for listing in page.rows],
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/appeal_listings.html", context)


@require_safe
def appeal_pledges(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows behind a figure: each promised line that counts, with its own part of the sum."""
    appeal, viewer = _public(slug), reader_audience(request.user)
    progress = progress_of([appeal], viewer)[appeal.pk]
    figure = request.GET.get("figure", "") if request.GET.get("figure") in FIGURES else ""
    chosen = [each for each in progress.lines if each.line.slug == request.GET.get("line")]
    targets = chosen or progress.lines
    rows = rows_of(appeal, viewer, targets, figure)
    page = lists.keyset_page(rows, ROWS, request.GET, lists.PAGE_SIZE)
    context = {
        "title": shown(appeal, "title"),
        "back": reverse("partnerships:appeal_detail", args=[slug]),
        "columns": _columns(),
        "rows": [_row(row, targets, viewer) for row in page.rows],
        "pages": page.links(request.GET),
        "links": _figure_links(request, figure),
        "line": line_text(chosen[0].line, chosen[0].line.quantity, appeal.original_language)
        if chosen
        else "",
        "all_url": lists.address(request.GET, line=None) if chosen else "",
        "definition": definition(),
    }
    return render(request, "partnerships/appeal_pledges.html", context)


def _columns() -> list[dict[str, Any]]:
    labels = [(_("Giver"), False), (_("Receiver"), False), (_("What"), False)]
    labels += [(capfirst(label), True) for label in figure_labels()]
    return [{"label": label, "is_number": is_number} for label, is_number in labels]


def _row(row: PledgeLine, targets: list[TargetLine], viewer: str) -> list[Any]:
    pledge, target = row.pledge, next(each for each in targets if each.counts(row))
    part = target.part_of(row)
    return [
        _member_cell(pledge, "giver", viewer),
        _member_cell(pledge, "receiver", viewer),
        _item_cell(row, viewer),
        *(written(getattr(part, name), part.unit, target.line.currency) for name in FIGURES),
    ]


def _item_cell(row: PledgeLine, viewer: str) -> dict[str, str] | str:
    """The item, which leads to its promise where the reader may follow that."""
    text, pledge = item_label(row, row.pledge, viewer), row.pledge
    if not may_follow(pledge, viewer):
        return text
    return {"text": text, "href": reverse("partnerships:pledge_detail", args=[pledge.slug])}


def _member_cell(pledge: Any, side: str, viewer: str) -> dict[str, str] | str:
    member = named(pledge, side, viewer)
    if not member.slug:
        return member.name.text
    return {
        "text": member.name.text,
        "href": reverse("members:member_detail", args=[member.slug]),
        "lang": member.name.language if member.name.is_other else "",
    }


def _figure_links(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    names = [("", pgettext("figures of an appeal", "all")), *zip(FIGURES, figure_labels(), strict=True)]
    return [
        {
            "label": label,
            "href": lists.address(request.GET, figure=name or None),
            "is_current": name == chosen,
        }
        for name, label in names
    ]
