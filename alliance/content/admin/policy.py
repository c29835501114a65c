"""Issues for the institutions at the desk: check, take them there, tell the answer, or close with a reason."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.content.actions import policy as actions
from alliance.content.forms.policy import AnswerForm, ForwardForm
from alliance.content.models import PolicyIssue
from alliance.core.admin import StatedAdmin, Verb, choice_filter, label_verbs, labelled, reason_form
from alliance.core.ages import age_text
from members.permissions import can_decide_member

Status = PolicyIssue.Status
TOLD = _("The people of the member are told by e-mail, each in their language.")


def may_decide(user: Any, issue: PolicyIssue) -> bool:
    """Whoever acts for the member leaves it to a colleague."""
    return can_decide_member(user, issue.member)


ACCEPT = Verb(
    name="accept",
    action=actions.accept_issue,
    to=Status.ACCEPTED,
    permission=may_decide,
    label=pgettext_lazy("button at an issue", "Accept and publish"),
    question=_("Accept this issue?"),
    effect=_(
        "Everyone can read title and text from then on: check that they name no person, route or place at risk, and "
        "not the member either where it does not want to be named. The people of the member are told by e-mail."
    ),
    done=ngettext_lazy("%(count)d issue was accepted.", "%(count)d issues were accepted.", "count"),
    is_main=True,
    in_bulk=False,
)
FORWARD = Verb(
    name="forward",
    action=actions.forward_issue,
    to=Status.FORWARDED,
    permission=may_decide,
    label=pgettext_lazy("button at an issue", "Forwarded"),
    question=_("To whom was this issue taken?"),
    effect=TOLD,
    form=ForwardForm,
    done=ngettext_lazy("%(count)d issue was forwarded.", "%(count)d issues were forwarded.", "count"),
    is_main=True,
    in_bulk=False,
)
ANSWER = Verb(
    name="answer",
    action=actions.answer_issue,
    to=Status.ANSWERED,
    permission=may_decide,
    label=pgettext_lazy("button at an issue", "Publish the answer"),
    question=_("What did the institution answer?"),
    effect=TOLD,
    form=AnswerForm,
    done=ngettext_lazy("%(count)d issue was answered.", "%(count)d issues were answered.", "count"),
    is_main=True,
    in_bulk=False,
)
CLOSE = Verb(
    name="close",
    action=actions.close_issue,
    to=Status.CLOSED,
    permission=may_decide,
    label=pgettext_lazy("button at an issue", "Close"),
    question=_("Close this issue?"),
    effect=TOLD,
    form=reason_form(
        "close_reason",
        _("Why nothing more is done about it"),
        _("In the language of the issue. Where it is public, everyone reads the reason."),
    ),
    done=ngettext_lazy("%(count)d issue was closed.", "%(count)d issues were closed.", "count"),
    in_bulk=False,
)

label_verbs(
    policy_issue__raised=_("issue raised with the institutions"),
    policy_issue__accepted=_("issue for the institutions accepted"),
    policy_issue__forwarded=_("issue forwarded to an institution"),
    policy_issue__answered=_("issue answered by an institution"),
    policy_issue__closed=_("issue for the institutions closed"),
)


@admin.register(PolicyIssue)
class PolicyIssueAdmin(StatedAdmin):
    """What is to be checked first, the longest wait on top; then what is under way."""

    is_read_only = True
    verbs = [ACCEPT, FORWARD, ANSWER, CLOSE]
    list_display = ["title", "waiting", "member", "sector", "institution", "status"]
    list_filter = [
        choice_filter("status", _("status")),
        ("sector", admin.RelatedOnlyFieldListFilter),
        "language",
    ]
    list_select_related = ["member", "sector"]
    search_fields = ["title", "slug", "member__official_name", "institution"]
    search_help_text = _("Title, member or institution")
    fields = [
        "status",
        labelled("created_at", _("received")),
        ("member", "is_named"),
        ("sector", "language"),
        "title",
        "text",
        "accepted_at",
        ("institution", "forwarded_at"),
        "answer",
        ("answer_language", "answered_at"),
        ("answer_url", "document"),
        "close_reason",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("member", "sector", "document")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        order = [When(status=status, then=Value(place)) for place, status in enumerate(Status.values)]
        return [Case(*order), "status_changed_at", "id"]

    def words_of(self, obj: PolicyIssue) -> str:
        return f"{obj.title} – {obj.member}"

    @admin.display(description=_("waiting"), ordering="created_at")
    def waiting(self, issue: PolicyIssue) -> str:
        return age_text(issue.created_at) if issue.status == Status.RAISED else "–"

    def view_on_site(self, issue: PolicyIssue) -> str | None:
        """No link to a page that nobody gets yet."""
        return issue.get_absolute_url() if issue.is_public else None

    def facts(self, request: HttpRequest, obj: PolicyIssue) -> list[tuple[Any, Any]]:
        return [(_("raised by"), obj.member), (_("title"), obj.title), (_("text"), obj.text)]


admin.site.watch(
    _("Issues for the institutions to be checked"),
    lambda: PolicyIssue.objects.raised(),
    moment="created_at",
    query={"status": Status.RAISED},
    position=46,
)
