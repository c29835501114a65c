"""The verbs of places: the default import, and what the desk does with entries that no register has."""

import secrets
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.collation import sort_key
from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.spelling import clean_name, spellings
from members.actions.place_import import Outcome, Progress, Refused, import_reading
from members.actions.place_twins import link_twins
from members.models import Member, Place
from members.models.place_search import make_keys
from members.names import derive_search
from members.registers import geonames, katotth, lau, nuts, own
from members.registers.rows import Reading, UnknownFile


class PlaceConflict(Exception):
    """Somebody else was faster, or two members would hold one place; nothing was changed."""


def import_default_places(
    *, progress: Progress = lambda text: None, shared: Path | None = None
) -> list[Outcome]:
    """All that installed packages and our own table know; with ``shared`` also the folder of official data, LAU
    included. Registers of which a newer edition is there already stay as they are."""
    outcomes = []
    cities = _cities(progress)
    for register in ("nuts", "lau", "katotth", "own"):
        if register == "lau" and not shared:
            continue
        progress(f"{register}: reading")
        reading = read_register(register, shared=shared, cities=cities)
        try:
            outcomes.append(import_reading(reading, progress=progress, links=False))
        except Refused as refusal:
            progress(f"{register}: left as it is. {refusal}")
    if any(outcome.touched for outcome in outcomes):
        progress(f"{link_twins()} entries linked to the same place in another register")
    return outcomes


def read_register(
    register: str,
    *,
    path: Path | None = None,
    edition: str = "",
    shared: Path | None = None,
    cities: list[geonames.City] | None = None,
) -> Reading:
    """One register from ``path``, from the ``shared`` folder, or from the installed packages.

    :raises UnknownFile: no such source, or the file has another form than its register
    """
    if register == "own":
        reading = own.read()
    elif register == "nuts":
        reading = nuts.read(path or (shared / "eu" / "nuts_2024.csv" if shared else None), edition)
    elif register == "lau":
        path = path or (shared / "eu" / "lau_2020.csv.gz" if shared else None)
        if path is None:
            raise UnknownFile(
                "LAU comes in no package: name the file with --file, or the folder with --shared"
            )
        reading = lau.read(path, edition)
    else:
        path = path or (shared / "ua" if shared else katotth.installed_workbook())
        facts_of = geonames.facts_of_seats(cities) if cities and not path.is_dir() else None
        reading = katotth.read(path, facts_of, edition)
    _add_spellings(reading, shared, cities)
    return reading


def _cities(progress: Progress) -> list[geonames.City]:
    path = geonames.installed_file()
    if path is None:
        return []
    progress("other spellings: reading GeoNames")
    countries = {row.country for row in own.known_cities()} | {"UA"}
    return list(geonames.cities(path, countries))


def _add_spellings(reading: Reading, shared: Path | None, cities: list[geonames.City] | None) -> None:
    listed = shared / "places_aliases.csv.gz" if shared else None
    if listed is not None and listed.is_file() and reading.register in ("katotth", "lau"):
        found = geonames.listed_spellings(listed)
        for row in reading.rows:
            row.aliases |= found.get(row.code, set())
    elif cities and reading.register in ("table", "lau"):
        geonames.add_spellings(reading.rows, cities)


def fill_search(place: Place) -> None:
    """Set the columns that search and order use from the names of an entry of our own."""
    names = [place.name_en, place.name_pl, place.name_uk, place.official_name]
    for code in LANGUAGES:
        setattr(place, f"sort_{code}", sort_key(getattr(place, f"name_{code}"), code)[:400])
    place.spellings = spellings(dict.fromkeys(names))
    place.keys = make_keys(names)


def create_own_place(
    *, name: str, country: str, level: str, official_name: str = "", parent: Place | None = None, by: Any
) -> Place:
    """“My place is not listed”: an entry that nobody but the applicant and the desk sees until it is confirmed.

    :raises ValueError: empty name
    """
    name = clean_name(name)
    if not name:
        raise ValueError("a place has a name")
    with transaction.atomic():
        place = Place(
            register=Place.Register.OWN,
            code=f"NEW-{secrets.token_hex(6).upper()}",
            level=level,
            country=country,
            official_name=(clean_name(official_name) or name)[:200],
            name_en=name,
            name_pl=name,
            name_uk=name,
            parent=parent,
            region=region_above(parent),
        )
        fill_search(place)
        place.save(force_insert=True)
        record("place.entered", place, by=by)
    return place


def region_above(parent: Place | None) -> Place | None:
    """The oblast or NUTS 2 region for something that lies in ``parent``."""
    if parent is None or parent.level == Place.Level.COUNTRY:
        return None
    return parent.region or parent


def confirm_place(place: Place, *, by: Any) -> Place:
    """The desk has checked an applicant's entry: from now on it is found like any other. Journal: place.confirmed.

    :raises PlaceConflict: it is no open entry of an applicant
    """
    with transaction.atomic():
        place = _open_entry(place)
        place.verified_at = timezone.now()
        fill_search(place)
        place.save()
        record("place.confirmed", place, by=by)
    return place


def merge_places(own: Place, into: Place, *, by: Any) -> Place:
    """An applicant's entry turns out to be a place of a register: its claims go there, the entry stays as a trace.
    Journal: place.merged on the entry, member.place_changed on each claim.

    :raises PlaceConflict: it is no open entry, ``into`` cannot be claimed, or both have an approved member of one kind
    """
    with transaction.atomic():
        own = _open_entry(own)
        into = Place.objects.select_for_update(of=("self",)).get(pk=into.pk)
        if into.pk == own.pk or not into.is_claimable:
            raise PlaceConflict("into another, claimable place only")
        claims = list(Member.objects.select_for_update(of=("self",)).filter(place=own).order_by("id"))
        held = set(into.members.holding_their_place().values_list("kind", flat=True))
        if any(claim.status in Member.HOLDING and claim.kind in held for claim in claims):
            raise PlaceConflict("both places have an approved member of this kind")
        for claim in claims:
            claim.place = into
            claim.save(update_fields=["place", *derive_search(claim), "updated_at"])
            record("member.place_changed", claim, by=by, old=own.code, new=into.code)
        own.same_as, own.gone_on = into, timezone.localdate()
        own.save(update_fields=["same_as", "gone_on"])
        record("place.merged", own, by=by, into=into.code)
    return into


def _open_entry(place: Place) -> Place:
    """The row, locked, if it is an entry of an applicant that waits for the desk."""
    row = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    if row.register != Place.Register.OWN or row.verified_at or row.gone_on:
        raise PlaceConflict("not an entry that waits for the desk")
    return row
