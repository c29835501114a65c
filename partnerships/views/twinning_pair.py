"""What the parties of a twinning promised and delivered to each other: figures on its page, rows on a page of their
own. On a page that names both sides, what hides one of them is left out for the public."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.audience import Audience
from alliance.core.units import plain
from members.models import Member
from partnerships.kept_words import AMOUNT_LABELS, FIGURE_LABELS
from partnerships.models import Pledge, PledgeLine, Twinning
from partnerships.names_shown import named
from partnerships.permissions import audience_of_pledge, audience_of_twinning
from partnerships.views import pledge_facts
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_keeping import crumb_of, seen_twinning

NEWEST = [("created_at", "desc"), ("id", "desc")]
FIGURES = ("promised", "committed", "delivered", "accepted", "late")


def members_of(twinning: Twinning) -> list[Member]:
    """The parties whose ledger this is: members that stand by it now."""
    return [party.member for party in facts.public_parties(twinning) if party.member_id]


def pledges_of(twinning: Twinning, viewer: str) -> Any:
    return Pledge.objects.between(members_of(twinning)).shown_to(viewer)


def lines_of(twinning: Twinning, viewer: str) -> Any:
    """Lines whose quantities the reader may see. Of three parties one is no side of what the other two promise each
    other, and reads of it what every member reads."""
    is_side = viewer != Audience.PARTNER or len(members_of(twinning)) == 2
    lines = PledgeLine.objects.filter(pledge__in=pledges_of(twinning, viewer))
    return lines.for_audience(viewer if is_side else Audience.MEMBERS)


def pair_figures(twinning: Twinning, viewer: str) -> list[dict[str, str]]:
    """Parameters of `components/figures.html`; one query, none where fewer than two members are in it."""
    if len(members_of(twinning)) < 2:
        return []
    found = lines_of(twinning, viewer).figures()
    if not found["all"]:
        return []
    return [
        {"number": number_format(found[name], use_l10n=True), "label": str(FIGURE_LABELS[name])}
        for name in FIGURES
        if found[name]
    ]


@require_safe
def twinning_pledges(request: HttpRequest, slug: str) -> HttpResponse:
    """Figures, money, and every promise of the parties to each other, the newest first."""
    twinning = seen_twinning(request, slug)
    viewer = audience_of_twinning(request.user, twinning)
    page = lists.keyset_page(pledges_of(twinning, viewer).with_totals(), NEWEST, request.GET)
    context = {
        "figures": pair_figures(twinning, viewer),
        "money": _money(twinning, viewer),
        "table": _table(request, page.rows),
        "pages": page.links(request.GET),
        "is_narrowed": viewer == Audience.PUBLIC,
        **crumb_of(twinning),
    }
    return render(request, "partnerships/twinning_pledges.html", context)


def _money(twinning: Twinning, viewer: str) -> dict[str, Any]:
    """Parameters of `components/table.html`: money is the one thing that adds up, each currency apart."""
    amounts = lines_of(twinning, viewer).money()
    labels = [str(AMOUNT_LABELS[name]) for name in FIGURES]
    columns = [{"label": pgettext("column of promises", "Currency")}]
    return {
        "columns": columns + [{"label": label, "is_number": True} for label in labels],
        "rows": [
            [
                currency,
                *(number_format(plain(row[name]), use_l10n=True, force_grouping=True) for name in FIGURES),
            ]
            for currency, row in amounts.items()
        ],
    }


def _table(request: HttpRequest, pledges: list[Pledge]) -> dict[str, Any]:
    labels = [
        _("Pledge"),
        pgettext("column of promises", "From"),
        pgettext("column of promises", "To"),
        pgettext("of a pledge", "State"),
        _("To be delivered by"),
    ]
    return {
        "columns": [{"label": label} for label in labels],
        "rows": [_row(request, pledge) for pledge in pledges],
    }


def _row(request: HttpRequest, pledge: Pledge) -> list[Any]:
    viewer = audience_of_pledge(request.user, pledge)
    title = pledge_facts.title_of(pledge, viewer)
    due = pledge_facts.day(pledge.due_on)
    return [
        {
            "text": title["text"],
            "href": reverse("partnerships:pledge_detail", args=[pledge.slug]),
            "lang": title["language"] if title["is_other"] else "",
        },
        str(named(pledge, "giver", viewer).name),
        str(named(pledge, "receiver", viewer).name),
        pledge_facts.pill(pledge_facts.state_of(pledge), viewer)["label"],
        _("%(day)s, late") % {"day": due} if pledge_facts.is_late(pledge) else due or _("no day yet"),
    ]
