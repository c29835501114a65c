"""Twinnings as the desk reads them: who with whom, how far, from where we know it. Stages are the parties' own; the
desk publishes what parties declared and cannot confirm here, and ends what does not exist."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import (
    ReadOnlyInline,
    StatedAdmin,
    Verb,
    choice_filter,
    label_rows,
    label_values,
    label_verbs,
    labelled,
    reason_form,
)
from alliance.core.countries import country_name
from partnerships.actions.twinning_desk import (
    end_unreal_twinning,
    is_publishable,
    is_settled_by_desk,
    publish_twinning,
)
from partnerships.admin.twinning_import import TwinningImportAtDesk
from partnerships.models import (
    Milestone,
    Twinning,
    TwinningConsent,
    TwinningDocument,
    TwinningParty,
    TwinningStep,
)
from partnerships.names_shown import party_named


class PublishForm(forms.Form):
    source_url = forms.URLField(
        label=_("Where it is written"),
        help_text=_("The address of a page that tells of it; everybody reads it beside the partnership."),
        max_length=500,
        assume_scheme="https",
    )


PUBLISH = Verb(
    name="publish",
    action=publish_twinning,
    applies=is_publishable,
    label=pgettext_lazy("button at a twinning", "Publish"),
    question=_("Publish this partnership?"),
    effect=_("Everybody reads it, with its source. It counts as a partnership of its parties."),
    form=PublishForm,
    done=ngettext_lazy(
        "%(count)d partnership was published.", "%(count)d partnerships were published.", "count"
    ),
    is_main=True,
    in_bulk=False,
)
END_UNREAL = Verb(
    name="unreal",
    action=end_unreal_twinning,
    applies=is_settled_by_desk,
    label=pgettext_lazy("button at a twinning", "It does not exist"),
    question=_("End this partnership because it does not exist?"),
    effect=_(
        "It is public no more and counts no more. A table that names the pair again does not bring it back."
    ),
    form=reason_form("reason", _("How you know")),
    done=ngettext_lazy("%(count)d partnership was ended.", "%(count)d partnerships were ended.", "count"),
    is_dangerous=True,
)

label_rows(Twinning, "twinning")
label_rows(Milestone, "milestone")
label_rows(TwinningDocument, "document")
label_values(stage=Twinning.Status.choices, step=TwinningStep.Kind.choices)
label_verbs(
    twinning__opened=_("partnership opened from a match"),
    twinning__declared=_("existing partnership declared"),
    twinning__invited=_("asked to be a party"),
    twinning__uninvited=_("invitation to be a party taken back"),
    twinning__joined=_("says that it is a party"),
    twinning__refused=_("does not want to be a party"),
    twinning__contested=_("says that it is no party"),
    twinning__left=_("party left"),
    twinning__moved=_("stage changed"),
    twinning__named=_("name of the partnership changed"),
    twinning__draft_names_forgotten=_("names of persons taken out of a draft"),
    twinning__woken=_("awake again"),
    twinning__published=_("partnership published by the secretariat"),
    twinning__found_unreal=_("found not to exist"),
    twinning__ended=_("partnership ended"),
    stage__proposed=_("stage proposed"),
    stage__agreed=_("agreed to a stage"),
    proposal__reached=_("all parties agreed"),
    proposal__lapsed=_("proposal lapsed"),
    proposal__declined=_("proposal declined"),
    proposal__withdrawn=_("proposal taken back"),
    step__recorded=_("legal step recorded"),
    step__withdrawn=_("legal step withdrawn"),
)


class PublicFilter(admin.SimpleListFilter):
    title = pgettext_lazy("filter of twinnings", "public")
    parameter_name = "public"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("yes", _("everybody reads it")),
            ("no", _("only its parties read it")),
            ("desk", _("waits for the secretariat")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "desk":
            return queryset.awaiting_desk()
        if self.value() in ("yes", "no"):
            return queryset.filter(public_since__isnull=self.value() == "no")
        return queryset


class PartyInline(ReadOnlyInline):
    model = TwinningParty
    fields = readonly_fields = ["who", "in_country", "agreed", "left"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related("member__place__region", "place__region")

    @admin.display(description=_("party"))
    def who(self, party: TwinningParty) -> str:
        if party.member_id is None:
            return party_named(party).name.text
        url = reverse("admin:members_member_change", args=[party.member_id])
        return format_html('<a href="{}">{}</a>', url, party_named(party).name)

    @admin.display(description=pgettext_lazy("of a party", "agreed"))
    def agreed(self, party: TwinningParty) -> str:
        return _day(party.agreed_at)

    @admin.display(description=pgettext_lazy("of a party", "left"))
    def left(self, party: TwinningParty) -> str:
        return _day(party.left_at)

    @admin.display(description=_("country"))
    def in_country(self, party: TwinningParty) -> str:
        return country_name(party.country)


class StepInline(ReadOnlyInline):
    model = TwinningStep
    fields = readonly_fields = [
        "kind",
        "happened_on",
        "number",
        "withdrawn",
    ]
    show_change_link = False

    @admin.display(description=pgettext_lazy("of a step", "withdrawn"))
    def withdrawn(self, step: TwinningStep) -> str:
        return _day(step.withdrawn_at)


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "DATE_FORMAT") if moment else "–"


@admin.register(Twinning)
class TwinningAdmin(TwinningImportAtDesk, StatedAdmin):
    """Newest first."""

    is_read_only = True
    verbs = [PUBLISH, END_UNREAL]
    change_list_template = "admin/partnerships/twinning/change_list.html"
    list_display = ["parties", "status", "origin", "since", "is_public", labelled("created_at", _("entered"))]
    list_filter = [choice_filter("status", _("stage")), choice_filter("origin", _("origin")), PublicFilter]
    search_fields = [
        *("slug", "title", "registry_number", "parties__name", "parties__member__official_name"),
        *("parties__place__official_name", "parties__place__name_en", "parties__place__name_uk"),
    ]
    fields = [
        *("status", "status_changed_at", "origin", "title", "public_page", "signed_on", "since_year", "valid_until"),
        *("needs_registration", "registry_number", "registered_on", "source", "end_reason", "ended_on"),
        *("consents", labelled("lively_at", _("last sign of life"))),
    ]  # fmt: skip
    inlines = [PartyInline, StepInline]
    ordering = ["-created_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_parties()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Called by its parties, as in the list."""
        twinning = self.get_object(request, object_id)
        named = {"title": self.words_of(twinning)} if twinning else {}
        return super().change_view(request, object_id, form_url, {**named, **(extra_context or {})})

    def named_rows(self) -> QuerySet:
        return Twinning.objects.with_parties()

    def words_of(self, obj: Twinning) -> str:
        return obj.title or self.parties(obj)

    @admin.display(description=_("parties"))
    def parties(self, twinning: Twinning) -> str:
        rows = twinning.parties.all()
        return (
            " – ".join(party_named(party).name.text for party in rows if not party.left_at) or twinning.slug
        )

    @admin.display(description=_("since"))
    def since(self, twinning: Twinning) -> Any:
        return twinning.signed_on or twinning.since_year or "–"

    @admin.display(description=pgettext_lazy("filter of twinnings", "public"), boolean=True)
    def is_public(self, twinning: Twinning) -> bool:
        return twinning.public_since is not None

    @admin.display(description=_("its page"))
    def public_page(self, twinning: Twinning) -> str:
        url = reverse("partnerships:twinning_detail", args=[twinning.slug])
        return format_html('<a href="{}">{}</a>', url, twinning.slug)

    @admin.display(description=_("source"))
    def source(self, twinning: Twinning) -> str:
        if not twinning.source_url:
            return twinning.source_note or "–"
        link = format_html('<a href="{0}" rel="nofollow noopener external">{0}</a>', twinning.source_url)
        return format_html("{}<br>{}", link, twinning.source_note)

    @admin.display(description=_("consents"))
    def consents(self, twinning: Twinning) -> str:
        """Who said yes to which stage: the day, never who of them."""
        rows = TwinningConsent.objects.filter(party__twinning=twinning).select_related(
            "party__member__place__region", "party__place__region"
        )
        said = (
            (party_named(row.party).name, row.get_stage_display(), row.given_at.date().isoformat())
            for row in rows
        )
        return format_html_join("", "<div>{}: {}, {}</div>", said) or "–"

    def facts(self, request: HttpRequest, obj: Twinning) -> list[tuple[Any, Any]]:
        return [
            (_("parties"), self.parties(obj)),
            (_("origin"), obj.get_origin_display()),
            (_("source"), self.source(obj)),
        ]


admin.site.watch(
    _("Declared partnerships to publish"),
    lambda: Twinning.objects.awaiting_desk().with_parties(),
    moment="created_at",
    query={"public": "desk"},
    position=48,
)
