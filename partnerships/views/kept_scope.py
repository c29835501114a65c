"""Whose promises are counted, what the figures are, and how they are written: for the pages, the rows and the files.

Everybody reads the same, members and the desk too: a figure here is one that a reader without an account can recount.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.core import freshness
from alliance.core.audience import Audience
from alliance.core.currencies import CURRENCIES
from alliance.core.units import Unit
from members.models import Member
from partnerships.kept_words import FIGURE_LABELS
from partnerships.models import PledgeLine

REMEMBERED_SECONDS = 3600
FORMATS = ("csv", "json")


@dataclass(frozen=True)
class Scope:
    """Whose promises, and in which currency; without anything all of the Alliance."""

    giver: Member | None = None
    receiver: Member | None = None
    currency: str = ""

    @classmethod
    def of(cls, params: QueryDict) -> "Scope":
        """From the address of a list; a member that nobody may know is not found."""
        members = Member.objects.filter(approved_at__isnull=False)
        sides = {
            side: get_object_or_404(members, slug=params[side])
            for side in ("giver", "receiver")
            if params.get(side)
        }
        currency = params.get("currency", "")
        return cls(**sides, currency=currency if currency in CURRENCIES else "")

    @property
    def params(self) -> dict[str, str]:
        found = {"giver": self.giver and self.giver.slug, "receiver": self.receiver and self.receiver.slug}
        return {name: value for name, value in (found | {"currency": self.currency}).items() if value}

    @property
    def rows(self) -> QuerySet:
        rows = PledgeLine.objects.for_audience(Audience.PUBLIC)
        if self.giver:
            rows = rows.publicly_given_by(self.giver)
        if self.receiver:
            rows = rows.publicly_received_by(self.receiver)
        return rows.filter(unit=Unit.MONEY, currency=self.currency) if self.currency else rows

    def rows_url(self, figure: str = "", **more: str) -> str:
        query = {"figure": figure, **self.params, **more} if figure else {**self.params, **more}
        return reverse("partnerships:kept_promises_rows") + (f"?{urlencode(query)}" if query else "")

    @cached_property
    def figures(self) -> dict[str, int]:
        return self._remembered("figures")

    @cached_property
    def money(self) -> dict[str, dict[str, Decimal]]:
        return self._remembered("money")

    def _remembered(self, what: str) -> Any:
        """Counted anew after every write anywhere (`core.freshness`) and every midnight, so never behind the rows."""
        version, today = freshness.version(), timezone.localdate()
        key = f"kept-promises:{what}:{version}:{today}:{urlencode(self.params)}"
        found = cache.get(key) if version else None
        if found is None:
            found = getattr(self.rows, what)(today)
            if version:
                cache.set(key, found, REMEMBERED_SECONDS)
        return found


def rate_of(scope: Scope) -> dict[str, str]:
    """“72%” and “18 of 25 promises …”, a link to those that it is made of; a dash while nothing is counted."""
    figures = scope.figures
    counted, kept = figures["counted"], figures["kept"]
    if not counted:
        return {"number": "–", "label": _("no promise has a known outcome yet"), "href": ""}
    share = pgettext("share", "%(number)s%%") % {"number": kept * 100 // counted}
    words = ngettext(
        "of promises kept: %(kept)s of %(counted)s with a known outcome",
        "of promises kept: %(kept)s of %(counted)s with a known outcome",
        counted,
    )
    label = words % {"kept": number(kept), "counted": number(counted)}
    return {"number": share, "label": label, "href": scope.rows_url("counted")}


def figure_words(scope: Scope, name: str) -> dict[str, str]:
    """Parameters of `components/figures.html`."""
    return {
        "number": number(scope.figures[name]),
        "label": str(FIGURE_LABELS[name]),
        "href": scope.rows_url(name),
    }


def number(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)


def export_links(scope: Scope, figure: str = "") -> list[dict[str, str]]:
    """The same rows as files."""
    query = urlencode({**({"figure": figure} if figure else {}), **scope.params})
    return [
        {
            "label": kind.upper(),
            "url": reverse("partnerships:kept_promises_file", args=[kind]) + (f"?{query}" if query else ""),
        }
        for kind in FORMATS
    ]
