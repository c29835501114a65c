"""Rows as `matching.Profile`, and what else a score asks of the database: ties, who is kept apart. Read by the sweep of
suggestions and by matching rounds; the number of queries does not depend on the number of members."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

from django.db.models import BigAutoField, Count, Exists, F, Lookup, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from alliance.core.audience import Audience, visible
from alliance.core.languages import LANGUAGES
from members.models import Member
from partnerships.coverage import DATES, SAME, Item, coverage_of, item_of
from partnerships.known_ties import KnownTies, Spot
from partnerships.matching import Ask, Give, Profile
from partnerships.models.lines import ListingLine
from partnerships.models.listings import Listing
from partnerships.models.matches import Match
from partnerships.models.partners import (
    Pairs,
    had_partners,
    naming,
    parties_by_twinning,
    partners_now,
    with_any_of,
)
from partnerships.models.safety import Block
from partnerships.models.suggestions import Suggestion
from partnerships.models.twinnings import TwinningParty
from partnerships.models.wishes import PartnerVeto, PartnerWish

# An even share of proposals is taken to be at least this, so that the first few do not make a member famous.
LEAST_EVEN = 5
# How often a member is proposed is told in such steps of per cent, so that a list does not turn over for one more.
STEP_OF_PROPOSALS = 25

_FACTS = {
    "root": Coalesce("place__same_as", "place"),
    "region_code": F("place__region__code"),
    "place_code": F("place__code"),
    "level": F("place__level"),
    "lat": F("place__lat"),
    "lon": F("place__lon"),
    "known_population": Coalesce("population", "place__population"),
}
# Of a line what fitting asks, and what its listing and its item of the catalogue add.
_OF_LISTING = {
    "giver": F("listing__member"),
    "listing_kind": F("listing__kind"),
    "listing_audience": F("listing__audience"),
    "is_hidden": F("listing__is_member_hidden"),
    "parts": F("listing__field_audiences"),
    "language": F("listing__original_language"),
    "template_code": F("template__code"),
    **{f"template_{code}": F(f"template__name_{code}") for code in LANGUAGES},
}
_LINE = ("slug", "quantity", "item", *SAME, *DATES, *_OF_LISTING)


def candidates(members: QuerySet) -> QuerySet:
    """Of approved ``members`` those that can be proposed as a partner: institutions are no partner of a twinning, and
    whoever said that it is not looking is left alone."""
    closed = PartnerWish.objects.filter(member=OuterRef("pk"), looking_since=None)
    return members.approved().exclude(kind=Member.Kind.INSTITUTION).filter(~Exists(closed))


@BigAutoField.register_lookup
class AnyOf(Lookup):
    """Keys as one parameter: as so many numbers, thousands of them would cost more than what is asked."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]


def members_of(keys: Collection[int]) -> QuerySet:
    return Member.objects.filter(pk__any_of=sorted(keys))


def profiles_of(members: QuerySet, proposed: Mapping[int, int] | None = None) -> list[Profile]:
    """One for each of ``members``, by id. ``proposed``: what `proposals` says, for whoever asked it before."""
    rows = list(
        members.order_by("pk").annotate(**_FACTS).values("pk", "country", "kind", "languages_spoken", *_FACTS)
    )
    ids = {row["pk"] for row in rows}
    inside = members.order_by().values("pk")
    sectors, gives = _sectors_of(inside), _sectors_of_offers(inside)
    needs, offers = _lines_of(inside)
    wishes = _wishes_of(inside)
    had, now = had_partners(inside), partners_now(ids)
    taken = _taken_since_wish(inside)
    proposed = proposals() if proposed is None else proposed
    profiles = []
    for row in rows:
        pk = row["pk"]
        wish = wishes.get(pk)
        profiles.append(
            Profile(
                **_of_row(row),
                sectors=frozenset(sectors[pk]),
                offer_sectors=frozenset(gives[pk]),
                needs=tuple(needs[pk]),
                offers=tuple(offers[pk]),
                room=max(0, wish["capacity"] - taken[pk]) if wish else None,
                never_partnered=pk not in had,
                partners=len(now.get(pk, ())),
                proposed=proposed.get(pk, 0),
                **(_musts(wish) if wish else {}),
            )
        )
    return profiles


def _of_row(row: dict) -> dict:
    region = row["place_code"] if row["level"] == "region" else row["region_code"]
    return {
        "key": row["pk"],
        "country": row["country"],
        "kind": row["kind"],
        "region": region or "",
        "place": row["root"],
        "population": row["known_population"] or None,
        "lat": row["lat"],
        "lon": row["lon"],
        "languages": frozenset(row["languages_spoken"]),
    }


def _sectors_of(members: QuerySet) -> dict[int, set[str]]:
    links = Member.sectors.through.objects.filter(member__in=members)
    return _codes(links.values_list("member", "sector__code", "sector__parent__code"))


def _sectors_of_offers(members: QuerySet) -> dict[int, set[str]]:
    rows = Listing.objects.offers().open().filter(member__in=members)
    return _codes(rows.order_by().values_list("member", "sectors__code", "sectors__parent__code"))


def _codes(rows: Iterable[tuple[int, str | None, str | None]]) -> dict[int, set[str]]:
    """With the sector of each sub-sector."""
    found: dict[int, set[str]] = defaultdict(set)
    for member, code, parent in rows:
        found[member].update(each for each in (code, parent) if each)
    return found


def _lines_of(members: QuerySet) -> tuple[dict[int, list[Ask]], dict[int, list[Give]]]:
    """Lines of open needs and offers that every member may read; plain values, since rows of the ORM, with listing and
    item each, took most of the time of all profiles."""
    needs: dict[int, list[Ask]] = defaultdict(list)
    offers: dict[int, list[Give]] = defaultdict(list)
    rows = ListingLine.objects.filter(listing__in=Listing.objects.open().filter(member__in=members))
    promised = rows.filter(listing__kind=Listing.Kind.NEED).promised()
    covers = {line.pk: line.coverage for line in promised.prefetch_related("pledge_lines__events")}
    templates: dict[str, SimpleNamespace] = {}
    seen: dict[tuple, tuple[bool, bool]] = {}
    for row in rows.order_by("slug").annotate(**_OF_LISTING).values_list("pk", *_LINE, named=True):
        sees_lines, sees_days = _seen(row, seen)
        if not sees_lines:
            continue
        if row.listing_kind == Listing.Kind.OFFER:
            offers[row.giver].append(Give(row.slug, _item(row, templates, sees_days), row.quantity))
            continue
        cover = covers.get(row.pk) or coverage_of(row.quantity, row.unit, (), row.currency)
        if cover.open:
            item = _item(row, templates, sees_days, unit=cover.unit)
            needs[row.giver].append(Ask(row.slug, item, cover.open, row.item))
    return needs, offers


def _seen(row: Any, known: dict[tuple, tuple[bool, bool]]) -> tuple[bool, bool]:
    """Whether members may read the lines of a listing, and their days; listings of one kind are asked about once."""
    key = (row.listing_audience, row.is_hidden, *sorted(row.parts.items()))
    if key not in known:
        listing = Listing(
            audience=row.listing_audience, is_member_hidden=row.is_hidden, field_audiences=row.parts
        )
        known[key] = tuple(visible(listing, name, Audience.MEMBERS) for name in ("lines", "needed_by"))
    return known[key]


def _item(row: Any, templates: dict[str, SimpleNamespace], sees_days: bool, unit: str = "") -> Item:
    """:param templates: those of the catalogue that occurred, by their codes"""
    template = None
    if code := row.template_code:
        if code not in templates:
            names = {f"name_{each}": getattr(row, f"template_{each}") for each in LANGUAGES}
            templates[code] = SimpleNamespace(code=code, **names)
        template = templates[code]
    item = item_of(row, template, row.language)
    changes: dict[str, Any] = {"unit": unit} if unit and unit != item.unit else {}
    if not sees_days:
        changes |= dict.fromkeys(DATES)
    return replace(item, **changes) if changes else item


def _wishes_of(members: QuerySet) -> dict[int, dict]:
    """Of those that are looking; whoever never said anything has room that nobody knows."""
    rows = PartnerWish.objects.filter(member__in=members, looking_since__isnull=False)
    wishes = {
        row["member"]: row | {"sectors": set()}
        for row in rows.values("pk", "member", "capacity", "must_countries", "must_languages")
    }
    links = PartnerWish.must_sectors.through.objects.filter(partnerwish__in=rows.values("pk"))
    for member, code in links.values_list("partnerwish__member", "sector__code"):
        wishes[member]["sectors"].add(code)
    return wishes


def _musts(wish: dict) -> dict[str, frozenset[str]]:
    return {
        "must_countries": frozenset(wish["must_countries"]),
        "must_languages": frozenset(wish["must_languages"]),
        "must_sectors": frozenset(wish["sectors"]),
    }


def _taken_since_wish(members: QuerySet) -> Counter:
    """How many partners each found since it began to look."""
    found: Counter = Counter()
    for side in ("member_a", "member_b"):
        rows = Match.objects.accepted().filter(
            **{f"{side}__in": members}, accepted_at__gte=F(f"{side}__partner_wish__looking_since")
        )
        found.update(dict(rows.order_by().values_list(side).annotate(n=Count("id", distinct=True))))
    return found


def proposals(sides: tuple[Collection[int], int] | None = None) -> dict[int, int]:
    """How often each member is proposed now, in per cent of an even share on its side.

    :param sides: keys of the candidates in Ukraine, and the number of all others; asked for if nobody knows them
    """
    counts = dict(
        Suggestion.objects.filter(dismissed_at=None).order_by().values_list("other").annotate(n=Count("*"))
    )
    ukrainian, others = sides or _sides()
    ukrainian, found = set(ukrainian), {}
    for side, size in ((ukrainian & counts.keys(), len(ukrainian)), (counts.keys() - ukrainian, others)):
        even = max(LEAST_EVEN, sum(counts[pk] for pk in side) / max(1, size))
        for pk in side:
            found[pk] = int(100 * counts[pk] / even) // STEP_OF_PROPOSALS * STEP_OF_PROPOSALS
    return found


def _sides() -> tuple[list[int], int]:
    members = candidates(Member.objects.all()).order_by()
    return list(members.filter(country="UA").values_list("pk", flat=True)), members.exclude(
        country="UA"
    ).count()


# --- Two together ------------------------------------------------------------------------------------------


def known_ties() -> KnownTies:
    """Public partnerships as links between places; and who had to do with each other before."""
    rows = TwinningParty.objects.in_living().agreed().filter(twinning__public_since__isnull=False)
    places = {
        "root": Coalesce("place__same_as", "place", "member__place__same_as", "member__place"),
        "code": Coalesce("place__code", "member__place__code"),
        "level": Coalesce("place__level", "member__place__level"),
        "region": Coalesce("place__region__code", "member__place__region__code"),
        "lat": Coalesce("place__lat", "member__place__lat"),
        "lon": Coalesce("place__lon", "member__place__lon"),
        "country": Coalesce("place__country", "member__place__country"),
    }
    parties: dict[int, list[Spot]] = defaultdict(list)
    named = {f"of_{name}": value for name, value in places.items()}
    values = rows.order_by("twinning", "id").annotate(**named).values_list("twinning", *named)
    for twinning, root, code, level, region, lat, lon, country in values:
        if root:
            region = (code if level == "region" else region) or ""
            parties[twinning].append(Spot(root, region, lat, lon, country))
    links = [pair for spots in parties.values() for pair in combinations(spots, 2)]
    return KnownTies(links, _earlier())


def _earlier() -> list[tuple[int, int]]:
    """A handshake that was accepted and is over, a partnership that has ended."""
    over = Match.objects.ended().filter(accepted_at__isnull=False)
    pairs = list(over.values_list("member_a", "member_b"))
    ended = TwinningParty.objects.filter(twinning__status="ended", twinning__public_since__isnull=False)
    for sides in parties_by_twinning(ended).values():
        pairs += [(one, other) for one, other in combinations(sorted(sides), 2) if one > 0]
    return pairs


def kept_apart(members: Collection[int] | None = None) -> Pairs:
    """Whom each member must not be proposed, both ways: blocks, vetoes, what either set aside, open handshakes,
    partnerships that have not ended. Without ``members``, for all."""
    rows = []
    for of_pair, one, other in (
        (Block.objects, "member", "blocked"),
        (PartnerVeto.objects, "member", "other"),
        (Match.objects.open(), "member_a", "member_b"),
        (Suggestion.objects.set_aside(), "member", "other"),
    ):
        rows += naming(of_pair, members, one, other).values_list(one, other)
    for sides in parties_by_twinning(with_any_of(TwinningParty.objects.in_living(), members)).values():
        rows += combinations([side for side in sides if side > 0], 2)
    found: Pairs = defaultdict(set)
    for one, other in rows:
        for mine, its in ((one, other), (other, one)):
            if members is None or mine in members:
                found[mine].add(its)
    return found
