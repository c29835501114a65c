"""`/deliveries`: promises, line by line, and what became of them."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router
from pydantic import BaseModel

from alliance.content.open_data.deliveries import DeliveryData, delivery_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of, shaped
from alliance.core.audience import Audience
from partnerships import dream
from partnerships.models import DayChange, PledgeLine
from partnerships.models.pledge_queries import FIGURES
from partnerships.names_shown import project_of
from partnerships.views.kept_scope import Scope

router = Router(tags=["deliveries"])
MEMBER = "^(?:[a-z0-9]{10,12})?$"


class DeliveriesAsked(Paged):
    giver: Annotated[str, Field(pattern=MEMBER, description="Promised by this member.")] = ""
    receiver: Annotated[str, Field(pattern=MEMBER, description="Promised to this member.")] = ""
    currency: Annotated[str, Field(pattern="^(?:[A-Z]{3})?$", description="Money in this currency.")] = ""
    figure: Annotated[
        str, Field(pattern=f"^(?:{'|'.join(FIGURES)})?$", description="The lines that this figure counts.")
    ] = ""
    dream_id: shaped(dream.ID)


class DeliveryPage(BaseModel):
    data: list[DeliveryData]
    next: str | None


def _data(lines: list[PledgeLine]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    return [
        delivery_row(line, today, DayChange.first_day_of(line.pledge) or line.pledge.due_on) for line in lines
    ]


@router.get(
    "/deliveries",
    response={200: DeliveryPage, **PROBLEMS, **MISSING},
    url_name="deliveries",
    operation_id="list_deliveries",
    summary="Promises and what became of them",
)
def delivery_list(request: HttpRequest, asked: Query[DeliveriesAsked]) -> dict[str, Any]:
    """The rows behind the public figures of promises, by id. A member that nobody may know is not found."""
    rows: QuerySet = Scope.of(request.GET).rows.of_figure(asked.figure)
    if asked.dream_id:
        covering = PledgeLine.objects.filter(listing_line__listing__dream_id__in=asked.dream_id)
        told = [line.pk for line in covering.with_parties() if project_of(line, Audience.PUBLIC)]
        rows = rows.filter(pk__in=told)
    page = page_of(request, asked, rows.only("pk"))
    found = PledgeLine.objects.with_days().in_bulk([line.pk for line in page.rows])
    return answer(request, page, _data([found[line.pk] for line in page.rows]))


@router.get(
    "/deliveries/{slug:delivery_id}",
    response={200: DeliveryData, **PROBLEMS, **MISSING},
    url_name="delivery",
    operation_id="get_delivery",
    summary="One line of a promise",
)
def delivery_detail(request: HttpRequest, delivery_id: str) -> dict[str, Any]:
    lines = PledgeLine.objects.for_audience(Audience.PUBLIC).with_days()
    return _data([get_object_or_404(lines, slug=delivery_id)])[0]
