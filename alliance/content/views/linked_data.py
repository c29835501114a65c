"""The public face as schema.org describes it, for search engines: who we are, events, news, videos, open data."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString

from alliance.content.models import Document, Event, NewsItem, PolicyIssue, Video
from alliance.content.open_data.datasets import DATASETS
from alliance.content.translations import shown_text
from alliance.core.files import LICENCES
from alliance.core.inboxes import inbox
from alliance.core.languages import LANGUAGES, reader_language, shown
from alliance.core.linked_data import as_json_ld
from alliance.core.links import absolute

SCHEMA = "https://schema.org"
ONLINE, IN_PERSON, BOTH = (f"{SCHEMA}/{name}EventAttendanceMode" for name in ("Online", "Offline", "Mixed"))


def alliance() -> dict[str, Any]:
    """Who publishes all this, by the same identifier on every page."""
    return {
        "@type": "GovernmentOrganization",
        "@id": absolute("/#alliance"),
        "name": str(settings.SITE_NAME),
        "url": absolute(reverse("content:home")),
    }


def home_json_ld() -> SafeString:
    contact = {
        "@type": "ContactPoint",
        "contactType": "customer service",
        "email": inbox(language=reader_language()),
        "url": absolute(reverse("content:contact")),
        "availableLanguage": list(LANGUAGES),
    }
    about = {"alternateName": str(settings.SITE_SHORT_NAME), "logo": absolute(static("img/icon-180.png"))}
    return as_json_ld({"@context": SCHEMA, **alliance(), **about, "contactPoint": contact})


def event_json_ld(event: Event, data: dict[str, Any]) -> SafeString:
    """An event as it was published, in its own time zone."""
    title, place = shown_text(data, "title"), shown_text(data, "place").text
    online = "" if event.is_cancelled else event.online_url
    places = [{"@type": "Place", "name": place, "address": place}] if place else []
    places += [{"@type": "VirtualLocation", "url": online}] if online else []
    status = "EventCancelled" if event.is_cancelled else "EventScheduled"
    return as_json_ld(
        {
            "@context": SCHEMA,
            "@type": "Event",
            "name": title.text,
            "description": shown_text(data, "lead").text,
            "inLanguage": title.language,
            "url": absolute(event.get_absolute_url()),
            "startDate": event.starts_at.astimezone(event.zone).isoformat(),
            "endDate": event.ends_at.astimezone(event.zone).isoformat(),
            "eventStatus": f"{SCHEMA}/{status}",
            "eventAttendanceMode": BOTH if place and online else ONLINE if online else IN_PERSON,
            "location": places,
            "organizer": alliance(),
        }
    )


def news_json_ld(item: NewsItem, page: dict[str, Any]) -> SafeString:
    """A news item by what its page shows."""
    return as_json_ld(
        {
            "@context": SCHEMA,
            "@type": "NewsArticle",
            "headline": page["title"].text,
            "description": page["lead"].text,
            "inLanguage": page["title"].language,
            "url": absolute(item.get_absolute_url()),
            "datePublished": page["published_at"].isoformat(),
            "dateModified": page["updated_at"].isoformat(),
            "image": absolute(page["picture"]["url"]) if page["picture"] else "",
            "publisher": alliance(),
        }
    )


def video_json_ld(video: Video, *, foreign_url: str, poster: str) -> SafeString:
    """A film of ours with its file, or one of another service with its page there."""
    title, summary = shown(video, "title"), shown(video, "summary")
    page = reverse("content:video_detail", args=[video.slug])
    return as_json_ld(
        {
            "@context": SCHEMA,
            "@type": "VideoObject",
            "name": title.text,
            "description": summary.text or title.text,
            "inLanguage": video.language,
            "url": absolute(page),
            "uploadDate": video.published_at.isoformat(),
            "duration": f"PT{video.seconds}S",
            "thumbnailUrl": absolute(poster) if poster else "",
            "contentUrl": absolute(f"{page}film/") if video.is_own else "",
            "sameAs": foreign_url,
            "publisher": alliance(),
        }
    )


def document_json_ld(document: Document) -> SafeString:
    """A document `with_files()`: one work, and a file of it in each language that readers may have."""
    title, summary = shown(document, "title"), shown(document, "summary")
    page = absolute(reverse("content:document_detail", args=[document.slug]))
    files = [
        {
            "@type": "DigitalDocument",
            "name": file.title,
            "inLanguage": file.language,
            "encodingFormat": file.current.content_type,
            "url": absolute(reverse("content:document_file", args=[document.slug, file.language])),
        }
        for file in document.offered_files
        if not file.current.is_withheld
    ]
    return as_json_ld(
        {
            "@context": SCHEMA,
            "@type": "DigitalDocument",
            "name": title.text,
            "description": summary.text,
            "inLanguage": [file["inLanguage"] for file in files],
            "url": page,
            "dateCreated": document.dated_on.isoformat(),
            "datePublished": document.published_at.isoformat(),
            "publisher": alliance(),
            "hasPart": files,
        }
    )


def issue_json_ld(issue: PolicyIssue, raised_by: str) -> SafeString:
    """An issue for the institutions as a question, with the answer of the institution once there is one; ``raised_by``
    as its page names the member."""
    answer = {
        "@type": "Answer",
        "text": issue.answer,
        "inLanguage": issue.answer_language,
        "dateCreated": issue.answered_at.isoformat() if issue.answered_at else "",
        "author": {"@type": "GovernmentOrganization", "name": issue.institution},
    }
    question = {
        "@type": "Question",
        "name": issue.title,
        "text": issue.text,
        "inLanguage": issue.language,
        "dateCreated": issue.accepted_at.isoformat(),
        "author": {"@type": "GovernmentOrganization", "name": raised_by},
        "answerCount": 1 if issue.answer else 0,
        **({"acceptedAnswer": answer} if issue.answer else {}),
    }
    page = {"@type": "QAPage", "url": absolute(issue.get_absolute_url()), "mainEntity": question}
    return as_json_ld({"@context": SCHEMA, **page, "publisher": alliance()})


def catalogue_json_ld(name: str, text: str) -> SafeString:
    """The open data and its sets; DCAT says the same in more words."""
    page, licence = absolute(reverse("content:open_data")), LICENCES.get(settings.SITE_LICENCE, "")
    sets = [
        {
            "@type": "Dataset",
            "name": str(dataset.title),
            "description": str(dataset.text),
            "url": f"{page}#{dataset.name}",
            "creator": alliance(),
            "isAccessibleForFree": True,
        }
        | ({"license": licence} if licence else {})
        for dataset in DATASETS
    ]
    return as_json_ld(
        {
            "@context": SCHEMA,
            "@type": "DataCatalog",
            "name": name,
            "description": text,
            "inLanguage": reader_language(),
            "url": page,
            "license": licence,
            "publisher": alliance(),
            "dataset": sets,
        }
    )
