"""`MemberAdmin`: the queue of applications and the page on which one is decided."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import StatedAdmin, label_rows
from alliance.core.ages import age_text
from alliance.core.countries import country_choices, language_choices, language_name
from alliance.core.languages import NATIVE_NAMES
from alliance.core.spelling import place_query
from alliance.core.uploads import attachment
from members.actions.desk import update_member
from members.admin.columns import MemberColumns, comparison, mandate_of
from members.admin.decisions import VERBS
from members.admin.filters import ConflictFilter, CountryFilter, StatusFilter, WaitingFilter
from members.admin.people import RepresentativeInline
from members.admin.profile_import import ProfilesAtDesk
from members.models import Member

label_rows(Member, "member", "other", "parent", codes=("slug", "reference"))
# What needs a decision comes first.
RANKS = [Member.Status.PENDING, Member.Status.RETURNED, Member.Status.ON_HOLD, Member.Status.APPROVED]


@admin.register(Member)
class MemberAdmin(MemberColumns, ProfilesAtDesk, StatedAdmin):
    verbs = VERBS
    change_list_template = "admin/members/member/change_list.html"
    change_form_template = "admin/members/member/change_form.html"
    list_display = [
        "application",
        "waiting",
        "right_to_act",
        "country_shown",
        "kind_shown",
        "status",
        "buttons",
    ]
    list_display_links = ["application"]
    list_filter = [StatusFilter, ConflictFilter, WaitingFilter, "kind", CountryFilter]
    search_fields = ["reference"]
    search_help_text = _("Name in any spelling or alphabet, reference number, or e-mail address")
    inlines = [RepresentativeInline]
    readonly_fields = [
        "reference",
        "kind_shown",
        "place_shown",
        "submitted_at",
        "email_confirmed_at",
        "principles_accepted_at",
        "approved_at",
        "left_at",
        "desk_message",
        "contact_email",
        "domain_among_all",
        "mandate_shown",
    ]
    fieldsets = [
        (
            _("Application"),
            {
                "fields": [
                    ("reference", "status"),
                    ("submitted_at", "email_confirmed_at"),
                    ("principles_accepted_at", "approved_at", "left_at"),
                    "desk_message",
                ],
            },
        ),
        (_("The right to act"), {"fields": ["proof", "mandate_shown", "contact_email", "domain_among_all"]}),
        (
            _("Who applies"),
            {
                "fields": [
                    ("kind_shown", "tier"),
                    "place_shown",
                    "parent",
                    "official_name",
                    "name_en",
                    "name_pl",
                    "name_uk",
                    ("country", "population"),
                    "website",
                    "org_id",
                    "languages_spoken",
                    "sectors",
                ],
            },
        ),
        (
            _("People"),
            {
                "fields": [
                    ("contact_name", "contact_role"),
                    ("contact_phone", "contact_language"),
                    ("signatory_name", "signatory_role"),
                ],
            },
        ),
        (
            _("Description"),
            {"fields": ["description_en", "description_pl", "description_uk"], "classes": ["collapse"]},
        ),
    ]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """A list of one status does not repeat it in every row."""
        mixed = any(request.GET.get(name) for name in ("status", "q", "conflict"))
        return [name for name in self.list_display if mixed or name != "status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).for_desk().select_related("parent")

    def get_ordering(self, request: HttpRequest) -> list:
        rank = Case(
            *(When(status=status, then=Value(n)) for n, status in enumerate(RANKS)), default=Value(len(RANKS))
        )
        return [rank, "status_changed_at", "id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(reference__istartswith=term) | Q(contact_email__istartswith=term.lower())
        if query := place_query(term):
            queryset = queryset.annotate(spelled=SearchVector("spellings", config="simple"))
            found |= Q(spelled=SearchQuery(query, search_type="raw", config="simple"))
        return queryset.filter(found), False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "country":
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name), choices=[("", "–"), *country_choices()], required=False
            )
        if db_field.name == "contact_language":
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name), choices=list(NATIVE_NAMES.items())
            )
        if db_field.name == "languages_spoken":
            return forms.MultipleChoiceField(
                label=capfirst(db_field.verbose_name), choices=language_choices(), required=False
            )
        if db_field.name == "parent":
            return db_field.formfield(queryset=Member.objects.associations(), empty_label="–")
        if db_field.name == "website":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type[forms.ModelForm]:
        """The associations to choose from; the one that a member already belongs to stays, whatever became of it."""
        form = super().get_form(request, obj, **kwargs)
        if obj is not None and "parent" in form.base_fields:
            choices = Member.objects.associations() | Member.objects.filter(pk=obj.parent_id)
            form.base_fields["parent"].queryset = choices.exclude(pk=obj.pk).in_reading_order()
        return form

    # --- the page of one application ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.mandate_view)
        return [path("<int:member_id>/mandate/", view, name="members_member_mandate"), *super().get_urls()]

    def mandate_view(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """The council's decision, to be saved; never opened inside our address."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if not self.has_view_permission(request):
            raise PermissionDenied
        member = Member.objects.filter(pk=member_id).select_related("mandate").first()
        mandate = mandate_of(member) if member else None
        if mandate is None or not mandate.file:
            raise Http404
        name = mandate.original_filename or f"{member.reference}.pdf"
        return attachment(
            mandate.file, filename=name, content_type=mandate.content_type or "application/octet-stream"
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": gettext("Applications and members"), **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        member = self.get_object(request, object_id)
        context = {}
        if member is not None:
            context = {
                **self.conflict_of(member),
                **self.queue_around(request, member),
                "address_changes": member.address_changes.awaiting_look(),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def conflict_of(self, member: Member) -> dict[str, Any]:
        if member.status not in [*Member.APPLYING, *Member.HOLDING]:
            return {}
        rivals = list(
            Member.objects.rivals_of(member).select_related("mandate").order_by("status_changed_at", "id")
        )
        return {"rivals": rivals, "comparison": comparison(member, rivals, self)} if rivals else {}

    def queue_around(self, request: HttpRequest, member: Member) -> dict[str, Any]:
        """Where the application stands in the queue, and its neighbours."""
        if member.status != Member.Status.PENDING:
            first = Member.objects.awaiting_decision().first()
            return {"queue_first": self.change_url(request, first) if first else ""}
        before = Member.objects.before_in_queue(member)
        after = Member.objects.after_in_queue(member)
        earlier, later = before.last(), after.first()
        position = before.count() + 1
        return {
            "queue_position": position,
            "may_go_on": True,
            "queue_length": position + after.count(),
            "queue_age": age_text(member.status_changed_at),
            "queue_previous": self.change_url(request, earlier) if earlier else "",
            "queue_next": self.change_url(request, later) if later else "",
        }

    def next_url(self, request: HttpRequest, obj: Member) -> str | None:
        """The next pending application, from the beginning after the last one; the list when it was the only one."""
        if elsewhere := super().next_url(request, obj):
            return elsewhere
        if obj.status != Member.Status.PENDING:
            return None
        pending = Member.objects.awaiting_decision().exclude(pk=obj.pk)
        following = Member.objects.after_in_queue(obj).first() or pending.first()
        if following:
            return self.change_url(request, following)
        return reverse("admin:members_member_changelist")

    def after_verb(self, request: HttpRequest, obj: Member) -> str:
        target = super().after_verb(request, obj)
        if target == reverse("admin:members_member_changelist"):
            self.message_user(request, gettext("That was the last application in the queue."), messages.INFO)
        return target

    def words_of(self, obj: Member) -> str:
        return f"{obj.shown_name} ({obj.reference})" if obj.shown_name else obj.reference

    def facts(self, request: HttpRequest, obj: Member) -> list[tuple[Any, Any]]:
        rivals = Member.objects.rivals_of(obj).count()
        return [
            (_("reference number"), obj.reference),
            (_("official name"), obj.official_name),
            (_("status"), obj.get_status_display()),
            (_("language of letters"), language_name(obj.contact_language)),
            *([(_("other claims on the same place"), rivals)] if rivals else []),
        ]

    # --- corrections ---

    def save_model(self, request: HttpRequest, obj: Member, form: forms.ModelForm, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if "sectors" in changes:
            changes["sectors"] = list(changes["sectors"])
        update_member(obj, changes=changes, by=request.user)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """Sectors are saved by the action; representatives are only shown."""


admin.site.watch(
    _("Applications that await a decision"),
    lambda: Member.objects.awaiting_decision(),
    moment="status_changed_at",
    query={"status": Member.Status.PENDING},
    position=10,
)
admin.site.watch(
    _("Places with several claims"),
    lambda: Member.objects.in_conflict(),
    moment="status_changed_at",
    query={"conflict": "yes", "status": StatusFilter.ALL},
    position=20,
)
admin.site.watch(
    _("Applications returned with a question"),
    lambda: Member.objects.filter(status=Member.Status.RETURNED),
    moment="status_changed_at",
    query={"status": Member.Status.RETURNED},
    position=30,
)
