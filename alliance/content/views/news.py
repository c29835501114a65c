"""News for everyone: the list, one item with its picture, and a feed."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.content.models import NewsItem
from alliance.content.shown_stories import news_page, picture_of
from alliance.content.translations import shown_text
from alliance.content.views.feeds import Story, feed_response
from alliance.content.views.linked_data import news_json_ld
from alliance.core import lists
from partnerships.models import Appeal

NEWEST = [("published_at", "desc"), ("id", "desc")]
FEED_ENTRIES = 30


@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    page = lists.keyset_page(NewsItem.objects.public(), NEWEST, request.GET)
    context = {
        "stories": [story_of(item) for item in page.rows],
        "pages": page.links(request.GET),
        "feed_url": reverse("content:news_feed"),
    }
    return render(request, "content/news_list.html", context)


@require_safe
def news_detail(request: HttpRequest, slug: str) -> HttpResponse:
    item = get_object_or_404(NewsItem.objects.public(), slug=slug)
    data = item.shown_data
    appeal = (
        Appeal.objects.public().filter(pk=data.get("appeal_id")).first() if data.get("appeal_id") else None
    )
    context = news_page(item, data, appeal) | {
        "published_at": item.published_at,
        "updated_at": updated_at(item),
    }
    context |= {"json_ld": news_json_ld(item, context), "og_type": "article"}
    return render(request, "content/news_detail.html", context)


@require_safe
def news_picture(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The picture of what readers see now. Its name is part of the address, so that it may be kept for long."""
    item = get_object_or_404(NewsItem.objects.public(), slug=slug)
    stored = item.shown_data.get("picture", "")
    if not stored or stored.rsplit("/", 1)[-1] != name or not default_storage.exists(stored):
        raise Http404
    response = FileResponse(default_storage.open(stored))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def news_feed(request: HttpRequest) -> HttpResponse:
    """Atom, in the language of the address."""
    items = NewsItem.objects.public().newest_first()[:FEED_ENTRIES]
    stories = [story_of(item) for item in items]
    return feed_response(
        request, stories, key="news", title=_("News of the Alliance"), page=reverse("content:news_list")
    )


def newest_news(count: int) -> list[Story]:
    """For the home page."""
    return [story_of(item) for item in NewsItem.objects.public().newest_first()[:count]]


def story_of(item: NewsItem) -> Story:
    data = item.shown_data
    return Story(
        key=f"news:{item.slug}",
        href=item.get_absolute_url(),
        kind=pgettext("kind of entry", "News"),
        title=shown_text(data, "title"),
        lead=shown_text(data, "lead"),
        published_at=item.published_at,
        updated_at=updated_at(item),
        picture=picture_of(item, data),
    )


def updated_at(item: Any) -> Any:
    """When readers first saw what they see now."""
    revision = item.shown_revision()
    return item.planned_for if revision == item.planned else revision.created_at
