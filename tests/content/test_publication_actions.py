"""Verbs of documents and videos where two act at once, or somebody asks for what cannot be, without a form to help."""

import itertools
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from alliance.content.actions import documents, publications
from alliance.content.file_refusals import FilesRefused
from alliance.content.models import Document
from alliance.core.states import NotAllowed
from alliance.core.uploads import clean_picture
from tests.core.upload_samples import png
from tests.factories import make_coordinator, make_document, make_video

pytestmark = pytest.mark.django_db
Status = Document.Status
VERBS = {
    "publish": (publications.publish, Status.PUBLISHED),
    "unplan": (publications.unplan, Status.DRAFT),
    "withdraw": (publications.withdraw, Status.WITHDRAWN),
}
AHEAD = timedelta(days=1)
# What stands, as whom: which verb is possible.
POSSIBLE = {
    ("draft", False): {"publish"},
    ("published", False): {"withdraw"},
    ("published", True): {"unplan"},
    ("withdrawn", False): {"publish"},
}


@pytest.mark.parametrize("make", [make_document, make_video])
@pytest.mark.parametrize(("state", "verb"), list(itertools.product(POSSIBLE, VERBS)))
def test_what_follows_what(make, state, verb):
    status, is_planned = state
    moment = timezone.now() + (AHEAD if is_planned else -AHEAD)
    obj = make(status=status, published_at=None if status == "draft" else moment)
    act, becomes = VERBS[verb]
    if verb in POSSIBLE[state]:
        act(obj, by=make_coordinator())
        assert type(obj).objects.get().status == becomes
    with pytest.raises(NotAllowed):  # a second click, or what was never possible
        act(type(obj).objects.get(), by=make_coordinator())
    expected = becomes if verb in POSSIBLE[state] else status
    assert type(obj).objects.get().status == expected


def upload():
    return clean_picture(SimpleUploadedFile("a.png", png()))


def test_a_second_file_in_a_language_is_refused():
    document = make_document("uk")
    with pytest.raises(FilesRefused, match="replace it"):
        documents.add_file(document, language="uk", title="Again", upload=upload(), by=make_coordinator())
    assert document.files.count() == 1


def test_the_very_same_file_is_no_newer_version():
    row = make_document("uk").files.get()
    documents.replace_file(row, upload=upload(), by=make_coordinator())
    with pytest.raises(FilesRefused, match="very file"):
        documents.replace_file(row, upload=upload(), by=make_coordinator())
    assert row.versions.count() == 2


def test_the_last_file_of_what_is_published_stays_offered():
    row = make_document("uk").files.get()
    with pytest.raises(FilesRefused, match="only file"):
        documents.change_file(row, title="Kept", is_offered=False, by=make_coordinator())
    row.refresh_from_db()
    assert (row.is_offered, row.title != "Kept") == (True, True)


def test_nothing_is_published_without_a_file():
    document = make_document(status="draft", published_at=None)
    document.files.update(is_offered=False)
    with pytest.raises(FilesRefused, match="at least one language"):
        publications.publish(document, by=make_coordinator())
    assert Document.objects.get().status == Status.DRAFT
