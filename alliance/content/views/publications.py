"""What documents and videos have in common for readers: the page of what was withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.content.models import Document, Video
from alliance.core.languages import shown


def gone(request: HttpRequest, publication: Document | Video) -> HttpResponse:
    """410: it was here, and is no more. Says what it was and where to go on; ``publication`` itself may still stand
    when only one of its files went."""
    context = {
        "title": shown(publication, "title"),
        "publication": publication,
        "is_document": isinstance(publication, Document),
    }
    return render(request, "content/publication_gone.html", context, status=410)
