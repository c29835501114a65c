"""Verbs of videos: stored with their film and poster, their words in each language written."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.base import File as StoredFile
from django.db import transaction

from alliance.content.actions.publications import create, delete_on_commit
from alliance.content.actions.site_search import index_entry
from alliance.content.actions.translations import keep_gaps
from alliance.content.models import Video, VideoWords
from alliance.content.translations import note_origins
from alliance.core.countries import PUBLISHED_IN
from alliance.core.films import CleanFilm
from alliance.core.journal import record
from alliance.core.slugs import make_slug
from alliance.core.states import lock
from alliance.core.uploads import CleanUpload, small_photo

# As wide as films are, and as large as a page shows it.
POSTER = (960, 540)


@transaction.atomic
def create_video(
    video: Video, *, by: Any, film: CleanFilm | None = None, poster: CleanUpload | None = None
) -> None:
    """A new draft that only the desk sees. Journal: `video.created`."""
    _take_film(video, film)
    _take_poster(video, poster)
    create(video, by=by)


@transaction.atomic
def update_video(
    video: Video,
    *,
    fields: Sequence[str],
    by: Any,
    film: CleanFilm | None = None,
    poster: CleanUpload | None = None,
) -> None:
    """Store changed ``fields``, another film or poster; those that were there go from the disk. Journal:
    `video.updated`."""
    stored = lock(video)
    _take_film(video, film)
    _take_poster(video, poster)
    if not video.is_own:
        video.file, video.content_type, video.size, video.digest = "", "", 0, ""
    note_origins(video, stored)
    video.save()
    keep_gaps(video)
    gone = {stored.file.name, stored.poster.name} - {video.file.name, video.poster.name}
    delete_on_commit(stored.file.storage, gone)
    changed = [*fields, *(["film"] if film else []), *(["poster"] if poster else [])]
    record("video.updated", video, by=by, fields=sorted(changed))
    index_entry(video)


def _take_film(video: Video, film: CleanFilm | None) -> None:
    if film and video.is_own:
        video.file = StoredFile(film.file, name=film.name)
        video.content_type, video.size, video.digest = film.content_type, film.size, film.digest
        video.seconds, video.foreign_id = film.seconds, ""


def _take_poster(video: Video, poster: CleanUpload | None) -> None:
    if poster:
        video.poster = ContentFile(small_photo(poster.content, POSTER), name=f"{make_slug(20)}.webp")


@transaction.atomic
def write_words(
    video: Video, *, changed: Sequence[VideoWords] = (), removed: Sequence[VideoWords] = (), by: Any
) -> None:
    """Captions and transcripts in some languages, added, changed and removed. Journal: `video.words_written`."""
    stored = lock(video)
    for words in removed:
        words.delete()
    for words in changed:
        words.video, words.position = stored, PUBLISHED_IN.index(words.language)
        words.save()
    stored.save(update_fields=["updated_at"])
    languages = sorted({words.language for words in [*changed, *removed]})
    record("video.words_written", stored, by=by, languages=languages)
    index_entry(stored)
