"""The public register: members as cards, found by filters and any spelling. Nothing here needs a session."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.countries import country_name, language_name
from alliance.core.languages import reader_language
from members.models import Member
from members.models.member_search import COUNT_SCAN
from members.names_shown import name_of
from members.views.register_filters import NEWEST, Counts, Filters

FORMATS = ("csv", "xlsx", "json", "geojson")


@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    filters = Filters.of(request.GET)
    page = page_of(filters, request.GET)
    counts = filters.counts()
    facets = filters.facets(counts)
    context = {
        "q": filters.criteria.text,
        "sort": filters.sort,
        "cards": [card(member) for member in page.rows],
        "pages": page.links(request.GET),
        "facets": [facet for facet in facets if facet.name != "association"],
        "association": filters.criteria.association,
        "chips": filters.chips(request.GET, facets),
        "kept": lists.kept(request.GET, "q"),
        "clear_url": request.path,
        "filter_count": filters.count,
        "total": count_words(counts),
        "sort_links": sort_links(filters, request.GET),
        "exports": export_links(request.GET),
        "map_url": reverse("members:member_map"),
    }
    return render(request, "members/member_list.html", context)


def page_of(filters: Filters, params: QueryDict) -> lists.Page:
    """One page of members; with a search text the names that are written like it come first."""
    rows = Member.objects.listed().found(filters.criteria).with_facts()
    keys = filters.keys
    if filters.criteria.text and not filters.sort:
        rows, keys = rows.ranked(filters.criteria.text), [("rank", "asc"), *keys]
    return lists.keyset_page(rows, keys, params)


def count_words(counts: Counts) -> str:
    """“128 members”, “1,000+ members”."""
    count = counts[""].get("", 0)
    number = {"number": lists.written_count(count, cap=COUNT_SCAN)}
    return ngettext("%(number)s member", "%(number)s members", count) % number


def sort_links(filters: Filters, params: QueryDict) -> list[dict[str, Any]]:
    by_name = _("best match, then name") if filters.criteria.text else _("name")
    return [
        {"label": by_name, "url": lists.address(params, sort=None), "is_current": not filters.sort},
        {
            "label": _("newest members"),
            "url": lists.address(params, sort=NEWEST),
            "is_current": filters.sort == NEWEST,
        },
    ]


def export_links(params: QueryDict) -> list[dict[str, str]]:
    """The list as it is filtered, as files."""
    names = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GeoJSON"}
    query = lists.address(params).removeprefix("?")
    return [
        {
            "label": names[kind],
            "url": reverse("members:member_export", args=[kind]) + (f"?{query}" if query else ""),
        }
        for kind in FORMATS
    ]


def card(member: Member) -> dict[str, Any]:
    """Parameters of `components/member_card.html`."""
    name = name_of(member)
    facts = []
    if member.population:
        number = number_format(member.population, use_l10n=True, force_grouping=True)
        facts.append(
            ngettext("%(number)s inhabitant", "%(number)s inhabitants", member.population)
            % {"number": number}
        )
    if member.languages_spoken:
        facts.append(_("languages: %(languages)s") % {"languages": languages_of(member)})
    return {
        "name": name.text,
        "language": name.language if name.is_other else "",
        "href": reverse("members:member_detail", args=[member.slug]),
        "kind_label": member.kind_name,
        "place": region_of(member),
        "country": country_name(member.country) if member.country else "",
        "facts": facts,
        "logo_url": reverse("members:member_logo", args=[member.slug]) if member.logo else "",
    }


def region_of(member: Member) -> str:
    """The oblast or region around it; nothing for a region itself and for a city that is its own."""
    region = member.place.region if member.place else None
    return region.name if region and region.pk != member.place_id else ""


def languages_of(member: Member) -> str:
    """“Ukrainian, English”: the reader's own first."""
    codes = sorted(member.languages_spoken, key=lambda code: code != reader_language())
    return ", ".join(language_name(code) for code in codes)
