"""Needs and offers at the desk: what waits to be read, what changed, and every field of each."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.admin import StatedAdmin, Verb, labelled
from alliance.core.ages import age_text
from alliance.core.audience import Audience
from alliance.core.countries import language_name
from alliance.core.languages import LANGUAGES, NATIVE_NAMES, shown
from partnerships.actions.review_rules import version_of
from partnerships.admin.decisions import APPROVE, READ, VERBS
from partnerships.admin.listing_parts import FileInline, LineInline
from partnerships.admin.sheets import SheetsAtDesk
from partnerships.models import Listing

Status = Listing.Status
# Fields whose readers a member may narrow, as the desk calls them.
NARROWABLE = {
    "member": _("name of the member"),
    "text": _("description"),
    "lines": _("quantities"),
    "needed_by": _("dates"),
    "files": _("photos and documents"),
    "handover": _("hand-over in"),
    "dream_id": _("project in DREAM"),
}


class ToReadFilter(admin.SimpleListFilter):
    """What the desk has to read: before it is published, or since its member changed it."""

    title = _("to be read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("first", pgettext_lazy("of needs and offers", "before they are published")),
            ("changed", pgettext_lazy("of needs and offers", "changed since they were read")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "first":
            return queryset.awaiting_desk()
        return queryset.changed_unread() if self.value() == "changed" else queryset


@admin.register(Listing)
class ListingAdmin(SheetsAtDesk, StatedAdmin):
    """The words belong to the member: the desk reads them and decides whether they stand."""

    is_read_only = True
    verbs = VERBS
    list_display = [
        "shown_title",
        "kind",
        "member",
        "status",
        "urgency",
        "expires_on",
        "published_at",
    ]
    list_filter = [ToReadFilter, "status", "kind", "urgency", "audience", "published_at", "expires_on"]
    list_select_related = ["member"]
    search_fields = ["slug", "title_en", "title_pl", "title_uk", "member__official_name"]
    search_help_text = _("Words of the title, member, or the code in the address")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("kind", "status"),
                    "member",
                    "desk_message",
                    *[f"{name}_{code}" for code in LANGUAGES for name in ("title", "text")],
                    "written_in",
                    "other_text",
                ]
            },
        ),
        (
            _("Facts"),
            {
                "fields": [
                    "sectors",
                    "urgency",
                    "transport_by",
                    "handover",
                    "appeal",
                    "dream_id",
                    "partner_note",
                    "desk_note",
                ]
            },
        ),
        (
            _("Who may read it"),
            {"fields": [labelled("audience", _("need or offer")), "narrower", "names_no_site_confirmed_at"]},
        ),
        (
            _("Its life"),
            {
                "fields": [
                    (labelled("created_at", _("draft created")), "published_at", "expires_on"),
                    ("confirmed_at", "unread_since"),
                    ("warned_for", "asked_at", "asked_again_at"),
                ]
            },
        ),
    ]
    inlines = [LineInline, FileInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("member")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """A queue tells how long each of them waits, and not where all of them stand."""
        if request.GET.get("read"):
            return ["shown_title", "waiting", "kind", "member", "urgency", "expires_on"]
        return self.list_display

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """In a queue the longest wait comes first."""
        if request.GET.get("read") == "changed":
            return ["unread_since", "id"]
        is_queue = request.GET.get("read") or request.GET.get("status__exact") == Status.REVIEW
        return ["status_changed_at", "id"] if is_queue else ["-created_at", "-id"]

    def words_of(self, obj: Listing) -> str:
        return f"{self.shown_title(obj)} – {obj.member} ({obj.get_kind_display()})"

    @admin.display(description=_("title"))
    def shown_title(self, listing: Listing) -> str:
        return shown(listing, "title").text or "–"

    @admin.display(description=_("written in"))
    def written_in(self, listing: Listing) -> str:
        return language_name(listing.original_language)

    @admin.display(description=_("text in another language"))
    def other_text(self, listing: Listing) -> str:
        return "\n\n".join(filter(None, listing.original_texts.values())) or "–"

    @admin.display(description=_("waiting"))
    def waiting(self, listing: Listing) -> str:
        if listing.status == Status.REVIEW:
            return age_text(listing.status_changed_at)
        if listing.status == Status.PUBLISHED and listing.unread_since:
            return age_text(listing.unread_since)
        return "–"

    @admin.display(description=_("fields for fewer readers"))
    def narrower(self, listing: Listing) -> str:
        rows = [
            (capfirst(NARROWABLE[name]), Audience(audience).label)
            for name, audience in listing.narrowed.items()
            if name in NARROWABLE
        ]
        return "\n".join(f"{field}: {audience}" for field, audience in rows) or "–"

    # --- decisions ---

    def version_of(self, obj: Listing) -> str:
        return version_of(obj)

    def do(self, request: HttpRequest, obj: Listing, verb: Verb, given: dict[str, Any]) -> HttpResponse:
        """What the desk lets stand is what it had before its eyes."""
        if verb in (APPROVE, READ):
            given = {**given, "seen": request.POST.get("seen", "")}
        return super().do(request, obj, verb, given)

    def next_url(self, request: HttpRequest, obj: Listing) -> str | None:
        """The next one that waits, from the beginning after the last one."""
        if elsewhere := super().next_url(request, obj):
            return elsewhere
        if obj.status != Status.REVIEW:
            return None
        waiting = Listing.objects.awaiting_desk().exclude(pk=obj.pk)
        following = waiting.filter(status_changed_at__gte=obj.status_changed_at).first() or waiting.first()
        return self.change_url(request, following) if following else None

    def facts(self, request: HttpRequest, obj: Listing) -> list[tuple[Any, Any]]:
        """A decision repeats the words it is about, in every language in which readers will have them."""
        words = [
            (NATIVE_NAMES[code], " – ".join(filter(None, [title, text])))
            for code in LANGUAGES
            for title, text in [(getattr(obj, f"title_{code}"), getattr(obj, f"text_{code}"))]
        ]
        if obj.original_texts:
            words.append((language_name(obj.original_language), " – ".join(obj.original_texts.values())))
        notes = [(_("for the partner only"), obj.partner_note)]
        facts = [(_("kind"), obj.get_kind_display()), (_("member"), obj.member), *words, *notes]
        return [(label, value) for label, value in facts if value]


admin.site.watch(
    _("Needs and offers to be read before they are published"),
    lambda: Listing.objects.awaiting_desk(),
    moment="status_changed_at",
    query={"read": "first"},
    position=35,
)
admin.site.watch(
    _("Published needs and offers that changed"),
    lambda: Listing.objects.changed_unread(),
    moment="unread_since",
    query={"read": "changed"},
    position=36,
)
