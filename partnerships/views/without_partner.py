"""Hromadas that are still without a partner abroad: oblast by oblast, then one by one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.languages import reader_language
from members import map as maps
from members.models import Member, Place
from members.names_shown import name_of
from partnerships.models.twinning_queries import OblastCount, counts_by_oblast, without_partner
from partnerships.views.goal import share_of, written

CREDIT_OBLASTS = "https://mapsvg.com/maps/ukraine"


@require_safe
def without_partner_list(request: HttpRequest) -> HttpResponse:
    """All oblasts with their numbers; with `?region=` the hromadas of one of them."""
    counts = counts_by_oblast()
    order = f"sort_{reader_language()}"
    regions = list(Place.objects.regions_of("UA").order_by(order, "id"))
    chosen = next((region for region in regions if region.code == request.GET.get("region")), None)
    rows = [_row(region, counts[region.pk]) for region in regions if region.pk in counts]
    goal = [row for row in rows if not row["is_apart"]]
    ukraine = maps.ukraine()
    context = {
        "columns": _columns(),
        "rows": [row["cells"] for row in goal],
        "apart": [row["cells"] for row in rows if row["is_apart"]],
        "cities": [region.name for region in regions if region.category == Place.CITY],
        "goal": share_of(*(sum(row[name] for row in goal) for name in ("partnered", "hromadas"))),
        "chosen": _chosen(chosen, counts, request) if chosen and chosen.pk in counts else None,
        "drawing": _drawing(ukraine, rows) if ukraine and rows else None,
        "here": request.path,
        "credit_oblasts": CREDIT_OBLASTS,
    }
    return render(request, "partnerships/without_partner.html", context)


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Oblast")},
        {"label": _("Hromadas"), "is_number": True},
        {"label": capfirst(pgettext("hromadas", "with a partner")), "is_number": True},
        {"label": capfirst(pgettext("hromadas", "without one")), "is_number": True},
    ]


def _row(region: Place, count: OblastCount) -> dict[str, Any]:
    share = count.partnered / count.hromadas
    return {
        "key": region.code[:4],
        "name": region.name,
        "is_apart": region.code.startswith(Place.CRIMEA),
        "hromadas": count.hromadas,
        "partnered": count.partnered,
        "alone": count.alone,
        "cells": [
            {"text": region.name, "href": f"?{urlencode({'region': region.code})}#hromadas"},
            written(count.hromadas),
            written(count.partnered),
            written(count.alone),
        ],
        "url": f"?{urlencode({'region': region.code})}#hromadas",
        "tone": sum(share >= step for step in (0.01, 0.34, 0.67)),
        "label": pgettext("area of the map", "%(area)s: %(words)s")
        % {"area": region.name, "words": alone_words(count.alone)},
    }


def alone_words(count: int) -> str:
    return ngettext(
        "%(number)s hromada without a partner", "%(number)s hromadas without a partner", count
    ) % {"number": written(count)}


def _drawing(drawn: maps.Drawing, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Oblasts, the darker the more hromadas have a partner; Kyiv and Sevastopol are cities, and pale."""
    known = {row["key"]: row for row in rows}
    areas = [{"path": area.path, **known[area.key]} for area in drawn.areas if area.key in known]
    plain = [{"path": area.path, "url": "", "tone": 0} for area in drawn.areas if area.key not in known]
    return {"width": drawn.width, "height": drawn.height, "land": drawn.land, "areas": [*areas, *plain]}


def _chosen(region: Place, counts: dict[int, OblastCount], request: HttpRequest) -> dict[str, Any]:
    """Its hromadas without a partner, a page of them by name."""
    rows = without_partner(Place.objects.hromadas().filter(region=region)).select_related("parent")
    order = [(f"sort_{reader_language()}", "asc"), ("id", "asc")]
    page = lists.keyset_page(rows, order, request.GET)
    ids = [place.pk for place in page.rows]
    held = Member.objects.filter(place__in=ids, status__in=[*Member.HOLDING, *Member.APPLYING])
    members = {member.place_id: member for member in held.order_by("-id")}
    return {
        "name": region.name,
        "words": alone_words(counts[region.pk].alone),
        "rows": [_hromada(place, members.get(place.pk)) for place in page.rows],
        "pages": page.links(request.GET),
    }


def _hromada(place: Place, member: Member | None) -> dict[str, Any]:
    """Leads to the member's page where there is one, else to where somebody claims it."""
    facts = [place.parent.name] if place.parent else []
    if place.population:
        facts.append(
            ngettext("%(number)s inhabitant", "%(number)s inhabitants", place.population)
            % {"number": written(place.population)}
        )
    row = {"name": place.name, "facts": "\u00a0· ".join(facts), "lang": "", "url": "", "verb": "", "mark": ""}
    if member is None:
        claim = f"{reverse('members:join_start')}?{urlencode({'place': place.code})}"
        return row | {"url": claim, "verb": _("Claim this place")}
    if member.status == Member.Status.APPROVED:
        name = name_of(member)
        return row | {
            "name": name.text,
            "lang": name.language if name.is_other else "",
            "url": reverse("members:member_detail", args=[member.slug]),
            "mark": pgettext("mark at a place", "Member"),
        }
    return row | {"mark": _("Application under way") if member.status in Member.APPLYING else ""}
