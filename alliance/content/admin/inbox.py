"""Around the tickets: mails that came in, prepared answers, rules against spam."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from alliance.content.actions.inbound import OURS
from alliance.content.actions.inbox import save_spam_rule
from alliance.content.actions.publishing import save_texts
from alliance.content.admin.ticket_verbs import INBOUND_VERBS
from alliance.content.forms.inbox import CannedAnswerForm, SpamRuleForm
from alliance.content.incoming import NO_SENDER
from alliance.content.models import CannedAnswer, InboundMail, SpamRule
from alliance.core.admin import DeskAdmin, VerbAdmin, choice_filter, labelled

Outcome = InboundMail.Outcome
# Else it is the name of a header, or what a mail server said.
WHY = {OURS: _("a mail of ours that came back"), NO_SENDER: _("it names no sender")}


@admin.register(InboundMail)
class InboundMailAdmin(VerbAdmin):
    """What could not be read first; the rest to answer the question whether a mail came."""

    is_read_only = True
    verbs = INBOUND_VERBS
    list_display = ["received_at", "outcome", "ticket", "reason", "size", "message_id"]
    list_filter = [choice_filter("outcome", _("what became of it")), "received_at"]
    list_select_related = ["ticket"]
    search_fields = ["message_id__exact", "ticket__number"]
    search_help_text = _("A whole Message-ID, or the number of a ticket")
    fields = [
        labelled("outcome", _("what became of it")),
        "ticket",
        "reason",
        labelled("received_at", _("received")),
        "size",
        labelled("message_id", "Message-ID"),
        "as_it_came",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        # Megabytes; only the page of one mail and its verbs read them.
        return rows.defer("raw") if request.resolver_match.url_name.endswith("_changelist") else rows

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.raw_view)
        own = path("<path:object_id>/raw/", view, name="content_inboundmail_raw")
        return [own, *super().get_urls()]

    def raw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bytes as they came, to be saved and looked at with a mail program."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        mail = self.found(request, object_id)
        if not self.has_view_permission(request, mail):
            raise PermissionDenied
        if not mail.raw:
            raise Http404
        response = HttpResponse(bytes(mail.raw), content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @admin.display(description=_("reason"))
    def reason(self, mail: InboundMail) -> Any:
        return WHY.get(mail.why, mail.why) or "–"

    @admin.display(description=_("as it came"))
    def as_it_came(self, mail: InboundMail) -> str:
        if not mail.raw:
            return "–"
        url = reverse("admin:content_inboundmail_raw", args=[mail.pk])
        return format_html('<a href="{}">{}</a>', url, _("Save the e-mail as a file"))


@admin.register(CannedAnswer)
class CannedAnswerAdmin(DeskAdmin):
    """Prepared answers, in three languages."""

    may_add = True
    form = CannedAnswerForm
    list_display = ["title", "topic", "is_used", "original_language"]
    list_filter = ["topic", "is_used"]
    search_fields = ["title"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_texts(obj, by=request.user)


@admin.register(SpamRule)
class SpamRuleAdmin(DeskAdmin):
    """Senders and words; a rule that is not in force is kept, so that nobody invents it again."""

    may_add = True
    form = SpamRuleForm
    list_display = ["value", "kind", "is_used", labelled("created_at", _("since"))]
    list_filter = ["kind", "is_used"]
    search_fields = ["value"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_spam_rule(obj, by=request.user)


admin.site.watch(
    _("E-mails that could not be read"),
    lambda: InboundMail.objects.filter(outcome__in=[Outcome.BROKEN, Outcome.TOO_LARGE]),
    moment="received_at",
    query={"outcome": Outcome.BROKEN},
    position=55,
)
