"""`/members`: the register of members."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router
from pydantic import BaseModel

from alliance.content.open_data.members import MemberData, member_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of, shaped
from alliance.core import lists
from members.models import Member
from members.views.register_filters import SHAPES, Filters

router = Router(tags=["members"])


class MembersAsked(Paged):
    q: str = Field("", max_length=lists.MAX_QUERY, description="A name, in any spelling and alphabet.")
    country: shaped(SHAPES["country"])
    region: shaped(SHAPES["region"])
    kind: shaped(SHAPES["kind"])
    tier: shaped(SHAPES["tier"])
    sector: shaped(SHAPES["sector"])
    lang: shaped(SHAPES["lang"])
    association: shaped(SHAPES["association"])


class MemberPage(BaseModel):
    data: list[MemberData]
    next: str | None


def _rows() -> QuerySet:
    return Member.objects.listed().with_facts().select_related("parent").prefetch_related("sectors")


@router.get(
    "/members",
    response={200: MemberPage, **PROBLEMS},
    url_name="members",
    operation_id="list_members",
    summary="Members of the Alliance",
)
def member_list(request: HttpRequest, asked: Query[MembersAsked]) -> dict[str, Any]:
    """With the filters of the register, by id."""
    rows = _rows().found(Filters.of(request.GET).criteria)
    page = page_of(request, asked, rows)
    return answer(request, page, [member_row(member) for member in page.rows])


@router.get(
    "/members/{slug:member_id}",
    response={200: MemberData, **PROBLEMS, **MISSING},
    url_name="member",
    operation_id="get_member",
    summary="One member",
)
def member_detail(request: HttpRequest, member_id: str) -> dict[str, Any]:
    return member_row(get_object_or_404(_rows(), slug=member_id))
