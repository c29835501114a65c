"""Promises and what became of them: the figures of the Alliance and of a member, each a link to its rows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core.units import Unit, written
from members.models import Member
from members.names_shown import name_of
from partnerships.kept_words import AMOUNT_LABELS, FIGURE_LABELS, FIGURE_MEANINGS, RATE_MEANING, WHAT_COUNTS
from partnerships.views.kept_scope import Scope, export_links, figure_words, rate_of

# What stands beside the rate, and what it is made of.
CHAIN = ("committed", "delivered", "accepted", "late", "cancelled")
OUTCOMES = ("kept", "kept_late", "not_kept", "unconfirmed")
# Of the figures of one member those that its own page shows.
ON_MEMBER_PAGE = ("committed", "accepted", "late")


@require_safe
def kept_promises(request: HttpRequest) -> HttpResponse:
    """The Alliance as a whole."""
    context = {"blocks": [_block(Scope())], **_definitions()}
    return render(request, "partnerships/kept_promises.html", context)


@require_safe
def kept_promises_member(request: HttpRequest, slug: str) -> HttpResponse:
    """One member: what it promised, and what was promised to it where everyone may know."""
    member = get_object_or_404(Member.objects.listed(), slug=slug)
    given, received = Scope(giver=member), Scope(receiver=member)
    blocks = [
        _block(given, _("What it promised")) if given.figures["all"] or not received.figures["all"] else None,
        _block(received, _("What was promised to it")) if received.figures["all"] else None,
    ]
    shown = [block for block in blocks if block]
    context = {"member": member, "name": name_of(member), "blocks": shown, **_definitions()}
    return render(request, "partnerships/kept_promises.html", context)


def _block(scope: Scope, heading: str = "") -> dict[str, Any]:
    figures = scope.figures
    return {
        "heading": heading,
        "rate": rate_of(scope),
        "chain": [figure_words(scope, name) for name in CHAIN],
        "outcomes": [figure_words(scope, name) for name in OUTCOMES],
        "soft": figure_words(scope, "promised"),
        "money": _money_table(scope) if figures["all"] else None,
        "rows_url": scope.rows_url(),
        "exports": export_links(scope),
        "is_empty": not figures["all"],
    }


def _money_table(scope: Scope) -> dict[str, Any] | None:
    """Parameters of `components/table.html`: a row for each currency, each amount a link to its rows."""
    money = scope.money
    if not money:
        return None
    return {
        "columns": [
            {"label": pgettext("column of sums of money", "Currency")},
            *[{"label": str(label), "is_number": True} for label in AMOUNT_LABELS.values()],
        ],
        "rows": [
            [
                currency,
                *[
                    {
                        "text": written(amounts[name], Unit.MONEY, currency),
                        "href": scope.rows_url(name, currency=currency),
                    }
                    for name in AMOUNT_LABELS
                ],
            ]
            for currency, amounts in money.items()
        ],
    }


def _definitions() -> dict[str, Any]:
    return {
        "meanings": [
            {"term": str(label), "text": str(FIGURE_MEANINGS[name])} for name, label in FIGURE_LABELS.items()
        ],
        "rate_meaning": RATE_MEANING,
        "what_counts": WHAT_COUNTS,
    }


def on_member_page(member: Member) -> dict[str, Any]:
    """The section on the page of a member; empty when it neither promised nor was promised anything publicly."""
    given, received = Scope(giver=member), Scope(receiver=member)
    if not (given.figures["all"] or received.figures["all"]):
        return {}
    scope = given if given.figures["all"] else received
    return {
        "is_receiver": scope is received,
        "figures": [rate_of(scope), *(figure_words(scope, name) for name in ON_MEMBER_PAGE)],
        "rate_meaning": RATE_MEANING,
        "url": reverse("partnerships:kept_promises_member", args=[member.slug]),
    }
