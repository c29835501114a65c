"""What stories of the public face have in common: news and events in lists, on the home page and in Atom feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from alliance.core.languages import Shown, reader_language
from alliance.core.links import absolute
from alliance.core.microcache import etag
from partnerships.exports import atom

CONTENT_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True)
class Story:
    """One entry of a list, in the reader's language where it is written in it."""

    key: str
    href: str
    kind: str
    title: Shown
    lead: Shown
    published_at: datetime
    updated_at: datetime
    picture: dict[str, Any] | None = None

    @property
    def language(self) -> str:
        """Where the title is in another language than the reader's."""
        return self.title.language if self.title.is_other else ""


def feed_response(
    request: HttpRequest, stories: Sequence[Story], *, key: str, title: str, page: str
) -> HttpResponse:
    """An Atom feed of ``stories``; answered with 304 to whoever has it."""
    language = reader_language()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    feed = atom.Feed(
        key=f"feed:{key}:{language}",
        language=language,
        title=title,
        author=str(settings.SITE_NAME),
        own_href=absolute(request.path),
        page_href=absolute(page),
        rights=settings.SITE_LICENCE,
        updated=max((story.updated_at for story in stories), default=midnight),
        entries=[entry_of(story) for story in stories],
    )
    content = atom.as_xml(feed)
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response.headers["ETag"] = tag = etag(content)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return get_conditional_response(request, etag=tag, response=response)


def entry_of(story: Story) -> atom.Entry:
    return atom.Entry(
        key=story.key,
        href=absolute(story.href),
        title=story.title.text,
        text=story.lead.text,
        author=str(settings.SITE_NAME),
        published=story.published_at,
        updated=max(story.published_at, story.updated_at),
        language=story.language,
    )
