"""What the Alliance publishes, on other pages: documents and videos of a section, news about an appeal; what may be
read now, the newest first."""

from collections.abc import Sequence
from typing import Any

from django import template

from alliance.content.models import Document, NewsItem, Video
from alliance.content.views.documents import section_items
from alliance.content.views.feeds import Story
from alliance.content.views.news import story_of
from alliance.content.views.videos import video_card
from partnerships.models import Appeal

register = template.Library()
# So many stand on the page of an appeal; the list of news has the rest.
ABOUT_APPEAL = 3


@register.simple_tag
def documents_of(ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = Document.objects.public().filter(pk__in=ids).with_files().newest_first()
    return section_items(list(rows))


@register.simple_tag
def videos_of(ids: Sequence[int]) -> list[dict[str, Any]]:
    return [video_card(video) for video in Video.objects.public().filter(pk__in=ids).newest_first()]


@register.simple_tag
def news_about(appeal: Appeal) -> list[Story]:
    return [story_of(item) for item in NewsItem.objects.about(appeal).newest_first()[:ABOUT_APPEAL]]
