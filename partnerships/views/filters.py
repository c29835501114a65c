"""Filters of the lists: what an address asks for, as criteria, as groups with counts, and as chips."""

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import lists
from alliance.core.countries import country_name, language_name
from alliance.core.languages import NATIVE_NAMES, shown
from alliance.core.units import written_range
from members.models import Place, Sector
from partnerships.models import Appeal, ItemTemplate, Listing
from partnerships.models.criteria import FACETS, FREE, SIZES, Asked
from partnerships.models.search import Counts
from partnerships.views.cards import kind_label

CountsOf = Mapping[str, Counts]
# Counts are exact however large; this is more than there will ever be.
MOST = 10**9
# So many regions are offered; the others are a search away. So many appeals, the newest.
MOST_REGIONS, MOST_APPEALS = 40, 20
# The groups that stand before the fields that are typed.
FIRST = frozenset({"kind", "sector", "help", "item"})


class Filters(Asked):
    """What one address asks for, as a list shows it: chips that remove a filter each."""

    @property
    def count(self) -> int:
        typed = (self.until, self.needed_by, self.available_on, self.size)
        return sum(map(len, self.chosen.values())) + sum(map(bool, typed))

    def chips(self, params: QueryDict, facets: list[lists.Facet]) -> list[dict[str, str]]:
        if not (self.text or self.count):
            return []
        chips = lists.chips(params, facets)
        if self.size:
            size = written_range(self.size_from, self.size_to, self.size_unit)
            gone = dict.fromkeys((*SIZES, "size_unit"))
            label = _("size of each: %(size)s") % {"size": size}
            chips.append({"label": label, "remove_url": lists.address(params, **gone)})
        days = [
            ("needed_by", _("needed by %(date)s")),
            ("available_on", _("available on %(date)s")),
            ("until", _("valid at least until %(date)s")),
        ]
        for name, words in days:
            if day := getattr(self, name):
                label = words % {"date": date_format(day, "DATE_FORMAT")}
                chips.append({"label": label, "remove_url": lists.address(params, **{name: None})})
        return lists.text_chip(params, self.text) + chips


def facets_for(filters: Filters, counts: CountsOf) -> list[lists.Facet]:
    """Groups for `components/filter_group.html`, in the reader's words, with counts under the other filters."""
    facets = [_kinds(filters, counts)] if not filters.kind else []
    facets += [_sectors(filters, counts), _helps(filters, counts), _items(filters, counts)]
    facets += [_countries(filters, counts), _regions(filters, counts)]
    if filters.kind != Listing.Kind.OFFER or filters.chosen.get("cover"):
        facets.append(_covers(filters, counts))
    facets += [_urgencies(filters, counts), _transports(filters, counts), _appeals(filters, counts)]
    facets += [_partners(filters, counts), _languages(filters, counts), _dreams(filters, counts)]
    return [facet for facet in (_with_unknown(facet, filters) for facet in facets) if facet.choices]


def _with_unknown(facet: lists.Facet, filters: Filters) -> lists.Facet:
    """A value that nothing has any more stays visible, so that it can be removed."""
    known = {choice.value for choice in facet.choices}
    gone = [value for value in filters.chosen.get(facet.name, ()) if value not in known]
    facet.choices.extend(lists.Choice(value, value, lists.written_count(0), True) for value in gone)
    return facet


def _count(filters: Filters, counts: CountsOf, name: str, value: str) -> int:
    known = counts.get(name) or counts[""]
    return known.of(f"{FACETS[name][0]}:{value}", for_members=filters.for_members)


def _choice(
    filters: Filters, counts: CountsOf, name: str, value: str, label: str, **more: bool
) -> lists.Choice:
    known = counts.get(name) or counts[""]
    count = _count(filters, counts, name, value)
    return lists.Choice(
        value,
        label,
        lists.written_count(count, cap=MOST, at_least=not known.is_exact and count > 0),
        value in filters.chosen.get(name, ()),
        **more,
    )


def _values(filters: Filters, counts: CountsOf, name: str) -> list[str]:
    """Values that occur for this reader, and those that are chosen although they do not."""
    known = counts.get(name) or counts[""]
    occurring = known.values_of(FACETS[name][0], for_members=filters.for_members)
    return list(dict.fromkeys([*filters.chosen.get(name, ()), *occurring]))


def _in_order(
    filters: Filters, counts: CountsOf, name: str, legend: str, labels: Mapping[str, str]
) -> lists.Facet:
    """A filter whose few values are known: those that occur, in the order of ``labels``."""
    values = set(_values(filters, counts, name))
    choices = [
        _choice(filters, counts, name, value, str(label))
        for value, label in labels.items()
        if value in values
    ]
    return lists.Facet(name, legend, choices)


def _kinds(filters: Filters, counts: CountsOf) -> lists.Facet:
    choices = [_choice(filters, counts, "kind", kind, kind_label(kind)) for kind in Listing.Kind.values]
    return lists.Facet("kind", _("Need or offer"), choices)


def _helps(filters: Filters, counts: CountsOf) -> lists.Facet:
    labels = dict(ItemTemplate.Group.choices) | {FREE: pgettext("kind of help", "other, in free words")}
    return _in_order(filters, counts, "help", _("Kind of help"), labels)


def _items(filters: Filters, counts: CountsOf) -> lists.Facet:
    values = _values(filters, counts, "item")
    rows = ItemTemplate.objects.filter(code__in=values) if values else []
    choices = [_choice(filters, counts, "item", row.code, row.name) for row in rows]
    return lists.Facet("item", pgettext("filter", "Item"), sorted(choices, key=lists.by_name))


def _covers(filters: Filters, counts: CountsOf) -> lists.Facet:
    labels = {
        "open": pgettext("state of a need", "nothing covered yet"),
        "partly": pgettext("state of a need", "partly covered"),
        "covered": pgettext("state of a need", "covered"),
    }
    facet = _in_order(filters, counts, "cover", _("State of cover"), labels)
    facet.hint = _("Covered is what a giver has firmly committed.")
    return facet


def _urgencies(filters: Filters, counts: CountsOf) -> lists.Facet:
    labels = dict(reversed(Listing.Urgency.choices))
    return _in_order(filters, counts, "urgency", pgettext("filter", "Urgency"), labels)


def _transports(filters: Filters, counts: CountsOf) -> lists.Facet:
    labels = dict(Listing.TransportBy.choices)
    return _in_order(filters, counts, "transport", _("Transport is paid by"), labels)


def _appeals(filters: Filters, counts: CountsOf) -> lists.Facet:
    values = _values(filters, counts, "appeal")
    rows = Appeal.objects.public().filter(slug__in=values).newest_first()[:MOST_APPEALS] if values else []
    choices = [_choice(filters, counts, "appeal", row.slug, shown(row, "title").text) for row in rows]
    return lists.Facet("appeal", pgettext("filter", "Appeal"), choices)


def _partners(filters: Filters, counts: CountsOf) -> lists.Facet:
    facet = _in_order(filters, counts, "partner", _("Partners so far"), {"never": _("Never had a partner")})
    facet.hint = _(
        "A member that, on this portal, has not yet agreed with another one to work together and has neither given"
        " nor received a firm commitment."
    )
    return facet


def _dreams(filters: Filters, counts: CountsOf) -> lists.Facet:
    """Those that the address asks for: nobody chooses among thousands of numbers."""
    chosen = filters.chosen.get("dream_id", ())
    choices = [_choice(filters, counts, "dream_id", project, project) for project in chosen]
    return lists.Facet("dream_id", _("Project in DREAM"), choices)


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
    values = sorted(
        _values(filters, counts, "region"), key=lambda value: -_count(filters, counts, "region", value)
    )
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
