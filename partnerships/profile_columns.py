"""Profiles of one side as numpy columns with small tables beside them: what they are, whatever is asked of them. No
weights, no ties and no day, so they can be kept and taken up again (`kept_columns`). Read by `partnerships.ranking`."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property

import numpy as np

from partnerships.bit_columns import Bits, numbers
from partnerships.coverage import Item
from partnerships.line_columns import LineColumns, LineTables
from partnerships.match_parts import size_step, unit_vector
from partnerships.matching import Profile

# Stands for a place that is not known; no place has this number.
NOWHERE = -(2**63)
Musts = tuple[frozenset[str], frozenset[str], frozenset[str]]
ASKS_NOTHING: Musts = (frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class Class:
    """What rows have in common that differ in no part with a small table: points are looked up by it."""

    kind: str
    step: int | None
    country: str


@dataclass
class Tables:
    """Value → its number in a column. They only grow."""

    classes: dict[Class, int] = field(default_factory=dict)
    regions: dict[tuple[str, bool], int] = field(default_factory=dict)  # and whether it is in Ukraine
    spoken: dict[frozenset[str], int] = field(default_factory=dict)
    musts: dict[Musts, int] = field(default_factory=lambda: {ASKS_NOTHING: 0})
    sectors: Bits = field(default_factory=Bits)
    needs: LineTables = field(default_factory=LineTables)
    offers: LineTables = field(default_factory=LineTables)


# Of each row one number.
COLUMNS = {
    "keys": np.int64,
    "place": np.int64,
    "lat": np.float64,
    "lon": np.float64,
    "klass": np.intp,
    "region": np.intp,
    "speaks": np.intp,
    "must": np.int32,
    "room": np.int8,  # 1 for any, -1 for not known: more is not asked
    "never": np.bool_,
    "partners": np.int32,
    "proposed": np.int32,
}


@dataclass
class ProfileColumns:
    """Rows keep the order in which they came; nothing that is asked of them depends on it."""

    tables: Tables
    keys: np.ndarray
    place: np.ndarray
    lat: np.ndarray  # NaN where it is not known
    lon: np.ndarray
    klass: np.ndarray
    region: np.ndarray
    speaks: np.ndarray
    must: np.ndarray
    room: np.ndarray
    never: np.ndarray
    partners: np.ndarray
    proposed: np.ndarray
    vectors: np.ndarray  # (3, rows) on the unit globe; zeros where it is not known
    sectors: np.ndarray  # (words, rows), bits of `Tables.sectors`
    offered: np.ndarray
    needs: LineColumns
    offers: LineColumns

    @classmethod
    def of(cls, profiles: Iterable[Profile], tables: Tables | None = None) -> "ProfileColumns":
        profiles = list(profiles)
        tables = tables or Tables()
        tables.sectors.learn(code for each in profiles for code in (*each.sectors, *each.offer_sectors))
        values = {
            "keys": [each.key for each in profiles],
            "place": [NOWHERE if each.place is None else each.place for each in profiles],
            "lat": [np.nan if each.lat is None else each.lat for each in profiles],
            "lon": [np.nan if each.lat is None else each.lon for each in profiles],
            "klass": numbers((_class_of(each) for each in profiles), tables.classes),
            "region": numbers(((each.region, each.country == "UA") for each in profiles), tables.regions),
            "speaks": numbers((each.languages for each in profiles), tables.spoken),
            "must": numbers(map(_musts, profiles), tables.musts),
            "room": [-1 if each.room is None else int(each.room > 0) for each in profiles],
            "never": [each.never_partnered for each in profiles],
            "partners": [each.partners for each in profiles],
            "proposed": [each.proposed for each in profiles],
        }
        return cls(
            tables=tables,
            **{name: np.array(values[name], kind) for name, kind in COLUMNS.items()},
            vectors=_vectors(profiles),
            sectors=tables.sectors.column([each.sectors for each in profiles]),
            offered=tables.sectors.column([each.offer_sectors for each in profiles]),
            needs=LineColumns.of(_asked(profiles), tables.needs),
            offers=LineColumns.of(_given(profiles), tables.offers),
        )

    def changed(self, gone: Collection[int], fresh: Iterable[Profile]) -> "ProfileColumns":
        """Without the rows whose keys are ``gone``, and with ``fresh`` after them. Shares the tables, which grow."""
        stays = ~np.isin(self.keys, np.fromiter(gone, np.int64, len(gone)))
        new = ProfileColumns.of(fresh, self.tables)
        joined = {name: np.concatenate([getattr(self, name)[stays], getattr(new, name)]) for name in COLUMNS}
        return ProfileColumns(
            tables=self.tables,
            **joined,
            vectors=np.concatenate([self.vectors[:, stays], new.vectors], axis=1),
            sectors=_side_by_side(self.sectors[:, stays], new.sectors),
            offered=_side_by_side(self.offered[:, stays], new.offered),
            needs=self.needs.joined(stays, new.needs),
            offers=self.offers.joined(stays, new.offers),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def arrays(self) -> dict[str, np.ndarray]:
        """All but the tables and the lines."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.type is np.ndarray}

    # --- Where somebody is ----------------------------------------------------------------------------------

    @cached_property
    def located(self) -> np.ndarray:
        return ~np.isnan(self.lat)

    @cached_property
    def _by_key(self) -> np.ndarray:
        return np.argsort(self.keys, kind="stable")

    @cached_property
    def _by_place(self) -> np.ndarray:
        return np.argsort(self.place, kind="stable")

    def rows_of(self, keys: Collection[int]) -> np.ndarray:
        """Rows of those of ``keys`` that are here."""
        asked = np.fromiter(keys, np.int64, len(keys))
        if not len(self):
            return np.empty(0, np.intp)
        found = np.minimum(np.searchsorted(self.keys, asked, sorter=self._by_key), len(self) - 1)
        rows = self._by_key[found]
        return rows[self.keys[rows] == asked]

    def shares(self, proposed: Mapping[int, int]) -> np.ndarray:
        """The column ``proposed`` as these would have it, by key."""
        column = np.zeros(len(self), np.int32)
        rows = self.rows_of(proposed)
        column[rows] = [proposed[key] for key in self.keys[rows].tolist()]
        return column

    def rows_at(self, places: Iterable[int | str]) -> list[np.ndarray]:
        """For each key of a `Spot` the rows that are there."""
        places = list(places)
        asked = np.array([each if isinstance(each, int) else NOWHERE for each in places], np.int64)
        ends = [np.searchsorted(self.place, asked, end, sorter=self._by_place) for end in ("left", "right")]
        return [
            self._by_place[low:high] if isinstance(each, int) else self._without_a_place(each)
            for each, low, high in zip(places, *(end.tolist() for end in ends), strict=True)
        ]

    def _without_a_place(self, key: str) -> np.ndarray:
        member = key.removeprefix("member-")
        rows = self.rows_of([int(member)] if member != key else [])
        return rows[self.place[rows] == NOWHERE]

    def spot_key(self, row: int) -> int | str:
        """As `Profile.spot` has it."""
        place = int(self.place[row])
        return f"member-{self.keys[row]}" if place == NOWHERE else place


def _class_of(profile: Profile) -> Class:
    return Class(profile.kind, size_step(profile.population), profile.country)


def _musts(profile: Profile) -> Musts:
    return profile.must_countries, profile.must_languages, profile.must_sectors


def _asked(profiles: Sequence[Profile]) -> Iterator[tuple[int, Item, Decimal]]:
    for row, each in enumerate(profiles):
        yield from ((row, ask.item, ask.open) for ask in each.needs if ask.open > 0)


def _given(profiles: Sequence[Profile]) -> Iterator[tuple[int, Item, Decimal]]:
    for row, each in enumerate(profiles):
        yield from ((row, give.item, give.quantity) for give in each.offers)


def _vectors(profiles: Sequence[Profile]) -> np.ndarray:
    """From Python's sines, not from numpy's, whose last bit may differ from those of `matching`."""
    vectors = np.zeros((3, len(profiles)))
    for row, each in enumerate(profiles):
        if each.lat is not None:
            vectors[:, row] = unit_vector(each.lat, each.lon)
    return vectors


def _side_by_side(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The newer one may have more words."""
    return np.concatenate([np.pad(old, ((0, len(new) - len(old)), (0, 0))), new], axis=1)
