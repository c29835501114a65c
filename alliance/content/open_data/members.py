"""Members as open data: what stands in an answer, and how a row becomes one. Pure."""

from datetime import date
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, PlaceRef, Text, day, names, place, text
from alliance.core.links import absolute
from members.models import Member


class MemberData(BaseModel):
    """An authority, association or institution that is a member of the Alliance."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for ever, whatever the name becomes."), of="members.Member.slug")]
    url: Annotated[str, Meaning(_("Its page, for people."), of="members.Member.slug")]
    kind: Annotated[
        Literal[*Member.Kind.values],
        Meaning(
            _("Municipality, region, association of authorities or institution."), of="members.Member.kind"
        ),
    ]
    partner_class: Annotated[
        Literal[*Member.Tier.values],
        Meaning(_("Core, associated or institutional partner."), of="members.Member.tier"),
    ]
    official_name: Annotated[
        str, Meaning(_("The name in the language of its office."), of="members.Member.official_name")
    ]
    name: Annotated[Names, Meaning(_("The name in each language."), of="members.Member.name")]
    description: Annotated[Text, Meaning(_("What it says about itself."), of="members.Member.description")]
    country: Annotated[
        str, Meaning(_("The country."), of="members.Member.country", standard="ISO 3166-1 alpha-2")
    ]
    place: Annotated[
        PlaceRef | None,
        Meaning(_("The territorial unit that it is the authority of."), of="members.Member.place"),
    ]
    population: Annotated[
        int | None,
        Meaning(_("Inhabitants, as it says itself."), of="members.Member.population", unit=_("people")),
    ]
    languages: Annotated[
        list[str],
        Meaning(
            _("Languages that its office writes and speaks."),
            of="members.Member.languages_spoken",
            standard="ISO 639",
        ),
    ]
    sectors: Annotated[
        list[str],
        Meaning(_("Sectors of interest, by the codes of our taxonomy."), of="members.Member.sectors"),
    ]
    website: Annotated[str | None, Meaning(_("Its website."), of="members.Member.website")]
    organisation_id: Annotated[
        str | None,
        Meaning(
            _("Its identifier in a register of organisations."),
            of="members.Member.org_id",
            standard="org-id.guide, IATI",
        ),
    ]
    association: Annotated[
        str | None, Meaning(_("The association it belongs to, by its id."), of="members.Member.parent")
    ]
    member_since: Annotated[
        date | None,
        Meaning(
            _("The day on which it was admitted (UTC)."), of="members.Member.approved_at", standard="ISO 8601"
        ),
    ]


def member_row(member: Member) -> dict[str, Any]:
    """Of a member with its place, parent and sectors at hand."""
    parent = member.parent
    return {
        "id": member.slug,
        "url": absolute(reverse("members:member_detail", args=[member.slug])),
        "kind": member.kind,
        "partner_class": member.tier,
        "official_name": member.official_name,
        "name": names(member),
        "description": text(member, "description"),
        "country": member.country,
        "place": place(member.place),
        "population": member.population,
        "languages": member.languages_spoken,
        "sectors": sorted(sector.code for sector in member.sectors.all()),
        "website": member.website or None,
        "organisation_id": member.org_id or None,
        "association": parent.slug if parent and parent.status == Member.Status.APPROVED else None,
        "member_since": day(member.approved_at),
    }
