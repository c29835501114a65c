"""Columns of both sides as bytes and back, so that a fresh worker need not read all members: numpy's own form of each
array (nothing that runs code when it is read) and JSON of the tables, in an archive behind its digest. Pure."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from partnerships.bit_columns import Bits
from partnerships.kept_profiles import kept_names, names_of
from partnerships.line_columns import LineColumns, LineTables
from partnerships.profile_columns import Class, ProfileColumns, Tables

# One more whenever the columns are others, or mean something else: what an older portal kept is read by nobody then.
FORMAT = 1
SIDES = {True: "ukraine", False: "elsewhere"}
LINES = ("needs", "offers")
# More takes five times as long, for a tenth less.
LEVEL = 1
DIGEST = hashlib.sha256().digest_size


class Damaged(Exception):
    """The bytes are not those that were kept."""


def packed(sides: Mapping[bool, ProfileColumns]) -> bytes:
    """:param sides: by whether they are in Ukraine"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for is_ukrainian, side in SIDES.items():
            columns = sides[is_ukrainian]
            archive.writestr(f"{side}.json", json.dumps(_kept_tables(columns.tables)))
            for name, array in _arrays(columns):
                with archive.open(f"{side}/{name}.npy", "w") as file:
                    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return hashlib.sha256(buffer.getbuffer()).digest() + buffer.getvalue()


def unpacked(data: bytes) -> dict[bool, ProfileColumns]:
    """:raises Damaged: cut short, or not what `packed` made"""
    archive_bytes = memoryview(data)[DIGEST:]
    if hashlib.sha256(archive_bytes).digest() != bytes(data[:DIGEST]):
        raise Damaged
    with zipfile.ZipFile(io.BytesIO(archive_bytes)) as archive:
        return {is_ukrainian: _columns(archive, side) for is_ukrainian, side in SIDES.items()}


def _arrays(columns: ProfileColumns) -> Iterator[tuple[str, np.ndarray]]:
    yield from columns.arrays().items()
    for lines in LINES:
        for name, array in getattr(columns, lines).columns.items():
            yield f"{lines}.{name}", array


def _columns(archive: zipfile.ZipFile, side: str) -> ProfileColumns:
    tables = _tables(json.loads(archive.read(f"{side}.json")))
    arrays: dict[str, np.ndarray] = {}
    for name in archive.namelist():
        if name.startswith(f"{side}/"):
            key = name.removeprefix(f"{side}/").removesuffix(".npy")
            arrays[key] = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
    plain = {name: array for name, array in arrays.items() if "." not in name}
    lines = {
        kind: LineColumns(
            getattr(tables, kind),
            {
                name.removeprefix(f"{kind}."): array
                for name, array in arrays.items()
                if name.startswith(f"{kind}.")
            },
        )
        for kind in LINES
    }
    return ProfileColumns(tables=tables, **plain, **lines)


# --- Tables: only their values, in order ------------------------------------------------------------------------


def _kept_tables(tables: Tables) -> dict[str, Any]:
    return {
        "classes": [[each.kind, each.step, each.country] for each in tables.classes],
        "regions": [list(each) for each in tables.regions],
        "spoken": [sorted(each) for each in tables.spoken],
        "musts": [[sorted(codes) for codes in each] for each in tables.musts],
        "sectors": list(tables.sectors.place),
        "needs": _kept_lines(tables.needs),
        "offers": _kept_lines(tables.offers),
    }


def _kept_lines(tables: LineTables) -> dict[str, Any]:
    return {
        "templates": list(tables.templates),
        "codes": [list(each) for each in tables.codes],
        "specs": [[list(pair) for pair in each] for each in tables.specs],
        "names": [kept_names(each) for each in tables.names],
    }


def _tables(values: Mapping[str, Any]) -> Tables:
    sectors = Bits()
    sectors.place = _numbered(values["sectors"])
    return Tables(
        classes=_numbered(Class(*each) for each in values["classes"]),
        regions=_numbered((code, is_ukrainian) for code, is_ukrainian in values["regions"]),
        spoken=_numbered(map(frozenset, values["spoken"])),
        musts=_numbered(tuple(map(frozenset, each)) for each in values["musts"]),
        sectors=sectors,
        needs=_lines(values["needs"]),
        offers=_lines(values["offers"]),
    )


def _lines(values: Mapping[str, Any]) -> LineTables:
    return LineTables(
        templates=_numbered(values["templates"]),
        codes=_numbered(((kind, value) for kind, value in values["codes"]), first=1),
        specs=_numbered(tuple((name, value) for name, value in each) for each in values["specs"]),
        names=_numbered(map(names_of, values["names"])),
    )


def _numbered(values: Iterable, first: int = 0) -> dict:
    return {value: number for number, value in enumerate(values, first)}
