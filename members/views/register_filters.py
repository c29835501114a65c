"""What an address of the register asks for: criteria, groups with counts, chips. Lists, map and exports read it."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import filtered, lists
from alliance.core.countries import country_name, language_name
from alliance.core.filtered import NEWEST, Counts
from alliance.core.languages import NATIVE_NAMES, reader_language
from members.models import Member, Place, Sector
from members.models.member_search import COUNT_SCAN, Criteria

SHAPES = {
    "country": re.compile(r"[A-Z]{2}"),
    "region": re.compile(r"[A-Za-z0-9_-]{2,40}"),
    "kind": re.compile("|".join(Member.Kind.values)),
    "tier": re.compile("|".join(Member.Tier.values)),
    "sector": re.compile(r"[A-Z0-9]{1,6}(-\d{2})?"),
    "lang": re.compile(r"[a-z]{2,3}"),
    "association": re.compile(r"[a-z0-9]{10,12}"),
}
MOST_REGIONS = 40  # so many are offered; the others are a country or a search away


class Filters(filtered.Filters):
    """The filters and the order of one address of the register."""

    SHAPES = SHAPES
    CRITERIA = Criteria

    @property
    def keys(self) -> list[lists.Key]:
        """The order as a key of pages: a total order, so that no member is shown twice or never."""
        if self.sort == NEWEST:
            return [("approved_at", "desc"), ("id", "desc")]
        return [(f"sort_{reader_language()}", "asc"), ("id", "asc")]

    def counts(self) -> Counts:
        return filtered.kept_counts("register", self.criteria, Member.objects.listed().facet_counts)

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
        """Those that are chosen come first: the box is lower than all of Europe is long."""
        choices = [
            self._choice(counts, "country", code, country_name(code))
            for code in self._values(counts, "country")
        ]
        choices.sort(key=lambda choice: (not choice.is_checked, choice.value != "UA", lists.by_name(choice)))
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
