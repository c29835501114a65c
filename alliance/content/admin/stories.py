"""News, events and the newsletter at the desk: words in three languages, preview, publishing, sending."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions.events import cancel_event, reinstate_event, save_event
from alliance.content.actions.newsletter import save_issue, send_issue
from alliance.content.actions.pictures import keep_picture
from alliance.content.actions.publishing import save_texts
from alliance.content.admin.publishing import PUBLISHING_VERBS, RevisedAdmin, gaps_of, state_of
from alliance.content.forms.stories import EventForm, IssueForm, NewsForm
from alliance.content.models import Event, NewsItem, NewsletterIssue, Subscription
from alliance.content.shown_stories import event_page, news_page
from alliance.core.admin import DeskAdmin, StatedAdmin, Verb, label_verbs
from alliance.core.languages import LANGUAGES, reader_language

DONE = {
    "created": _("drafted"),
    "edited": _("words saved"),
    "published": _("published"),
    "planned": _("planned"),
    "plan_cancelled": _("plan to publish dropped"),
    "withdrawn": _("withdrawn"),
    "restored": _("earlier version taken back"),
    "translation_confirmed": _("translation confirmed"),
}
label_verbs(
    **{f"{noun}__{verb}": label for noun in ("newsitem", "event") for verb, label in DONE.items()},
    event__cancelled=_("event called off"),
    event__reinstated=_("event takes place after all"),
    newsletterissue__created=_("issue drafted"),
    newsletterissue__edited=_("words of the issue saved"),
    newsletterissue__sending=_("issue goes out"),
    newsletterissue__sent=_("issue sent"),
    newsletterissue__translation_confirmed=_("translation confirmed"),
    subscription__asked=_("newsletter asked for"),
    subscription__confirmed=_("newsletter confirmed"),
    subscription__forgotten=_("address of the newsletter forgotten"),
)

CALL_OFF = Verb(
    name="call-off",
    action=cancel_event,
    applies=lambda event: not event.is_cancelled,
    label=pgettext_lazy("button of an editor", "Call the event off"),
    question=_("Call this event off?"),
    effect=_("Its page and the calendars of those who follow it say so at once."),
    done=ngettext_lazy("%(count)d event was called off.", "%(count)d events were called off.", "count"),
    is_dangerous=True,
    in_bulk=False,
)
REINSTATE = Verb(
    name="reinstate",
    action=reinstate_event,
    applies=lambda event: event.is_cancelled,
    label=pgettext_lazy("button of an editor", "It takes place after all"),
    question=_("Does this event take place after all?"),
    done=ngettext_lazy("%(count)d event takes place.", "%(count)d events take place.", "count"),
    in_bulk=False,
)
SEND = Verb(
    name="send",
    action=send_issue,
    to=NewsletterIssue.Status.SENDING,
    label=pgettext_lazy("button of an editor", "Send to all subscribers"),
    question=_("Send this issue to all who subscribed?"),
    effect=_("Everybody gets it in their language. It stands in the archive and cannot be changed any more."),
    done=ngettext_lazy("%(count)d issue goes out.", "%(count)d issues go out.", "count"),
    is_main=True,
    in_bulk=False,
)


def words(*names: str) -> list[tuple[str, ...]]:
    return [tuple(f"{name}_{code}" for code in LANGUAGES) for name in names]


def preview(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, {**context, "is_preview": True})
    add_never_cache_headers(response)
    return response


class StoryAdmin(RevisedAdmin):
    """What news and events have in common."""

    search_fields = ["slug", *(f"title_{code}" for code in LANGUAGES)]
    search_help_text = _("Words of the title, or the address")
    list_select_related = ["current", "planned"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"original_language": reader_language(), **super().get_changeform_initial_data(request)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs below a story."""

    @admin.display(description=_("title"))
    def shown_title(self, obj: Any) -> str:
        return str(obj)

    @admin.display(description=_("state"))
    def state(self, obj: Any) -> str:
        return state_of(obj)

    @admin.display(description=_("translations to do"))
    def translations(self, obj: Any) -> str:
        return "; ".join(f"{row['language']}: {row['text']}" for row in gaps_of(obj)) or "–"


@admin.register(NewsItem)
class NewsAdmin(StoryAdmin):
    form = NewsForm
    list_display = ["shown_title", "state", "translations", "published_at"]
    fieldsets = [
        (None, {"classes": ["desk-languages"], "fields": words("title", "lead", "text")}),
        (
            _("Picture"),
            {
                "classes": ["desk-languages"],
                "fields": [("upload", "drops_picture"), *words("picture_alt")],
            },
        ),
        (_("Address and place"), {"fields": ["slug", "appeal", "original_language", "seen"]}),
    ]

    def save_model(self, request: HttpRequest, obj: NewsItem, form: NewsForm, change: bool) -> None:
        upload = form.cleaned_data.get("upload")
        if upload or form.cleaned_data.get("drops_picture"):
            keep_picture(obj, upload)
        save_texts(obj, by=request.user, seen=form.cleaned_data["seen"])

    def rendered_preview(self, request: HttpRequest, obj: NewsItem, language: str) -> HttpResponse:
        with translation.override(language):
            return preview(request, "content/news_detail.html", news_page(obj, obj.snapshot()))


@admin.register(Event)
class EventAdmin(StoryAdmin):
    form = EventForm
    verbs = [*PUBLISHING_VERBS, CALL_OFF, REINSTATE]
    list_display = ["shown_title", "starts_at", "state", "translations"]
    fieldsets = [
        (None, {"classes": ["desk-languages"], "fields": words("title", "lead", "text")}),
        (
            _("When and where"),
            {
                "classes": ["desk-languages"],
                "fields": [("starts", "ends", "time_zone"), *words("place"), "online_url"],
                "description": _(
                    "Times and the address on the net hold at once, since calendars follow them."
                ),
            },
        ),
        (_("Address and place"), {"fields": ["slug", "original_language", "seen"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Event, form: EventForm, change: bool) -> None:
        save_event(obj, by=request.user, seen=form.cleaned_data["seen"])

    def rendered_preview(self, request: HttpRequest, obj: Event, language: str) -> HttpResponse:
        with translation.override(language):
            return preview(request, "content/event_detail.html", event_page(obj, obj.snapshot()))


@admin.register(NewsletterIssue)
class NewsletterIssueAdmin(StatedAdmin):
    form = IssueForm
    may_add = True
    verbs = [SEND]
    list_display = ["number", "shown_title", "status", "sent_at", "readers"]
    fieldsets = [
        (None, {"fields": ["number", "status"]}),
        (None, {"classes": ["desk-languages"], "fields": words("title", "text")}),
        (_("PDF and languages"), {"fields": ["document", "original_language"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_mails()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        sent = obj is not None and obj.status != NewsletterIssue.Status.DRAFT
        return not sent and super().has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = NewsletterIssue.objects.order_by("-number").first()
        return {"number": newest.number + 1 if newest else 1, "original_language": reader_language()}

    def save_model(self, request: HttpRequest, obj: NewsletterIssue, form: IssueForm, change: bool) -> None:
        save_issue(obj, by=request.user)

    def facts(self, request: HttpRequest, obj: NewsletterIssue) -> list[tuple[Any, Any]]:
        return [(_("subscribers"), Subscription.objects.active().count())]

    @admin.display(description=_("title"))
    def shown_title(self, issue: NewsletterIssue) -> str:
        return str(issue)

    @admin.display(description=_("sent to"))
    def readers(self, issue: NewsletterIssue) -> Any:
        return "–" if issue.status == NewsletterIssue.Status.DRAFT else issue.mails


@admin.register(Subscription)
class SubscriptionAdmin(DeskAdmin):
    """Who gets the newsletter; addresses come and go by their owners alone."""

    is_read_only = True
    list_display = ["email", "language", "status", "created_at", "confirmed_at"]
    list_filter = ["status", "language"]
    search_fields = ["email"]
    search_help_text = _("E-mail address")
    ordering = ["-id"]
