"""Pledges at the desk: read-only, with lists of what is disputed and late; reconciliation is a verb with a reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext, pgettext_lazy

from alliance.core.admin import ReadOnlyInline, Verb, VerbAdmin, label_rows, label_verbs, labelled, linked
from alliance.core.admin.verbs import MAX_REASON
from alliance.core.units import DECIMALS
from partnerships import ledger
from partnerships.actions.deliveries import reconcile_line
from partnerships.admin.late_pledges import LATE, LatePledgesAdmin
from partnerships.ledger_words import COLUMNS, STATES
from partnerships.models import Pledge, PledgeEvent, PledgeLine
from partnerships.permissions import can_reconcile_pledge

label_rows(Pledge, "pledge")
label_verbs(
    **{f"pledge__{kind.value}": kind.label for kind in PledgeEvent.Kind},
    pledge__corrected=_("entry corrected"),
    pledge__disputed=_("figures differ"),
    pledge__reconciled=_("reconciled"),
    pledge__reminded=_("giver reminded"),
    pledge__receipt_asked=_("receiver asked what arrived"),
    pledge__evidence_added=_("file added"),
    pledge__day_asked=_("another day asked for"),
    pledge__day_agreed=_("another day agreed"),
    pledge__day_declined=_("another day declined"),
    pledge__links_renewed=_("new links for the receiver mailed"),
    pledge__link_mailed=_("link mailed again"),
    transport__changed=_("transport: carrier, days or papers changed"),
    transport__report_filed=_("transport: report filed"),
    transport__report_taken_back=_("transport: report not filed after all"),
    transport__report_warned=_("transport: warned that the report is due"),
    pledge__receiver_hidden=_("receiver hidden from the public"),
    pledge__receiver_named=_("receiver named in public again"),
)


def number(label: Any, help_text: Any = "") -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "vTextField"})
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=14,
        decimal_places=DECIMALS,
        localize=True,
        widget=widget,
    )


class AgreedForm(forms.Form):
    """The totals of a line on which both sides agreed."""

    dispatched = number(_("dispatched in all"), _("The totals of the line, not what is missing."))
    received = number(_("received in all"))
    accepted = number(_("accepted in all"))
    lost = number(_("lost or damaged in all"))
    reason = forms.CharField(
        label=_("What both sides said"),
        max_length=MAX_REASON // 2,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text=_("Both sides read it in the history."),
    )


def totals_of(line: PledgeLine) -> ledger.Totals:
    return ledger.totals(line.events.all())


RECONCILE = Verb(
    name="reconcile",
    action=reconcile_line,
    applies=lambda line: bool(totals_of(line).received or totals_of(line).dispatched),
    permission=lambda user, line: can_reconcile_pledge(user, line.pledge),
    label=pgettext_lazy("button at a line of a pledge", "Reconcile"),
    question=_("What did both sides agree on?"),
    effect=_(
        "Entries are added that make the totals what both agreed on; nothing is overwritten. Both sides are told."
    ),
    form=AgreedForm,
    done=ngettext_lazy("%(count)d line was reconciled.", "%(count)d lines were reconciled.", "count"),
    is_main=True,
    in_bulk=False,
    keeps_typed=True,
)


class PlightFilter(admin.SimpleListFilter):
    """What the desk looks for: figures that differ, days that have passed."""

    title = _("what is wrong")
    parameter_name = "plight"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("disputed", _("figures differ")), ("late", _("late"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        questions: dict[str | None, Callable[[], QuerySet]] = {
            "disputed": queryset.disputed,
            "late": queryset.late,
        }
        return questions[self.value()]() if self.value() in questions else queryset


class LineInline(ReadOnlyInline):
    model = PledgeLine
    fields = readonly_fields = ["shown_item", "shown_state", "numbers"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("template").prefetch_related("events")

    @admin.display(description=_("item"))
    def shown_item(self, line: PledgeLine) -> str:
        return str(line)

    @admin.display(description=pgettext_lazy("of a line of a pledge", "state"))
    def shown_state(self, line: PledgeLine) -> str:
        return str(STATES[totals_of(line).state])

    @admin.display(description=_("figures"))
    def numbers(self, line: PledgeLine) -> str:
        return numbers_of(line)


def numbers_of(line: PledgeLine) -> str:
    """“Committed: 10 pieces; dispatched: 4 pieces”."""
    totals = totals_of(line)
    parts = ((COLUMNS[name], getattr(totals, name)) for name in COLUMNS)
    return (
        format_html_join("; ", "{}: {}", ((label, line.quantity_text(n)) for label, n in parts if n)) or "–"
    )


@admin.register(Pledge)
class PledgeAdmin(LatePledgesAdmin):
    """Entries belong to the two sides; the desk reads them."""

    is_read_only = True
    list_display = [
        "title",
        "giver",
        "receiver",
        "shown_state",
        "due_on",
        labelled("created_at", _("created")),
    ]
    list_filter = [PlightFilter, "due_on", "created_at"]
    search_fields = ["slug", "title", "giver__official_name", "receiver__official_name"]
    search_help_text = _("Words of the title, giver, receiver, or the code in the address")
    ordering = ["-created_at", "-id"]
    fields = [
        "title",
        ("giver", "receiver"),
        ("shown_state", "due_on"),
        linked("listing", pgettext_lazy("column at the desk", "need or offer")),
        linked("match", pgettext_lazy("column at the desk", "match")),
        linked("appeal", pgettext_lazy("column at the desk", "appeal")),
        "note",
        "is_receiver_hidden",
        "page",
    ]
    inlines = [LineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = (
            super()
            .get_queryset(request)
            .select_related(
                "giver", "receiver", "listing__member", "match__member_a", "match__member_b", "appeal"
            )
        )
        return rows.prefetch_related("lines__events")

    def words_of(self, obj: Pledge) -> str:
        return f"{obj.title}: {obj.giver} → {obj.receiver}"

    @admin.display(description=pgettext_lazy("of a pledge", "state"))
    def shown_state(self, pledge: Pledge) -> str:
        return str(STATES[ledger.pledge_state(totals_of(line).state for line in pledge.lines.all())])

    @admin.display(description=_("history and files"))
    def page(self, pledge: Pledge) -> str:
        url = reverse("partnerships:pledge_detail", args=[pledge.slug])
        return format_html('<a href="{}">{}</a>', url, _("The page that both sides see"))


class EventInline(ReadOnlyInline):
    model = PledgeEvent
    fields = readonly_fields = [
        "shown_kind",
        "shown_quantity",
        "side",
        "happened_on",
        "recorded_at",
        "reason",
    ]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line")

    @admin.display(description=_("what"))
    def shown_kind(self, event: PledgeEvent) -> str:
        what = event.get_kind_display()
        if not event.corrects_id:
            return what
        return pgettext("event of a pledge", "correction of “%(what)s”") % {"what": what}

    @admin.display(description=_("how many"))
    def shown_quantity(self, event: PledgeEvent) -> str:
        return ("−" if event.corrects_id else "") + event.line.quantity_text(event.quantity)


@admin.register(PledgeLine)
class PledgeLineAdmin(VerbAdmin):
    """A line with its entries: where figures are reconciled."""

    is_read_only = True
    verbs = [RECONCILE]
    list_display = ["shown_item", "shown_pledge", "giver", "receiver", "shown_state", "numbers"]
    list_filter = [PlightFilter]
    search_fields = ["pledge__slug", "pledge__title", "pledge__giver__official_name", "item"]
    search_help_text = _("Item, words of the title, giver, or the code in the address of the pledge")
    ordering = ["-pledge_id", "position", "id"]
    fields = ["shown_item", "shown_pledge", ("giver", "receiver"), "shown_state", "numbers"]
    inlines = [EventInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("template", "pledge__giver", "pledge__receiver")
        return rows.prefetch_related("events")

    def facts(self, request: HttpRequest, obj: PledgeLine) -> list[tuple[Any, Any]]:
        """What each side says, before the desk asks for what both agree on."""
        totals = totals_of(obj)
        return [
            (_("giver"), obj.pledge.giver),
            (_("receiver"), obj.pledge.receiver),
            *[
                (COLUMNS[name], obj.quantity_text(getattr(totals, name)))
                for name in ("committed", "dispatched", "received", "accepted", "lost", "returned")
            ],
        ]

    @admin.display(description=_("item"))
    def shown_item(self, line: PledgeLine) -> str:
        return str(line)

    @admin.display(description=_("pledge"))
    def shown_pledge(self, line: PledgeLine) -> str:
        url = reverse("admin:partnerships_pledge_change", args=[line.pledge_id])
        return format_html('<a href="{}">{}</a>', url, line.pledge.title)

    @admin.display(description=_("giver"))
    def giver(self, line: PledgeLine) -> Any:
        return line.pledge.giver

    @admin.display(description=_("receiver"))
    def receiver(self, line: PledgeLine) -> Any:
        return line.pledge.receiver

    @admin.display(description=pgettext_lazy("of a line of a pledge", "state"))
    def shown_state(self, line: PledgeLine) -> str:
        return str(STATES[totals_of(line).state])

    @admin.display(description=_("figures"))
    def numbers(self, line: PledgeLine) -> str:
        return numbers_of(line)


admin.site.watch(
    _("Deliveries where the figures of giver and receiver differ"),
    lambda: Pledge.objects.disputed(),
    moment="updated_at",
    query={"plight": "disputed"},
    position=50,
)
admin.site.watch(
    _("Promises past their day"),
    lambda: Pledge.objects.late(),
    moment="due_on",
    query=LATE,
    position=55,
)
