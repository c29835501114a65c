"""Tickets at the desk: who waits, the whole correspondence, and a button for each verb."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Prefetch, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.admin.ticket_thread import thread
from alliance.content.admin.ticket_verbs import TICKET_VERBS
from alliance.content.canned import filled
from alliance.content.models import CannedAnswer, Ticket, TicketFile, TicketMessage
from alliance.content.service_times import FIRST_ANSWER_GOAL, WEEKS_SHOWN
from alliance.core.admin import StatedAdmin, Verb, labelled
from alliance.core.ages import age_text
from alliance.core.countries import country_name
from alliance.core.languages import shown
from alliance.core.uploads import attachment
from members.models import Member
from partnerships.models import Listing

Status = Ticket.Status
RECEIVED = labelled("created_at", _("received"))


class HandsFilter(admin.SimpleListFilter):
    title = _("who has it in hand")
    parameter_name = "hands"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("mine", pgettext_lazy("tickets", "mine")),
            ("nobody", pgettext_lazy("tickets", "nobody’s")),
            ("others", pgettext_lazy("tickets", "of others")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "mine":
            return queryset.filter(coordinator=request.user)
        if self.value() == "nobody":
            return queryset.filter(coordinator=None)
        others = queryset.exclude(coordinator=None).exclude(coordinator=request.user)
        return others if self.value() == "others" else queryset


class WaitingFilter(admin.SimpleListFilter):
    title = _("who has the word")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("us", pgettext_lazy("tickets", "somebody waits for us")),
            ("them", pgettext_lazy("tickets", "we wait for an answer")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "us":
            return queryset.waiting()
        return queryset.filter(status=Status.OPEN, waits_since=None) if self.value() == "them" else queryset


def with_subjects(tickets: QuerySet) -> QuerySet:
    """For `TicketAdmin.subject`: one query more, however many tickets, and one row of each, however many messages."""
    first = TicketMessage.objects.filter(kind=TicketMessage.Kind.RECEIVED).only(
        "ticket", "subject", "sent_at"
    )
    return tickets.prefetch_related(Prefetch("messages", first[:1], to_attr="received"))


@admin.register(Ticket)
class TicketAdmin(StatedAdmin):
    """Who waits for us first, the longest wait on top; spam last."""

    is_read_only = True
    verbs = TICKET_VERBS
    change_form_template = "admin/content/ticket/change_form.html"
    change_list_template = "admin/content/ticket/change_list.html"
    confirm_template = "admin/content/ticket/confirm.html"
    bulk_template = "admin/content/ticket/bulk.html"
    list_display = [
        "number",
        "waiting",
        "subject",
        "topic",
        "sender",
        "language",
        "hands",
        "status",
    ]
    list_filter = [
        "status",
        WaitingFilter,
        HandsFilter,
        "topic",
        "language",
        "source",
        "spam_reason",
        ("tags", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["coordinator"]
    search_fields = ["number", "email", "name", "organisation", "messages__subject", "application__reference"]
    search_help_text = _("Number, name, organisation, e-mail address or subject")
    fields = [
        ("number", "status"),
        ("topic", "language"),
        "tag_words",
        "hands",
        "came_by",
        "name",
        "organisation",
        "country_in_words",
        "email",
        RECEIVED,
        "since",
        labelled("first_answered_at", _("first answered")),
        "why_spam",
        "became",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("coordinator", "application", "listing")
        return with_subjects(rows)

    def get_ordering(self, request: HttpRequest) -> list:
        order = [
            When(status=Status.OPEN, waits_since__isnull=False, then=Value(0)),
            When(status=Status.OPEN, then=Value(1)),
            When(status=Status.CLOSED, then=Value(2)),
        ]
        return [Case(*order, default=Value(3)), "waits_since", "-created_at", "-id"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        own = path("<path:object_id>/files/<slug:slug>/", view, name="content_ticket_file")
        return [own, *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        """A file that came with a message, to be saved and never opened inside our address."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        ticket = self.found(request, object_id)
        if not self.has_view_permission(request, ticket):
            raise PermissionDenied
        file = TicketFile.objects.filter(slug=slug, message__ticket=ticket).first()
        if file is None:
            raise Http404
        return attachment(file.file, filename=file.original_filename, content_type=file.content_type)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        weeks = Ticket.objects.service_weeks(WEEKS_SHOWN) if request.method == "GET" else []
        context = {"weeks": weeks, "goal_days": FIRST_ANSWER_GOAL.days}
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"thread": self.thread_of(request, object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def confirmation(self, request: HttpRequest, obj: Any, verb: Verb, form: Any) -> TemplateResponse:
        if not form.is_bound and hasattr(form, "start"):
            form.start(obj, request.GET)
        response = super().confirmation(request, obj, verb, form)
        answers = CannedAnswer.objects.filter(is_used=True) if verb.name == "answer" else []
        answers = sorted(answers, key=lambda one: (one.topic != obj.topic, one.title))
        response.context_data |= {
            "canned": [(answer, shown(answer, "text", obj.language)) for answer in answers],
            "thread": self.thread_of(request, obj.pk)
            if verb.name in ("answer", "need", "application")
            else {},
        }
        return response

    def thread_of(self, request: HttpRequest, object_id: Any) -> dict[str, Any]:
        """What is left out of it is read on the page of the ticket."""

        def address(name: str, value: int) -> str:
            url = self.with_filters(request, reverse("admin:content_ticket_change", args=[object_id]))
            return f"{url}{'&' if '?' in url else '?'}{name}={value}#thread-heading"

        return thread(object_id, request.GET, address)

    def bulk_confirmation(
        self, request: HttpRequest, verb: Verb, form: Any, chosen: list, left: list
    ) -> TemplateResponse:
        """Of a prepared answer each letter as it would be sent; without words in its language, none."""
        response = super().bulk_confirmation(request, verb, form, chosen, left)
        if verb.is_read_first and form.is_bound and form.is_valid():
            response.context_data |= self.letters_of(form.cleaned_data["canned"], chosen)
        return response

    def letters_of(self, canned: CannedAnswer, tickets: list[Ticket]) -> dict[str, Any]:
        letters, lacking, opened = [], [], set()
        for ticket in tickets:
            text, language = canned.words_in(ticket.language), ticket.get_language_display()
            if not text:
                lacking.append((self.words_of(ticket), language))
                continue
            letters.append(
                {
                    "pk": ticket.pk,
                    "words": self.words_of(ticket),
                    "language": language,
                    "code": ticket.language,
                    "text": filled(text, name=ticket.name, number=ticket.number),
                    "is_open": ticket.language not in opened,  # the first of each language
                }
            )
            opened.add(ticket.language)
        newest = TicketMessage.objects.newest_received(tickets)
        return {"letters": letters, "lacking": lacking, "seen": ",".join(map(str, newest))}

    def title_of(self, obj: Ticket) -> str:
        return f"{obj.number}: {self.subject(obj)}"

    def named_rows(self) -> QuerySet:
        return with_subjects(super().named_rows())

    def words_of(self, obj: Ticket) -> str:
        return f"{obj.number}: {self.subject(obj)} – {self.sender(obj)}"

    @admin.display(description=_("waits"), ordering="waits_since")
    def waiting(self, ticket: Ticket) -> str:
        return age_text(ticket.waits_since) if ticket.status == Status.OPEN and ticket.waits_since else "–"

    @admin.display(description=_("waits"))
    def since(self, ticket: Ticket) -> str:
        return self.waiting(ticket)

    @admin.display(description=pgettext_lazy("sender of a message", "from"), ordering="name")
    def sender(self, ticket: Ticket) -> str:
        return ", ".join(filter(None, (ticket.name, ticket.organisation)))

    @admin.display(description=pgettext_lazy("of a ticket", "subject line"))
    def subject(self, ticket: Ticket) -> str:
        return ticket.received[0].subject if ticket.received else "–"

    @admin.display(description=pgettext_lazy("of a ticket", "in the hands of"), ordering="coordinator__name")
    def hands(self, ticket: Ticket) -> str:
        return str(ticket.coordinator or "–")

    @admin.display(description=pgettext_lazy("of a ticket", "tags"))
    def tag_words(self, ticket: Ticket) -> str:
        return ", ".join(tag.name for tag in ticket.tags.all()) or "–"

    @admin.display(description=pgettext_lazy("of a ticket", "came by"))
    def came_by(self, ticket: Ticket) -> str:
        return ticket.get_source_display()

    @admin.display(description=_("country"))
    def country_in_words(self, ticket: Ticket) -> str:
        return country_name(ticket.country) if ticket.country else "–"

    @admin.display(description=_("why spam"))
    def why_spam(self, ticket: Ticket) -> str:
        reason = ticket.get_spam_reason_display()
        return f"{reason} ({ticket.spam_words})" if ticket.spam_words else reason or "–"

    @admin.display(description=pgettext_lazy("of a ticket", "became"))
    def became(self, ticket: Ticket) -> str:
        rows = [row for row in (ticket.application, ticket.listing) if row]
        links = (
            (reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]), row)
            for row in rows
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"


for made in (Member, Listing):
    admin.site.trace(made, _("Made out of the ticket"), lambda row: row.tickets.all())
admin.site.watch(
    _("Open tickets"),
    lambda: with_subjects(Ticket.objects.waiting()),
    moment="waits_since",
    query={"waits": "us"},
    position=50,
    holder="coordinator",
)
