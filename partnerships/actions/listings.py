"""Verbs about needs and offers: from a draft to its end. Views, tasks, the desk and the demo call them."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.audience import Audience, visible
from alliance.core.journal import SYSTEM, record
from alliance.core.languages import LANGUAGES
from alliance.core.machine_translation import request_texts
from alliance.core.states import NotAllowed, lock, move
from members.models import Member, Place, Sector
from partnerships.actions.appeals import appeal_named
from partnerships.actions.lines import write_lines
from partnerships.actions.review_rules import must_be_read, note_unread, words_of
from partnerships.actions.search import index_listing, unindex_listing
from partnerships.drafts import ListingContent
from partnerships.emails import desk as desk_mails
from partnerships.models import Listing
from partnerships.models.validity import RENEWED_DAYS

Status = Listing.Status
# A listing is valid for a year at most: what nobody renews is not needed any more.
LONGEST_DAYS = 365
# What a new word of its member that it holds makes undone.
HOLDS = {"asked_at": None, "asked_again_at": None}
# What goes from a content to its row as it is.
SIMPLE = [
    "expires_on",
    "audience",
    "is_member_hidden",
    "urgency",
    "transport_by",
    "dream_id",
    "partner_note",
    "desk_note",
]


class Incomplete(Exception):
    """A draft lacks what every published listing has; ``missing`` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@transaction.atomic
def create_listing(*, member: Member, kind: str, content: ListingContent, by: Any) -> Listing:
    """A draft of ``member``, seen by its own representatives only.

    Precondition: a title in one language. Journal: `listing.created`.
    """
    listing = Listing(member=member, kind=kind)
    _write(listing, content)
    record("listing.created", listing, by=by, kind=kind)
    return listing


@transaction.atomic
def update_listing(listing: Listing, *, content: ListingContent, by: Any) -> Listing:
    """Replace what a listing says; a published one stays published, is found by its new words, and holds from today on.
    Where the desk reads first, new words go on its list.

    Journal: `listing.updated`. Raises `Incomplete` when a listing that is published or before the desk would lose what
    it needs, or when a need in a guarded sector comes to be read by everyone without the word that it names no site.
    """
    stored = lock(listing)
    was = words_of(stored)
    if stored.status == Status.PUBLISHED:
        _set(stored, confirmed_at=timezone.now(), **HOLDS)
    _write(stored, content)
    if words_of(stored) != was:
        note_unread(stored)
    if stored.status in (Status.PUBLISHED, Status.REVIEW):
        _refuse_incomplete(stored)
    if stored.status == Status.PUBLISHED:
        index_listing(stored)
        _ask_for_translations(stored)
    record("listing.updated", stored, by=by)
    return stored


def _write(listing: Listing, content: ListingContent) -> None:
    words = {"title": content.titles, "text": content.texts}
    gone = [name for name, texts in words.items() if not any(texts.values())]
    if gone and listing.status != Status.DRAFT:  # before the database refuses it
        raise Incomplete(gone)
    is_ours = content.language in LANGUAGES
    listing.original_language = content.language
    listing.original_texts = (
        {}
        if is_ours
        else {
            "title": content.titles.get(content.language, ""),
            "text": content.texts.get(content.language, ""),
        }
    )
    for code in LANGUAGES:
        setattr(listing, f"title_{code}", content.titles.get(code) or None)
        setattr(listing, f"text_{code}", content.texts.get(code) or None)
    for name in SIMPLE:
        setattr(listing, name, getattr(content, name))
    listing.field_audiences = dict(content.field_audiences)
    listing.handover = _handover(content.handover)
    listing.appeal = appeal_named(content.appeal, listing)
    # The word is given for the text as it stands now: each new text needs it again.
    listing.names_no_site_confirmed_at = timezone.now() if content.names_no_site else None
    listing.save()
    listing.sectors.set(Sector.objects.filter(code__in=content.sectors))
    write_lines(listing, content.lines)


def _handover(pk: int | None) -> Place | None:
    """Never a site: a place of a register, of a level that says no more than a hromada."""
    return Place.objects.get(pk=pk, level__in=Listing.HANDOVER_LEVELS) if pk else None


@transaction.atomic
def publish_listing(listing: Listing, *, by: Any) -> None:
    """Show a complete draft to its audience, or put it before the desk where a rule says so: then its status is
    `review`.

    Journal: `listing.published` or `listing.submitted`. Mails: `listing_submitted` to the inbox. Raises `Incomplete`,
    or `NotAllowed` when it is no draft any more or its member is not approved.
    """
    _publish(listing, by=by, verb="listing.published", moves_from=[Status.DRAFT])


@transaction.atomic
def renew_listing(listing: Listing, *, by: Any, expires_on: date | None = None) -> None:
    """Publish what had expired or was withdrawn again, as new, for another `RENEWED_DAYS`; or put it before the desk
    where a rule says so and its words wait to be read.

    Journal: `listing.renewed` or `listing.submitted`. Raises `Incomplete` or `NotAllowed`.
    """
    until = expires_on or timezone.localdate() + timedelta(days=RENEWED_DAYS)
    _publish(listing, by=by, verb="listing.renewed", moves_from=Listing.ENDED, expires_on=until)


def _publish(listing: Listing, *, by: Any, verb: str, moves_from: list[str], **changes: Any) -> None:
    stored = publishable(listing, moves_from, **changes)
    if must_be_read(stored):
        since = stored.unread_since or timezone.now()
        move(listing, Status.REVIEW, by=by, verb="listing.submitted", unread_since=since, **changes)
        desk_mails.listing_submitted(listing)
    else:
        show(listing, stored, by=by, verb=verb, **changes)


def publishable(listing: Listing, moves_from: list[str], **changes: Any) -> Listing:
    """The stored row with ``changes``, locked. Raises `NotAllowed` from another status or for a member that is not
    approved, `Incomplete` when something is missing."""
    stored = lock(listing)
    if stored.status not in moves_from or stored.member.status != Member.Status.APPROVED:
        raise NotAllowed(listing, stored.status, Status.PUBLISHED)
    _set(stored, **changes)
    _refuse_incomplete(stored)
    return stored


def show(listing: Listing, stored: Listing, *, by: Any, verb: str, **changes: Any) -> None:
    """Make it public to its audience and findable; ``stored`` is its locked row."""
    now = timezone.now()
    changes |= {"published_at": now, "confirmed_at": now, "desk_message": "", **HOLDS}
    move(listing, Status.PUBLISHED, by=by, verb=verb, **changes)
    _set(stored, status=Status.PUBLISHED, **changes)
    index_listing(stored)
    _ask_for_translations(stored)


def _set(listing: Listing, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(listing, name, value)


def _ask_for_translations(listing: Listing) -> None:
    """Only what everyone may read leaves the portal."""
    if public := [name for name in ("title", "text") if visible(listing, name, Audience.PUBLIC)]:
        request_texts(listing, public)


def _refuse_incomplete(listing: Listing) -> None:
    if missing := listing.missing:
        raise Incomplete(missing)


@transaction.atomic
def withdraw_listing(listing: Listing, *, by: Any, reason: str = "") -> None:
    """Take a listing off the lists, whatever its state. ``reason``: what the desk tells its member.

    Journal: `listing.withdrawn`. Raises `NotAllowed`.
    """
    words = {"desk_message": reason} if reason else {}
    move(listing, Status.WITHDRAWN, by=by, verb="listing.withdrawn", reason=reason, **words)
    unindex_listing(listing)


@transaction.atomic
def expire_listing(listing: Listing, *, by: Any = SYSTEM) -> None:
    """Close a listing after its last day. Journal: `listing.expired`. Raises `NotAllowed`."""
    stored = lock(listing)
    if stored.expires_on is not None and stored.expires_on >= timezone.localdate():
        raise NotAllowed(listing, stored.status, Status.EXPIRED)  # renewed a moment ago
    move(listing, Status.EXPIRED, by=by, verb="listing.expired")
    unindex_listing(listing)


def expire_listings(*, by: Any = SYSTEM) -> int:
    """The sweep: every listing past its last day, each in its own transaction; returns how many."""
    count = 0
    for listing in Listing.objects.due_to_expire().order_by("id").iterator(chunk_size=500):
        with suppress(NotAllowed):
            expire_listing(listing, by=by)
            count += 1
    return count
