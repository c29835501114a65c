"""Places: registers are read here, never typed; what applicants entered is confirmed or merged."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import Verb, VerbAdmin, labelled
from alliance.core.countries import country_name
from alliance.core.languages import NATIVE_NAMES
from alliance.core.refusals import Refused
from members.actions import places
from members.admin.filters import CountryFilter
from members.models import Place

SUGGESTIONS = 5


class PlaceRefused(Refused):
    """What the desk reads when an entry was dealt with in the meantime or cannot be merged there."""

    def __str__(self) -> str:
        return gettext(
            "Nothing was changed: somebody dealt with this entry already, or the other place cannot be claimed"
            " or has an approved member of the same kind."
        )


def confirm(place: Place, *, by: Any) -> None:
    try:
        places.confirm_place(place, by=by)
    except places.PlaceConflict as conflict:
        raise PlaceRefused from conflict


def merge(place: Place, *, into: Place, by: Any) -> None:
    try:
        places.merge_places(place, into, by=by)
    except places.PlaceConflict as conflict:
        raise PlaceRefused from conflict


class MergeForm(forms.Form):
    """Names the entry of a register by its code."""

    into = forms.CharField(
        label=_("Code of the place in the register"),
        help_text=_("Find it in the list of places; the code stands beside the name."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def clean_into(self) -> Place:
        found = Place.objects.current().filter(code__iexact=self.cleaned_data["into"].strip())
        place = found.exclude(register=Place.Register.OWN).first() or found.first()
        if place is None:
            raise forms.ValidationError(_("No place in the registers has this code."))
        return place


def is_open_entry(place: Place) -> bool:
    return place.register == Place.Register.OWN and place.verified_at is None and place.gone_on is None


CONFIRM = Verb(
    name="confirm",
    action=confirm,
    applies=is_open_entry,
    label=pgettext_lazy("button at a place", "Confirm"),
    question=_("Confirm this place?"),
    effect=_(
        "From now on everybody finds it and can claim it. Is it in none of the registers, under any name?"
    ),
    done=ngettext_lazy("%(count)d place was confirmed.", "%(count)d places were confirmed.", "count"),
    is_main=True,
)
MERGE = Verb(
    name="merge",
    action=merge,
    applies=is_open_entry,
    label=pgettext_lazy("button at a place", "Merge into a place of a register"),
    question=_("Merge this entry into a place of a register?"),
    effect=_("Its applications move there. If somebody else claims that place too, both come to the desk."),
    form=MergeForm,
    done=ngettext_lazy("%(count)d place was merged.", "%(count)d places were merged.", "count"),
    in_bulk=False,
)


REGION = labelled("region", pgettext_lazy("part of a country", "region"))


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("confirmed by the desk")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.awaiting_confirmation() if self.value() == "no" else queryset


@admin.register(Place)
class PlaceAdmin(VerbAdmin):
    is_read_only = True
    verbs = [CONFIRM, MERGE]
    list_display = [
        "name_shown",
        "official_name",
        "code",
        "level",
        "country_shown",
        REGION,
        "population",
        "verified_at",
    ]
    list_filter = [ConfirmedFilter, "register", "level", CountryFilter]
    list_select_related = ["region"]
    search_fields = ["code"]
    search_help_text = _("Name in any spelling or alphabet, or the code of the register")
    ordering = ["country", "-population", "id"]
    fields = [
        "official_name",
        tuple(labelled(f"name_{code}", native) for code, native in NATIVE_NAMES.items()),
        ("register", "code", "edition"),
        ("level", labelled("category", _("kind in the register")), "country_shown"),
        labelled("parent", _("lies in")),
        REGION,
        labelled("same_as", _("the same place as")),
        (labelled("lat", _("latitude")), labelled("lon", _("longitude"))),
        ("population", labelled("population_year", _("year of the population"))),
        ("verified_at", "gone_on"),
        "members",
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        by_code = queryset.filter(code__iexact=term)
        return (by_code, False) if by_code.exists() else (queryset.search(term), False)

    def facts(self, request: HttpRequest, obj: Place) -> list[tuple[Any, Any]]:
        """The entry, and what the registers have under a similar name."""
        known = Place.objects.selectable().exclude(pk=obj.pk).filter(country=obj.country)
        found = list(known.search(obj.name)[:SUGGESTIONS]) or known.similar(obj.name, limit=SUGGESTIONS)
        rows = ((reverse("admin:members_place_change", args=[p.pk]), p) for p in found)
        return [
            (_("name in the register"), obj.official_name),
            (_("country"), country_name(obj.country)),
            (_("similar places"), format_html_join("; ", '<a href="{}">{}</a>', rows) or "–"),
        ]

    @admin.display(description=_("country"), ordering="country")
    def country_shown(self, place: Place) -> str:
        return country_name(place.country)

    @admin.display(description=_("name"))
    def name_shown(self, place: Place) -> str:
        return place.name

    @admin.display(description=_("members and applications"))
    def members(self, place: Place) -> str:
        rows = (
            (reverse("admin:members_member_change", args=[member.pk]), member, member.get_status_display())
            for member in place.members.order_by("status", "id")
        )
        return format_html_join("; ", '<a href="{}">{}</a> ({})', rows) or "–"


admin.site.watch(
    _("Places entered by applicants, not confirmed yet"),
    lambda: Place.objects.awaiting_confirmation(),
    moment="members__created_at",
    query={"confirmed": "no"},
    position=40,
)
