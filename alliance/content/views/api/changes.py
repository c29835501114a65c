"""`/changes`: what came, changed and went, to be read on from where one stopped."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router
from pydantic import BaseModel, Field

from alliance.content.models import PublicRecord
from alliance.content.open_data.changes import KINDS, ChangeData
from alliance.content.views.api.asking import PROBLEMS, Paged, next_url, page_of, shaped
from alliance.core import lists
from alliance.core.links import absolute

router = Router(tags=["changes"])
BY_NUMBER = [("number", "asc")]


class ChangesAsked(Paged):
    kind: shaped("|".join(KINDS))


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
    it is here. Ids are never used again."""
    rows = PublicRecord.objects.filter(kind__in=asked.kind) if asked.kind else PublicRecord.objects.all()
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
        "url": None if record.is_withdrawn else absolute(reverse(f"api:{record.kind}", args=[record.key])),
    }
