"""Rows of documents and videos: what the database refuses, and when readers see them."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from alliance.content.models import Document, DocumentFile, DocumentVersion, DownloadCount, Video, VideoWords
from tests.factories import make_document, make_version, make_video

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(Error), transaction.atomic():
        write()
    return True


def test_a_file_stays_as_it_was_sent():
    version = make_document().files.get().current
    rows = DocumentVersion.objects.filter(pk=version.pk)
    for change in ({"size": 3}, {"file": "other.pdf"}, {"number": 9}, {"digest": "x"}):
        assert refused(lambda change=change: rows.update(**change))
    assert refused(rows.delete)
    assert rows.update(is_withheld=True, text="words", tries=1) == 1


def test_a_language_stands_once_and_is_one_of_europe():
    row = make_document().files.get()
    for language in ("en", "ru"):
        again = DocumentFile(document=row.document, language=language, title="Again")
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()
    row.title = ""
    assert refused(row.save)
    assert refused(lambda: make_version(row, number=1))


def test_a_title_in_one_language_and_a_moment_when_published():
    assert refused(lambda: make_document(title_en=""))
    assert refused(lambda: make_document(published_at=None))
    assert make_document(title_en="", title_uk="Звіт", status="draft", published_at=None).pk


def test_read_from_its_moment_on():
    ahead = timezone.now() + timedelta(hours=1)
    planned, withdrawn, public = (
        make_document(published_at=ahead),
        make_document(status="withdrawn"),
        make_document(),
    )
    make_document(status="draft")
    assert set(Document.objects.public()) == {public}
    assert set(Document.objects.known()) == {public, withdrawn}
    assert set(Document.objects.public(ahead)) == {public, planned}
    assert (planned.is_planned, planned.is_public, public.is_public) == (True, False, True)


def test_a_video_is_in_one_place():
    own, foreign = make_video(b"film"), make_video()
    assert (own.is_own, foreign.is_own) == (True, False)
    assert refused(lambda: make_video(foreign_id=""))
    assert refused(lambda: make_video(b"film", foreign_id="abc"))
    assert refused(lambda: make_video(seconds=0))
    assert refused(lambda: make_video(language="xx"))
    assert refused(lambda: VideoWords.objects.create(video=own, language="pl"))
    assert set(Video.objects.public()) == {own, foreign}


def test_a_download_is_added_to_its_day():
    row = make_document().files.get()
    for _time in range(3):
        DownloadCount.add_one(row)
    count = DownloadCount.objects.get()
    assert (count.day, count.count) == (timezone.localdate(), 3)
    DownloadCount.objects.create(file=row, day=timezone.localdate() - timedelta(days=31), count=5)
    counted = DocumentFile.objects.with_counts().get()
    assert (counted.downloads_in_all, counted.downloads_in_month) == (8, 3)
    assert Document.objects.with_downloads().get().downloads_in_all == 8
