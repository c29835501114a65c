"""Plain words with blank lines, lists, links and emphasis (a small part of Markdown) as HTML: the one place that turns
what editors type into markup. HTML, pictures, code and tables are shown as typed."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES = ["heading", "list", "blockquote", "emphasis", "link", "newline", "escape", "entity", "balance_pairs"]
# A text stands under a heading of level 2, so that its own begin at 3; h1 belongs to the page.
FIRST_LEVEL, LAST_LEVEL = 3, 4
SCHEMES = {"http", "https", "mailto", "tel"}


def html_of(text: str | None, *, host: str = "") -> SafeString:
    """``text`` as HTML. Whoever wrote it, nothing but the allowed elements comes out of it.

    :param host: our own; links to others say that they lead away
    """
    tokens = _markdown().parse((text or "").replace("\x00", ""), {})
    _adapt(tokens, host or _own_host())
    # The renderer escapes every text, and the rules above make no raw HTML.
    return mark_safe(_markdown().renderer.render(tokens, _markdown().options, {}))


def words_of(text: str | None) -> str:
    """The words alone, for a summary, a search or a feed: marks of Markdown are gone, blocks are lines."""
    lines = []
    for token in _markdown().parse((text or "").replace("\x00", ""), {}):
        if token.type == "inline":
            parts = (child.content or (" " if "break" in child.type else "") for child in token.children)
            lines.append("".join(parts).strip())
    return "\n".join(line for line in lines if line)


def is_safe_address(address: str) -> bool:
    """A link may lead to a page, a mailbox or a telephone, and to places on this very site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme.lower() in SCHEMES
    # “//host” would take a scheme from the page, and browsers read backslashes as slashes.
    return not parts.netloc and "\\" not in address


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "linkify": False, "breaks": False})
    markdown.enable(RULES)
    markdown.validateLink = is_safe_address
    return markdown


def _adapt(tokens: list[Token], host: str) -> None:
    for token in tokens:
        if change := CHANGES.get(token.type):
            change(token, host)
        if token.children:
            _adapt(token.children, host)


def _heading(token: Token, _host: str) -> None:
    level = min(int(token.tag[1:]) + FIRST_LEVEL - 1, LAST_LEVEL)
    token.tag = f"h{level}"


def _link(token: Token, host: str) -> None:
    token.attrs.pop("title", None)
    if is_foreign(str(token.attrs.get("href", "")), host):
        token.attrs["rel"] = "noopener external"


def is_foreign(address: str, host: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme.lower() in ("http", "https") and (parts.hostname or "") != host


def _own_host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""


CHANGES: dict[str, Callable[[Token, str], Any]] = {
    "heading_open": _heading,
    "heading_close": _heading,
    "link_open": _link,
}
