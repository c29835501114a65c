"""Documents at the desk: written, files added and replaced, published now or later, withdrawn; said to nobody else."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions.documents import read_texts
from alliance.content.models import Document, DocumentFile, DocumentVersion, TranslationGap
from alliance.core.metadata import strip_pdf
from alliance.core.models import JournalEntry
from tests.factories import make_coordinator, make_document

pytestmark = pytest.mark.django_db
ADD = reverse("admin:content_document_add")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator(language="en")
    client.force_login(client.user)
    return client


def page(document, name="change", *more):
    return reverse(f"admin:content_document_{name}", args=[document.pk, *more])


def pdf_with(words):
    import typst

    source = f'#set document(author: "Canary Author", title: "Canary")\n{words}'
    return typst.compile(source.encode(), ignore_system_fonts=True)


def sent(content, name="Звіт.pdf"):
    return SimpleUploadedFile(name, content)


def written(*files, stored=0, **changes):
    fields = {
        "kind": "report",
        "dated_on": "2026-05-04",
        "original_language": "en",
        "title_en": "Reconstruction report",
        "title_pl": "Sprawozdanie z odbudowy",
        "files-TOTAL_FORMS": len(files),
        "files-INITIAL_FORMS": stored,
    } | changes
    for number, file in enumerate(files):
        fields |= {f"files-{number}-{name}": value for name, value in file.items()}
    return fields


def file_row(language, content=None, **changes):
    row = {"language": language, "title": f"Title {language}", "is_offered": "on"}
    return row | ({"upload": sent(content)} if content else {}) | changes


def verbs_of(document):
    return list(JournalEntry.objects.about(document).order_by("id").values_list("verb", flat=True))


def test_a_document_with_two_files_is_written_and_published(desk):
    rows = [file_row("uk", pdf_with("Відбудова")), file_row("fr", pdf_with("Reconstruction"))]
    assert desk.post(ADD, written(*rows)).status_code == 302
    document = Document.objects.get()
    assert (document.slug, document.status) == ("reconstruction-report", "draft")
    assert [(row.language, row.title, row.current.number) for row in document.files.all()] == [
        ("fr", "Title fr", 1),
        ("uk", "Title uk", 1),
    ]
    assert desk.post(page(document, "verb", "publish"), {"published_at": ""}).status_code == 302
    document.refresh_from_db()
    assert document.is_public
    assert verbs_of(document) == [
        "document.created",
        "document.file_added",
        "document.file_added",
        "document.published",
    ]
    assert DocumentVersion.objects.filter(added_by=desk.user).count() == 2


def test_what_the_file_tells_of_its_author_goes_and_its_words_are_kept_for_the_search(desk):
    desk.post(ADD, written(file_row("uk", pdf_with("Відбудова громад"))))
    version = DocumentVersion.objects.get()
    content = version.file.read()
    assert b"Canary" not in content
    assert strip_pdf(content)
    assert version.text is None
    assert (read_texts(), read_texts()) == (1, 0)
    version.refresh_from_db()
    assert (version.text, version.tries) == ("Відбудова громад", 1)


def test_a_file_that_kills_its_worker_is_not_tried_for_ever(desk, monkeypatch):
    make_document("uk")

    def dies(*_args):
        raise SystemExit

    monkeypatch.setattr("alliance.content.actions.documents.text_of", dies)
    for _time in range(DocumentVersion.MOST_TRIES):
        with pytest.raises(SystemExit):
            read_texts()
    assert read_texts() == 0


def test_a_newer_file_takes_the_place_of_the_old_one(desk):
    document = make_document("uk", content=pdf_with("One"))
    row = document.files.get()
    same = row.current.file.read()
    replaced = {"id": row.pk, "document": document.pk}
    response = desk.post(page(document), written(file_row("uk", pdf_with("Two"), **replaced), stored=1))
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.current.number, row.versions.count()) == (2, 2)
    assert not row.versions.get(number=1).is_withheld
    desk.post(
        page(document), written(file_row("uk", pdf_with("Three"), withholds_older="on", **replaced), stored=1)
    )
    assert list(row.versions.values_list("number", "is_withheld")) == [(3, False), (2, True), (1, True)]
    assert verbs_of(document).count("document.file_replaced") == 2
    assert same == row.versions.get(number=1).file.read()


def test_the_page_says_which_version_it_is_and_how_often_it_was_fetched(desk):
    document = make_document("uk", "de")
    document.files.get(language="uk").downloads.create(day=timezone.localdate(), count=12)
    text = desk.get(page(document)).text
    assert "version 1 of" in text
    assert "downloads: 12, in 30 days: 12" in text
    assert "downloads: 0, in 30 days: 0" in text
    assert ">12<" in desk.get(reverse("admin:content_document_changelist")).text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([file_row("uk")], "Choose the file."),
        ([file_row("uk", b"MZ program")], "We can take PDF"),
        ([file_row("uk", pdf_with("A")), file_row("uk", pdf_with("B"))], "duplicate data for language"),
        ([file_row("xx", pdf_with("A"))], "not one of the available choices"),
        ([file_row("uk", pdf_with("A"), title="")], "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(desk, rows, words):
    response = desk.post(ADD, written(*rows))
    assert response.status_code == 422
    assert words in response.text
    assert not Document.objects.exists()


def test_the_original_has_a_title(desk):
    response = desk.post(ADD, written(title_en="", original_language="en"))
    assert "Please write a title in the original language." in response.text
    desk.post(ADD, written(title_en="", title_uk="Звіт", original_language="uk"))
    assert Document.objects.get().slug == "zvit"


def test_a_published_document_keeps_a_file_and_its_address(desk):
    document = make_document("uk", slug="kept")
    row = document.files.get()
    stored = {"id": row.pk, "document": document.pk, "is_offered": ""}
    response = desk.post(page(document), written(file_row("uk", **stored), stored=1, slug="moved"))
    assert response.status_code == 422
    assert "only file that readers are offered" in response.text
    desk.post(
        page(document), written(file_row("uk", **stored | {"is_offered": "on"}), stored=1, slug="moved")
    )
    document.refresh_from_db()
    assert (document.slug, document.title_pl) == ("kept", "Sprawozdanie z odbudowy")


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_day_stands_in_the_form_as_browsers_want_it(desk, language):
    desk.user.language = language
    desk.user.save()
    assert 'value="2026-05-04"' in desk.get(page(make_document())).text


def test_nothing_is_published_without_a_file(desk):
    document = make_document(status="draft", published_at=None)
    DocumentFile.objects.update(is_offered=False)
    response = desk.post(page(document, "verb", "publish"), {"published_at": ""}, follow=True)
    assert "Add a file in at least one language first." in response.text
    document.refresh_from_db()
    assert document.status == "draft"


def test_planned_taken_back_published_withdrawn_and_published_again(desk):
    document = make_document(status="draft", published_at=None)
    ahead = timezone.localtime() + timedelta(days=2)
    desk.post(page(document, "verb", "publish"), {"published_at": ahead.strftime("%Y-%m-%dT%H:%M")})
    document.refresh_from_db()
    assert document.is_planned
    assert "planned" in desk.get(reverse("admin:content_document_changelist")).text
    assert desk.post(page(document, "verb", "withdraw")).status_code == 302
    document.refresh_from_db()
    assert document.is_planned
    desk.post(page(document, "verb", "unplan"))
    document.refresh_from_db()
    assert (document.status, document.published_at) == ("draft", None)
    desk.post(page(document, "verb", "publish"), {"published_at": ""})
    first = Document.objects.get().published_at
    for verb in ("withdraw", "publish"):
        desk.post(page(document, "verb", verb), {"published_at": ""})
    assert Document.objects.get().published_at == first
    assert verbs_of(document) == [
        "document.published",
        "document.unplanned",
        "document.published",
        "document.withdrawn",
        "document.published",
    ]


def test_missing_translations_stand_in_the_one_list(desk):
    desk.post(ADD, written(summary_en="What was rebuilt."))
    document = Document.objects.get()
    gaps = {gap.language: (gap.missing, gap.outdated) for gap in TranslationGap.objects.all()}
    assert gaps == {"pl": (1, 0), "uk": (2, 0)}
    desk.post(page(document), written(title_en="Report on reconstruction", title_uk="Звіт"))
    gaps = {gap.language: (gap.missing, gap.outdated) for gap in TranslationGap.objects.all()}
    assert gaps == {"pl": (0, 1)}
    assert "the original was changed after this translation" in desk.get(page(document)).text
    assert desk.post(page(document, "verb", "confirm-translations"), {"languages": ["pl"]}).status_code == 302
    assert not TranslationGap.objects.exists()
    assert "the original was changed after this translation" not in desk.get(page(document)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_the_desk_ask_the_same_however_many_there_are(desk, django_assert_max_num_queries, rows):
    for _row in range(rows):
        document = make_document(*["uk", "de", "fr"][:rows])
    with django_assert_max_num_queries(16):
        desk.get(reverse("admin:content_document_changelist"))
    with django_assert_max_num_queries(16):
        desk.get(page(document))
