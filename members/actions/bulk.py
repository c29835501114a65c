"""An association brings its members in from a list: first look, then one prepared application per good row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from members.actions.joining import start_application
from members.csv_import import INVITED, TAKEN, UNKNOWN_CODE, Row, same_as_line
from members.models import Member, Place


@dataclass(frozen=True)
class Checked:
    """A row of the list beside the place that its code names, if it has one."""

    row: Row
    place: Place | None

    @property
    def is_good(self) -> bool:
        return not self.row.problems


def check_rows(association: Member, rows: list[Row]) -> list[Checked]:
    """Look every row up: its place, and whether it is here already. Changes nothing; three queries."""
    places = _places_by_code(rows)
    taken, known = _taken_places(places.values()), _known_children(association)
    lines: dict[int, int] = {}
    checked = []
    for row in rows:
        place = places.get(row.code)
        if row.code and place is None:
            row = row.with_problem(UNKNOWN_CODE)
        elif place and (place.pk in known or place.pk in taken):
            row = row.with_problem(TAKEN)
        elif (row.name.casefold(), row.email) in known:
            row = row.with_problem(INVITED)
        elif place and not row.problems:
            # Two codes of one city: the file alone does not show that they repeat each other.
            first = lines.setdefault(place.pk, row.line)
            row = row if first == row.line else row.with_problem(same_as_line(first))
        checked.append(Checked(row, place))
    return checked


def _places_by_code(rows: list[Row]) -> dict[str, Place]:
    """The place that each code names: the main entry, whichever of the registers the code is from."""
    codes = {row.code for row in rows if row.code}
    found = Place.objects.filter(code__in=codes, gone_on__isnull=True).exclude(register=Place.Register.OWN)
    mains = {
        entry.code: entry.same_as or entry for entry in found.select_related("same_as").order_by("register")
    }
    return {code: place for code, place in mains.items() if place.is_claimable}


def _taken_places(places: Iterable[Place]) -> set[int]:
    """Those of the main entries that somebody holds or applies for, under any of the registers that list them."""
    roots = [place.pk for place in places]
    held = Member.objects.filter(status__in=[*Member.HOLDING, *Member.APPLYING])
    held = held.filter(Q(place__in=roots) | Q(place__same_as__in=roots))
    return set(held.values_list(Coalesce("place__same_as_id", "place_id"), flat=True))


def _known_children(association: Member) -> set:
    """Places and (name, address) of those whom the association entered before and who did not leave."""
    rows = association.children.exclude(Q(status=Member.Status.REFUSED) | Q(status=Member.Status.LEFT))
    root = Coalesce("place__same_as_id", "place_id")
    known: set = set()
    for place, name, email in rows.values_list(root, "official_name", "contact_email"):
        known.add((name.casefold(), email))
        if place:
            known.add(place)
    return known


@transaction.atomic
def import_members(association: Member, *, rows: list[Row], by: Any) -> list[Member]:
    """Make a draft application of every good row and mail its link; rows that are not good are left out.

    The association is locked and every row checked again, so that a list sent twice makes each application
    once. Journal: `members.imported` with the number.

    :raises NotAllowed: the association is not approved (any more)
    """
    stored = lock(association)
    if stored.status != Member.Status.APPROVED or stored.kind != Member.Kind.ASSOCIATION:
        raise NotAllowed(association, stored.status, "imported")
    made = [
        start_application(
            kind=_kind_of(checked.place),
            email=checked.row.email,
            language=checked.row.language or stored.contact_language,
            place=checked.place,
            contact_name=checked.row.contact,
            official_name=checked.row.name,
            country=stored.country,
            parent=stored,
            by=by,
        )
        for checked in check_rows(stored, rows)
        if checked.is_good
    ]
    if made:
        record("members.imported", stored, by=by, count=len(made))
    return made


def _kind_of(place: Place | None) -> str:
    if place and place.level == Place.Level.REGION:
        return Member.Kind.REGION
    return Member.Kind.MUNICIPALITY
