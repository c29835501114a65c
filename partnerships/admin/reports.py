"""Reports of members: what should not stand. Only here does the desk read what two members wrote to each other, and
only what the report is about: the one message, or the conversation up to the moment of the report."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import StatedAdmin, Verb, choice_filter, label_verbs, labelled, reason_form
from alliance.core.ages import age_text
from partnerships.actions.safety import dismiss_report, uphold_report
from partnerships.models import Message, Report
from partnerships.permissions import can_decide_report

Status = Report.Status
QUOTED = _(
    "The person who reported it reads these words. Write in their language. Links are not shown as links."
)
TOLD = _("The person who reported it is told by e-mail. The other side is not.")

UPHOLD = Verb(
    name="uphold",
    action=uphold_report,
    to=Status.UPHELD,
    permission=can_decide_report,
    label=pgettext_lazy("button at a report", "Uphold"),
    question=_("Uphold this report?"),
    effect=_(
        "Act first: withdraw the need or offer, close the match, or put the member on hold. The person who reported it "
        "is told by e-mail."
    ),
    form=reason_form("outcome", _("What you did about it"), QUOTED),
    done=ngettext_lazy("%(count)d report was upheld.", "%(count)d reports were upheld.", "count"),
    is_main=True,
)
DISMISS = Verb(
    name="dismiss",
    action=dismiss_report,
    to=Status.DISMISSED,
    permission=can_decide_report,
    label=pgettext_lazy("button at a report", "Dismiss"),
    question=_("Dismiss this report?"),
    effect=TOLD,
    form=reason_form("outcome", _("Why there is no reason to act"), QUOTED),
    done=ngettext_lazy("%(count)d report was dismissed.", "%(count)d reports were dismissed.", "count"),
)

label_verbs(
    report__made=_("reported"),
    report__upheld=pgettext_lazy("decision about a report", "upheld"),
    report__dismissed=pgettext_lazy("decision about a report", "dismissed"),
)


@admin.register(Report)
class ReportAdmin(StatedAdmin):
    """Open reports first, the longest wait on top."""

    is_read_only = True
    verbs = [UPHOLD, DISMISS]
    list_display = [labelled("reason", _("reason")), "waiting", "about", "reporter", "status"]
    list_filter = [choice_filter("status", _("status")), choice_filter("reason", _("reason"))]
    list_select_related = [
        "reporter",
        "listing__member",
        "match__member_a",
        "match__member_b",
        "message__sender",
    ]
    search_fields = ["slug", "reporter__official_name", "listing__slug", "match__slug"]
    search_help_text = _("Who reported it, or the code in the address of what was reported")
    fields = [
        ("slug", "status"),
        labelled("created_at", _("received")),
        ("reporter", "author"),
        labelled("reason", _("reason")),
        labelled("text", _("in words")),
        "about",
        "what_was_written",
        "outcome",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [Case(When(status=Status.OPEN, then=Value(0)), default=Value(1)), "created_at", "id"]

    def words_of(self, obj: Report) -> str:
        return f"{obj.reported}: {obj.get_reason_display()}"

    @admin.display(description=_("waiting"), ordering="created_at")
    def waiting(self, report: Report) -> str:
        return age_text(report.created_at) if report.status == Status.OPEN else "–"

    @admin.display(description=_("about"))
    def about(self, report: Report) -> str:
        """The member, and the listing or match at the desk."""
        thing = report.listing or report.match
        url = reverse(f"admin:partnerships_{thing._meta.model_name}_change", args=[thing.pk])
        return format_html('<a href="{}">{}: {}</a>', url, report.reported, self.admin_site.name_of(thing))

    @admin.display(description=_("what was written"))
    def what_was_written(self, report: Report) -> str:
        if report.match is None:
            return "–"
        rows = Message.objects.filter(match=report.match, sent_at__lte=report.created_at)
        if report.message_id:
            rows = rows.filter(pk=report.message_id)
        return format_html_join(
            "",
            '<p><b>{}</b> {}</p><pre class="mail-text" lang="{}">{}</pre>',
            (
                (row.sender, date_format(localtime(row.sent_at), "DATETIME_FORMAT"), row.language, row.text)
                for row in rows.select_related("sender")
            ),
        )

    def facts(self, request: HttpRequest, obj: Report) -> list[tuple[Any, Any]]:
        return [
            (_("about"), obj.reported),
            (_("reported by"), obj.reporter),
            (_("reason"), obj.get_reason_display()),
        ]


admin.site.watch(
    _("Reports of members"),
    lambda: Report.objects.open(),
    moment="created_at",
    query={"status": Status.OPEN},
    position=40,
    related=ReportAdmin.list_select_related,
)
