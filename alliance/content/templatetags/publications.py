"""Documents and videos that a section of a page shows: those that may be read now, the newest first."""

from collections.abc import Sequence
from typing import Any

from django import template

from alliance.content.models import Document, Video
from alliance.content.views.documents import section_items
from alliance.content.views.videos import video_card

register = template.Library()


@register.simple_tag
def documents_of(ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = Document.objects.public().filter(pk__in=ids).with_files().newest_first()
    return section_items(list(rows))


@register.simple_tag
def videos_of(ids: Sequence[int]) -> list[dict[str, Any]]:
    return [video_card(video) for video in Video.objects.public().filter(pk__in=ids).newest_first()]
