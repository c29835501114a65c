"""What an address of the list of twinnings asks for: criteria, groups with counts, chips; its map and files read it."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.core import filtered, lists
from alliance.core.countries import country_name
from alliance.core.filtered import NEWEST, Counts
from alliance.core.languages import reader_language
from members.models import Place
from partnerships.models import Twinning
from partnerships.models.twinning_search import MANY, Criteria

SHAPES = {
    "country": re.compile(r"[A-Z]{2}"),
    "region": re.compile(r"[A-Za-z0-9_-]{2,40}"),
    "stage": re.compile("|".join(Twinning.Status.values)),
    "parties": re.compile(r"[234]"),
}
FORMATS = {"csv": "CSV", "json": "JSON", "geojson": "GeoJSON"}


class Filters(filtered.Filters):
    """The filters and the order of one address of the list of twinnings."""

    SHAPES = SHAPES
    CRITERIA = Criteria

    @property
    def rows(self) -> QuerySet:
        """What list, map and files show alike."""
        return Twinning.objects.public().found(self.criteria)

    def page(self, params: QueryDict) -> lists.Page:
        rows = self.rows.with_parties()
        if self.sort == NEWEST:
            return lists.keyset_page(rows, [("created_at", "desc"), ("id", "desc")], params)
        rows = rows.with_sort_name(reader_language())
        return lists.keyset_page(rows, [("sort_name", "asc"), ("id", "asc")], params)

    def counts(self) -> Counts:
        return filtered.kept_counts("twinning", self.criteria, Twinning.objects.public().facet_counts)

    # --- One group each ----------------------------------------------------------------------------------------

    def facets(self, counts: Counts) -> list[lists.Facet]:
        """Groups for `components/filter_group.html`, in the reader's words."""
        groups = [
            self._stages(counts),
            self._countries(counts),
            self._oblasts(counts),
            self._numbers(counts),
        ]
        return [group for group in groups if group.choices]

    def _choice(self, counts: Counts, name: str, value: str, label: Any) -> lists.Choice:
        count = lists.written_count(counts.get(name, {}).get(value, 0))
        return lists.Choice(value, str(label), count, value in getattr(self.criteria, name))

    def _values(self, counts: Counts, name: str) -> list[str]:
        return list(dict.fromkeys([*getattr(self.criteria, name), *filter(None, counts.get(name, {}))]))

    def _stages(self, counts: Counts) -> lists.Facet:
        choices = [self._choice(counts, "stage", *row) for row in Twinning.Status.choices]
        known = [row for row in choices if row.is_checked or counts["stage"].get(row.value)]
        return lists.Facet("stage", pgettext("filter", "Stage"), known)

    def _countries(self, counts: Counts) -> lists.Facet:
        codes = self._values(counts, "country")
        choices = [self._choice(counts, "country", code, country_name(code)) for code in codes]
        return lists.Facet("country", _("Country of a partner"), sorted(choices, key=lists.by_name))

    def _oblasts(self, counts: Counts) -> lists.Facet:
        codes = self._values(counts, "region")
        names = {}
        if codes:
            names = {place.code: place.name for place in Place.objects.filter(code__in=codes)}
        choices = [self._choice(counts, "region", code, names.get(code, code)) for code in codes]
        return lists.Facet("region", _("Oblast"), sorted(choices, key=lists.by_name))

    def _numbers(self, counts: Counts) -> lists.Facet:
        labels = [(str(n), number_label(n)) for n in range(2, MANY + 1)]
        choices = [self._choice(counts, "parties", *row) for row in labels]
        known = [row for row in choices if row.is_checked or counts["parties"].get(row.value)]
        return lists.Facet("parties", _("Number of partners"), known)


def number_label(number: int) -> str:
    if number == MANY:
        return _("four or more partners")
    return ngettext("%(number)s partner", "%(number)s partners", number) % {"number": number}


def count_words(counts: Counts) -> str:
    """“128 partnerships”."""
    return partnerships_words(counts[""].get("", 0))


def partnerships_words(count: int) -> str:
    number = {"number": lists.written_count(count, cap=10**9)}
    return ngettext("%(number)s partnership", "%(number)s partnerships", count) % number


def query_of(params: QueryDict) -> str:
    """The filters of this address for another page of the same rows; empty without any."""
    written = lists.address(params)
    return written if written != "?" else ""


def export_links(params: QueryDict) -> list[dict[str, str]]:
    """The list as it is filtered, as files."""
    return [
        {"label": label, "url": reverse("partnerships:twinning_export", args=[kind]) + query_of(params)}
        for kind, label in FORMATS.items()
    ]
