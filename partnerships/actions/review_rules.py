"""Whose needs and offers the desk reads first, and which words of theirs it has not read yet."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.states import NotAllowed, lock
from partnerships.models import Listing, ReviewRule


@transaction.atomic
def change_review_rule(rule: ReviewRule, *, is_required: bool, by: Any) -> None:
    """Whether the desk reads first what members of a class write. What is published stays so, what waits at the desk
    waits on. Journal: `review_rule.switched_on` or `review_rule.switched_off`; what it is already changes nothing."""
    stored = lock(rule)
    rule.is_required = is_required
    if stored.is_required == is_required:
        return
    rule.save(update_fields=["is_required"])
    record("review_rule.switched_on" if is_required else "review_rule.switched_off", rule, by=by)


@transaction.atomic
def read_listing(listing: Listing, *, by: Any, seen: str = "") -> None:
    """The desk has read what a member changed in a published listing, and lets it stand. ``seen`` is the version that
    it read. Journal: `listing.read`. Raises `NotAllowed` when there is nothing to read, or something newer."""
    stored = lock(listing)
    is_older = bool(seen) and seen != version_of(stored)
    if stored.status != Listing.Status.PUBLISHED or stored.unread_since is None or is_older:
        raise NotAllowed(listing, stored.status, "read")
    Listing.objects.filter(pk=stored.pk).update(unread_since=None)
    record("listing.read", stored, by=by)


def version_of(listing: Listing) -> str:
    """Which words the desk had before its eyes."""
    return listing.updated_at.isoformat()


def must_be_read(listing: Listing) -> bool:
    """Whether it goes to the desk before it is published: its class does, and its words have not been read yet."""
    is_new = listing.published_at is None or listing.unread_since is not None
    return is_new and ReviewRule.objects.reads_first(listing.member)


def note_unread(listing: Listing) -> None:
    """Its words changed after it had been published: the desk has something to read, where it reads first."""
    if listing.published_at is None or not ReviewRule.objects.reads_first(listing.member):
        return
    listing.unread_since = listing.unread_since or timezone.now()
    listing.save(update_fields=["unread_since", "updated_at"])


def words_of(listing: Listing) -> list[Any]:
    """Whatever its author wrote freely; dates, numbers and choices are none of it."""
    names = [f"{name}_{code}" for name in ("title", "text") for code in LANGUAGES]
    return [
        *(getattr(listing, name) for name in [*names, "original_texts", "partner_note"]),
        list(listing.lines.order_by("position", "id").values_list("item", flat=True)),
    ]
