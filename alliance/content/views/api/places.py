"""`/places`: the official registers of territorial units."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router
from pydantic import BaseModel

from alliance.content.open_data.places import LEVELS, PlaceData, place_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of, shaped
from alliance.core import lists
from members.models import Member, Place

router = Router(tags=["places"])
REGISTERS = "|".join(Place.Register.values)


class PlacesAsked(Paged):
    country: shaped("[A-Z]{2}")
    region: shaped("[A-Za-z0-9_-]{2,40}")
    level: shaped("|".join(LEVELS))
    place_register: shaped(REGISTERS)
    is_member: Annotated[
        bool | None, Field(description="Only places that are, or are not, represented by a member.")
    ] = None


class PlacePage(BaseModel):
    data: list[PlaceData]
    next: str | None


@router.get(
    "/places",
    response={200: PlacePage, **PROBLEMS},
    url_name="places",
    operation_id="list_places",
    summary="Territorial units that are or can become members",
)
def place_list(request: HttpRequest, asked: Query[PlacesAsked]) -> dict[str, Any]:
    """Current entries of the registers, by id; of a city in several registers the main one."""
    rows = Place.objects.selectable().with_surroundings()
    filters = {
        "country__in": asked.country,
        "region__code__in": asked.region,
        "level__in": asked.level,
        "register__in": asked.place_register,
    }
    rows = rows.filter(**{name: values for name, values in filters.items() if values})
    if asked.is_member is not None:
        held = Member.objects.listed().filter(place__isnull=False).values("place")
        rows = rows.filter(pk__in=held) if asked.is_member else rows.exclude(pk__in=held)
    page = page_of(request, asked, rows)
    members = _members(page.rows)
    return answer(request, page, [place_row(place, members.get(place.pk)) for place in page.rows])


@router.get(
    "/places/{slug:place_register}/{str:place_code}",
    response={200: PlaceData, **PROBLEMS, **MISSING},
    url_name="place",
    operation_id="get_place",
    summary="One territorial unit",
)
def place_detail(request: HttpRequest, place_register: str, place_code: str) -> dict[str, Any]:
    rows = Place.objects.selectable().with_surroundings()
    place = get_object_or_404(rows, register=place_register, code=place_code[: lists.MAX_QUERY])
    return place_row(place, _members([place]).get(place.pk))


def _members(places: list[Place]) -> dict[int, str]:
    """Place → its member."""
    return dict(Member.objects.listed().filter(place__in=places).values_list("place", "slug"))
