"""Verbs about the documents and photos of a need or an offer. Files never keep what they say of author and place."""

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.core.audience import Audience, visible
from alliance.core.journal import record
from alliance.core.states import lock
from alliance.core.uploads import CleanUpload, as_content_file, small_photo
from partnerships.actions.listings import Incomplete
from partnerships.actions.review_rules import note_unread
from partnerships.models import Listing, ListingFile, ListingSearch
from partnerships.refusals import FileRefused

# Enough for a project's documents and its photos, too little for an archive.
MOST_FILES = 12


@transaction.atomic
def add_file(
    listing: Listing, *, upload: CleanUpload, caption: str, by: Any, names_no_site: bool = False
) -> ListingFile:
    """Keep a file behind the last one. ``names_no_site``: the author's word that it shows no site.

    Journal: `listing.file_added`. Raises `FileRefused`, or `Incomplete` when everyone could see it, the word is
    needed and was not given.
    """
    stored = lock(listing)
    if stored.files.count() >= MOST_FILES:
        raise FileRefused(FileRefused.TOO_MANY)
    if must_show_no_site(stored):
        if not names_no_site:
            raise Incomplete(["names_no_site_confirmed_at"])
        stored.names_no_site_confirmed_at = timezone.now()
    last = stored.files.aggregate(last=Max("position"))["last"]
    file = ListingFile.objects.create(
        listing=stored,
        position=0 if last is None else last + 1,
        kind=ListingFile.Kind.PHOTO if upload.is_picture else ListingFile.Kind.DOCUMENT,
        file=as_content_file(upload),
        original_filename=upload.original_filename,
        content_type=upload.content_type,
        size=upload.size,
        caption=caption,
    )
    note_unread(stored)
    if file.is_photo:
        _keep_small(file, upload.content)
    _changed(stored)
    record("listing.file_added", stored, by=by, file=file.slug)
    return file


def _keep_small(file: ListingFile, content: bytes) -> None:
    """The small drawing of a photo for cards, beside it."""
    file.file.storage.save(file.small_name, ContentFile(small_photo(content)))


def must_show_no_site(listing: Listing) -> bool:
    """Whether a file of this listing needs the author's word: everyone sees it, and its sector is guarded."""
    sectors = listing.sectors.values_list("code", flat=True)
    is_public = visible(listing, "files", Audience.PUBLIC)
    return is_public and Listing.must_name_no_site(listing.kind, listing.audience, sectors)


@transaction.atomic
def caption_file(file: ListingFile, *, caption: str, by: Any) -> None:
    """Say anew what a file shows. Journal: `listing.file_captioned`."""
    stored = lock(file.listing)
    ListingFile.objects.filter(pk=file.pk).update(caption=caption)
    note_unread(stored)
    _changed(stored)
    record("listing.file_captioned", stored, by=by, file=file.slug)


@transaction.atomic
def remove_file(file: ListingFile, *, by: Any) -> None:
    """Take a file away, also from the disk. Twice does it once. Journal: `listing.file_removed`."""
    stored = lock(file.listing)
    if not ListingFile.objects.filter(pk=file.pk).delete()[0]:
        return
    storage = file.file.storage
    for name in (file.file.name, file.small_name):
        transaction.on_commit(partial(storage.delete, name), robust=True)
    _changed(stored)
    record("listing.file_removed", stored, by=by, file=file.slug)


def _changed(listing: Listing) -> None:
    """Cards and search rows are as old as their listing; a card that shows a photo is drawn anew at once."""
    listing.save(update_fields=["updated_at", "names_no_site_confirmed_at"])
    ListingSearch.objects.filter(listing=listing).update(indexed_at=timezone.now())
