"""What is being typed into the form of a need or an offer, kept against power cuts. No journal: nothing was decided."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from members.models import Member
from partnerships.models import Listing, UnsavedListing

# A form with twenty lines and full texts in every language stays below.
MOST_CHARACTERS = 200_000
KEEP = timedelta(days=90)
NOT_KEPT = {"csrfmiddlewaretoken"}


def keep_typed(
    *, user: Any, member: Member, kind: str, listing: Listing | None, data: Mapping[str, list[str]]
) -> bool:
    """Keep the fields of a form as they stand now; False when they are too long to be a form of ours."""
    pairs = [(name, text) for name, texts in data.items() if name not in NOT_KEPT for text in texts]
    fields = urlencode([(_readable(name), _readable(text)) for name, text in pairs])
    if len(fields) > MOST_CHARACTERS:
        return False
    UnsavedListing.objects.update_or_create(
        user=user, member=member, kind=kind, listing=listing, defaults={"fields": fields}
    )
    return True


def _readable(text: str) -> str:
    """Without what no text holds: halves of characters."""
    return text.encode("utf-8", "replace").decode()


def forget_typed(*, user: Any, member: Member, kind: str, listing: Listing | None) -> None:
    """It was saved, or the person does not want it."""
    UnsavedListing.objects.of(user, member, kind, listing).delete()


def forget_old() -> int:
    """The sweep: what nobody came back to; returns how many."""
    return UnsavedListing.objects.filter(saved_at__lt=timezone.now() - KEEP).delete()[0]
