"""The pairs of a matching round, and who takes part in it, as paged lists to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import DeskAdmin, choice_filter, labelled
from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from members.names_shown import place_of
from partnerships.match_parts import Part
from partnerships.match_words import LABELS, points_in_words
from partnerships.models import RoundParticipant, RoundProposal


def side_name(side: RoundParticipant) -> str:
    """The member, and the cluster that it answers for."""
    if side.cluster is None:
        return side.member.shown_name
    return _("%(member)s, for the cluster “%(cluster)s”") % {
        "member": side.member.shown_name,
        "cluster": side.cluster.name,
    }


class CountryFilter(admin.SimpleListFilter):
    """Of the side that is not Ukrainian."""

    title = _("country")
    parameter_name = "country"
    path = "right__member__country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = model_admin.model.objects.order_by(self.path).values_list(self.path, flat=True).distinct()
        names = ((code, country_name(code)) for code in codes if code)
        return sorted(names, key=lambda pair: sort_key(pair[1], reader_language()))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class MemberCountryFilter(CountryFilter):
    path = "member__country"


class GotFilter(admin.SimpleListFilter):
    title = _("result")
    parameter_name = "got"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("somebody", _("gets a partner")), ("nobody", _("gets nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "nobody":
            return queryset.without_partner()
        return queryset.filter(without="") if self.value() else queryset


class SideFilter(admin.SimpleListFilter):
    title = _("side")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ua", _("Ukrainian sides")), ("others", _("other sides"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_ukrainian=self.value() == "ua") if self.value() else queryset


CAPACITY = labelled("capacity", _("how many new partners"))


@admin.register(RoundProposal)
class RoundProposalAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["ukrainian_side", "other_side", "country", "points", "outcome"]
    list_display_links = ["ukrainian_side"]
    list_filter = ["matching_round", CountryFilter, choice_filter("skipped", _("left out because"))]
    list_select_related = ["left__member", "left__cluster", "right__member", "right__cluster", "match"]
    search_fields = ["left__member__official_name", "right__member__official_name"]
    fields = [
        "matching_round",
        "ukrainian_side",
        "other_side",
        "points",
        "parts_in_words",
        "outcome",
        "match",
    ]
    ordering = ["-score", "id"]

    @admin.display(description=_("Ukrainian side"), ordering="left__member__official_name")
    def ukrainian_side(self, proposal: RoundProposal) -> str:
        return side_name(proposal.left)

    @admin.display(description=_("other side"), ordering="right__member__official_name")
    def other_side(self, proposal: RoundProposal) -> str:
        return side_name(proposal.right)

    @admin.display(description=_("country"), ordering="right__member__country")
    def country(self, proposal: RoundProposal) -> str:
        return country_name(proposal.right.member.country)

    @admin.display(description=_("points"), ordering="score")
    def points(self, proposal: RoundProposal) -> str:
        return number_format(proposal.score, decimal_pos=1)

    @admin.display(description=_("parts of the score"))
    def parts_in_words(self, proposal: RoundProposal) -> str:
        rows = (
            (LABELS[Part(each["part"])], points_in_words(each["points"]), points_in_words(each["most"]))
            for each in proposal.parts
            if each["most"]
        )
        return format_html_join("", "<div>{}: {} / {}</div>", rows) or "–"

    @admin.display(description=_("what became of it"))
    def outcome(self, proposal: RoundProposal) -> str:
        if proposal.match:
            return proposal.match.get_status_display()
        if proposal.skipped:
            return _("left out: %(reason)s") % {"reason": proposal.get_skipped_display()}
        return "–"


@admin.register(RoundParticipant)
class RoundParticipantAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["side", "place", CAPACITY, "partners", labelled("without", _("why nobody"))]
    list_display_links = ["side"]
    list_filter = [
        "matching_round",
        GotFilter,
        choice_filter("without", _("why nobody")),
        SideFilter,
        MemberCountryFilter,
    ]
    list_select_related = ["member__place__region", "cluster"]
    search_fields = ["member__official_name"]
    fields = ["matching_round", "side", "place", CAPACITY, labelled("without", _("why nobody"))]
    ordering = ["-is_ukrainian", "member__official_name", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        given = Count("proposals_as_left", distinct=True) + Count("proposals_as_right", distinct=True)
        return super().get_queryset(request).annotate(given=given)

    @admin.display(description=_("side"), ordering="member__official_name")
    def side(self, participant: RoundParticipant) -> str:
        return side_name(participant)

    @admin.display(description=_("place"))
    def place(self, participant: RoundParticipant) -> str:
        return place_of(participant.member)

    @admin.display(description=_("partners proposed"), ordering="given")
    def partners(self, participant: RoundParticipant) -> int:
        return participant.given
