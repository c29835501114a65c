"""Partnerships for everyone: the list with its filters, and what it says of the goal."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.countries import country_name
from members.models import Member
from partnerships.models import Twinning
from partnerships.names_shown import party_named
from partnerships.views import twinning_facts as facts
from partnerships.views.goal import goal_facts
from partnerships.views.twinning_filters import NEWEST, Filters, count_words, export_links, query_of

MOST_OF_MEMBER = 50


@require_safe
def twinning_list(request: HttpRequest) -> HttpResponse:
    filters = Filters.of(request.GET)
    page = filters.page(request.GET)
    counts = filters.counts()
    groups = filters.facets(counts)
    context = {
        "q": filters.criteria.text,
        "sort": filters.sort,
        "cards": [card(twinning) for twinning in page.rows],
        "pages": page.links(request.GET),
        "facets": groups,
        "chips": filters.chips(request.GET, groups),
        "kept": lists.kept(request.GET, "q"),
        "clear_url": request.path,
        "filter_count": filters.count,
        "total": count_words(counts),
        "sort_links": sort_links(filters, request.GET),
        "exports": export_links(request.GET),
        "map_url": reverse("partnerships:twinning_map") + query_of(request.GET),
        "goal": goal_facts(),
    }
    return render(request, "partnerships/twinning_list.html", context)


def sort_links(filters: Filters, params: QueryDict) -> list[dict[str, Any]]:
    return [
        {
            "label": _("name of the hromada"),
            "url": lists.address(params, sort=None),
            "is_current": not filters.sort,
        },
        {
            "label": _("newest on the portal"),
            "url": lists.address(params, sort=NEWEST),
            "is_current": filters.sort == NEWEST,
        },
    ]


def card(twinning: Twinning) -> dict[str, Any]:
    """Parameters of `components/card.html`; its parties must be prefetched."""
    parties = facts.public_parties(twinning)
    title = facts.title_of(twinning, parties)
    pill = facts.stage_pill(twinning)
    return {
        "title": title.text,
        "href": reverse("partnerships:twinning_detail", args=[twinning.slug]),
        "language": title.language if title.is_other else "",
        "kind_label": pill["label"],
        "kind": pill["tone"],
        "place": _where(parties),
        "facts": [text for text in (_names(twinning, parties), _number(parties), _since(twinning)) if text],
    }


def _where(parties: list[Any]) -> str:
    """“Lviv Oblast, Poland”: oblasts of the Ukrainian side, countries of the others."""
    words = [
        (party_named(party).place or country_name("UA"))
        if party.country == "UA"
        else country_name(party.country)
        for party in parties
    ]
    return ", ".join(dict.fromkeys(words))


def _names(twinning: Twinning, parties: list[Any]) -> str:
    """The parties, where the title is another."""
    return " – ".join(party_named(party).name.text for party in parties) if twinning.title else ""


def _number(parties: list[Any]) -> str:
    """Two is the rule, and not said."""
    if len(parties) < 3:
        return ""
    return ngettext("%(number)s partner", "%(number)s partners", len(parties)) % {"number": len(parties)}


def _since(twinning: Twinning) -> str:
    since = facts.since_text(twinning)
    return _("since %(day)s") % {"day": since} if since else ""


def on_member_page(member: Member) -> list[dict[str, Any]]:
    """Cards for the page of a member: what it stands by, and what was entered for its place from a source."""
    rows = Twinning.objects.public().alive().standing_of(member).with_parties().newest_first()
    return [card(twinning) for twinning in rows[:MOST_OF_MEMBER]]
