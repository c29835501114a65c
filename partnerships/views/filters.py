"""Filters of the lists: what an address asks for, as criteria, as groups with counts, and as chips."""

import hashlib
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import lists
from alliance.core.countries import country_name, language_name
from alliance.core.languages import NATIVE_NAMES
from members.models import Place, Sector
from partnerships.models import Listing
from partnerships.models.criteria import FACETS, Asked
from partnerships.models.search import Counts
from partnerships.views.cards import kind_label

CountsOf = Mapping[str, Counts]
# Counts are exact however large; this is more than there will ever be.
MOST = 10**9
# So many regions are offered; the others are a search away.
MOST_REGIONS = 40


class Filters(Asked):
    """What one address asks for, as a list shows it: chips that remove a filter each."""

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr(self.criteria).encode()).hexdigest()

    @property
    def count(self) -> int:
        return sum(map(len, self.chosen.values())) + bool(self.until)

    def chips(self, params: QueryDict, facets: list[lists.Facet]) -> list[dict[str, str]]:
        chips = lists.chips(params, facets)
        if self.until:
            label = _("valid at least until %(date)s") % {"date": date_format(self.until, "DATE_FORMAT")}
            chips.append({"label": label, "remove_url": lists.address(params, until=None)})
        if self.text:
            label = pgettext("search text as a filter", "“%(text)s”") % {"text": self.text}
            chips.insert(0, {"label": label, "remove_url": lists.address(params, q=None)})
        return chips


def facets_for(filters: Filters, counts: CountsOf) -> list[lists.Facet]:
    """Groups for `components/filter_group.html`, in the reader's words, with counts under the other filters."""
    facets = [_kinds(filters, counts)] if not filters.kind else []
    facets += [_sectors(filters, counts), _countries(filters, counts)]
    facets += [_regions(filters, counts), _languages(filters, counts)]
    return [facet for facet in (_with_unknown(facet, filters) for facet in facets) if facet.choices]


def _with_unknown(facet: lists.Facet, filters: Filters) -> lists.Facet:
    """A value that nothing has any more stays visible, so that it can be removed."""
    known = {choice.value for choice in facet.choices}
    gone = [value for value in filters.chosen.get(facet.name, ()) if value not in known]
    facet.choices.extend(lists.Choice(value, value, lists.written_count(0), True) for value in gone)
    return facet


def _choice(
    filters: Filters, counts: CountsOf, name: str, value: str, label: str, **more: bool
) -> lists.Choice:
    known = counts.get(name) or counts[""]
    count = known.found.get(f"{FACETS[name][0]}:{value}", 0)
    return lists.Choice(
        value,
        label,
        lists.written_count(count, cap=MOST, at_least=not known.is_exact and count > 0),
        value in filters.chosen.get(name, ()),
        **more,
    )


def _values(filters: Filters, counts: CountsOf, name: str) -> list[str]:
    """Values that occur, and those that are chosen although they do not."""
    prefix = f"{FACETS[name][0]}:"
    found = (counts.get(name) or counts[""]).found
    occurring = [token.removeprefix(prefix) for token in found if token.startswith(prefix)]
    return list(dict.fromkeys([*filters.chosen.get(name, ()), *occurring]))


def _kinds(filters: Filters, counts: CountsOf) -> lists.Facet:
    choices = [_choice(filters, counts, "kind", kind, kind_label(kind)) for kind in Listing.Kind.values]
    return lists.Facet("kind", _("Need or offer"), choices)


def _sectors(filters: Filters, counts: CountsOf) -> lists.Facet:
    """Both levels: sub-sectors stand under their sector once it, or one of them, is chosen."""
    rows = list(Sector.objects.in_order())
    chosen = set(filters.chosen.get("sector", ()))
    parents = {row.pk: row for row in rows if row.parent_id is None}
    opened = {row.parent_id or row.pk for row in rows if row.code in chosen}
    choices = []
    for top in parents.values():
        choices.append(_choice(filters, counts, "sector", top.code, top.name))
        if top.pk in opened:
            choices += [
                _choice(filters, counts, "sector", row.code, row.name, is_child=True)
                for row in rows
                if row.parent_id == top.pk
            ]
    return lists.Facet("sector", _("Sector"), choices)


def _countries(filters: Filters, counts: CountsOf) -> lists.Facet:
    choices = [
        _choice(filters, counts, "country", code, country_name(code))
        for code in _values(filters, counts, "country")
    ]
    return lists.Facet("country", _("Country"), sorted(choices, key=lists.by_name))


def _regions(filters: Filters, counts: CountsOf) -> lists.Facet:
    """Oblasts and regions of the listings found, those with most first."""
    found = (counts.get("region") or counts[""]).found
    values = sorted(_values(filters, counts, "region"), key=lambda value: -found.get(f"r:{value}", 0))
    chosen = filters.chosen.get("region", [])
    values = list(dict.fromkeys([*chosen, *values]))[:MOST_REGIONS]
    names = (
        {str(place.pk): place.name for place in Place.objects.filter(pk__in=map(int, values))}
        if values
        else {}
    )
    choices = [_choice(filters, counts, "region", value, names[value]) for value in values if value in names]
    return lists.Facet("region", _("Oblast or region"), choices)


def _languages(filters: Filters, counts: CountsOf) -> lists.Facet:
    values = sorted(_values(filters, counts, "lang"), key=lambda code: (code not in NATIVE_NAMES, code))
    choices = [
        _choice(filters, counts, "lang", code, NATIVE_NAMES.get(code) or language_name(code))
        for code in values
    ]
    return lists.Facet("lang", _("Language of the text"), choices)
