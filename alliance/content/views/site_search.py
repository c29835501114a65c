"""The search of the whole site: what is public, in groups by kind, each with a way to all of its kind."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.content.entry_words import (
    SCANNED,
    Words,
    extract_of,
    words_of_document,
    words_of_film,
    words_of_issue,
    words_of_revision,
    words_of_survey,
)
from alliance.content.models import Document, Event, NewsItem, PolicyIssue, Survey, Video
from alliance.content.models.site_search import INDEXED, found_by
from alliance.content.shown_stories import when_and_where
from alliance.content.views.policy import card_of as issue_card
from alliance.content.views.surveys import card_of as survey_card
from alliance.content.views.videos import video_card
from alliance.core import lists
from alliance.core.languages import reader_language, shown
from members.models import Member
from members.views.register import card as member_card
from members.views.register_filters import Filters as MemberFilters
from partnerships.models import ListingSearch
from partnerships.views.filters import Filters as ListingFilters
from partnerships.views.fragments import cards_of
from partnerships.views.twinning_filters import Filters as TwinningFilters
from partnerships.views.twinnings import card as twinning_card

FEW = 4
# The order within a kind, after how well a title fits.
ORDER: dict[str, list[lists.Key]] = {
    "page": [("kind", "asc"), ("position", "asc"), ("id", "asc")],
    "news": [("published_at", "desc"), ("id", "desc")],
    "event": [("starts_at", "desc"), ("id", "desc")],
    "document": [("dated_on", "desc"), ("id", "desc")],
    "video": [("recorded_on", "desc"), ("id", "desc")],
    "issue": [("accepted_at", "desc"), ("id", "desc")],
    "survey": [("published_at", "desc"), ("id", "desc")],
}

# What a result is made of beside its row: kinds that need more than that.
READ_WITH: dict[str, Callable[[Any], Any]] = {
    "document": lambda rows: rows.with_words(SCANNED),
    "video": lambda rows: rows.with_said(SCANNED),
    "issue": lambda rows: rows.with_facts(),
    "survey": lambda rows: rows.with_questions(),
}
PAGES: dict[type, str] = {Document: "content:document_detail", Video: "content:video_detail"}


@require_safe
def site_search(request: HttpRequest) -> HttpResponse:
    text = lists.text_of(request.GET)
    kind = request.GET.get("kind", "")
    one = text and kind in INDEXED
    context: dict[str, Any] = {"q": text, "everywhere_url": _address(text), "groups": []}
    if one:
        group, page = _published(kind, text, request.GET, lists.PAGE_SIZE)
        context |= {
            "groups": [group | {"more_url": ""}] if group["cards"] else [],
            "pages": page.links(request.GET),
            "kept": [{"name": "kind", "value": kind}],
            "is_one": True,
        }
    elif text:
        context["groups"] = [group for find in FINDERS if (group := find(text))["cards"]]
    return render(request, "content/site_search.html", context)


def _address(text: str, kind: str = "") -> str:
    query = {"q": text} | ({"kind": kind} if kind else {})
    return f"{reverse('content:site_search')}?{urlencode(query)}"


def _group(key: str, label: str, cards: list[Any], more_url: str) -> dict[str, Any]:
    return {"key": key, "label": label, "cards": cards, "more_url": more_url}


# --- What the Alliance publishes ---------------------------------------------------------------------------


def _published(kind: str, text: str, params: QueryDict, size: int = FEW) -> tuple[dict[str, Any], lists.Page]:
    rows: Any = found_by(INDEXED[kind].objects.public(), text)
    if kind in READ_WITH:
        rows = READ_WITH[kind](rows)
    page = lists.keyset_page(rows, [("rank", "asc"), *ORDER[kind]], params, size)
    labels = {
        "page": pgettext("of the site", "Pages"),
        "news": _("News"),
        "event": _("Events"),
        "document": pgettext("of the Alliance", "Documents"),
        "video": _("Videos"),
        "issue": _("Policy dialogue"),
        "survey": capfirst(str(Survey._meta.verbose_name_plural)),
    }
    more_url = _address(text, kind) if page.after else ""
    return _group(kind, labels[kind], [_result(row, text) for row in page.rows], more_url), page


def _result(obj: Any, text: str) -> dict[str, Any]:
    words = _words(obj)
    page = PAGES.get(type(obj))
    href = reverse(page, args=[obj.slug]) if page else obj.get_absolute_url()
    title = words.title
    return {
        "title": title.text,
        "language": title.language if title.is_other else "",
        "href": href,
        "facts": _facts(obj),
        "extract": extract_of(words.parts, text),
    }


def _words(obj: Any) -> Words:
    language = reader_language()
    if isinstance(obj, Document):
        files = [(file.language, file.title, file.words or "") for file in obj.read_files]
        return words_of_document(shown(obj, "title"), shown(obj, "summary"), files, language)
    if isinstance(obj, Video):
        said = [(row.language, row.begun_transcript, row.begun_captions) for row in obj.said]
        return words_of_film(shown(obj, "title"), shown(obj, "summary"), said, language)
    if isinstance(obj, PolicyIssue):
        return words_of_issue(obj, language)
    if isinstance(obj, Survey):
        return words_of_survey(obj, language)
    return words_of_revision(obj.shown_revision().data, language)


def _facts(obj: Any) -> list[str]:
    if isinstance(obj, NewsItem):
        return [date_format(obj.published_at, "DATE_FORMAT")]
    if isinstance(obj, Event):
        at = when_and_where(obj, obj.shown_data)
        return [at["when"], *([_("Does not take place")] if at["is_cancelled"] else [])]
    if isinstance(obj, Document):
        return [obj.kind_of_one, date_format(obj.dated_on, "DATE_FORMAT")]
    if isinstance(obj, Video):
        return video_card(obj)["facts"]
    if isinstance(obj, PolicyIssue):
        card = issue_card(obj)
        return [card["state"], *card["facts"]]
    if isinstance(obj, Survey):
        return survey_card(obj)["facts"]
    return []


# --- Members and what they do ------------------------------------------------------------------------------


def _asks(text: str) -> QueryDict:
    """The words as the lists read them from an address."""
    query = QueryDict(mutable=True)
    query["q"] = text
    return query


def _members(text: str) -> dict[str, Any]:
    filters = MemberFilters.of(_asks(text))
    rows = Member.objects.listed().found(filters.criteria).with_facts().ranked(text)
    page = lists.keyset_page(rows, [("rank", "asc"), *filters.keys], {}, FEW)
    cards = [member_card(member) for member in page.rows]
    return _group("member", _("Members"), cards, _all_of("members:member_list", text, page.after))


def _listings(text: str) -> dict[str, Any]:
    filters = ListingFilters.of(_asks(text), kind="", for_members=False)
    hits = ListingSearch.objects.ids(filters.criteria, None, FEW)
    cards = cards_of(hits[:FEW], for_members=False)
    more_url = _all_of("partnerships:listing_list", text, len(hits) > FEW)
    return _group("listing", _("Needs and offers"), cards, more_url)


def _twinnings(text: str) -> dict[str, Any]:
    rows = TwinningFilters.of(_asks(text)).rows.with_parties().with_sort_name(reader_language())
    page = lists.keyset_page(rows, [("sort_name", "asc"), ("id", "asc")], {}, FEW)
    cards = [twinning_card(twinning) for twinning in page.rows]
    more_url = _all_of("partnerships:twinning_list", text, page.after)
    return _group("twinning", _("Partnerships"), cards, more_url)


def _all_of(route: str, text: str, is_more: Any) -> str:
    return f"{reverse(route)}?{urlencode({'q': text})}" if is_more else ""


def _few(kind: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: _published(kind, text, QueryDict())[0]


FINDERS = [
    _members,
    _listings,
    _twinnings,
    *map(_few, ("document", "news", "event", "video", "issue", "survey", "page")),
]
