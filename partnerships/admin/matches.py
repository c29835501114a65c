"""Handshakes as the desk reads them: who asked whom, about what, how it stands, who looks after it. Contact data stand
on the members' pages; what the two sides write to each other is not shown here (see docs/house.md)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import (
    ReadOnlyInline,
    StatedAdmin,
    Verb,
    choice_filter,
    label_rows,
    label_verbs,
    labelled,
    linked,
    reason_form,
)
from alliance.core.ages import age_text
from alliance.users.models import User
from partnerships.actions.help_requests import assign_match, take_over_match
from partnerships.actions.matches import close_match
from partnerships.models import HelpRequest, Match
from partnerships.permissions import can_look_after_match

Status = Match.Status


class AssignForm(forms.Form):
    coordinator = forms.ModelChoiceField(label=_("Coordinator"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = User.objects.coordinators().order_by("name", "email")


TAKE_OVER = Verb(
    name="take_over",
    action=take_over_match,
    applies=lambda match: match.status in Match.OPEN and match.coordinator_id is None,
    permission=can_look_after_match,
    label=pgettext_lazy("button at a match", "Take over"),
    question=_("Look after this match?"),
    effect=_("Your colleagues see that you have it. The two sides are not told."),
    done=ngettext_lazy(
        "You look after %(count)d match now.", "You look after %(count)d matches now.", "count"
    ),
    is_main=True,
)
ASSIGN = Verb(
    name="assign",
    action=assign_match,
    applies=lambda match: match.status in Match.OPEN,
    permission=can_look_after_match,
    label=pgettext_lazy("button at a match", "Assign"),
    question=_("Who looks after this match?"),
    effect=_("The colleague is told by e-mail."),
    form=AssignForm,
    done=ngettext_lazy("%(count)d match was assigned.", "%(count)d matches were assigned.", "count"),
)
CLOSE = Verb(
    name="close",
    action=close_match,
    to=Status.CLOSED,
    permission=can_look_after_match,
    label=pgettext_lazy("button at a match", "Close"),
    question=_("Close this match?"),
    effect=_(
        "Neither side can write any more, and contact persons are no longer shown. Both sides are told by e-mail, "
        "each in its language, with your words."
    ),
    form=reason_form("text", _("Why, for both sides"), _("Links are not shown as links.")),
    done=ngettext_lazy("%(count)d match was closed.", "%(count)d matches were closed.", "count"),
    is_dangerous=True,
)

label_rows(Match, "match")
label_verbs(
    match__requested=_("interest shown"),
    match__answered=_("one side agreed"),
    match__accepted=_("both sides agreed"),
    match__declined=_("declined"),
    match__taken_back=_("request taken back"),
    match__ended=_("ended by one side"),
    match__closed=_("closed"),
    match__reminded=_("silent side reminded"),
    match__handed_over=_("handed over to the coordinators"),
    match__taken_over=_("taken over by a coordinator"),
    match__assigned=_("assigned to a coordinator"),
    message__sent=_("message sent"),
    meeting__proposed=_("meeting proposed"),
    meeting__agreed=_("meeting agreed"),
    meeting__declined=_("proposed time declined"),
    meeting__cancelled=_("meeting cancelled"),
    member__blocked=_("blocked by another member"),
    member__unblocked=_("block lifted by another member"),
)


class CareFilter(admin.SimpleListFilter):
    """What waits for a coordinator, and who has it."""

    title = _("looked after by")
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("nobody", _("nobody yet")), ("me", _("me")), ("any", _("anybody who has it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "nobody":
            return queryset.in_care().filter(coordinator=None)
        if self.value() == "me":
            return queryset.open().filter(coordinator=request.user)
        return queryset.open().filter(coordinator__isnull=False) if self.value() else queryset


class HelpInline(ReadOnlyInline):
    model = HelpRequest
    fields = readonly_fields = ["kind", "member", "created_at", "done_at"]


CODE = labelled("slug", _("code in the address"))
STATUS = labelled("status", _("status"))
SIDES = [labelled("member_a", _("one side")), labelled("member_b", _("other side"))]
LISTING = linked("listing", _("need or offer"))
ASKED_BY = labelled("requested_by", _("asked by"))
COORDINATOR = labelled("coordinator", _("coordinator"))


@admin.register(Match)
class MatchAdmin(StatedAdmin):
    is_read_only = True
    verbs = [TAKE_OVER, ASSIGN, CLOSE]
    list_display = [*SIDES, "waiting", STATUS, "about", ASKED_BY, COORDINATOR]
    list_filter = [
        CareFilter,
        choice_filter("status", _("status")),
        choice_filter("origin", pgettext_lazy("of a match", "origin")),
        choice_filter("decline_reason", _("reason for declining")),
    ]
    list_select_related = ["member_a", "member_b", "listing__member", "requested_by", "coordinator"]
    search_fields = ["slug", "member_a__official_name", "member_b__official_name", "listing__slug"]
    search_help_text = _("Member, or the code in the address of the match, the need or the offer")
    fields = [
        (CODE, STATUS),
        labelled("origin", pgettext_lazy("of a match", "origin")),
        *SIDES,
        LISTING,
        ASKED_BY,
        ("asked_at", "accepted_at"),
        ("handed_over_at", COORDINATOR),
        "decline_reason",
        "close_reason",
    ]
    inlines = [HelpInline]
    ordering = ["-asked_at", "-id"]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """In the queue the longest wait comes first."""
        return ["asked_at", "id"] if request.GET.get("care") else ["-asked_at", "-id"]

    def words_of(self, obj: Match) -> str:
        return f"{obj.member_a} – {obj.member_b}"

    @admin.display(description=_("waiting"), ordering="asked_at")
    def waiting(self, match: Match) -> str:
        return age_text(match.asked_at) if match.status == Status.REQUESTED else "–"

    @admin.display(description=_("about"))
    def about(self, match: Match) -> str:
        return self.admin_site.name_of(match.listing) if match.listing else "–"

    def facts(self, request: HttpRequest, obj: Match) -> list[tuple[Any, Any]]:
        return [
            (_("one side"), obj.member_a),
            (_("other side"), obj.member_b),
            (_("status"), obj.get_status_display()),
            (_("coordinator"), obj.coordinator or "–"),
        ]


admin.site.watch(
    _("Matches that wait for a coordinator"),
    lambda: Match.objects.in_care().filter(coordinator=None),
    moment="asked_at",
    query={"care": "nobody"},
    position=42,
    holder="coordinator",
)
admin.site.watch(
    _("Matches that a coordinator looks after"),
    lambda: Match.objects.in_care().filter(coordinator__isnull=False),
    moment="asked_at",
    query={"care": "any"},
    position=43,
    holder="coordinator",
)
