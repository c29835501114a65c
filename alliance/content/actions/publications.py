"""Verbs of whatever is drafted, published and withdrawn: documents and videos. Journal verbs begin with the model's
name: `document.published`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.content.actions.site_search import index_entry
from alliance.content.actions.translations import keep_gaps
from alliance.content.file_refusals import FilesRefused
from alliance.content.models import Document, Video
from alliance.content.translations import note_origins
from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock, move

Status = Document.Status


@transaction.atomic
def create(obj: Document | Video, *, by: Any) -> None:
    """A new draft that only the desk sees. Journal: `<noun>.created`."""
    note_origins(obj, None)
    obj.save(force_insert=True)
    record(f"{noun(obj)}.created", obj, by=by)
    keep_gaps(obj)


@transaction.atomic
def update(obj: Document | Video, *, fields: Sequence[str], by: Any) -> None:
    """Store changed ``fields``; readers see them at once where it is published. Journal: `<noun>.updated`."""
    note_origins(obj, lock(obj))
    obj.save(update_fields=[*fields, "made_from", "updated_at"])
    record(f"{noun(obj)}.updated", obj, by=by, fields=sorted(fields))
    keep_gaps(obj)
    index_entry(obj)


@transaction.atomic
def publish(obj: Document | Video, *, by: Any, published_at: datetime | None = None) -> None:
    """Readers see it, now or from ``published_at`` on. What was withdrawn keeps the day of its first publication.

    Journal: `<noun>.published`. Raises `FilesRefused` for a document without a file, or `NotAllowed`.
    """
    stored, now = lock(obj), timezone.now()
    if isinstance(stored, Document) and not stored.files.offered().exists():
        raise FilesRefused(FilesRefused.NO_FILE)
    first = stored.published_at if stored.status == Status.WITHDRAWN else None
    move(
        obj, Status.PUBLISHED, by=by, verb=f"{noun(obj)}.published", published_at=published_at or first or now
    )
    index_entry(obj)


@transaction.atomic
def unplan(obj: Document | Video, *, by: Any) -> None:
    """What was to be published later is a draft again. Journal: `<noun>.unplanned`. Raises `NotAllowed` once it is
    read."""
    stored = lock(obj)
    if not stored.is_planned:
        raise NotAllowed(obj, stored.status, Status.DRAFT)
    move(obj, Status.DRAFT, by=by, verb=f"{noun(obj)}.unplanned", published_at=None)
    index_entry(obj)


@transaction.atomic
def withdraw(obj: Document | Video, *, by: Any) -> None:
    """Nobody reads it any more; its address says so. Journal: `<noun>.withdrawn`. Raises `NotAllowed`."""
    stored = lock(obj)
    if stored.is_planned:
        raise NotAllowed(obj, stored.status, Status.WITHDRAWN)
    move(obj, Status.WITHDRAWN, by=by, verb=f"{noun(obj)}.withdrawn")
    keep_gaps(obj)
    index_entry(obj)


def noun(obj: Document | Video) -> str:
    return obj._meta.model_name


def delete_on_commit(storage: Any, names: Iterable[str]) -> None:
    """Files that no row names any more go from the disk once that is certain."""
    for name in filter(None, names):
        transaction.on_commit(partial(storage.delete, name), robust=True)
