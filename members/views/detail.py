"""The page of one member, by its stable address. Every field asks the audience of its reader."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core.audience import Audience, visible
from alliance.core.countries import country_name
from alliance.core.languages import LANGUAGES, reader_language, shown
from alliance.core.linked_data import as_json_ld
from alliance.core.links import absolute
from members.models import Member, Place
from members.names_shown import name_of
from members.permissions import audience_of, can_edit_member, can_see_member
from members.principles import PRINCIPLES
from members.views.register import languages_of

MOST_CHILDREN = 25


@require_safe
def member_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Member.objects.select_related("place__region", "place__parent", "parent")
    member = get_object_or_404(rows, slug=slug)
    if not can_see_member(request.user, member):
        if member.status == Member.Status.LEFT:
            return _gone(request, member)
        raise Http404
    viewer = audience_of(request.user, member)
    name, text = name_of(member), shown(member, "description")
    sees_text = visible(member, "description", viewer)
    context = {
        "member": member,
        "crumbs": [{"label": _("Members"), "url": reverse("members:member_list")}],
        "name": name,
        "text": text if sees_text else "",
        "facts": facts_of(member, viewer),
        "sectors": sectors_of(member, viewer),
        "website": website_of(member, viewer),
        "logo_url": _logo_url(member, viewer),
        "children": _children(member),
        "is_listed": member.status == Member.Status.APPROVED,
        "can_edit": can_edit_member(request.user, member),
        "is_own": request.user.is_authenticated and request.member == member,
        "json_ld": json_ld(member) if member.status == Member.Status.APPROVED else "",
        "principles": PRINCIPLES,
        "og_type": "profile",
    }
    return render(request, "members/member_detail.html", context)


def _gone(request: HttpRequest, member: Member) -> HttpResponse:
    """A former member: that it was one stays true, and links to it do not end in nothing."""
    context = {
        "name": name_of(member),
        "since": _day(member.approved_at),
        "until": _day(member.left_at),
    }
    return render(request, "members/member_gone.html", context, status=410)


def _day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT") if moment else ""


def facts_of(member: Member, viewer: str) -> list[dict[str, str]]:
    """Parameters of `components/definitions.html`: what ``viewer`` may see and what there is."""
    official, own = member.official_name, name_of(member)
    rows: list[tuple[str, str, str, dict[str, str]]] = [
        ("official_name", _("Official name"), official if official != own.text else "", _official(member)),
        ("kind", pgettext("fact about a member", "Kind"), member.kind_name, {}),
        ("tier", _("Class of partner"), member.get_tier_display(), {}),
        ("place", _("Place"), place_text(member.place), {}),
        ("country", _("Country"), country_name(member.country) if member.country else "", _country(member)),
        ("population", _("Population"), population_text(member), {}),
        ("languages_spoken", _("Languages"), languages_of(member), {}),
        ("parent", _("Member of the association"), *_parent(member)),
        ("approved_at", _("Member since"), _day(member.approved_at), {}),
    ]
    return [
        {"term": term, "text": text, **more}
        for field, term, text, more in rows
        if text and visible(member, field, viewer)
    ]


def _official(member: Member) -> dict[str, str]:
    shown_official = name_of(_Official(member))
    return {"lang": shown_official.language} if shown_official.is_other else {}


class _Official:
    """The member as if it had no other name than its official one."""

    def __init__(self, member: Member) -> None:
        self.official_name, self.country = member.official_name, member.country
        self.name_en = self.name_pl = self.name_uk = ""


def _country(member: Member) -> dict[str, str]:
    return {"href": f"{reverse('members:member_list')}?country={member.country}"}


def _parent(member: Member) -> tuple[str, dict[str, str]]:
    parent = member.parent
    if parent is None or parent.status != Member.Status.APPROVED:
        return "", {}
    name = name_of(parent)
    more = {"href": reverse("members:member_detail", args=[parent.slug])}
    return name.text, more | ({"lang": name.language} if name.is_other else {})


def place_text(place: Place | None) -> str:
    """“Zhytomyr\nZhytomyrskyi raion, Zhytomyr Oblast\nKATOTTH UA18…”: one line each."""
    if place is None:
        return ""
    around = [place.parent, place.region]
    names = dict.fromkeys(row.name for row in around if row and row.level != Place.Level.COUNTRY)
    names.pop(place.name, None)
    official = place.register in (Place.Register.KATOTTH, Place.Register.LAU, Place.Register.NUTS)
    code = f"{place.get_register_display()} {place.code}" if official else ""
    return "\n".join(line for line in (place.name, ", ".join(names), code) if line)


def population_text(member: Member) -> str:
    """With its year where the figure is the register's own."""
    if not member.population:
        return ""
    number = number_format(member.population, use_l10n=True, force_grouping=True)
    place = member.place
    if place and place.population == member.population and place.population_year:
        return pgettext("population", "%(number)s (%(year)s)") % {
            "number": number,
            "year": place.population_year,
        }
    return number


def sectors_of(member: Member, viewer: str) -> list[dict[str, str]]:
    """Sectors of interest, each a link to the members that share it."""
    if not visible(member, "sectors", viewer):
        return []
    here = reverse("members:member_list")
    rows = member.sectors.select_related("parent").in_order()
    return [
        {
            "label": f"{row.parent.name} – {row.name}" if row.parent_id else row.name,
            "url": f"{here}?sector={row.code}",
        }
        for row in rows
    ]


def website_of(member: Member, viewer: str) -> dict[str, str]:
    """The address and how it is written: letters of other alphabets in punycode, so that look-alikes show."""
    if not member.website or not visible(member, "website", viewer):
        return {}
    try:
        parts = urlsplit(member.website)
        host = (parts.hostname or "").encode("idna").decode()
        if parts.scheme not in ("http", "https") or not host or parts.username:
            return {}
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return {}
    url = urlunsplit((parts.scheme, f"{host}{port}", parts.path, parts.query, ""))
    label = f"{host}{port}{parts.path}".rstrip("/")
    return {"url": url, "label": label if label.isascii() else f"{host}{port}"}


def _logo_url(member: Member, viewer: str) -> str:
    if not member.logo or member.status != Member.Status.APPROVED or not visible(member, "logo", viewer):
        return ""
    return reverse("members:member_logo", args=[member.slug])


def _children(member: Member) -> dict[str, Any]:
    """The listed members of an association, the first of them by name."""
    if member.kind != Member.Kind.ASSOCIATION:
        return {}
    rows = list(member.children.listed().in_reading_order()[: MOST_CHILDREN + 1])
    links = []
    for row in rows[:MOST_CHILDREN]:
        name = name_of(row)
        url = reverse("members:member_detail", args=[row.slug])
        links.append({"name": name.text, "lang": name.language if name.is_other else "", "url": url})
    more = f"{reverse('members:member_list')}?association={member.slug}"
    return {"links": links, "more_url": more if len(rows) > MOST_CHILDREN else ""}


def json_ld(member: Member) -> SafeString:
    """schema.org's GovernmentOrganization, or Organization for what is no authority; public fields only."""
    public = Audience.PUBLIC
    name, text = name_of(member), shown(member, "description")
    others = {getattr(member, f"name_{code}") for code in LANGUAGES} | {member.official_name}
    place = member.place
    return as_json_ld(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization" if member.is_authority else "Organization",
            "@id": absolute(reverse("members:member_detail", args=[member.slug])),
            "name": name.text,
            "alternateName": sorted(others - {name.text, "", None}),
            "description": text.text if visible(member, "description", public) else "",
            "url": website_of(member, public).get("url", ""),
            "logo": absolute(_logo_url(member, public)) if _logo_url(member, public) else "",
            "identifier": f"{place.register}:{place.code}" if place else "",
            "address": {"@type": "PostalAddress", "addressCountry": member.country}
            if member.country
            else None,
            "location": {
                "@type": "Place",
                "name": place.name,
                "geo": {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon},
            }
            if place and place.lat is not None
            else None,
            "memberOf": {
                "@type": "Organization",
                "name": str(settings.SITE_NAME),
                "url": settings.PUBLIC_URL,
            },
            "inLanguage": reader_language(),
        }
    )
