"""Tickets of the contact form: what people wrote, who waits, closed or open again."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions.tickets import close_ticket, reopen_ticket
from alliance.content.models import Ticket, TicketMessage
from alliance.core.admin import ReadOnlyInline, StatedAdmin, Verb, label_verbs, labelled
from alliance.core.ages import age_text

Status = Ticket.Status

CLOSE = Verb(
    name="close",
    action=close_ticket,
    to=Status.CLOSED,
    label=pgettext_lazy("button at a ticket", "Close the ticket"),
    question=_("Close this ticket?"),
    done=ngettext_lazy("%(count)d ticket was closed.", "%(count)d tickets were closed.", "count"),
    is_main=True,
)
REOPEN = Verb(
    name="reopen",
    action=reopen_ticket,
    to=Status.OPEN,
    label=pgettext_lazy("button at a ticket", "Open again"),
    question=_("Open this ticket again?"),
    done=ngettext_lazy("%(count)d ticket is open again.", "%(count)d tickets are open again.", "count"),
    is_main=True,
)

label_verbs(
    ticket__opened=_("ticket opened"),
    ticket__closed=_("ticket closed"),
    ticket__reopened=_("ticket opened again"),
)


RECEIVED = labelled("created_at", _("received"))


class MessageInline(ReadOnlyInline):
    model = TicketMessage
    template = "admin/edit_inline/stacked.html"
    fields = readonly_fields = ["sent_at", "subject", "text"]
    show_change_link = False


@admin.register(Ticket)
class TicketAdmin(StatedAdmin):
    """Open tickets first, the longest wait on top."""

    verbs = [CLOSE, REOPEN]
    list_display = [
        "number",
        "waiting",
        "topic",
        "name",
        "organisation",
        "language",
        "status",
        RECEIVED,
    ]
    list_filter = ["status", "topic", "language"]
    search_fields = ["number", "email", "name", "organisation", "messages__subject"]
    search_help_text = _("Number, name, organisation, e-mail address or subject")
    fields = [
        ("number", "status"),
        "topic",
        "language",
        "name",
        "organisation",
        "email",
        RECEIVED,
    ]
    inlines = [MessageInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> list:
        return [Case(When(status=Status.OPEN, then=Value(0)), default=Value(1)), "created_at", "id"]

    @admin.display(description=_("waiting"), ordering="created_at")
    def waiting(self, ticket: Ticket) -> str:
        return age_text(ticket.created_at) if ticket.status == Status.OPEN else "–"


admin.site.watch(
    _("Open tickets"),
    lambda: Ticket.objects.waiting(),
    moment="waits_since",
    query={"status__exact": Status.OPEN},
    position=50,
    holder="coordinator",
)
