"""What the desk decides about needs and offers. Each verb is one move, one journal row, and one letter to everybody who
acts for the member, in their language."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.states import NotAllowed, lock, move
from partnerships.actions.listings import Incomplete, publishable, show, withdraw_listing
from partnerships.actions.review_rules import version_of
from partnerships.emails import listings as mails
from partnerships.models import Listing
from partnerships.refusals import ReviewRefused

Status = Listing.Status


@transaction.atomic
def approve_listing(listing: Listing, *, by: Any, seen: str = "") -> None:
    """Publish what waited for the desk. ``seen`` is the version that the desk read; empty asks for none.

    Journal: `listing.approved`. Mails: `listing_approved`. Raises `NotAllowed` when it does not wait any more or its
    member is not approved, `ReviewRefused` when its member changed it meanwhile or its last day has passed.
    """
    try:
        stored = publishable(listing, [Status.REVIEW])
    except Incomplete as missing:
        code = ReviewRefused.PAST if missing.missing == ["expires_on"] else ReviewRefused.INCOMPLETE
        raise ReviewRefused(code) from missing
    if seen and seen != version_of(stored):
        raise ReviewRefused(ReviewRefused.CHANGED)
    show(listing, stored, by=by, verb="listing.approved", unread_since=None)
    mails.listing_approved(listing)


@transaction.atomic
def return_listing(listing: Listing, *, question: str, by: Any) -> None:
    """Back to its member as a draft, with a question; they correct it and publish it again.

    Journal: `listing.returned`. Mails: `listing_returned`. Raises `NotAllowed` when it does not wait any more.
    """
    _expect_review(listing, Status.DRAFT)
    move(listing, Status.DRAFT, by=by, verb="listing.returned", reason=question, desk_message=question)
    mails.listing_returned(listing)


@transaction.atomic
def refuse_listing(listing: Listing, *, reason: str, by: Any) -> None:
    """It is not published. Its member may correct it and send it to the desk again.

    Journal: `listing.refused`. Mails: `listing_refused`. Raises `NotAllowed` when it does not wait any more.
    """
    _expect_review(listing, Status.WITHDRAWN)
    move(listing, Status.WITHDRAWN, by=by, verb="listing.refused", reason=reason, desk_message=reason)
    mails.listing_refused(listing)


@transaction.atomic
def take_down_listing(listing: Listing, *, reason: str, by: Any) -> None:
    """The desk withdraws what must not stand. Where it reads first, it reads before it is shown again.

    Journal: `listing.withdrawn`. Mails: `listing_taken_down`. Raises `NotAllowed`.
    """
    Listing.objects.filter(pk=listing.pk, unread_since=None).update(unread_since=timezone.now())
    withdraw_listing(listing, by=by, reason=reason)
    mails.listing_taken_down(listing)


def _expect_review(listing: Listing, to: str) -> None:
    stored = lock(listing)
    if stored.status != Status.REVIEW:
        raise NotAllowed(listing, stored.status, to)
