"""Needs and offers at the desk: read them, withdraw what must not stand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import ReadOnlyInline, StatedAdmin, Verb, label_verbs, labelled
from alliance.core.languages import shown
from partnerships.actions.listings import withdraw_listing
from partnerships.models import Listing, ListingLine

Status = Listing.Status


WITHDRAW = Verb(
    name="withdraw",
    action=withdraw_listing,
    to=Status.WITHDRAWN,
    label=pgettext_lazy("button at a listing", "Withdraw"),
    question=_("Withdraw this need or offer?"),
    effect=_("It disappears from all lists. Its member can correct it and publish it again."),
    done=ngettext_lazy("%(count)d listing was withdrawn.", "%(count)d listings were withdrawn.", "count"),
    is_dangerous=True,
)

label_verbs(
    listing__created=_("draft created"),
    listing__updated=_("text changed"),
    listing__published=_("published"),
    listing__renewed=_("renewed"),
    listing__withdrawn=_("withdrawn"),
    listing__expired=_("expired"),
    listing__file_added=_("file added"),
    listing__file_captioned=_("file described anew"),
    listing__file_removed=_("file removed"),
)


class LineInline(ReadOnlyInline):
    model = ListingLine
    fields = readonly_fields = ["item", "quantity", "unit"]
    show_change_link = False


@admin.register(Listing)
class ListingAdmin(StatedAdmin):
    """The words belong to the member: the desk reads them and decides whether they stand."""

    is_read_only = True
    verbs = [WITHDRAW]
    list_display = [
        labelled("slug", _("code in the address")),
        "kind",
        "shown_title",
        "member",
        "status",
        "audience",
        "expires_on",
        "published_at",
    ]
    list_filter = ["status", "kind", "audience", "published_at", "expires_on"]
    list_select_related = ["member"]
    search_fields = ["slug", "title_en", "title_pl", "title_uk", "member__official_name"]
    search_help_text = _("Words of the title, member, or the code in the address")
    ordering = ["-created_at", "-id"]
    fields = [
        ("kind", "status"),
        "member",
        ("audience", "expires_on", "published_at"),
        "names_no_site_confirmed_at",
        "title_en",
        "title_pl",
        "title_uk",
        "text_en",
        "text_pl",
        "text_uk",
        labelled("original_language", _("written in")),
        labelled("original_texts", _("text in another language")),
        "sectors",
    ]
    inlines = [LineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("member")

    @admin.display(description=_("title"))
    def shown_title(self, listing: Listing) -> str:
        return shown(listing, "title").text
