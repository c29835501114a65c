"""The pages of a fresh portal, stored and published; `manage.py prepare` calls it after each upgrade."""

from typing import Any

from django.db import transaction

from alliance.content.actions.publishing import publish, save_texts, take
from alliance.content.models import Page, Section
from alliance.content.models.revisions import words_in
from alliance.content.page_files import PAGES, seed_data
from alliance.core.journal import SYSTEM


@transaction.atomic
def seed_pages() -> int:
    """Store the pages that other pages lead to, and bring newer words of ours to those that nobody has edited;
    returns how many were written. What an editor changed is left alone for good."""
    written = 0
    for position, (slug, (kind, parent)) in enumerate(PAGES.items(), start=1):
        page = Page.objects.filter(slug=slug).first() or Page(slug=slug, kind=kind, position=position)
        page.is_fixed = True
        if parent and page.parent_id is None:
            page.parent = Page.objects.get(slug=parent)
        data = seed_data(slug)
        if page.pk is None or (_is_untouched(page) and _words(page) != words_in(data)):
            _write(page, data)
            written += 1
    return written


def _is_untouched(page: Page) -> bool:
    """Nobody has published, saved or withdrawn anything of it."""
    return (
        page.is_public
        and not page.revisions.filter(created_by__isnull=False).exists()
        and not page.differs_from(page.shown_revision())
    )


def _words(page: Page) -> Any:
    snapshot = words_in(page.snapshot())
    for section in snapshot["sections"]:
        for name in Section.CHOSEN:
            section.pop(name)
    return snapshot


def _write(page: Page, data: dict[str, Any]) -> None:
    before = {section.anchor: section for section in page.sections.all()} if page.pk else {}
    sections = []
    for part in data["sections"]:
        section = before.pop(part["anchor"], None) or Section()
        take(section, part)
        sections.append(section)
    take(page, data)
    save_texts(page, by=SYSTEM, sections=sections, removed=list(before.values()))
    publish(page, by=SYSTEM)
