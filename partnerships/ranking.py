"""`partnerships.matching` over all candidates at once, in numpy: the same points, tenth for tenth.

Columns are made once and asked many times: for one member (`best`), or for a block of sides of a round (`block`).
Import this module where it is needed and not at the top of a page: numpy doubles the time a web process takes to start.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from partnerships.choosing import SIZE, chosen, seats, tiebreak
from partnerships.known_ties import BORDERS, Grid, KnownTies, share_border
from partnerships.line_columns import LineColumns, exact
from partnerships.match_parts import (
    DISTANCES,
    EARTH_KM,
    FULL,
    LANGUAGES_IN_COMMON,
    NEEDS_FOR_FULL,
    SECTORS_IN_COMMON,
    SECTORS_OF_OFFERS,
    STEP_KM,
    TIES_OF_REGIONS,
    UNKNOWN,
    Part,
    Weights,
    level_share,
    share_for,
    size_share,
    size_step,
    ties_share,
    unit_vector,
)
from partnerships.matching import Profile, allows, attention_points, capacity_points, first_points

WORD = 64
# Lower than any score: may not be proposed.
NEVER = -1
# To find the best without sorting: every so-manieth score is looked at first.
SAMPLE = 64


class Bits:
    """Codes as bits of words of 64."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.place = {code: n for n, code in enumerate(sorted(set(codes)))}
        self.words = max(1, -(-len(self.place) // WORD))

    def column(self, sets: Sequence[Collection[str]]) -> list[np.ndarray]:
        words = [np.zeros(len(sets), np.uint64) for _ in range(self.words)]
        for row, codes in enumerate(sets):
            for n, mask in enumerate(self.masks(codes)):
                words[n][row] = mask
        return words

    def masks(self, codes: Collection[str]) -> list[int]:
        """What is not among the codes that the columns know cannot be in common."""
        masks = [0] * self.words
        for code in codes:
            if code in self.place:
                masks[self.place[code] // WORD] |= 1 << (self.place[code] % WORD)
        return masks


def in_common(column: list[np.ndarray], masks: Sequence[int]) -> np.ndarray | int:
    """How many codes each row shares with ``masks``; words without any are not read."""
    counts = [
        np.bitwise_count(np.bitwise_and(word, np.uint64(mask)))
        for word, mask in zip(column, masks, strict=True)
        if mask
    ]
    return sum(counts[1:], counts[0]) if counts else 0


@dataclass(frozen=True)
class Class:
    """What rows have in common that differ in no part with a small table: points are looked up by it."""

    kind: str
    step: int | None
    country: str


def _class_of(profile: Profile) -> Class:
    has_border = any(profile.country in (country, *others) for country, others in BORDERS.items())
    return Class(profile.kind, size_step(profile.population), profile.country if has_border else "")


class Columns:
    """All candidates of one side. Rows keep the order of ``profiles``; no result depends on it."""

    def __init__(self, profiles: Sequence[Profile], known: KnownTies, weights: Weights, today: date) -> None:
        self.profiles, self.known, self.weights, self.today = profiles, known, weights, today
        self.keys = np.array([each.key for each in profiles], np.int64)
        self.row_of = {each.key: row for row, each in enumerate(profiles)}
        self.sector_bits = Bits(code for each in profiles for code in (*each.sectors, *each.offer_sectors))
        self.language_bits = Bits(code for each in profiles for code in each.languages)
        self.sectors = self.sector_bits.column([each.sectors for each in profiles])
        self.offered = self.sector_bits.column([each.offer_sectors for each in profiles])
        self.own = np.array([self._own_points(each) for each in profiles], np.int16)
        self.classes, self.klass = self._numbered([_class_of(each) for each in profiles])
        self.spoken, self.speaks = self._numbered([each.languages for each in profiles])
        self.regions, self.region = self._numbered([each.region for each in profiles])
        self._places()
        self.never = np.array([each.never_partnered for each in profiles], bool)
        self.never_rows = np.flatnonzero(self.never)
        self.asking = [
            row
            for row, each in enumerate(profiles)
            if each.must_countries or each.must_languages or each.must_sectors
        ]

    @staticmethod
    def _numbered(values: Sequence) -> tuple[list, np.ndarray]:
        numbers: dict = {}
        column = [numbers.setdefault(value, len(numbers)) for value in values]
        kind = np.uint16 if len(numbers) < 2**16 else np.uint32
        return list(numbers), np.array(column, kind)

    def _own_points(self, profile: Profile) -> int:
        """What a side earns by itself, whoever the other is."""
        return sum(
            points(profile, self.weights) for points in (capacity_points, first_points, attention_points)
        )

    def _places(self) -> None:
        """Unit vectors; what has no coordinates is told by `somewhere`."""
        located = [each.lat is not None for each in self.profiles]
        vectors = np.zeros((3, len(self.profiles)))
        for row, each in enumerate(self.profiles):
            if located[row]:
                vectors[:, row] = unit_vector(each.lat, each.lon)
        self.x, self.y, self.z = vectors
        self.nowhere = np.flatnonzero(~np.array(located, bool))
        self.distance_points = self._points(Part.DISTANCE, DISTANCES)
        self.needs_points = self._points(Part.NEEDS, range(FULL + 1))

    def __len__(self) -> int:
        return len(self.profiles)

    @cached_property
    def rows_at(self) -> dict[int | str, list[int]]:
        rows: dict[int | str, list[int]] = {}
        for row, each in enumerate(self.profiles):
            rows.setdefault(each.spot.key, []).append(row)
        return rows

    @cached_property
    def grid(self) -> Grid:
        return Grid({each.spot.key: each.spot for each in self.profiles if each.lat is not None}.values())

    @cached_property
    def needs(self) -> LineColumns:
        return LineColumns(
            (row, ask.item, ask.open)
            for row, each in enumerate(self.profiles)
            for ask in each.needs
            if ask.open > 0
        )

    @cached_property
    def offers(self) -> LineColumns:
        return LineColumns(
            (row, give.item, give.quantity) for row, each in enumerate(self.profiles) for give in each.offers
        )

    # --- Points ---------------------------------------------------------------------------------------------

    def scores(self, one: Profile) -> np.ndarray:
        """The total of each row with ``one``, in tenths. Symmetric: it does not matter who is which side."""
        total = self._class_points(one)[self.klass]
        total += self.own
        total += self._common(
            self.sectors, self.sector_bits.masks(one.sectors), Part.SECTORS, SECTORS_IN_COMMON
        )
        total += self._experience(one)
        total += self._language_points(one)[self.speaks]
        total += self._distances(one)
        of_regions = self._region_points(one)
        total += of_regions[self.region]
        for rows, points in (self._ties(one, of_regions), self._needs(one)):
            total[rows] += points
        return total

    def block(self, lefts: Sequence[Profile]) -> np.ndarray:
        """Totals in tenths, one line for each of ``lefts``, one column for each row."""
        totals = np.empty((len(lefts), len(self)), np.int16)
        for n, left in enumerate(lefts):
            totals[n] = self.scores(left)
        return totals

    def _points(self, part: Part, shares: Iterable[int]) -> np.ndarray:
        return np.array([self.weights.earned(part, share) for share in shares], np.int16)

    def _class_points(self, one: Profile) -> np.ndarray:
        earned, step = self.weights.earned, size_step(one.population)
        return self._own_points(one) + np.array(
            [
                earned(Part.SIZE, size_share(step, each.step))
                + earned(Part.LEVEL, level_share(one.kind, each.kind))
                + earned(Part.BORDER, FULL if share_border(one.country, each.country) else 0)
                for each in self.classes
            ],
            np.int16,
        )

    def _common(self, column, masks, part: Part, table: Sequence[int]) -> np.ndarray | int:
        counts = in_common(column, masks)
        return self._points(part, table)[np.minimum(counts, len(table) - 1)]

    def _experience(self, one: Profile) -> np.ndarray | int:
        theirs = in_common(self.offered, self.sector_bits.masks(one.sectors))
        ours = in_common(self.sectors, self.sector_bits.masks(one.offer_sectors))
        table = self._points(Part.EXPERIENCE, SECTORS_OF_OFFERS)
        return table[np.minimum(theirs + ours, len(table) - 1)]

    def _language_points(self, one: Profile) -> np.ndarray:
        shares = (share_for(len(one.languages & each), LANGUAGES_IN_COMMON) for each in self.spoken)
        return self._points(Part.LANGUAGES, shares)

    def _distances(self, one: Profile) -> np.ndarray | int:
        unknown = self.weights.earned(Part.DISTANCE, UNKNOWN)
        if one.lat is None:
            return unknown
        x, y, z = unit_vector(one.lat, one.lon)
        # In the order of `matching`, so that every rounding is the same.
        chord = self.x * x
        chord += self.y * y
        chord += self.z * z
        chord *= -2.0
        chord += 2.0
        np.maximum(chord, 0.0, out=chord)
        np.sqrt(chord, out=chord)
        chord *= EARTH_KM
        chord /= STEP_KM
        np.minimum(chord, len(DISTANCES) - 1, out=chord)
        points = self.distance_points[chord.astype(np.int16)]
        points[self.nowhere] = unknown
        return points

    def _region_points(self, one: Profile) -> np.ndarray:
        """Of the ties between regions alone; what rows have beyond comes from `_ties`."""
        counts = (
            self.known.regions[frozenset((one.region, region))] if one.region and region else 0
            for region in self.regions
        )
        return self._points(Part.TIES, (share_for(count, TIES_OF_REGIONS) for count in counts))

    def _ties(self, one: Profile, of_regions: np.ndarray) -> tuple[list[int], np.ndarray]:
        """Rows with a tie of neighbours, an earlier link, or a partnership of their own with ``one``, and what they get
        beyond the points of their region."""
        known, spot = self.known, one.spot
        places = set(known.linked.get(spot.key, ()))
        for ends in known.links_near(spot).values():
            for end in ends:
                places.update(near.key for near in self.grid.near(end))
                places.add(end.key)
        rows = {row for place in places for row in self.rows_at.get(place, ())}
        rows.update(self.row_of[key] for key in known.earlier_of(one.key) if key in self.row_of)
        found = sorted(rows)
        points = [self._tie_points(one, row) - of_regions[self.region[row]] for row in found]
        return found, np.array(points, np.int16)

    def _tie_points(self, one: Profile, row: int) -> int:
        known, other = self.known, self.profiles[row]
        share = ties_share(
            known.of_regions(one.spot, other.spot),
            known.of_neighbours(one.spot, other.spot),
            known.have_earlier_link(one.key, other.key),
        )
        return self.weights.earned(Part.TIES, share)

    def _needs(self, one: Profile) -> tuple[np.ndarray, np.ndarray]:
        """Rows of which needs are met, or that meet needs, and the points for it."""
        shares = np.zeros(len(self), np.int32)
        for ask in one.needs:
            if ask.open > 0:
                self._meet(ask.item, exact(ask.open, ask.item.unit), shares)
        if one.offers:
            self._be_met(one, shares)
        rows = np.flatnonzero(shares)
        capped = np.minimum(shares[rows], NEEDS_FOR_FULL * FULL) // NEEDS_FOR_FULL
        return rows, self.needs_points[capped]

    def _meet(self, item, whole: int, shares: np.ndarray) -> None:
        """What the offers of each row cover of one need."""
        lines = self.offers.fitting(item, is_need=True, today=self.today)
        rows, given = self.offers.summed(lines, whole)
        shares[rows] += _share(given, np.full(len(rows), whole))

    def _be_met(self, one: Profile, shares: np.ndarray) -> None:
        """What the offers of ``one`` cover of the needs of each row."""
        needs = self.needs
        given = np.zeros(len(needs.amount), np.int64)
        for give in one.offers:
            lines = needs.fitting(give.item, is_need=False, today=self.today)
            amount = exact(give.quantity, give.item.unit)
            # No more than is asked: sums stay small, and nothing beyond it counts.
            given[lines] = np.minimum(given[lines] + min(amount, 2**61), needs.amount[lines])
        lines = np.flatnonzero(given)
        np.add.at(shares, needs.row[lines], _share(given[lines], needs.amount[lines]))

    # --- The best -------------------------------------------------------------------------------------------

    def best(self, one: Profile, without: Collection[int] = (), size: int = SIZE) -> list[tuple[int, bool]]:
        """Rows of the best candidates for ``one``, best first, each with whether it has but a seat that is kept for
        those that never had a partner.

        :param without: keys of rows that must not be proposed; rows that either side's must-haves rule out are left
            out anyway, and ``one`` itself too
        """
        totals = self.scores(one)
        left_out = self._ruled_out(one, without)
        totals[left_out] = NEVER
        allowed = len(self) - len(left_out)
        never = len(self.never_rows) - int(self.never[left_out].sum())
        kept = seats(size, never, allowed)
        rows = self._top(one, totals, None, size)
        if self.never[rows].sum() < min(kept, never):
            rows = np.union1d(rows, self._top(one, totals, self.never_rows, kept))
        entries = [(int(self.keys[row]), int(totals[row]), bool(self.never[row])) for row in rows]
        picked = chosen(one.key, entries, size=size, kept=kept)
        return [(self.row_of[key], is_kept) for key, is_kept in picked]

    def counts(self, one: Profile, without: Collection[int] = ()) -> tuple[int, int]:
        """How many may be proposed to ``one``, and how many of them never had a partner."""
        left_out = self._ruled_out(one, without)
        return len(self) - len(left_out), len(self.never_rows) - int(self.never[left_out].sum())

    def _ruled_out(self, one: Profile, without: Collection[int]) -> np.ndarray:
        rows = {self.row_of[key] for key in (*without, one.key) if key in self.row_of}
        rows.update(row for row in self.asking if not allows(self.profiles[row], one))
        out = np.zeros(len(self), bool)
        if one.must_countries or one.must_languages or one.must_sectors:
            out |= self._unfit_for(one)
        out[list(rows)] = True
        return np.flatnonzero(out)

    def _unfit_for(self, one: Profile) -> np.ndarray:
        out = np.zeros(len(self), bool)
        if one.must_countries:
            out |= np.array([each.country not in one.must_countries for each in self.profiles], bool)
        if one.must_languages:
            fit = np.array([bool(each & one.must_languages) for each in self.spoken], bool)
            out |= ~fit[self.speaks]
        if one.must_sectors:
            out |= np.equal(in_common(self.sectors, self.sector_bits.masks(one.must_sectors)), 0)
        return out

    def _top(self, one: Profile, totals: np.ndarray, among: np.ndarray | None, size: int) -> np.ndarray:
        """Rows of the ``size`` highest totals that may be proposed, those that tie with the last included as far as
        `tiebreak` puts them among the first."""
        scores = totals if among is None else totals[among]
        if not len(scores) or size <= 0:
            return np.empty(0, np.intp)
        rows = at_least(scores, size)
        rows = rows if among is None else among[rows]
        order = sorted(
            rows.tolist(), key=lambda row: (-int(totals[row]), tiebreak(one.key, int(self.keys[row])))
        )
        return np.array([row for row in order[:size] if totals[row] > NEVER], np.intp)


def at_least(scores: np.ndarray, size: int) -> np.ndarray:
    """Positions of a few more than ``size`` of the highest scores, all that equal the lowest of them included. Finds a
    threshold in a sample first: one comparison of all is much cheaper than putting all in order."""
    sample = np.sort(scores[::SAMPLE])
    rank = 2 * (size // SAMPLE + 1)
    while rank < len(sample):
        found = np.flatnonzero(scores >= sample[-rank])
        if len(found) >= size:
            return found
        rank *= 2
    return np.arange(len(scores))


def _share(given: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Thousandths of needs, as `matching.Met.share` has them."""
    if len(whole) and int(whole.max()) > (2**63 - 1) // FULL:
        exact_shares = [max(1, FULL * int(g) // int(w)) for g, w in zip(given, whole, strict=True)]
        return np.array(exact_shares, np.int32)
    return np.maximum(1, FULL * given // np.maximum(whole, 1)).astype(np.int32)
