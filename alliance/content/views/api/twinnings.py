"""`/twinnings`: partnerships that everyone may read."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router
from pydantic import BaseModel

from alliance.content.open_data.twinnings import TwinningData, twinning_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of, shaped
from alliance.core import lists
from partnerships.models import Twinning
from partnerships.views.twinning_facts import public_parties
from partnerships.views.twinning_filters import SHAPES, Filters

router = Router(tags=["twinnings"])


class TwinningsAsked(Paged):
    q: str = Field("", max_length=lists.MAX_QUERY, description="The name of a side, in any spelling.")
    country: shaped(SHAPES["country"])
    region: shaped(SHAPES["region"])
    stage: shaped(SHAPES["stage"])
    parties: shaped(SHAPES["parties"])


class TwinningPage(BaseModel):
    data: list[TwinningData]
    next: str | None


def _row(twinning: Twinning) -> dict[str, Any]:
    return twinning_row(twinning, public_parties(twinning))


@router.get(
    "/twinnings",
    response={200: TwinningPage, **PROBLEMS},
    url_name="twinnings",
    operation_id="list_twinnings",
    summary="Partnerships",
)
def twinning_list(request: HttpRequest, asked: Query[TwinningsAsked]) -> dict[str, Any]:
    """With the filters of the list of partnerships, by id; those that ended where `stage=ended` asks for them."""
    rows: QuerySet = Filters.of(request.GET).rows.with_parties()
    page = page_of(request, asked, rows)
    return answer(request, page, [_row(twinning) for twinning in page.rows])


@router.get(
    "/twinnings/{slug:twinning_id}",
    response={200: TwinningData, **PROBLEMS, **MISSING},
    url_name="twinning",
    operation_id="get_twinning",
    summary="One partnership",
)
def twinning_detail(request: HttpRequest, twinning_id: str) -> dict[str, Any]:
    return _row(get_object_or_404(Twinning.objects.public().with_parties(), slug=twinning_id))
