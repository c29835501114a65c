"""`/changes`: what came, changed and went, to be read on from where one stopped."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router
from pydantic import BaseModel, Field

from alliance.content.models import PublicRecord
from alliance.content.models.open_data import BY_NUMBER
from alliance.content.open_data.changes import KINDS, ChangeData
from alliance.content.views.api.asking import PROBLEMS, Paged, known, next_url, page_of, shaped
from alliance.core import lists
from alliance.core.links import absolute
from partnerships import dream

router = Router(tags=["changes"])


class ChangesAsked(Paged):
    kind: shaped("|".join(KINDS))
    dream_id: shaped(dream.ID)
    at_end: Annotated[
        bool | None, Field(description="No rows, but the cursor behind the newest: where a new copy begins.")
    ] = None


class ChangePage(BaseModel):
    data: list[ChangeData]
    next: str | None
    cursor: str = Field(
        description="Keep it: asked with it later, this list goes on with what changed since."
    )


@router.get(
    "/changes",
    response={200: ChangePage, **PROBLEMS},
    url_name="changes",
    operation_id="list_changes",
    summary="What came, changed or was withdrawn",
)
def change_list(request: HttpRequest, asked: Query[ChangesAsked]) -> dict[str, Any]:
    """The oldest change first, withdrawals included. A record that changes again moves to the end; within five minutes
    it is here. One that comes back after its withdrawal is told as changed. Ids are never used again. `dream_id` asks
    for what belongs to a project of DREAM, or did."""
    rows = PublicRecord.objects.all()
    if asked.kind:
        rows = rows.filter(kind__in=asked.kind)
    if asked.dream_id:
        rows = rows.filter(dream_ids__overlap=asked.dream_id)
    if asked.at_end:
        known(request, asked)
        newest = PublicRecord.objects.newest()
        return {"data": [], "next": None, "cursor": lists.encode(newest, BY_NUMBER) if newest else ""}
    page = page_of(request, asked, rows, BY_NUMBER)
    return {
        "data": [_row(record) for record in page.rows],
        "next": next_url(request, page.after),
        "cursor": lists.encode(page.rows[-1], BY_NUMBER) if page.rows else asked.cursor,
    }


def _row(record: PublicRecord) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "id": record.key,
        "change": record.change,
        "changed_at": record.changed_at,
        "first_at": record.first_at,
        "url": None if record.is_withdrawn else _address(record),
    }


def _address(record: PublicRecord) -> str:
    # The key of a place has two parts.
    return absolute(reverse(f"api:{record.kind}", args=record.key.split("/", 1)))
