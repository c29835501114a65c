"""Parties of twinnings, for the question whom the others can turn to: those without a contact wait for the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.admin import DeskAdmin, label_verbs
from alliance.core.ages import age_text
from alliance.core.countries import country_name
from partnerships.models import Twinning, TwinningParty
from partnerships.names_shown import party_named

label_verbs(
    milestone__added=_("line of a work plan added"),
    milestone__changed=_("line of a work plan changed"),
    milestone__finished=_("line of a work plan done"),
    milestone__reopened=_("line of a work plan open again"),
    twinning__milestone_removed=_("line of a work plan removed"),
    document__shared=_("document shared in a partnership"),
    twinning__document_removed=_("shared document removed"),
    twinning_news__published=_("news of a partnership published"),
    twinning_news__withdrawn=_("news of a partnership withdrawn"),
    twinning__asked=_("asked whether it is still right"),
    twinning__confirmed=_("said to be still right"),
    twinning__fell_asleep=_("became dormant"),
    party__contacts_set=_("contacts of a party named"),
    party__hand_over_begun=_("hand-over of a contact’s place begun"),
    party__handed_over=_("contact’s place taken over"),
    party__unreachable=_("party without a contact"),
)


class ReachFilter(admin.SimpleListFilter):
    """As the parties themselves read it on the page."""

    title = _("contact")
    parameter_name = "contact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("nobody can be reached"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.without_contact() if self.value() == "none" else queryset


@admin.register(TwinningParty)
class TwinningPartyAdmin(DeskAdmin):
    """The longest without a contact first. The desk names nobody: it writes to the member."""

    is_read_only = True
    list_display = ["who", "in_country", "partnership", "without_contact", "somebody"]
    list_filter = [ReachFilter]
    search_fields = ["member__official_name", "member__spellings", "name", "twinning__title"]
    fields = [
        "who",
        "in_country",
        "partnership",
        "member",
        "agreed_at",
        "left_at",
        "without_contact",
        "somebody",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).with_reach()
        return rows.select_related("member__place__region", "place__region").prefetch_related(
            Prefetch("twinning", Twinning.objects.with_parties())
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("unreachable_since").asc(nulls_last=True), "id"]

    def words_of(self, obj: TwinningParty) -> str:
        return self.who(obj)

    @admin.display(description=_("party"))
    def who(self, party: TwinningParty) -> str:
        return party_named(party).name.text

    @admin.display(description=_("partnership"), ordering="twinning__title")
    def partnership(self, party: TwinningParty) -> str:
        return self.admin_site.name_of(party.twinning)

    @admin.display(description=_("country"))
    def in_country(self, party: TwinningParty) -> str:
        return country_name(party.country)

    @admin.display(description=_("without a contact for"), ordering="unreachable_since")
    def without_contact(self, party: TwinningParty) -> str:
        return age_text(party.unreachable_since) or "–"

    @admin.display(description=pgettext_lazy("of a party", "somebody acts for the member"), boolean=True)
    def somebody(self, party: TwinningParty) -> bool:
        return party.somebody_acts


admin.site.watch(
    _("Partnerships in which a party has no contact"),
    lambda: TwinningParty.objects.without_contact(),
    moment="unreachable_since",
    query={"contact": "none"},
    position=47,
    related=("member__place__region", "place__region"),
)
