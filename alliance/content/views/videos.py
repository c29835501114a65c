"""Videos for everyone: the list, the page with its player, and what the player asks for. A foreign service gets to know
of a visitor only by a click on a page that says so."""

from collections import Counter
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliance.content.models import Video, VideoWords
from alliance.content.players import SERVICES
from alliance.content.views.linked_data import video_json_ld
from alliance.content.views.publications import gone
from alliance.core import lists, ranges
from alliance.core.countries import PUBLISHED_IN, language_name, native_name
from alliance.core.languages import reader_language, shown
from alliance.core.uploads import shown_picture

# So many stand on the home page.
ON_HOME = 2
NEWEST = [("recorded_on", "desc"), ("id", "desc")]
WIDTH, HEIGHT = 960, 540


# --- The list ----------------------------------------------------------------------------------------------


@require_safe
def video_list(request: HttpRequest) -> HttpResponse:
    languages = lists.values_of(request.GET, "language", PUBLISHED_IN)
    found = _filtered(languages)
    page = lists.keyset_page(found, NEWEST, request.GET)
    facets = [_language_facet(languages)]
    count = lists.capped_count(found)
    context = {
        "cards": [video_card(video) for video in page.rows],
        "pages": page.links(request.GET),
        "facets": facets,
        "chips": lists.chips(request.GET, facets),
        "filter_count": len(languages),
        "count": ngettext("%(number)s video", "%(number)s videos", count)
        % {"number": lists.written_count(count)},
    }
    return render(request, "content/video_list.html", context)


def _filtered(languages: list[str]) -> Any:
    """Spoken in one of ``languages``, or with captions in one."""
    found = Video.objects.public()
    if languages:
        captions = VideoWords.objects.filter(video=models.OuterRef("pk"), language__in=languages)
        captions = captions.exclude(captions="").order_by()
        found = found.filter(models.Q(language__in=languages) | models.Exists(captions))
    return found


def _language_facet(chosen: list[str]) -> lists.Facet:
    public = Video.objects.public()
    captions = VideoWords.objects.filter(video__in=public).exclude(captions="").order_by()
    pairs = {*public.values_list("pk", "language"), *captions.values_list("video_id", "language")}
    counts = Counter(code for _video, code in pairs)
    choices = [
        lists.Choice(code, native_name(code), lists.written_count(counts[code]), code in chosen)
        for code in PUBLISHED_IN
        if code in counts or code in chosen
    ]
    return lists.Facet("language", _("Language of the sound or of captions"), choices)


def newest_videos() -> list[dict[str, Any]]:
    """For the home page."""
    return [video_card(video) for video in Video.objects.public().newest_first()[:ON_HOME]]


def video_card(video: Video) -> dict[str, Any]:
    """Parameters of `components/card.html`."""
    title = shown(video, "title")
    return {
        "title": title.text,
        "language": title.language if title.is_other else "",
        "href": reverse("content:video_detail", args=[video.slug]),
        "facts": [
            length_words(video.seconds),
            language_name(video.language),
            date_format(video.recorded_on, "DATE_FORMAT"),
        ],
        "photo": {"url": poster_address(video), "alt": "", "width": WIDTH, "height": HEIGHT}
        if video.poster
        else None,
    }


def length_words(seconds: int) -> str:
    """“2 min 5 s”, as people say it; long films without seconds."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d s") % {"seconds": rest}


def poster_address(video: Video) -> str:
    return reverse("content:video_poster", args=[video.slug]) if video.poster else ""


# --- One video ---------------------------------------------------------------------------------------------


@csrf_exempt  # It changes nothing: a POST only so that no link, no robot and no browser ahead of a click gets there.
@require_http_methods(["GET", "HEAD", "POST"])
def video_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; after the click, the same page with the foreign player, which this answer alone may load."""
    video = get_object_or_404(Video.objects.known().with_words(), slug=slug)
    if not video.is_public:
        return gone(request, video)
    service = SERVICES.get(video.source)
    is_playing = request.method == "POST" and service is not None
    words = list(video.words.all())
    context = {
        "video": video,
        "crumbs": [{"label": _("Videos"), "url": reverse("content:video_list")}],
        "title": shown(video, "title"),
        "summary": shown(video, "summary"),
        "facts": _facts(video, words),
        "poster": poster_address(video),
        "service": service,
        "is_playing": is_playing,
        "frame_url": service.frame_url(video.foreign_id) if service else "",
        "page_url": service.page_url(video.foreign_id) if service else "",
        "tracks": _tracks(video, words),
        "transcripts": _in_reading_order(row for row in words if row.transcript),
        "width": WIDTH,
        "height": HEIGHT,
        "og_type": "video.other",
    }
    context["json_ld"] = video_json_ld(video, foreign_url=context["page_url"], poster=context["poster"])
    response = render(request, "content/video_detail.html", context)
    if service and is_playing:
        response._csp_update = {"frame-src": [f"https://{service.frame_host}"]}
        # A frame of others does not say that it may be embedded into a page that insists on it.
        response.headers["Cross-Origin-Embedder-Policy"] = "unsafe-none"
        response.headers["Cache-Control"] = "no-store"
    elif video.is_own:
        response._csp_update = {"media-src": ["'self'"]}
    return response


def _facts(video: Video, words: list[VideoWords]) -> list[dict[str, str]]:
    captions = ", ".join(language_name(row.language) for row in words if row.captions)
    facts = [
        (_("Date"), date_format(video.recorded_on, "DATE_FORMAT")),
        (_("Length"), length_words(video.seconds)),
        (_("Spoken language"), language_name(video.language)),
        (_("Captions"), captions or _("none yet")),
    ]
    return [{"term": term, "text": text} for term, text in facts]


def _tracks(video: Video, words: list[VideoWords]) -> list[dict[str, Any]]:
    """Captions in the reader's language are on from the start where the film speaks another."""
    return [
        {
            "url": reverse("content:video_captions", args=[video.slug, row.language]),
            "language": row.language,
            "language_name": row.language_name,
            "kind": "captions" if row.language == video.language else "subtitles",
            "is_default": row.language == reader_language() != video.language,
        }
        for row in words
        if row.captions
    ]


def _in_reading_order(words: Any) -> list[VideoWords]:
    return sorted(words, key=lambda row: row.language != reader_language())


# --- What the player asks for ------------------------------------------------------------------------------


def _own_public(slug: str) -> Video:
    return get_object_or_404(Video.objects.public(), slug=slug)


@require_safe
def video_film(request: HttpRequest, slug: str) -> HttpResponse:
    """The film from our own storage, in parts."""
    video = _own_public(slug)
    if not video.is_own:
        raise Http404
    stored = ranges.Stored(
        file=video.file,
        size=video.size,
        digest=video.digest,
        changed_at=video.updated_at,
        content_type=video.content_type,
        filename=f"{video.slug}.{video.file.name.rsplit('.', 1)[-1]}",
    )
    return ranges.answer(request, stored, is_inline="save" not in request.GET)


@require_safe
def video_poster(request: HttpRequest, slug: str) -> HttpResponse:
    video = _own_public(slug)
    if not video.poster:
        raise Http404
    response = shown_picture(video.poster)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def video_captions(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """WebVTT in one language."""
    words = get_object_or_404(VideoWords, video=_own_public(slug), language=language)
    if not words.captions:
        raise Http404
    return HttpResponse(words.captions, content_type="text/vtt; charset=utf-8")
