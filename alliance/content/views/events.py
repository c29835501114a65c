"""Events for everyone: what is coming and what was, one event, calendar files and a feed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.content.calendar_file import Entry, calendar_of
from alliance.content.models import Event
from alliance.content.shown_stories import event_page, when_and_where
from alliance.content.translations import shown_text
from alliance.content.views.feeds import Story, feed_response
from alliance.content.views.linked_data import event_json_ld
from alliance.content.views.news import updated_at
from alliance.core import lists
from alliance.core.languages import reader_language
from alliance.core.links import absolute
from alliance.core.microcache import etag
from alliance.core.prose import words_of

COMING = [("starts_at", "asc"), ("id", "asc")]
PAST = [("starts_at", "desc"), ("id", "desc")]
# So far back a calendar keeps what is over, so that an event that was called off does not stay in it.
MOST_IN_CALENDAR = 200
FEED_ENTRIES = 30


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """What is coming, or with ?past=1 what was."""
    is_past = "past" in request.GET
    rows = Event.objects.public()
    rows, keys = (rows.past(), PAST) if is_past else (rows.coming(), COMING)
    page = lists.keyset_page(rows, keys, request.GET)
    context = {
        "events": [line_of(event) for event in page.rows],
        "is_past": is_past,
        "pages": page.links(request.GET),
        "calendar_url": absolute(reverse("content:event_calendar")),
        "feed_url": reverse("content:event_feed"),
    }
    return render(request, "content/event_list.html", context)


def line_of(event: Event) -> dict[str, Any]:
    """One event in a list."""
    data = event.shown_data
    return {
        "href": event.get_absolute_url(),
        "title": shown_text(data, "title"),
        "lead": shown_text(data, "lead"),
        **when_and_where(event, data),
    }


def coming_events(count: int) -> list[dict[str, Any]]:
    """For the home page."""
    return [line_of(event) for event in Event.objects.public().coming()[:count]]


@require_safe
def event_detail(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.public(), slug=slug)
    data = event.shown_data
    context = event_page(event, data) | {"json_ld": event_json_ld(event, data)}
    return render(request, "content/event_detail.html", context)


@require_safe
def event_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar file of one event."""
    event = get_object_or_404(Event.objects.public(), slug=slug)
    content = calendar_of([calendar_entry(event)], name=event.slug, language=reader_language())
    response = calendar_response(request, content)
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
    return response


@require_safe
def event_calendar(request: HttpRequest) -> HttpResponse:
    """A calendar to subscribe to: the events that are coming, and the latest that were."""
    rows = Event.objects.public().order_by("-starts_at", "-id")[:MOST_IN_CALENDAR]
    entries = [calendar_entry(event) for event in rows]
    name = str(settings.SITE_SHORT_NAME)
    return calendar_response(request, calendar_of(entries, name=name, language=reader_language()))


def calendar_response(request: HttpRequest, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = tag = etag(content)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return get_conditional_response(request, etag=tag, response=response)


def calendar_entry(event: Event) -> Entry:
    data = event.shown_data
    place = shown_text(data, "place").text
    return Entry(
        uid=f"event-{event.slug}@{settings.MAIL_DOMAIN}",
        sequence=event.sequence,
        starts_at=event.starts_at.astimezone(event.zone),
        ends_at=event.ends_at.astimezone(event.zone),
        summary=shown_text(data, "title").text,
        description=shown_text(data, "lead").text or words_of(shown_text(data, "text").text)[:400],
        location=", ".join(filter(None, [place, event.online_url])),
        url=absolute(event.get_absolute_url()),
        changed_at=event.updated_at,
        is_cancelled=event.is_cancelled,
    )


@require_safe
def event_feed(request: HttpRequest) -> HttpResponse:
    """Atom: the events that were announced last."""
    rows = Event.objects.public().order_by("-published_at", "-id")[:FEED_ENTRIES]
    return feed_response(
        request,
        [story_of(event) for event in rows],
        key="events",
        title=_("Events of the Alliance"),
        page=reverse("content:event_list"),
    )


def story_of(event: Event) -> Story:
    data = event.shown_data
    return Story(
        key=f"event:{event.slug}",
        href=event.get_absolute_url(),
        kind=pgettext("kind of entry", "Event"),
        title=shown_text(data, "title"),
        lead=shown_text(data, "lead"),
        published_at=event.published_at,
        updated_at=max(updated_at(event), event.published_at),
    )
