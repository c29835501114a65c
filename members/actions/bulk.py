"""An association brings its members in from a list: first look, then one prepared application per good row."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from members.actions.joining import start_application
from members.csv_import import INVITED, TAKEN, UNKNOWN_CODE, Row
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
    """Look every row up: its place, and whether it is here already. Changes nothing; four queries at most."""
    places = _places_by_code(rows)
    taken, known = _taken_places(places.values()), _known_children(association)
    checked = []
    for row in rows:
        place = places.get(row.code)
        if row.code and place is None:
            row = row.with_problem(UNKNOWN_CODE)
        elif place and (place.pk in known or place.pk in taken):
            row = row.with_problem(TAKEN)
        elif (row.name.casefold(), row.email) in known:
            row = row.with_problem(INVITED)
        checked.append(Checked(row, place))
    return checked


def _places_by_code(rows: list[Row]) -> dict[str, Place]:
    codes = {row.code for row in rows if row.code}
    found = Place.objects.selectable().filter(code__in=codes).exclude(register=Place.Register.OWN)
    return {place.code: place for place in found.order_by("register")}


def _taken_places(places: Any) -> set[int]:
    held = Member.objects.filter(status__in=[*Member.HOLDING, *Member.APPLYING])
    return set(held.filter(place__in=[place.pk for place in places]).values_list("place_id", flat=True))


def _known_children(association: Member) -> set:
    """Places and (name, address) of those whom the association entered before and who did not leave."""
    rows = association.children.exclude(Q(status=Member.Status.REFUSED) | Q(status=Member.Status.LEFT))
    known: set = set()
    for place, name, email in rows.values_list("place_id", "official_name", "contact_email"):
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
