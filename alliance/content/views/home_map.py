"""The map on the home page."""

from typing import Any

from django.urls import reverse

from members import map as maps
from members.models import Member
from members.views.map import drawing, members_words, oblast_rows


def map_block() -> dict[str, Any] | None:
    """Ukraine by oblast, as deep as it has members, and one link to the map that says the same in words; None where
    the outlines are not there."""
    ukraine = maps.ukraine()
    if ukraine is None:
        return None
    counts = Member.objects.listed().area_counts()
    total = sum(count for _country, _region, count in counts)
    drawn = drawing(ukraine, oblast_rows(counts), [], by_oblast=True)
    return {"drawing": drawn, "total": members_words(total), "href": reverse("members:member_map")}
