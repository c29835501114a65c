"""Documents for readers: the block of languages, filters, stable addresses, versions, what is withdrawn, and counts
that know nobody."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions.publications import withdraw
from alliance.content.models import DocumentFile, DownloadCount
from alliance.core.freshness import touch
from tests.factories import make_coordinator, make_document, make_version

pytestmark = pytest.mark.django_db
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
PDF = b"%PDF-1.4 one %%EOF"


def address(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"content:{name}", args=args)


def detail(client, document, language="en"):
    return client.get(address("document_detail", document.slug, language=language))


@pytest.mark.parametrize(
    ("languages", "language", "words"),
    [
        (["uk"], "en", "Available language (1)"),
        (["de", "fr", "uk"], "en", "Available languages (3)"),
        (["uk"], "pl", "Dostępny język (1)"),
        (["de", "fr", "uk"], "pl", "Dostępne języki (3)"),
        (["cs", "de", "fr", "it", "uk"], "pl", "Dostępne języki (5)"),
        (["uk"], "uk", "Доступна мова (1)"),
        (["de", "fr", "uk"], "uk", "Доступні мови (3)"),
        (["cs", "de", "fr", "it", "uk"], "uk", "Доступні мови (5)"),
    ],
)
def test_the_block_counts_its_languages(client, languages, language, words):
    assert words in detail(client, make_document(*languages), language).text


def test_each_language_with_its_own_name_title_size_and_download(client):
    document = make_document("de", "uk", title_pl="Zalecenia", content=b"x" * 149_300)
    DocumentFile.objects.filter(language="uk").update(title="Рекомендації")
    text = detail(client, document, "pl").text
    assert '<span class="file-language" lang="uk">українська</span>' in text
    assert '<span lang="uk">Рекомендації</span>' in text
    assert '<span class="file-language" lang="de">Deutsch</span>' in text
    assert text.count("145,8\xa0KB") == 2
    for code in ("de", "uk"):
        assert (
            f'href="{address("document_file", document.slug, code, language="pl")}" hreflang="{code}"' in text
        )
    # The reader's language first, where it is there.
    assert detail(client, document, "uk").text.index("українська</span>") < detail(
        client, document, "uk"
    ).text.index("Deutsch")


def test_why_another_language_is_missing(client):
    rule = "A document is published in the languages in which it was written"
    document = make_document("uk")
    assert rule in detail(client, document).text
    document.why_missing_en = "Only the Ministry may translate it."
    document.save()
    touch()
    text = detail(client, document).text
    assert document.why_missing_en in text
    assert rule not in text


def test_a_link_to_a_language_serves_the_newest_and_the_older_stay(client):
    document = make_document("uk", content=PDF)
    row = document.files.get()
    newest, first = (
        address("document_file", document.slug, "uk"),
        address("document_version", document.slug, "uk", 1),
    )
    before = client.get(newest)
    make_version(row, b"%PDF-1.4 two %%EOF")
    after = client.get(newest)
    assert (before.content, after.content) == (PDF, b"%PDF-1.4 two %%EOF")
    assert client.get(first).content == PDF
    assert client.get(newest, headers={"If-None-Match": after["ETag"]}).status_code == 304
    assert client.get(newest, headers={"If-None-Match": before["ETag"]}).status_code == 200
    text = detail(client, document).text
    assert "1 earlier version" in text
    assert f'href="{first}"' in text
    row.versions.filter(number=1).update(is_withheld=True)
    touch()
    assert client.get(first).status_code == 410
    assert first not in detail(client, document).text
    assert client.get(address("document_version", document.slug, "uk", 7)).status_code == 404


def test_headers_of_a_download_and_of_an_open_pdf(client):
    document = make_document("uk", slug="guide", content=PDF)
    url = address("document_file", "guide", "uk")
    response = client.get(url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="guide-uk.pdf"')
    assert client.get(f"{url}?open")["Content-Disposition"].startswith("inline;")
    part = client.get(url, headers={"Range": "bytes=5-7"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, b"1.4", f"bytes 5-7/{len(PDF)}")
    make_version(document.files.get(), content_type="application/msword")
    assert client.get(f"{url}?open")["Content-Disposition"].startswith("attachment;")


def test_downloads_are_counted_by_file_and_day_and_by_nothing_else(client):
    document = make_document("uk", "de", content=PDF)
    url = address("document_file", document.slug, "uk")
    for headers in (READER, READER, {**READER, "Range": "bytes=0-"}):
        response = client.get(url, headers=headers)
        assert not response.cookies
    client.get(address("document_version", document.slug, "uk", 1), headers=READER)
    row = DownloadCount.objects.get()
    assert (row.file.language, row.day, row.count) == ("uk", timezone.localdate(), 4)
    assert {field.name for field in DownloadCount._meta.fields} == {"id", "file", "day", "count"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", READER),
        ("get", {**READER, "Range": "bytes=5-"}),
        ("get", {**READER, "Range": "bytes=99-"}),
        ("get", {**READER, "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}),
        ("get", {**READER, "Sec-Purpose": "prefetch"}),
        ("get", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
        ("get", {"User-Agent": "curl/8.5.0"}),
        ("get", {"User-Agent": ""}),
    ],
)
def test_what_is_no_download_is_not_counted(client, method, headers):
    document = make_document("uk", content=PDF)
    getattr(client, method)(address("document_file", document.slug, "uk"), headers=headers)
    assert not DownloadCount.objects.exists()


def test_a_count_that_fails_keeps_the_file_from_nobody(client, monkeypatch):
    def fail(_file):
        raise DatabaseError

    monkeypatch.setattr(DownloadCount, "add_one", fail)
    document = make_document("uk", content=PDF)
    assert client.get(address("document_file", document.slug, "uk"), headers=READER).content == PDF


def test_what_was_withdrawn_says_so_and_hides_its_files(client):
    document = make_document("uk", title_en="Old rules")
    urls = [
        address("document_detail", document.slug),
        address("document_file", document.slug, "uk"),
        address("document_version", document.slug, "uk", 1),
    ]
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    withdraw(document, by=make_coordinator())
    touch()  # as the commit does
    for url in urls:
        response = client.get(url)
        assert response.status_code == 410
        assert "Old rules" in response.text
        assert f'href="{address("document_list")}"' in response.text
    assert "Old rules" not in client.get(address("document_list")).text


def test_a_file_that_is_no_longer_offered_leaves_its_document(client):
    document = make_document("uk", "de")
    document.files.filter(language="de").update(is_offered=False)
    assert "Deutsch" not in detail(client, document).text
    for url in (
        address("document_file", document.slug, "de"),
        address("document_version", document.slug, "de", 1),
    ):
        response = client.get(url)
        assert response.status_code == 410
        assert f'href="{address("document_detail", document.slug)}"' in response.text


@pytest.mark.parametrize(
    "changes",
    [{"status": "draft", "published_at": None}, {"published_at": timezone.now() + timedelta(hours=1)}],
    ids=["draft", "planned"],
)
def test_before_its_moment_it_does_not_exist(client, changes):
    document = make_document("uk", **changes)
    for url in (
        address("document_detail", document.slug),
        address("document_file", document.slug, "uk"),
        address("document_version", document.slug, "uk", 1),
    ):
        assert client.get(url).status_code == 404
    assert client.get(address("document_list")).context["cards"] == []
    assert client.get(address("document_file", document.slug, "fr")).status_code == 404


def titles(response):
    return [card["title"] for card in response.context["cards"]]


def test_filters_by_kind_and_language_with_counts(client):
    make_document("uk", "de", kind="report", title_en="Both", dated_on=date(2026, 5, 3))
    make_document("uk", kind="guide", title_en="Guide", dated_on=date(2026, 5, 2))
    make_document("fr", kind="guide", title_en="Manuel", dated_on=date(2026, 5, 1))
    url = address("document_list")
    assert titles(client.get(url)) == ["Both", "Guide", "Manuel"]
    assert titles(client.get(f"{url}?kind=guide&language=uk")) == ["Guide"]
    found = client.get(f"{url}?language=uk&language=xx")
    assert titles(found) == ["Both", "Guide"]
    kinds, languages = found.context["facets"]
    assert [(choice.value, choice.count) for choice in kinds.choices] == [("report", "1"), ("guide", "1")]
    assert [(choice.value, choice.count) for choice in languages.choices] == [
        ("de", "1"),
        ("fr", "1"),
        ("uk", "2"),
    ]
    assert "No document fits all of this" in client.get(f"{url}?kind=report&language=fr").text


def test_pages_by_key(client):
    for number in range(27):
        make_document("uk", title_en=f"Number {number:02}")
    first = client.get(address("document_list"))
    assert (len(titles(first)), first.context["count"]) == (25, "27 documents")
    second = client.get(address("document_list") + first.context["pages"]["next_url"])
    assert titles(second) == ["Number 01", "Number 00"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_the_same_however_long_it_is(client, django_assert_num_queries, rows):
    ContentType.objects.get_for_model(DocumentFile)
    for _row, language in zip(range(rows), count(), strict=False):
        document = make_document("uk", "de", slug=f"d-{language}")
    with django_assert_num_queries(5):
        client.get(address("document_list"))
    with django_assert_num_queries(3):
        detail(client, document)
