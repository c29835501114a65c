"""The outbox as the desk reads it: what went to whom, in which language, what failed and why; send again."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.actions import hurry_mail, resend_mail
from alliance.core.admin.base import DeskAdmin, choice_filter, labelled
from alliance.core.admin.verbs import Verb, VerbAdmin
from alliance.core.languages import NATIVE_NAMES
from alliance.core.models import MailStop, OutgoingMail

Status = OutgoingMail.Status
# A mail is somebody's HTML: no script, no request, no right of our own address.
PREVIEW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

RESEND = Verb(
    name="resend",
    action=resend_mail,
    applies=lambda mail: mail.status != Status.QUEUED and not mail.is_secret,
    label=pgettext_lazy("button at a mail", "Send again"),
    question=_("Send this mail again?"),
    effect=_("A copy is put in the queue, to the same address, with a number of its own."),
    done=ngettext_lazy(
        "%(count)d mail was put in the queue again.", "%(count)d mails were put in the queue again.", "count"
    ),
    is_main=True,
)
HURRY = Verb(
    name="hurry",
    action=hurry_mail,
    applies=lambda mail: mail.status == Status.QUEUED,
    label=pgettext_lazy("button at a mail", "Try now"),
    question=_("Try to send this mail now?"),
    effect=_("It does not wait for the end of its pause."),
    done=ngettext_lazy("%(count)d mail is tried now.", "%(count)d mails are tried now.", "count"),
    is_main=True,
)


class LanguageFilter(admin.SimpleListFilter):
    """The portal's languages; asking the table which occur would read all of it."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return list(NATIVE_NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(language=self.value()) if self.value() else queryset


BY_CATEGORY = choice_filter("category", _("category"))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(VerbAdmin):
    is_read_only = True
    verbs = [RESEND, HURRY]
    list_display = ["subject", "to", "language_shown", "status", "last_error", "created_at"]
    list_filter = ["status", LanguageFilter, BY_CATEGORY, "created_at"]
    search_fields = ["to__startswith", "message_id__exact", "name__exact"]
    search_help_text = _("Beginning of the address, a whole Message-ID, or the name of a template")
    fields = [
        ("status", "attempts"),
        "last_error",
        "to",
        labelled("reply_to", _("answers go to")),
        "language_shown",
        "name",
        labelled("category", _("category")),
        "subject",
        ("created_at", labelled("due_at", _("next attempt"))),
        ("sent_at", labelled("failed_at", _("failed"))),
        labelled("message_id", "Message-ID"),
        "body",
        "goes_along",
        "preview",
    ]

    def words_of(self, obj: OutgoingMail) -> str:
        return f"{obj.subject} → {obj.to}"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # Bodies are large; only the page of one mail reads them.
        return super().get_queryset(request).defer("text", "html", "calendar")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<int:mail_id>/preview/", view, name="core_outgoingmail_preview"), *super().get_urls()]

    @admin.display(description=_("language"), ordering="language")
    def language_shown(self, mail: OutgoingMail) -> str:
        return NATIVE_NAMES.get(mail.language, mail.language)

    @admin.display(description=_("text"))
    def body(self, mail: OutgoingMail) -> str:
        if mail.is_secret:
            return _(
                "This mail holds a sign-in code, a reset link or words between two members."
                " Its text is not shown to anyone."
            )
        return format_html('<pre class="mail-text" lang="{}">{}</pre>', mail.language, mail.text)

    @admin.display(description=_("files"))
    def goes_along(self, mail: OutgoingMail) -> str:
        return ", ".join(file["name"] for file in mail.files) or "–"

    @admin.display(description=_("preview"))
    def preview(self, mail: OutgoingMail) -> str:
        if mail.is_secret or not mail.html:
            return "–"
        url = reverse("admin:core_outgoingmail_preview", args=[mail.pk])
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>', url, _("Open as it looks (new window)")
        )

    def preview_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """The HTML of a mail on an address without rights: its own policy, no script, no request."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if not self.has_view_permission(request):
            raise PermissionDenied
        mail = OutgoingMail.objects.filter(pk=mail_id, is_secret=False).exclude(html="").first()
        if mail is None:
            raise Http404
        response = HttpResponse(mail.html)
        response.headers["Content-Security-Policy"] = PREVIEW_POLICY
        return response


@admin.register(MailStop)
class MailStopAdmin(DeskAdmin):
    is_read_only = True
    list_display = [
        labelled("email", _("e-mail address")),
        labelled("category", _("category")),
        labelled("created_at", _("since")),
    ]
    fields = list_display
    list_filter = [BY_CATEGORY]
    search_fields = ["email__startswith"]


admin.site.watch(
    _("Mails that failed"),
    lambda: OutgoingMail.objects.filter(status=Status.FAILED),
    moment="failed_at",
    query={"status__exact": Status.FAILED},
    position=60,
)
