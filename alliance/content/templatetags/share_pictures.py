"""The address of the picture that goes with a page, for its head; without any query."""

from typing import Any

from django import template

from alliance.content.views.share_pictures import picture_of

register = template.Library()


@register.simple_tag(takes_context=True)
def share_picture(context: template.Context, page_title: str) -> dict[str, Any] | None:
    """``page_title``: as it stands in the head. None for a page without a picture of its own."""
    request = context.get("request")
    return picture_of(request, page_title) if request else None
