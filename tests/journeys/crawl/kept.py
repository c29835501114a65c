"""Offers whose every restrictable field is kept for one audience, each field with words that are easy to find again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.core.uploads import clean_picture
from members.models import Member, Sector
from partnerships.actions.files import add_file
from partnerships.actions.search import index_listing
from partnerships.models import Listing, ListingFile
from tests.core.upload_samples import png
from tests.factories import make_listing, make_place

# Audience → (quantity, year): numbers that nothing else in the world has, and no random token is likely to.
LEVELS = {"members": (791911, 2031), "partner": (791912, 2032), "coordinators": (791913, 2033)}


@dataclass(frozen=True)
class Kept:
    """``words``: field → the ways in which its canary may be written, in any language and format."""

    listing: Listing
    photo: ListingFile
    words: dict[str, list[str]]


def keep_fields(owner: Member, sector: Sector, by: Any) -> dict[str, Kept]:
    return {level: _kept(owner, sector, by, level) for level in LEVELS}


def owner_name(level: str) -> str:
    """The name of these words among the canaries of the world."""
    return f"kept for {level}"


def _kept(owner: Member, sector: Sector, by: Any, level: str) -> Kept:
    quantity, year = LEVELS[level]
    word = f"Canary-kept-{level}-"
    place = make_place(country="PL", **{f"name_{code}": f"{word}Place" for code in ("en", "pl", "uk")})
    listing = make_listing(
        [sector],
        member=owner,
        title_uk=f"Пропозиція, подробиці не для всіх: {level}",
        text_uk=f"{word}Text",
        text_en=None,
        title_en=None,
        original_language="uk",
        handover=place,
        field_audiences=dict.fromkeys(Listing.RESTRICTABLE, level),
        partner_note=f"{word}Note" if level == "partner" else "",
        desk_note=f"{word}Note" if level == "coordinators" else "",
        line={
            "item": f"{word}Item",
            "quantity": quantity,
            "unit": "piece",
            "available_until": date(year, 12, 31),
        },
    )
    photo = add_file(
        listing,
        upload=clean_picture(SimpleUploadedFile(f"{word}File.png", png())),
        caption=f"{word}Caption",
        by=by,
    )
    index_listing(listing)
    number = str(quantity)
    words = {
        "text": [f"{word}Text"],
        "handover": [f"{word}Place"],
        "item": [f"{word}Item"],
        "caption": [f"{word}Caption"],
        "quantity": [number, *(f"{number[:3]}{gap}{number[3:]}" for gap in (" ", "\xa0", "&nbsp;", ","))],
        "needed_by": [f"грудня {year}", f"{year}-12-31", f"31.12.{year}", f"December {year}"],
    }
    if level != "members":
        words["note"] = [f"{word}Note"]
    return Kept(listing, photo, words)
