"""What search engines are told to read: which addresses there are, part by part, each in every language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import override

from alliance.content.models import (
    Document,
    Event,
    NewsItem,
    NewsletterIssue,
    Page,
    PolicyIssue,
    Survey,
    Video,
)
from alliance.content.models.pages import address_of
from alliance.content.page_files import PAGES
from alliance.core.languages import DEFAULT_LANGUAGE, LANGUAGES
from alliance.core.links import absolute
from members.models import Member
from partnerships.models import Appeal, Listing, Twinning

# A part holds the rows of so many numbers: at most 9,000 addresses in three languages, and found by the key alone.
PART = 3000
# Pages of the portal that are no rows. Lists, figures and what one can do without a login.
ROUTES = [
    "content:home",
    "content:contact",
    "content:news_list",
    "content:event_list",
    "content:newsletter",
    "content:document_list",
    "content:video_list",
    "content:evidence",
    "content:policy",
    "content:survey_list",
    "content:open_data",
    "content:data_dictionary",
    "members:member_list",
    "members:member_map",
    "members:place_search",
    "partnerships:need_list",
    "partnerships:offer_list",
    "partnerships:appeal_list",
    "partnerships:kept_promises",
    "partnerships:match_weights",
    "partnerships:twinning_list",
    "partnerships:twinning_map",
    "partnerships:without_partner",
]
Entry = tuple[str, datetime | None]  # a path in the default language, and when its page changed if we know


@dataclass(frozen=True)
class Section:
    """One kind of rows with a page each; ``changed`` only where readers of the page are told the same moment."""

    rows: Callable[[], QuerySet]
    route: str
    key: str = "slug"
    changed: Callable[[Any], datetime | None] = lambda row: None

    def parts(self) -> list[int]:
        """The numbers of the parts in which there is something; one query."""
        return sorted(self.rows().order_by().values_list(F("pk") / PART, flat=True).distinct())

    def entries(self, part: int) -> Iterator[Entry]:
        """The rows of one part, by one query."""
        rows = self.rows().filter(pk__gte=part * PART, pk__lt=(part + 1) * PART).order_by("pk")
        for row in rows:
            yield reverse(self.route, args=[getattr(row, self.key)]), self.changed(row)


def _shown_since(row: Any) -> datetime:
    revision = row.shown_revision()
    return row.planned_for if revision == row.planned else revision.created_at


SECTIONS = {
    "news": Section(NewsItem.objects.public, "content:news_detail", changed=_shown_since),
    "events": Section(Event.objects.public, "content:event_detail", changed=_shown_since),
    "documents": Section(
        Document.objects.public, "content:document_detail", changed=lambda row: row.updated_at
    ),
    "videos": Section(Video.objects.public, "content:video_detail"),
    "newsletter": Section(
        NewsletterIssue.objects.public, "content:newsletter_issue", "number", lambda row: row.sent_at
    ),
    "policy": Section(PolicyIssue.objects.public, "content:policy_issue"),
    "surveys": Section(Survey.objects.public, "content:survey_detail", changed=lambda row: row.published_at),
    "members": Section(lambda: Member.objects.listed().only("slug"), "members:member_detail"),
    "listings": Section(
        lambda: Listing.objects.visible_to(None).only("slug", "published_at"),
        "partnerships:listing_detail",
        changed=lambda row: row.published_at,
    ),
    "appeals": Section(lambda: Appeal.objects.public().only("slug"), "partnerships:appeal_detail"),
    "twinnings": Section(lambda: Twinning.objects.public().only("slug"), "partnerships:twinning_detail"),
}


def pages() -> Iterator[Entry]:
    """The pages of the portal, and those that editors write: as stored, or still as the portal brings them."""
    for route in ROUTES:
        yield reverse(route), None
    for page in Page.objects.public():
        yield page.get_absolute_url(), _shown_since(page)
    stored = set(Page.objects.filter(slug__in=PAGES).values_list("slug", flat=True))
    for slug, (kind, _parent) in PAGES.items():
        if slug not in stored:
            yield address_of(slug, kind), None


def in_each_language(entry: Entry) -> list[dict[str, Any]]:
    """An entry as addresses: one for each language, each with all of them as its alternates."""
    path, changed = entry
    tail = path.removeprefix(f"/{DEFAULT_LANGUAGE}/")
    urls = {code: absolute(f"/{code}/{tail}") for code in LANGUAGES}
    alternates = [*urls.items(), ("x-default", urls[DEFAULT_LANGUAGE])]
    return [{"url": url, "changed": changed, "alternates": alternates} for url in urls.values()]


def addresses(entries: Callable[[], Iterator[Entry]]) -> list[dict[str, Any]]:
    with override(DEFAULT_LANGUAGE):
        return [address for entry in entries() for address in in_each_language(entry)]
