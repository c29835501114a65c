"""Profiles of members from a partner's file: they fill what a member left empty and never replace what is there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from alliance.core.countries import SPOKEN
from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.states import lock
from members.actions.profile import apply_changes
from members.models import Member, Place, Sector
from members.profile_import import NO_MEMBER, Profile, same_as, unknown_code

KNOWN_LANGUAGES = frozenset(SPOKEN.split())
DESCRIPTIONS = tuple(f"description_{code}" for code in LANGUAGES)


@dataclass
class Outcome:
    """One line beside the member that it speaks of: what it fills, what stays as the member has it, what is wrong."""

    profile: Profile
    member: Member | None = None
    fills: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[Any]:
        return self.profile.problems


def check_profiles(profiles: Sequence[Profile]) -> list[Outcome]:
    """What each line would do; changes nothing. A second line for one member is refused."""
    sectors = {sector.code: sector for sector in Sector.objects.all()}
    members, seen, outcomes = _members_of(profiles), {}, []
    for profile in profiles:
        outcome = Outcome(profile)
        found = members.get((profile.register, profile.code)) or members.get(("org_id", profile.org_id))
        if found is None:
            if not profile.problems:
                profile.problems.append(NO_MEMBER)
        elif seen.setdefault(found.pk, profile.line) != profile.line:
            profile.problems.append(same_as(seen[found.pk]))
        else:
            outcome.member = found
            profile.problems += _unknown(profile, sectors)
            outcome.fills, outcome.kept = _filled(found, profile, sectors)
        outcomes.append(outcome)
    return outcomes


@transaction.atomic
def import_profiles(profiles: Sequence[Profile], *, source: str, by: Any) -> list[Outcome]:
    """Fill what is empty, as the rows stand now. Journal: `member.profile_imported` with the fields and the source."""
    outcomes = check_profiles(profiles)
    sectors = {sector.code: sector for sector in Sector.objects.all()}
    for outcome in sorted((each for each in outcomes if each.fills), key=lambda each: each.member.pk):
        stored = lock(outcome.member)
        outcome.fills, outcome.kept = _filled(stored, outcome.profile, sectors)
        if outcome.fills and stored.status == Member.Status.APPROVED:
            fields = apply_changes(stored, outcome.fills, by=None)
            record("member.profile_imported", stored, by=by, fields=sorted(fields), source=source)
    return outcomes


def _members_of(profiles: Sequence[Profile]) -> dict[tuple[str, str], Member]:
    """Official code → the approved member that stands for it, under any of the registers that list its place."""
    codes = {profile.code for profile in profiles if profile.code}
    org_ids = {profile.org_id for profile in profiles if profile.org_id}
    places = Place.objects.filter(code__in=codes, gone_on__isnull=True)
    roots = {place.same_as_id or place.pk for place in places}
    rows = Member.objects.approved().select_related("place").prefetch_related("sectors")
    here = Q(place__in=roots) | Q(place__same_as__in=roots) | (Q(org_id__in=org_ids) & ~Q(org_id=""))
    by_root: dict[int, list[Member]] = {}
    found: dict[tuple[str, str], Member] = {}
    for member in rows.filter(here).order_by("pk"):
        if member.place:
            by_root.setdefault(member.place.same_as_id or member.place_id, []).append(member)
        if member.org_id:
            found.setdefault(("org_id", member.org_id), member)
    for place in places:
        held = by_root.get(place.same_as_id or place.pk, [])
        if len(held) == 1:  # of a city that is a region, too, nobody can say which is meant
            found[place.register, place.code] = held[0]
            found.setdefault(("", place.code), held[0])
    return found


def _filled(member: Member, profile: Profile, sectors: dict[str, Sector]) -> tuple[dict[str, Any], list[str]]:
    """What of a profile goes into empty fields, and which fields keep what they hold."""
    fills: dict[str, Any] = {}
    kept: list[str] = []
    is_described = any(getattr(member, name) for name in DESCRIPTIONS) or bool(member.original_texts)
    for name, value in _usable(profile, sectors).items():
        if name in DESCRIPTIONS:
            is_empty = not is_described  # words beside a member's own would pass for its translation
        elif name == "sectors":
            is_empty = not member.sectors.all()
        else:
            is_empty = not getattr(member, name)
        if is_empty:
            fills[name] = value
        else:
            kept.append(name)
    written = [name.removeprefix("description_") for name in DESCRIPTIONS if name in fills]
    if written and not member.original_language:
        fills["original_language"] = written[0]
    return fills, kept


def _unknown(profile: Profile, sectors: dict[str, Sector]) -> list[Any]:
    """Which codes are left out, since nobody here knows them."""
    left = [code for code in profile.says.get("languages_spoken", []) if code not in KNOWN_LANGUAGES]
    left += [code for code in profile.says.get("sectors", []) if code not in sectors]
    return [unknown_code(code) for code in left]


def _usable(profile: Profile, sectors: dict[str, Sector]) -> dict[str, Any]:
    """What the fields take: codes that nobody knows are left out."""
    found = dict(profile.says)
    if "languages_spoken" in found:
        found["languages_spoken"] = [code for code in found["languages_spoken"] if code in KNOWN_LANGUAGES]
    if "sectors" in found:
        found["sectors"] = [sectors[code] for code in found["sectors"] if code in sectors]
    return {name: value for name, value in found.items() if value}
