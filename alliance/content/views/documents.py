"""Documents for everyone: the list, the page with its languages, and the files themselves, counted without anybody's
name."""

import logging
import re
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.content.models import Document, DocumentFile, DocumentVersion, DownloadCount
from alliance.content.views.linked_data import document_json_ld
from alliance.content.views.publications import gone
from alliance.core import lists, ranges
from alliance.core.countries import PUBLISHED_IN, native_name
from alliance.core.languages import reader_language, shown
from alliance.core.uploads import CONTENT_TYPES, PDF

log = logging.getLogger(__name__)
# So many stand on the home page.
ON_HOME = 3
NEWEST = [("dated_on", "desc"), ("id", "desc")]
# Programs that fetch for no reader; what they say of themselves is looked at and not kept.
ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|archiver|preview|monitor|scan|fetch|headless|curl|wget|python|libwww|okhttp|java/",
    re.I,
)


# --- The list ----------------------------------------------------------------------------------------------


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    kinds = lists.values_of(request.GET, "kind", Document.Kind.values)
    languages = lists.values_of(request.GET, "language", PUBLISHED_IN)
    found = _filtered(kinds, languages)
    page = lists.keyset_page(found.with_files(), NEWEST, request.GET)
    facets = [_kind_facet(kinds, languages), _language_facet(kinds, languages)]
    count = lists.capped_count(found)
    context = {
        "cards": [document_card(document) for document in page.rows],
        "pages": page.links(request.GET),
        "facets": facets,
        "chips": lists.chips(request.GET, facets),
        "filter_count": len(kinds) + len(languages),
        "count": ngettext("%(number)s document", "%(number)s documents", count)
        % {"number": lists.written_count(count)},
    }
    return render(request, "content/document_list.html", context)


def _filtered(kinds: list[str], languages: list[str]) -> Any:
    found = Document.objects.public()
    if kinds:
        found = found.filter(kind__in=kinds)
    if languages:
        offered = DocumentFile.objects.offered().filter(
            document=models.OuterRef("pk"), language__in=languages
        )
        found = found.filter(models.Exists(offered.order_by()))
    return found


def _kind_facet(kinds: list[str], languages: list[str]) -> lists.Facet:
    rows = _filtered([], languages).order_by().values_list("kind").annotate(number=models.Count("pk"))
    counts = dict(rows)
    choices = [
        lists.Choice(value, str(label), lists.written_count(counts.get(value, 0)), value in kinds)
        for value, label in Document.Kind.choices
        if value in counts or value in kinds
    ]
    return lists.Facet("kind", _("Kind of document"), choices)


def _language_facet(kinds: list[str], languages: list[str]) -> lists.Facet:
    files = DocumentFile.objects.offered().filter(document__in=_filtered(kinds, []))
    counts = dict(files.order_by().values_list("language").annotate(number=models.Count("pk")))
    choices = [
        lists.Choice(code, native_name(code), lists.written_count(counts.get(code, 0)), code in languages)
        for code in PUBLISHED_IN
        if code in counts or code in languages
    ]
    return lists.Facet("language", _("Available in"), choices)


def newest_documents() -> list[dict[str, Any]]:
    """For the home page."""
    rows = Document.objects.public().with_files().newest_first()[:ON_HOME]
    return [document_card(document) for document in rows]


def document_card(document: Document) -> dict[str, Any]:
    """Parameters of `components/card.html` for a document `with_files`."""
    title = shown(document, "title")
    return {
        "title": title.text,
        "language": title.language if title.is_other else "",
        "href": reverse("content:document_detail", args=[document.slug]),
        "kind_label": document.kind_of_one,
        "facts": [
            date_format(document.dated_on, "DATE_FORMAT"),
            ", ".join(file.language_name for file in in_reading_order(document.offered_files)),
        ],
    }


# --- One document ------------------------------------------------------------------------------------------


@require_safe
def document_detail(request: HttpRequest, slug: str) -> HttpResponse:
    document = get_object_or_404(Document.objects.known().with_files(), slug=slug)
    if not document.is_public:
        return gone(request, document)
    context = {
        "document": document,
        "crumbs": [
            {"label": pgettext("of the Alliance", "Documents"), "url": reverse("content:document_list")}
        ],
        "title": shown(document, "title"),
        "summary": shown(document, "summary"),
        "languages": file_block(document),
        "json_ld": document_json_ld(document),
        "older": [older_version(version) for version in _older(document)],
    }
    return render(request, "content/document_detail.html", context)


def file_block(document: Document) -> dict[str, Any]:
    """Parameters of `components/files.html` for a document `with_files`."""
    return {
        "files": [file_facts(document, file) for file in in_reading_order(document.offered_files)],
        "why": shown(document, "why_missing"),
        "has_all": len(document.offered_files) == len(PUBLISHED_IN),
    }


def section_items(documents: list[Document]) -> list[dict[str, Any]]:
    """For `content/_documents_section.html`: documents `with_files` that a section of a page shows."""
    return [
        {
            "title": shown(document, "title"),
            "href": reverse("content:document_detail", args=[document.slug]),
            "languages": file_block(document),
        }
        for document in documents
    ]


def in_reading_order(files: list[DocumentFile]) -> list[DocumentFile]:
    """The one in the reader's language first, the others as the institutions of the EU list them."""
    return sorted(files, key=lambda file: file.language != reader_language())


def file_facts(document: Document, file: DocumentFile) -> dict[str, Any]:
    version = file.current
    url = reverse("content:document_file", args=[document.slug, file.language])
    return {
        "url": url,
        "open_url": f"{url}?open" if version.content_type == CONTENT_TYPES[PDF] else "",
        "language": file.language,
        "language_name": file.language_name,
        "title": file.title,
        "format": version.format,
        "size": version.size,
    }


def _older(document: Document) -> Any:
    """Versions that were replaced, may still be read, and belong to a file that is offered."""
    rows = DocumentVersion.objects.filter(
        of_file__document=document, of_file__is_offered=True, is_withheld=False
    )
    rows = rows.exclude(pk=models.F("of_file__current_id")).select_related("of_file")
    return rows.order_by("of_file__position", "-number")


def older_version(version: DocumentVersion) -> dict[str, Any]:
    file = version.of_file
    return {
        "url": version_address(file, version),
        "language": file.language,
        "language_name": file.language_name,
        "number": version.number,
        "added_at": version.added_at,
        "format": version.format,
        "size": version.size,
    }


def version_address(file: DocumentFile, version: DocumentVersion) -> str:
    return reverse("content:document_version", args=[file.document.slug, file.language, version.number])


# --- Files -------------------------------------------------------------------------------------------------


@require_safe
def document_file(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The newest version in one language, under an address that stays. ``?open`` shows a PDF in the browser."""
    document, file = _known_file(slug, language)
    if not document.is_public or not file.is_offered or not file.current:
        return gone(request, document)
    return _answer(request, file, file.current)


@require_safe
def document_version(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """A file as it was at some time; 410 when it must not be read any more."""
    document, file = _known_file(slug, language)
    version = get_object_or_404(file.versions, number=number)
    if not document.is_public or not file.is_offered or version.is_withheld:
        return gone(request, document)
    return _answer(request, file, version)


def _known_file(slug: str, language: str) -> tuple[Document, DocumentFile]:
    files = DocumentFile.objects.select_related("document", "current")
    file = files.filter(document__in=Document.objects.known(), document__slug=slug, language=language).first()
    if file is None:
        raise Http404
    return file.document, file


def _answer(request: HttpRequest, file: DocumentFile, version: DocumentVersion) -> HttpResponse:
    stored = ranges.Stored(
        file=version.file,
        size=version.size,
        digest=version.digest,
        changed_at=version.added_at,
        content_type=version.content_type,
        filename=f"{file.document.slug}-{file.language}.{version.format.lower()}",
    )
    is_inline = "open" in request.GET and version.content_type == CONTENT_TYPES[PDF]
    response = ranges.answer(request, stored, is_inline=is_inline)
    if ranges.is_begun(request, response) and is_read_by_a_person(request):
        count_download(file)
    return response


def is_read_by_a_person(request: HttpRequest) -> bool:
    """As far as the request says: no robot, and no browser that only fetches ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return bool(agent) and not ROBOTS.search(agent) and "prefetch" not in ahead


def count_download(file: DocumentFile) -> None:
    """A count that cannot be written is no reason to keep the file from its reader."""
    with suppress(DatabaseError):
        DownloadCount.add_one(file)
