"""New addresses of members: the second look before one counts."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import StatedAdmin, Verb, label_verbs, labelled, reason_form
from alliance.core.ages import age_text
from alliance.core.countries import language_name
from members.actions.addresses import accept_address_change, refuse_address_change
from members.admin.columns import domain_notes, host_notes, lookalike_notes
from members.admin.decisions import QUOTED_TO_MEMBER
from members.domains import domain_of, host_of, punycode
from members.models import AddressChange, Member
from members.permissions import can_decide_address_change

Status = AddressChange.Status

# Each is looked at by itself: that is what a second look is for.
ACCEPT = Verb(
    name="accept",
    action=accept_address_change,
    to=Status.ACCEPTED,
    permission=can_decide_address_change,
    label=pgettext_lazy("button at a new address", "Accept"),
    question=_("Accept this new address?"),
    effect=_(
        "It counts from now on. Both addresses are told by e-mail."
        " Ask by telephone, at a number you already have, whether the member wants it."
    ),
    done=ngettext_lazy(
        "%(count)d new address was accepted.", "%(count)d new addresses were accepted.", "count"
    ),
    is_main=True,
    in_bulk=False,
)
REFUSE = Verb(
    name="refuse",
    action=refuse_address_change,
    to=Status.REFUSED,
    permission=can_decide_address_change,
    label=pgettext_lazy("button at a new address", "Refuse"),
    question=_("Refuse this new address?"),
    effect=_("Everything stays as it is. Both addresses are told by e-mail."),
    form=reason_form("reason", _("Reason, for the member"), QUOTED_TO_MEMBER),
    done=ngettext_lazy(
        "%(count)d new address was refused.", "%(count)d new addresses were refused.", "count"
    ),
    is_dangerous=True,
    in_bulk=False,
)

label_verbs(
    address_change__requested=_("new address entered"),
    address_change__accepted=_("new address accepted"),
    address_change__refused=_("new address refused"),
    address_change__replaced=_("replaced by a newer address"),
    address_change__withdrawn=_("new address withdrawn"),
)


@admin.register(AddressChange)
class AddressChangeAdmin(StatedAdmin):
    is_read_only = True
    verbs = [ACCEPT, REFUSE]
    list_display = ["member_shown", "new_shown", "field", "waiting", "old", "status"]
    list_display_links = ["member_shown"]
    list_filter = ["status", "field"]
    search_fields = ["member__official_name", "member__reference", "old", "new"]
    search_help_text = _("Member, reference number or address")
    fields = [
        ("member_link", "status"),
        "field",
        "old",
        "new",
        "notes",
        labelled("created_at", _("entered")),
        "desk_message",
    ]
    readonly_fields = ["member_link", "notes"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("member")

    def get_ordering(self, request: HttpRequest) -> list:
        return [Case(When(status=Status.PENDING, then=Value(0)), default=Value(1)), "created_at", "id"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": gettext("New addresses of members")}
        return super().changelist_view(request, title | (extra_context or {}))

    def facts(self, request: HttpRequest, obj: AddressChange) -> list[tuple[Any, Any]]:
        return [
            (_("reference number"), obj.member.reference),
            (_("what changes"), obj.get_field_display()),
            (_("now"), obj.old or "–"),
            (pgettext_lazy("of a change", "new"), obj.new),
            (_("to look at"), self.notes(obj)),
            (_("language of letters"), language_name(obj.member.contact_language)),
        ]

    @admin.display(description=_("member"), ordering="member__official_name")
    def member_shown(self, change: AddressChange) -> str:
        return format_html(
            '<span class="applicant">{}</span> <span class="reference">{}</span>',
            change.member.official_name,
            change.member.reference,
        )

    @admin.display(description=_("member"))
    def member_link(self, change: AddressChange) -> str:
        url = reverse("admin:members_member_change", args=[change.member_id])
        return format_html('<a href="{}">{}</a>', url, change.member)

    @admin.display(description=pgettext_lazy("of a change", "new"), ordering="new")
    def new_shown(self, change: AddressChange) -> str:
        return format_html_join(
            "", "<div><bdi>{}</bdi></div>", ((text,) for text in [change.new, *machine(change)])
        )

    @admin.display(description=_("waiting"), ordering="created_at")
    def waiting(self, change: AddressChange) -> str:
        return age_text(change.created_at) if change.status == Status.PENDING else "–"

    @admin.display(description=_("to look at"))
    def notes(self, change: AddressChange) -> str:
        """What the new domain looks like: to machines, beside the member's other one, among all that are known."""
        domain, member = changed_domain(change), change.member
        if change.is_email:
            texts = domain_notes(domain, host_of(member.website))
        else:
            texts = host_notes(domain, domain_of(member.contact_email))
        texts += lookalike_notes(domain, Member.objects.known_domains())
        return format_html_join("", "<div>{}</div>", ((capfirst(text),) for text in texts)) or "–"


def changed_domain(change: AddressChange) -> str:
    return domain_of(change.new) if change.is_email else host_of(change.new)


def machine(change: AddressChange) -> list[str]:
    return [code] if (code := punycode(changed_domain(change))) else []


admin.site.watch(
    _("New addresses that await a second look"),
    lambda: AddressChange.objects.awaiting_look(),
    moment="created_at",
    query={"status__exact": Status.PENDING},
    position=25,
)
