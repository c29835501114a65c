"""`prose`: what editors of the Alliance typed, as markup (`core.prose` says what is allowed)."""

from django import template
from django.utils.safestring import SafeString

from alliance.core.prose import html_of, words_of

register = template.Library()


@register.filter(is_safe=True)
def prose(text: str | None) -> SafeString:
    return html_of(text)


@register.filter
def words(text: str | None) -> str:
    """The text without its marks, for a summary. Plain text: escape it as usual."""
    return words_of(text)
