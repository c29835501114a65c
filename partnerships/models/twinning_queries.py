"""Places and their twinnings: which hromadas have a partner and which have none, and which places are tied.

The register of places stands below twinnings and knows nothing of them, so these questions are asked here. One city
may stand in several registers: places are told apart by the entry that its others point to (`same_as`).
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from members.models import Place
from partnerships.models.twinnings import Twinning, TwinningParty

Status = Twinning.Status
# From the first binding stage on: who only talks has no partner yet. A dormant one counts by the stage it sleeps in.
PARTNERED = [*Twinning.SETTLED]
ROOT = Coalesce("place__same_as", "place", "member__place__same_as", "member__place")


def standing_parties() -> QuerySet:
    """Who stands by a public twinning that has not ended, with the `root` of its place."""
    rows = TwinningParty.objects.agreed().filter(twinning__in=Twinning.objects.public().alive())
    return rows.annotate(root=ROOT)


def partnered_roots() -> QuerySet:
    """Ids of Ukrainian places with a partner outside Ukraine."""
    settled = Q(twinning__status__in=PARTNERED) | Q(
        twinning__status=Status.DORMANT, twinning__stage_before_dormant__in=PARTNERED
    )
    abroad = TwinningParty.objects.agreed().filter(twinning=OuterRef("twinning")).exclude(country="UA")
    rows = standing_parties().filter(settled, Exists(abroad), country="UA", root__isnull=False)
    return rows.values("root")


def with_partner(places: QuerySet) -> QuerySet:
    return places.filter(pk__in=partnered_roots())


def without_partner(places: QuerySet) -> QuerySet:
    return places.exclude(pk__in=partnered_roots())


def tie_pairs() -> list[tuple[int, int]]:
    """Pairs of places (ids of their main entries, the smaller first) that a public living twinning ties; each once."""
    parties: dict[int, set[int]] = defaultdict(set)
    rows = standing_parties().filter(root__isnull=False).values_list("twinning_id", "root")
    for twinning, root in rows:
        parties[twinning].add(root)
    return sorted({pair for roots in parties.values() for pair in combinations(sorted(roots), 2)})


@dataclass(frozen=True)
class OblastCount:
    """Hromadas of one oblast: how many there are, and how many of them have a partner abroad."""

    region_id: int
    hromadas: int
    partnered: int

    @property
    def alone(self) -> int:
        return self.hromadas - self.partnered


def counts_by_oblast(places: QuerySet | None = None) -> dict[int, OblastCount]:
    """By the id of the oblast. One query; ``places``: all hromadas unless told otherwise."""
    places = Place.objects.hromadas() if places is None else places
    has_partner = Q(pk__in=partnered_roots())
    rows = (
        places.order_by()
        .values(oblast=F("region_id"))
        .annotate(n=Count("id"), partnered=Count("id", filter=has_partner))
    )
    return {row["oblast"]: OblastCount(row["oblast"], row["n"], row["partnered"]) for row in rows}


def progress() -> tuple[int, int]:
    """How many hromadas that the goal counts have a partner abroad, and how many there are."""
    row = (
        Place.objects.hromadas()
        .in_goal()
        .aggregate(n=Count("id"), partnered=Count("id", filter=Q(pk__in=partnered_roots())))
    )
    return row["partnered"], row["n"]
