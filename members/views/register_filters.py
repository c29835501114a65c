"""What an address of the register asks for: criteria, groups with counts, chips. Lists, map and exports read it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import freshness, lists
from alliance.core.countries import country_name, language_name
from alliance.core.languages import NATIVE_NAMES, reader_language
from members.models import Member, Place, Sector
from members.models.member_search import COUNT_SCAN, Criteria

# Name in the address → what a value looks like; anything else is ignored, as if it were not there.
SHAPES = {
    "country": re.compile(r"[A-Z]{2}"),
    "region": re.compile(r"[A-Za-z0-9_-]{2,40}"),
    "kind": re.compile("|".join(Member.Kind.values)),
    "tier": re.compile("|".join(Member.Tier.values)),
    "sector": re.compile(r"[A-Z0-9]{1,6}(-\d{2})?"),
    "lang": re.compile(r"[a-z]{2,3}"),
    "association": re.compile(r"[a-z0-9]{10,12}"),
}
NEWEST = "newest"
MOST_REGIONS = 40  # so many are offered; the others are a country or a search away
COUNTS_SECONDS = 60
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Filters:
    """The filters and the order of one address."""

    criteria: Criteria
    sort: str

    @classmethod
    def of(cls, params: QueryDict) -> "Filters":
        chosen = {
            name: tuple(value for value in lists.values_of(params, name) if shape.fullmatch(value))
            for name, shape in SHAPES.items()
        }
        sort = NEWEST if params.get("sort") == NEWEST else ""
        return cls(Criteria(text=lists.text_of(params), **chosen), sort)

    @property
    def keys(self) -> list[lists.Key]:
        """The order as a key of pages: a total order, so that no member is shown twice or never."""
        if self.sort == NEWEST:
            return [("approved_at", "desc"), ("id", "desc")]
        return [(f"sort_{reader_language()}", "asc"), ("id", "asc")]

    @property
    def count(self) -> int:
        return sum(len(getattr(self.criteria, name)) for name in self.criteria.chosen)

    def counts(self) -> Counts:
        """Counts of all filters, kept until something is written."""
        version = freshness.version()
        fingerprint = hashlib.sha256(repr(self.criteria).encode()).hexdigest()
        key = f"register-counts:{version}:{fingerprint}"
        if version and (known := cache.get(key)) is not None:
            return known
        found = Member.objects.listed().facet_counts(self.criteria)
        if version:
            cache.set(key, found, COUNTS_SECONDS)
        return found

    def facets(self, counts: Counts) -> list[lists.Facet]:
        """Groups for `components/filter_group.html`, in the reader's words."""
        groups = [
            self._countries(counts),
            self._regions(counts),
            self._labelled(counts, "kind", pgettext("filter", "Kind"), Member.Kind.choices),
            self._labelled(counts, "tier", pgettext("filter", "Class of partner"), Member.Tier.choices),
            self._sectors(counts),
            self._languages(counts),
        ]
        if self.criteria.association:
            groups.append(self._associations(counts))
        return [group for group in groups if group.choices]

    def chips(self, params: QueryDict, facets: list[lists.Facet]) -> list[dict[str, str]]:
        chips = lists.chips(params, facets)
        if self.criteria.text:
            label = pgettext("search text as a filter", "“%(text)s”") % {"text": self.criteria.text}
            chips.insert(0, {"label": label, "remove_url": lists.address(params, q=None)})
        return chips

    # --- One group each ----------------------------------------------------------------------------------------

    def _choice(self, counts: Counts, name: str, value: str, label: str, **more: bool) -> lists.Choice:
        count = counts.get(name, {}).get(value, 0)
        cut_short = is_cut_short(counts) and count > 0
        return lists.Choice(
            value,
            str(label),
            lists.written_count(count, cap=COUNT_SCAN, at_least=cut_short),
            value in getattr(self.criteria, name),
            **more,
        )

    def _values(self, counts: Counts, name: str) -> list[str]:
        """Values that are chosen, then those that occur, the most frequent first."""
        found = counts.get(name, {})
        occurring = sorted((value for value in found if value), key=lambda value: (-found[value], value))
        return list(dict.fromkeys([*getattr(self.criteria, name), *occurring]))

    def _countries(self, counts: Counts) -> lists.Facet:
        choices = [
            self._choice(counts, "country", code, country_name(code))
            for code in self._values(counts, "country")
        ]
        choices.sort(key=lambda choice: (choice.value != "UA", lists.by_name(choice)))
        return lists.Facet("country", _("Country"), choices)

    def _regions(self, counts: Counts) -> lists.Facet:
        codes = self._values(counts, "region")[:MOST_REGIONS]
        names = {}
        if codes:
            names = {place.code: place.name for place in Place.objects.filter(code__in=codes)}
        choices = [self._choice(counts, "region", code, names[code]) for code in codes if code in names]
        choices += self._unknown("region", set(codes) - set(names))
        return lists.Facet("region", _("Oblast or region"), choices)

    def _labelled(self, counts: Counts, name: str, legend: str, labels: list[tuple]) -> lists.Facet:
        choices = [self._choice(counts, name, value, label) for value, label in labels]
        return lists.Facet(name, legend, [c for c in choices if c.is_checked or counts[name].get(c.value)])

    def _sectors(self, counts: Counts) -> lists.Facet:
        """Both levels: sub-sectors stand under their sector once it, or one of them, is chosen."""
        rows = list(Sector.objects.in_order())
        opened = {row.parent_id or row.pk for row in rows if row.code in self.criteria.sector}
        choices = []
        for top in (row for row in rows if row.parent_id is None):
            if not (counts["sector"].get(top.code) or top.pk in opened):
                continue
            choices.append(self._choice(counts, "sector", top.code, top.name))
            if top.pk in opened:
                choices += [
                    self._choice(counts, "sector", row.code, row.name, is_child=True)
                    for row in rows
                    if row.parent_id == top.pk
                ]
        choices += self._unknown("sector", set(self.criteria.sector) - {row.code for row in rows})
        return lists.Facet("sector", _("Sector"), choices)

    def _languages(self, counts: Counts) -> lists.Facet:
        choices = [
            self._choice(counts, "lang", code, language_name(code)) for code in self._values(counts, "lang")
        ]
        choices.sort(key=lambda choice: (choice.value not in NATIVE_NAMES, lists.by_name(choice)))
        return lists.Facet("lang", _("Languages spoken"), choices)

    def _associations(self, counts: Counts) -> lists.Facet:
        """Set by a link from an association's page; never offered as a choice of its own."""
        slugs = self.criteria.association
        rows = Member.objects.listed().filter(slug__in=slugs)
        choices = [lists.Choice(row.slug, row.shown_name, None, True) for row in rows]
        choices += self._unknown("association", set(slugs) - {row.slug for row in rows})
        return lists.Facet("association", _("Association"), choices)

    def _unknown(self, name: str, values: set[str]) -> list[lists.Choice]:
        """A value that means nothing here stays visible, so that it can be removed."""
        unknown = sorted(values & set(getattr(self.criteria, name)))
        return [lists.Choice(value, value, lists.written_count(0), True) for value in unknown]


def is_cut_short(counts: Counts) -> bool:
    """Whether there are more members than are counted."""
    return counts[""].get("", 0) > COUNT_SCAN
