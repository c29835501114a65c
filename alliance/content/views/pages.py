"""Pages that the Alliance's editors write: about the Alliance, joining, partners, legal pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from alliance.content.models import Page
from alliance.content.models.pages import address_of
from alliance.content.page_files import PAGES, seed_data
from alliance.content.shown_pages import ShownPage, shown_page
from alliance.content.translations import shown_text


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page by its slug, at the one address that it has."""
    stored = _public(slug)
    shown, address, crumbs = _stored(stored) if stored else _from_file(slug)
    if request.path != address:
        return redirect(address, permanent=True)
    below = _below(stored) if stored else []
    return render(request, "content/page.html", {"page": shown, "crumbs": crumbs, "below": below})


def shown_at(slug: str) -> tuple[ShownPage, str, list[dict[str, Any]]]:
    """What anyone reads under a slug, its address, and the page above it.

    :raises Http404: nothing
    """
    stored = _public(slug)
    return _stored(stored) if stored else _from_file(slug)


def _public(slug: str) -> Page | None:
    """The stored page, or None for one that is still as the portal brings it."""
    stored = Page.objects.public().with_parents().filter(slug=slug).first()
    if stored is None and (slug not in PAGES or Page.objects.filter(slug=slug).exists()):
        raise Http404
    return stored


def _below(page: Page) -> list[dict[str, Any]]:
    """The pages that belong under this one."""
    return [
        {"title": shown_text(child.shown_revision().data, "title"), "url": child.get_absolute_url()}
        for child in page.children.public()
    ]


def _stored(stored: Page) -> tuple[ShownPage, str, list[dict[str, Any]]]:
    revision = stored.shown_revision()
    since = stored.planned_for if revision == stored.planned else revision.created_at
    parent, crumbs = stored.parent, []
    if parent and (parents := parent.shown_revision()):
        crumbs = [{"label": shown_text(parents.data, "title").text, "url": parent.get_absolute_url()}]
    shown = shown_page(stored.slug, revision.data, updated_at=since)
    return shown, stored.get_absolute_url(), crumbs


def _from_file(slug: str) -> tuple[ShownPage, str, list[dict[str, Any]]]:
    """What other pages lead to is there before anybody stored it."""
    kind, parent = PAGES[slug]
    crumbs = []
    if parent:
        label = shown_text(seed_data(parent), "title").text
        crumbs = [{"label": label, "url": address_of(parent, PAGES[parent][0])}]
    return shown_page(slug, seed_data(slug)), address_of(slug, kind), crumbs
