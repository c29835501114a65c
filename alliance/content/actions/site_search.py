"""The index of the site's search, kept in step with what readers see."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from alliance.content.entry_words import (
    Words,
    terms_of,
    words_of_document,
    words_of_film,
    words_of_issue,
    words_of_revision,
    words_of_survey,
)
from alliance.content.models import Document, DocumentFile, PolicyIssue, SiteEntry, Survey, Video
from alliance.content.models.revisions import Revised
from alliance.content.models.site_search import INDEXED, not_indexed, not_public
from alliance.core.languages import LANGUAGES, Shown, shown

# So many of each kind are read in one round of the sweep.
INDEX_AT_ONCE = 50


@transaction.atomic
def index_entry(obj: Any) -> None:
    """Write anew by which words ``obj`` is found; what readers do not see is not found. Kinds that the search does not
    know are left alone.

    In the transaction of whoever changed what readers see.
    """
    model = type(obj)
    if model not in INDEXED.values():
        return
    now = timezone.now()
    kind = ContentType.objects.get_for_model(model)
    stored = model.objects.public(now).filter(pk=obj.pk).first()
    if stored is None:
        SiteEntry.objects.filter(content_type=kind, object_id=obj.pk).delete()
        return
    files = _files_of(stored)
    known: dict[Shown, list[str]] = {}
    vectors = {f"vector_{code}": _vector(_words(stored, files, code), known) for code in LANGUAGES}
    revision = stored.shown_revision(now) if isinstance(stored, Revised) else None
    entry = SiteEntry(
        content_type=kind,
        object_id=stored.pk,
        revision_id=revision.pk if revision else 0,
        indexed_at=now,
        **vectors,
    )
    SiteEntry.objects.bulk_create(
        [entry],
        update_conflicts=True,
        unique_fields=["content_type", "object_id"],
        update_fields=["revision_id", "indexed_at", *vectors],
    )


def index_entries() -> int:
    """The sweep: what was planned and is read now, what an upgrade brought; returns how many entries it wrote."""
    now, count = timezone.now(), 0
    for model in INDEXED.values():
        not_public(model, now).delete()
        for obj in not_indexed(model, now).order_by("pk")[:INDEX_AT_ONCE]:
            index_entry(obj)
            count += 1
    return count


def _files_of(obj: Any) -> list[tuple[str, str, str]]:
    """What is read beside the row itself: files of a document, what is said in a video."""
    if isinstance(obj, Video):
        return list(obj.words.values_list("language", "transcript", "captions"))
    if not isinstance(obj, Document):
        return []
    rows = DocumentFile.objects.readable().filter(document=obj)
    return [
        (code, title, text or "")
        for code, title, text in rows.values_list("language", "title", "current__text")
    ]


def _words(obj: Any, files: list[tuple[str, str, str]], language: str) -> Words:
    if isinstance(obj, PolicyIssue):
        return words_of_issue(obj, language)
    if isinstance(obj, Survey):
        return words_of_survey(obj, language)
    if isinstance(obj, Document | Video):
        read = words_of_document if isinstance(obj, Document) else words_of_film
        return read(shown(obj, "title", language), shown(obj, "summary", language), files, language)
    return words_of_revision(obj.shown_revision().data, language)


def _vector(words: Words, known: dict[Shown, list[str]]) -> Any:
    title = SearchVector(Value(terms_of([words.title], known)), config="simple", weight="A")
    return title + SearchVector(Value(terms_of(words.parts, known)), config="simple", weight="B")
