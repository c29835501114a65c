"""A partnership that exists already is declared by one party; each other member that is one says so for itself."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships.actions.matches import lock_members, refuse_kept_apart
from partnerships.actions.twinning_state import agree, present
from partnerships.actions.twinnings import add_party, join_twinning
from partnerships.business_names import looks_like_business
from partnerships.emails import twinnings as mails
from partnerships.models import Twinning, TwinningParty
from partnerships.permissions.twinnings import is_same_place
from partnerships.refusals import TwinningRefused
from partnerships.twinning_rules import (
    DECLARED_STAGES,
    FIRST_YEAR,
    IN_FORCE,
    REFUSED_AS,
    Declared,
    NamedAs,
    OtherSide,
)


@transaction.atomic
def declare_twinning(*, member: Member, other: OtherSide, facts: Declared, by: Any) -> tuple[Twinning, bool]:
    """``member`` says that it has this partnership. Where the other side declared it already, or the desk took it
    from a source, saying so again confirms it (False).

    Journal: `twinning.declared`, or `twinning.joined`. Mails: `twinning_declared` to the other side, which confirms.
    Raises `TwinningRefused`, `KeptApart`; `NotAllowed` for members that are not approved.
    """
    _refuse_other(member, other)
    _refuse_facts(facts)
    if not lock_members(member, other.member or member):
        raise NotAllowed(member, member.status, "declare")
    if other.member:
        refuse_kept_apart(member, other.member)
    if found := _known(member, other):
        own = next(party for party in present(found) if _is(party, OtherSide(member, member.place)))
        if own.agreed_at is None:
            join_twinning(found, member=member, by=by)
        return found, False
    twinning = Twinning.objects.create(
        origin=Twinning.Origin.DECLARED, status=facts.stage, **_fields(member, other, facts)
    )
    agree(add_party(twinning, member, position=0), member, by=by)
    if other.member:
        add_party(twinning, other.member, position=1)
    else:
        country = other.place.country if other.place else other.country
        TwinningParty.objects.create(
            twinning=twinning, place=other.place, name=other.name, country=country, position=1
        )
    record("twinning.declared", twinning, by=by, member=member.slug, **_who(other))
    mails.twinning_declared(twinning, member)
    return twinning, True


def _refuse_other(member: Member, other: OtherSide) -> None:
    if other.named_as and other.named_as in REFUSED_AS:
        raise TwinningRefused(REFUSED_AS[NamedAs(other.named_as)])
    if looks_like_business(other.name):
        raise TwinningRefused(TwinningRefused.BUSINESS_NAME)
    if other.member and other.member.kind == Member.Kind.INSTITUTION:
        raise TwinningRefused(TwinningRefused.INSTITUTION)
    if other.member == member or is_same_place(other.place, member.place):
        raise TwinningRefused(TwinningRefused.ITSELF)


def _refuse_facts(facts: Declared) -> None:
    today = timezone.localdate()
    if facts.stage not in DECLARED_STAGES:
        raise TwinningRefused(TwinningRefused.NOT_NOW)
    if facts.stage == IN_FORCE and facts.needs_registration and not facts.registry_number:
        raise TwinningRefused(TwinningRefused.NO_NUMBER)
    if any(day and day > today for day in (facts.signed_on, facts.registered_on)):
        raise TwinningRefused(TwinningRefused.FUTURE)
    if (facts.since_year or today.year) > today.year:
        raise TwinningRefused(TwinningRefused.FUTURE)
    years = [
        facts.since_year or FIRST_YEAR,
        *(day.year for day in (facts.signed_on, facts.registered_on) if day),
    ]
    if min(years) < FIRST_YEAR:
        raise TwinningRefused(TwinningRefused.LONG_AGO)


def _fields(member: Member, other: OtherSide, facts: Declared) -> dict[str, Any]:
    """Before it is in force, an agreement with a Ukrainian side is still to be registered."""
    fields = facts._asdict()
    del fields["stage"]
    if facts.stage != IN_FORCE:
        sides = (member, other.member, other.place)
        fields["needs_registration"] = (
            any(side and side.country == "UA" for side in sides) or other.country == "UA"
        )
    return fields


def _who(other: OtherSide) -> dict[str, str]:
    if other.member:
        return {"other": other.member.slug}
    return {"place": other.place.code} if other.place else {"country": other.country}


def _known(member: Member, other: OtherSide) -> Twinning | None:
    """A living twinning of exactly these two, whoever entered it."""
    rows = Twinning.objects.alive().of(member).prefetch_related("parties__place")
    for twinning in rows.order_by("pk"):
        parties = [party for party in twinning.parties.all() if party.left_at is None]
        if len(parties) == 2 and any(_is(party, other) for party in parties):
            return twinning
    return None


def _is(party: TwinningParty, side: OtherSide) -> bool:
    """Whether the row names this side: as a member, by its place, or by its name."""
    if side.member and party.member_id == side.member.pk:
        return True
    place = side.place or (side.member.place if side.member else None)
    if is_same_place(party.place, place) and (party.member_id is None or side.member is None):
        return True
    is_named = bool(side.name) and party.member_id is None and party.place_id is None
    return is_named and party.name.casefold() == side.name.casefold() and party.country == side.country
