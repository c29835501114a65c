"""Find my place: one box over all registers, as one types and as a plain page."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.countries import country_name
from members.forms.places import PlaceSearchForm
from members.kinds import authority_name
from members.models import Member, Place

SHOWN = 10


@dataclass
class Result:
    """A place as the list shows it, with what a member or an application already does there."""

    place: Place
    kind: str
    where: str
    population: str
    member: Member | None = None
    is_applied_for: bool = False

    def as_suggestion(self) -> dict:
        url = (self.member_url if self.member else "") or self.claim_url
        return {"label": self.place.name, "detail": self.where, "url": url}

    @property
    def claim_url(self) -> str:
        return f"{reverse('members:join_start')}?{urlencode({'place': self.place.code})}"

    @property
    def member_url(self) -> str:
        try:
            return reverse("members:member_detail", args=[self.member.slug])
        except NoReverseMatch:
            return ""


@require_safe
def place_search(request: HttpRequest) -> HttpResponse:
    form = PlaceSearchForm(request.GET)
    context = {"query": form.query, "is_searchable": form.is_searchable, "results": [], "is_similar": False}
    if form.is_searchable:
        rows = Place.objects.selectable().with_surroundings()
        places = rows.find(form.query, limit=SHOWN + 1)
        if not places:
            places = rows.similar(form.query, limit=SHOWN)
            context["is_similar"] = bool(places)
        context["has_more"] = len(places) > SHOWN
        context["results"] = results_of(places[:SHOWN])
    context["count"] = in_words(context)
    context["applied_label"] = _("Application under way")
    context["suggestions"] = [result.as_suggestion() for result in context["results"]]
    context["unlisted_url"] = f"{reverse('members:join_start')}?place=none"
    response = render(request, template_for(request), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def template_for(request: HttpRequest) -> str:
    """The whole page; the list below the box; or the short suggestions that `components/search_box.html` shows."""
    if not request.htmx:
        return "members/place_search.html"
    is_listbox = (request.htmx.target or "").endswith("-list")
    return "members/_place_suggestions.html" if is_listbox else "members/_place_results.html"


def in_words(context: dict) -> str:
    """How many were found; read out when the list changes."""
    number = len(context["results"])
    if not context["is_searchable"]:
        return ""
    if context["is_similar"]:
        return gettext("Nothing has exactly this name. These names are similar:")
    if context.get("has_more"):
        return gettext("The first %(number)s places are shown. Type more letters to see fewer.") % {
            "number": number
        }
    return ngettext("%(number)s place found", "%(number)s places found", number) % {"number": number}


def results_of(places: list[Place]) -> list[Result]:
    """One query for the members of all of them, through the other register entries of a place too."""
    ids = [place.pk for place in places]
    there = Q(place__in=ids) | Q(place__same_as__in=ids)
    members = Member.objects.filter(there, status__in=[*Member.HOLDING, *Member.APPLYING]).select_related(
        "place"
    )
    countries = (
        {row.country: row.name for row in Place.objects.filter(level=Place.Level.COUNTRY)} if ids else {}
    )
    held: dict[int, Member] = {}
    applied: set[int] = set()
    for member in members:
        for pk in {member.place_id, member.place.same_as_id} & set(ids):
            if member.status in Member.HOLDING:
                held[pk] = member
            else:
                applied.add(pk)
    around = {place.pk: where(place, countries) for place in places}
    namesakes = Counter((place.name, around[place.pk]) for place in places)
    return [
        Result(
            place,
            kind_of(place),
            # Two hromadas of one raion may have seats of one name: only the official name tells them apart.
            around[place.pk]
            if namesakes[place.name, around[place.pk]] == 1
            else f"{place.official_name}, {around[place.pk]}",
            number_format(place.population, force_grouping=True) if place.population else "",
            held.get(place.pk),
            place.pk in applied,
        )
        for place in places
    ]


def where(place: Place, countries: dict[str, str]) -> str:
    """The district, the region and the country, without repeating the place itself."""
    above = [place.parent, place.region]
    names = [
        row.name
        for row in above
        if row and row.pk != place.pk and row.level != Place.Level.COUNTRY and row.name != place.name
    ]
    return ", ".join(dict.fromkeys([*names, countries.get(place.country) or country_name(place.country)]))


def kind_of(place: Place) -> str:
    if place.register == Place.Register.KATOTTH and place.category == Place.CITY:
        return gettext("city with special status")
    return str(authority_name(place.level, place.country) or place.get_level_display())
