"""The sitemap (sitemaps.org): an index, and parts with the addresses of what everyone may read in every language."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.content.views.sitemap_sections import SECTIONS, addresses, pages
from alliance.core.links import absolute

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# Which parts there are is counted over all rows; what stands in them is always read anew.
PARTS_KEY, PARTS_SECONDS = "sitemap-parts", 600


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    parts = cache.get_or_set(PARTS_KEY, _parts, PARTS_SECONDS)
    rows = [absolute(reverse("sitemap_part", args=list(part))) for part in [("pages", 0), *parts]]
    lines = [f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in rows]
    return _answer(f"<sitemapindex {SPACE}>", lines, "</sitemapindex>")


def _parts() -> list[tuple[str, int]]:
    return [(name, part) for name, section in SECTIONS.items() for part in section.parts()]


@require_safe
def sitemap_part(request: HttpRequest, section: str, part: int) -> HttpResponse:
    if section == "pages" and part == 0:
        found = addresses(pages)
    elif section in SECTIONS:
        found = addresses(partial(SECTIONS[section].entries, part))
    else:
        raise Http404
    if not found:
        raise Http404  # the format wants one address at least
    opening = f'<urlset {SPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    return _answer(opening, _lines(found), "</urlset>")


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    for row in found:
        changed = f"<lastmod>{row['changed'].isoformat()}</lastmod>" if row["changed"] else ""
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(url)}/>'
            for code, url in row["alternates"]
        )
        yield f"<url><loc>{escape(row['url'])}</loc>{changed}{links}</url>"


def _answer(opening: str, lines: Any, closing: str) -> HttpResponse:
    content = HEAD + "\n".join([opening, *lines, closing]) + "\n"
    return HttpResponse(content, content_type="application/xml")
