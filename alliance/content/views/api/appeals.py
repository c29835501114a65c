"""`/appeals`: campaigns of the Alliance, running and closed."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import BaseModel

from alliance.content.open_data.appeals import AppealData, appeal_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of
from alliance.core.audience import Audience
from partnerships.models import Appeal, Listing
from partnerships.views.progress import progress_of

router = Router(tags=["appeals"])


class AppealPage(BaseModel):
    data: list[AppealData]
    next: str | None


def _rows() -> QuerySet:
    return Appeal.objects.public().with_target()


def _data(appeals: list[Appeal]) -> list[dict[str, Any]]:
    progress = progress_of(appeals, Audience.PUBLIC)
    counts = Listing.objects.open().for_audience(Audience.PUBLIC).counts_by_appeal(appeals)
    return [appeal_row(appeal, progress[appeal.pk], counts.get(appeal.pk, {})) for appeal in appeals]


@router.get(
    "/appeals",
    response={200: AppealPage, **PROBLEMS},
    url_name="appeals",
    operation_id="list_appeals",
    summary="Appeals and how far they are",
)
def appeal_list(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    page = page_of(request, asked, _rows())
    return answer(request, page, _data(page.rows))


@router.get(
    "/appeals/{slug:appeal_id}",
    response={200: AppealData, **PROBLEMS, **MISSING},
    url_name="appeal",
    operation_id="get_appeal",
    summary="One appeal",
)
def appeal_detail(request: HttpRequest, appeal_id: str) -> dict[str, Any]:
    return _data([get_object_or_404(_rows(), slug=appeal_id)])[0]
