"""`/documents`: what the Alliance published, with a file in each language."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import BaseModel

from alliance.content.models import Document
from alliance.content.open_data.documents import KINDS, DocumentData, document_row
from alliance.content.views.api.asking import MISSING, PROBLEMS, Paged, answer, page_of, shaped

router = Router(tags=["documents"])


class DocumentsAsked(Paged):
    kind: shaped("|".join(KINDS))
    language: shaped("[a-z]{2,3}")


class DocumentPage(BaseModel):
    data: list[DocumentData]
    next: str | None


def _rows() -> QuerySet:
    return Document.objects.public().with_files()


@router.get(
    "/documents",
    response={200: DocumentPage, **PROBLEMS},
    url_name="documents",
    operation_id="list_documents",
    summary="Documents of the Alliance",
)
def document_list(request: HttpRequest, asked: Query[DocumentsAsked]) -> dict[str, Any]:
    """By id; `language` asks for those with a file in one of these."""
    rows = _rows()
    if asked.kind:
        rows = rows.filter(kind__in=asked.kind)
    if asked.language:
        rows = rows.offered_in(asked.language)
    page = page_of(request, asked, rows)
    return answer(request, page, [document_row(document) for document in page.rows])


@router.get(
    "/documents/{slug:document_id}",
    response={200: DocumentData, **PROBLEMS, **MISSING},
    url_name="document",
    operation_id="get_document",
    summary="One document",
)
def document_detail(request: HttpRequest, document_id: str) -> dict[str, Any]:
    return document_row(get_object_or_404(_rows(), slug=document_id))
