"""`prose`: what editors of the Alliance typed, as markup (`core.prose` says what is allowed)."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from alliance.core.prose import html_of, words_of

register = template.Library()


@register.filter(is_safe=True)
def prose(text: Any) -> SafeString:
    """Of a text or a `Shown`."""
    return html_of(str(text or ""))


@register.filter
def words(text: Any) -> str:
    """The text without its marks, for a summary. Plain text: escape it as usual."""
    return words_of(str(text or ""))
