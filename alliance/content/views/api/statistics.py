"""`/statistics`: the Alliance in figures, from public rows alone."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from ninja import Router

from alliance.content.open_data.statistics import StatisticsData, counts
from alliance.content.views.api.asking import PROBLEMS
from members.models import Member
from partnerships.models import Listing, ListingSearch, Twinning
from partnerships.models.criteria import FACETS, Asked
from partnerships.models.twinning_queries import progress
from partnerships.views.kept_scope import Scope

router = Router(tags=["statistics"])


@router.get(
    "/statistics",
    response={200: StatisticsData, **PROBLEMS},
    url_name="statistics",
    operation_id="get_statistics",
    summary="The Alliance in figures",
)
def statistics(request: HttpRequest) -> dict[str, Any]:
    members = Member.objects.listed()
    needs, offers = _listings(Listing.Kind.NEED), _listings(Listing.Kind.OFFER)
    partnered, hromadas = progress()
    promises = Scope().figures
    return {
        "day": timezone.localdate(),
        "members_by_country": _by(members, "country"),
        "members_by_kind": _by(members, "kind"),
        "members_by_class": _by(members, "tier"),
        "needs": needs[0],
        "needs_by_sector": needs[1],
        "offers": offers[0],
        "offers_by_sector": offers[1],
        "twinnings_by_stage": _by(Twinning.objects.public(), "status"),
        "hromadas": hromadas,
        "hromadas_with_partner": partnered,
        "promises": counts({name: number for name, number in promises.items() if name != "all"}),
    }


def _by(rows: QuerySet, column: str) -> list[dict[str, Any]]:
    return counts(dict(rows.order_by().values_list(column).annotate(Count("pk"))))


def _listings(kind: str) -> tuple[int, list[dict[str, Any]]]:
    """As the list and its filters count them."""
    criteria = Asked.of(QueryDict(), kind=kind, for_members=False).criteria
    found, prefix = ListingSearch.objects.counts(criteria), FACETS["sector"][0]
    sectors = found.values_of(prefix, for_members=False)
    return found.total, counts({code: found.of(f"{prefix}:{code}", for_members=False) for code in sectors})
