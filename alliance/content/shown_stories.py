"""News, events and issues of the newsletter as one reader sees them, made from the data of a revision or of the working
copy: the same for readers and for a preview."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.content.translations import shown_text
from alliance.core.languages import shown
from partnerships.clocks import zone_name


def news_page(item: Any, data: dict[str, Any], appeal: Any = None) -> dict[str, Any]:
    """What the page of a news item shows of one version; the desk's preview shows the working copy by it."""
    return {
        "crumbs": [{"label": _("News"), "url": reverse("content:news_list")}],
        "title": shown_text(data, "title"),
        "lead": shown_text(data, "lead"),
        "text": shown_text(data, "text"),
        "picture": picture_of(item, data),
        "appeal": {
            "title": shown(appeal, "title"),
            "href": reverse("partnerships:appeal_detail", args=[appeal.slug]),
        }
        if appeal
        else None,
    }


def picture_of(item: Any, data: dict[str, Any]) -> dict[str, Any] | None:
    stored = data.get("picture", "")
    if not stored:
        return None
    return {
        "url": reverse("content:news_picture", args=[item.slug, stored.rsplit("/", 1)[-1]]),
        "alt": shown_text(data, "picture_alt").text,
        "width": data["picture_width"],
        "height": data["picture_height"],
    }


def event_page(event: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What the page of an event shows of one version; the desk's preview shows the working copy by it."""
    return {
        "crumbs": [{"label": _("Events"), "url": reverse("content:event_list")}],
        "event": event,
        "title": shown_text(data, "title"),
        "lead": shown_text(data, "lead"),
        "text": shown_text(data, "text"),
        "online_url": "" if event.is_cancelled else event.online_url,
        "file_url": reverse("content:event_file", args=[event.slug]),
        **when_and_where(event, data),
    }


def when_and_where(event: Any, data: dict[str, Any]) -> dict[str, Any]:
    starts, ends = event.starts_at.astimezone(event.zone), event.ends_at.astimezone(event.zone)
    return {
        "starts": starts,
        "ends": ends,
        "when": when_words(starts, ends),
        "zone": zone_words(event.time_zone, starts),
        "place": shown_text(data, "place"),
        "is_online": bool(event.online_url),
        "is_cancelled": event.is_cancelled,
        "is_over": event.ends_at < timezone.now(),
    }


def when_words(starts: Any, ends: Any) -> str:
    """“12 May 2027, 10:00–12:00”, or with both days."""
    values = {
        "day": date_format(starts, "DATE_FORMAT", use_l10n=True),
        "from": date_format(starts, "TIME_FORMAT"),
        "to": date_format(ends, "TIME_FORMAT"),
        "last": date_format(ends, "DATE_FORMAT"),
    }
    if starts.date() == ends.date():
        return _("%(day)s, %(from)s–%(to)s") % values
    return _("%(day)s, %(from)s – %(last)s, %(to)s") % values


def zone_words(name: str, moment: Any) -> str:
    """“Brussels time (UTC+2)”: the city whose clock it is, and the offset on that day."""
    offset = moment.utcoffset()
    hours, minutes = divmod(int(offset.total_seconds()) // 60, 60)
    shift = f"UTC{hours:+d}" + (f":{minutes:02d}" if minutes else "")
    return _("%(city)s time (%(shift)s)") % {"city": zone_name(name), "shift": shift}


def issue_page(issue: Any) -> dict[str, Any]:
    """What the page of an issue shows; the desk's preview shows a draft by it."""
    return {
        "crumbs": [{"label": _("Newsletter"), "url": reverse("content:newsletter")}],
        "issue": issue,
        "title": shown(issue, "title"),
        "text": shown(issue, "text"),
        "document": issue.document if issue.document and issue.document.is_public else None,
    }
