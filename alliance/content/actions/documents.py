"""Verbs of documents: files come, are replaced by newer versions, are no longer offered; their words are taken out."""

import hashlib
import logging
from typing import Any

from django.db import transaction
from django.db.models import F

from alliance.content.actions.site_search import index_entry
from alliance.content.file_refusals import FilesRefused
from alliance.content.models import Document, DocumentFile, DocumentVersion
from alliance.core.countries import PUBLISHED_IN
from alliance.core.file_text import text_of
from alliance.core.journal import as_actor, record
from alliance.core.states import lock
from alliance.core.uploads import CleanUpload, as_content_file

log = logging.getLogger(__name__)
# So many files are read in one round of the sweep.
READ_AT_ONCE = 20


@transaction.atomic
def add_file(document: Document, *, language: str, title: str, upload: CleanUpload, by: Any) -> DocumentFile:
    """A file in one more language, offered at once. Journal: `document.file_added`.

    Raises `FilesRefused` when the document has one in that language.
    """
    stored = lock(document)
    if stored.files.filter(language=language).exists():
        raise FilesRefused(FilesRefused.LANGUAGE)
    file = DocumentFile.objects.create(
        document=stored, language=language, title=title, position=PUBLISHED_IN.index(language)
    )
    _add_version(file, upload, by)
    _changed(stored)
    record("document.file_added", stored, by=by, language=language)
    return file


@transaction.atomic
def replace_file(
    file: DocumentFile, *, upload: CleanUpload, by: Any, withholds_older: bool = False
) -> DocumentVersion:
    """A newer version: the address of the file leads to it from now on, the older ones keep their own.

    :param withholds_older: nobody may read the older ones any more, because something in them must not be known

    Journal: `document.file_replaced`. Raises `FilesRefused` for the very file that is there.
    """
    document = lock(file.document)
    stored = lock(file)
    if stored.current and stored.current.digest == _digest(upload):
        raise FilesRefused(FilesRefused.SAME)
    if withholds_older:
        stored.versions.update(is_withheld=True)
    version = _add_version(stored, upload, by)
    file.current = version
    _changed(document)
    record("document.file_replaced", document, by=by, language=stored.language, version=version.number)
    return version


@transaction.atomic
def change_file(file: DocumentFile, *, title: str, is_offered: bool, by: Any) -> None:
    """Say anew what a file is called and whether readers are offered it. Journal: `document.file_changed`.

    Raises `FilesRefused` when a published document would be left without a file.
    """
    document = lock(file.document)
    file.title, file.is_offered = title, is_offered
    file.save(update_fields=["title", "is_offered"])
    if document.status == Document.Status.PUBLISHED and not document.files.offered().exists():
        raise FilesRefused(FilesRefused.LAST_FILE)
    _changed(document)
    record("document.file_changed", document, by=by, language=file.language, offered=is_offered)


def _add_version(file: DocumentFile, upload: CleanUpload, by: Any) -> DocumentVersion:
    file.current = DocumentVersion.objects.create(
        of_file=file,
        number=file.versions.count() + 1,
        file=as_content_file(upload),
        content_type=upload.content_type,
        size=upload.size,
        digest=_digest(upload),
        added_by=as_actor(by).user,
    )
    file.save(update_fields=["current"])
    return file.current


def _digest(upload: CleanUpload) -> str:
    return hashlib.sha256(upload.content).hexdigest()


def _changed(document: Document) -> None:
    document.save(update_fields=["updated_at"])
    index_entry(document)


def read_texts() -> int:
    """The sweep: take the words out of files that nobody has read yet; returns how many.

    A try is noted before it begins, so that a file that kills its worker is not tried for ever.
    """
    count = 0
    for version in DocumentVersion.objects.unread().select_related("of_file__document")[:READ_AT_ONCE]:
        rows = DocumentVersion.objects.filter(pk=version.pk, tries=version.tries)
        if not rows.update(tries=F("tries") + 1):
            continue  # another worker has it
        try:
            with version.file.open("rb") as file:
                text = text_of(file.read(), version.content_type)
        except OSError:
            log.error("a stored file is missing: %s", version.file.name)
            continue
        _keep_text(version, text)
        count += 1
    return count


@transaction.atomic
def _keep_text(version: DocumentVersion, text: str) -> None:
    DocumentVersion.objects.filter(pk=version.pk).update(text=text)
    index_entry(version.of_file.document)
