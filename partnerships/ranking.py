"""`partnerships.matching` over all candidates at once, in numpy: the same points, tenth for tenth.

Columns are made once and asked many times: for one member (`best`), or for a block of sides of a round (`block`).
Import this module where it is needed and not at the top of a page: numpy doubles the time a web process takes to start.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import numpy as np

from partnerships.bit_columns import in_common, numbered
from partnerships.choosing import SIZE, chosen, seats, tiebreak
from partnerships.known_ties import KnownTies, share_border
from partnerships.learnt import STEPS_OF_RADIUS
from partnerships.line_columns import exact
from partnerships.match_parts import (
    FULL,
    LANGUAGES_IN_COMMON,
    NEEDS_FOR_FULL,
    PARTNER_ATTENTION,
    SECTORS_IN_COMMON,
    SECTORS_OF_OFFERS,
    Part,
    Weights,
    level_share,
    share_for,
    size_share,
    size_step,
    unit_vector,
)
from partnerships.matching import Profile, allows, attention_points, capacity_points, first_points
from partnerships.profile_columns import Musts, ProfileColumns
from partnerships.tie_columns import TieColumns

# So many rows at a time: what is counted on the way stays in the cache of the processor.
BLOCK = 32768
# Lower than any score: may not be proposed.
NEVER = -1
# To find the best without sorting: every so-manieth score is looked at first.
SAMPLE = 64


def _asking(musts: Musts) -> Profile:
    countries, languages, sectors = musts
    return Profile(0, must_countries=countries, must_languages=languages, must_sectors=sectors)


class Columns:
    """All candidates of one side, and what each part is worth. Rows are those of ``rows``; no result depends on their
    order."""

    def __init__(self, rows: ProfileColumns, known: KnownTies, weights: Weights, today: date) -> None:
        self.rows, self.known, self.weights, self.today = rows, known, weights, today
        self.keys, self.never, self.klass, self.speaks = rows.keys, rows.never, rows.klass, rows.speaks
        self.sectors, self.offered, self.sector_bits = rows.sectors, rows.offered, rows.tables.sectors
        self.needs, self.offers = rows.needs, rows.offers
        self.x, self.y, self.z = rows.vectors
        self.classes, self.spoken = list(rows.tables.classes), list(rows.tables.spoken)
        self.kinds, self.class_kind = numbered(each.kind for each in self.classes)
        self.countries, self.class_country = numbered(each.country for each in self.classes)
        sizes = [("UA" if each.country == "UA" else "", each.step) for each in self.classes]
        self.sizes, self.class_size = numbered(sizes)
        self.size_points: dict[tuple[str, int | None], np.ndarray] = {}
        self.nowhere = np.flatnonzero(~rows.located)
        self.never_rows = np.flatnonzero(rows.never)
        self.musts, self.asking = list(rows.tables.musts), np.flatnonzero(rows.must)
        self.ties = TieColumns(rows, known, weights)
        self.own = self._own_columns()
        # As a side in Ukraine sees them.
        self.own_abroad = self.own + self._twinning_columns()
        self.distance_points = self._points(Part.DISTANCE, weights.learnt.distances)
        self.sector_points = self._counted(Part.SECTORS, SECTORS_IN_COMMON)
        self.experience_points = self._counted(Part.EXPERIENCE, SECTORS_OF_OFFERS)
        self.shares = np.zeros(len(rows), np.int32)
        self.needs_points = self._points(Part.NEEDS, range(FULL + 1))

    def _own_columns(self) -> np.ndarray:
        """What a side earns by itself, whoever the other is."""
        rows, weights = self.rows, self.weights
        rooms = [capacity_points(Profile(0, room=room), weights) for room in (None, 0, 1)]
        firsts = [first_points(Profile(0, never_partnered=never), weights) for never in (False, True)]
        loads, load = np.unique(rows.proposed + PARTNER_ATTENTION * rows.partners, return_inverse=True)
        attention = [attention_points(Profile(0, proposed=each), weights) for each in loads.tolist()]
        own = np.array(rooms, np.int16)[rows.room + 1]
        own += np.array(firsts, np.int16)[rows.never.view(np.int8)]
        own += np.array(attention, np.int16)[load]
        return own

    def _twinning_columns(self) -> np.ndarray:
        """What the other side of a pair with one in Ukraine earns by its twinnings."""
        of_place = self.weights.learnt.of_place
        points = np.full(len(self), self.weights.earned(Part.TWINNINGS, of_place(0)), np.int16)
        counts = self.known.all_abroad()
        for there, count in zip(self.rows.rows_at(counts), counts.values(), strict=True):
            points[there] = self.weights.earned(Part.TWINNINGS, of_place(count))
        is_ours = np.array([country == "UA" for country in self.countries], bool)
        points[is_ours[self.class_country[self.klass]]] = 0
        return points

    def _own_points(self, one: Profile) -> int:
        """As `_own_columns` has it."""
        return sum(points(one, self.weights) for points in (capacity_points, first_points, attention_points))

    def _twinning_points(self, one: Profile) -> int:
        if one.country == "UA":
            return 0
        known = self.known.abroad_of(one.spot.key)
        return self.weights.earned(Part.TWINNINGS, self.weights.learnt.of_place(known))

    def __len__(self) -> int:
        return len(self.rows)

    # --- Points ---------------------------------------------------------------------------------------------

    def scores(self, one: Profile) -> np.ndarray:
        """The total of each row with ``one``, in tenths. Symmetric: it does not matter who is which side."""
        total = np.empty(len(self), np.int16)
        is_ukrainian, of_regions = one.country == "UA", self.ties.of_regions(one)
        own = self.own_abroad if is_ukrainian else self.own
        looked_up = [
            (self._class_points(one), self.klass),
            (self._language_points(one), self.speaks),
            (of_regions if is_ukrainian else of_regions + self.ties.of_oblasts(one), self.ties.region),
        ]
        for start in range(0, len(self), BLOCK):
            rows = slice(start, start + BLOCK)
            part = self._counted_points(one, rows)
            part += own[rows]
            for table, column in looked_up:
                part += table[column[rows]]
            if one.lat is not None:
                part += self._distances(one, rows)
            total[rows] = part
        unknown = self.weights.earned(Part.DISTANCE, self.weights.learnt.unknown_distance)
        total[slice(None) if one.lat is None else self.nowhere] += unknown
        for found, points in (self.ties.beyond(one, of_regions), self._needs(one)):
            total[found] += points
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
        earned = self.weights.earned
        levels = [earned(Part.LEVEL, level_share(one.kind, kind)) for kind in self.kinds]
        shared = [FULL if share_border(one.country, country) else 0 for country in self.countries]
        points = np.array(levels, np.int16)[self.class_kind] + self._own_points(one)
        of_country = self._points(Part.BORDER, shared) + self._of_countries(one)
        points += of_country[self.class_country]
        points += self._of_sizes(one)[self.class_size]
        return points

    def _of_countries(self, one: Profile) -> np.ndarray:
        """By country: points for its twinnings with Ukraine, or for those of ``one`` where that is elsewhere. What
        depends on the oblast of a row says `TieColumns.of_oblasts`."""
        if one.country != "UA":
            ours = self._twinning_points(one)
            return np.array([ours if country == "UA" else 0 for country in self.countries], np.int16)
        of_country = self.ties.country_points
        points = [0 if country == "UA" else of_country(country, one.region) for country in self.countries]
        return np.array(points, np.int16)

    def _of_sizes(self, one: Profile) -> np.ndarray:
        """By size; counted once for each size of ``one``."""
        size = ("UA" if one.country == "UA" else "", size_step(one.population))
        if size not in self.size_points:
            shares = (size_share(self.weights.learnt, size, other) for other in self.sizes)
            self.size_points[size] = self._points(Part.SIZE, shares)
        return self.size_points[size]

    def _counted_points(self, one: Profile, rows: slice) -> np.ndarray:
        """For sectors in common, and for offers in sectors of interest."""
        ours, gives = self.sector_bits.masks(one.sectors), self.sector_bits.masks(one.offer_sectors)
        points = self.sector_points[in_common(self.sectors, ours, rows)]
        offers = in_common(self.offered, ours, rows)
        offers += in_common(self.sectors, gives, rows)
        points += self.experience_points[offers]
        return points

    def _counted(self, part: Part, table: Sequence[int]) -> np.ndarray:
        """Points for each count that a byte can hold."""
        return np.pad(self._points(part, table), (0, 256 - len(table)), "edge")

    def _language_points(self, one: Profile) -> np.ndarray:
        shares = (share_for(len(one.languages & each), LANGUAGES_IN_COMMON) for each in self.spoken)
        return self._points(Part.LANGUAGES, shares)

    def _distances(self, one: Profile, rows: slice) -> np.ndarray:
        """In the order of `matching`, so that every rounding is the same; doubling is exact, so it is done before. Rows
        without coordinates lie a quarter of the globe away, which earns nothing."""
        x, y, z = unit_vector(one.lat, one.lon)
        chord = self.x[rows] * (-2.0 * x)
        chord += self.y[rows] * (-2.0 * y)
        chord += self.z[rows] * (-2.0 * z)
        chord += 2.0
        np.maximum(chord, 0.0, out=chord)
        np.sqrt(chord, out=chord)
        chord *= STEPS_OF_RADIUS
        return self.distance_points[chord.astype(np.intp)]

    def _needs(self, one: Profile) -> tuple[np.ndarray, np.ndarray]:
        """Rows of which needs are met, or that meet needs, and the points for it."""
        shares = self.shares
        for ask in one.needs:
            if ask.open > 0:
                self._meet(ask.item, exact(ask.open, ask.item.unit), shares)
        if one.offers:
            self._be_met(one, shares)
        rows = np.flatnonzero(shares != 0)
        capped = np.minimum(shares[rows], NEEDS_FOR_FULL * FULL) // NEEDS_FOR_FULL
        shares[rows] = 0  # for the next one
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
        lines = np.flatnonzero(given != 0)
        np.add.at(shares, needs.row[lines], _share(given[lines], needs.amount[lines]))

    # --- The best -------------------------------------------------------------------------------------------

    def best(self, one: Profile, without: Collection[int] = (), size: int = SIZE) -> list[tuple[int, bool]]:
        """Rows of the best candidates for ``one``, best first, each with whether it has but a seat that is kept for
        those that never had a partner.

        :param without: keys of rows that must not be proposed; rows that either side's must-haves rule out are left
            out anyway, and ``one`` itself too
        """
        totals = self.scores(one)
        left_out = self.ruled_out(one, without)
        totals[left_out] = NEVER
        allowed = len(self) - len(left_out)
        never = len(self.never_rows) - int(self.never[left_out].sum())
        kept = seats(size, never, allowed)
        rows = self._top(one, totals, None, size)
        if self.never[rows].sum() < min(kept, never):
            rows = np.union1d(rows, self._top(one, totals, self.never_rows, kept))
        entries = [(int(self.keys[row]), int(totals[row]), bool(self.never[row])) for row in rows]
        row_of = {key: int(row) for row, (key, _points, _never) in zip(rows, entries, strict=True)}
        picked = chosen(one.key, entries, size=size, kept=kept)
        return [(row_of[key], is_kept) for key, is_kept in picked]

    def counts(self, one: Profile, without: Collection[int] = ()) -> tuple[int, int]:
        """How many may be proposed to ``one``, and how many of them never had a partner."""
        left_out = self.ruled_out(one, without)
        return len(self) - len(left_out), len(self.never_rows) - int(self.never[left_out].sum())

    def ruled_out(self, one: Profile, without: Collection[int]) -> np.ndarray:
        """Rows not to be proposed to ``one``: itself, ``without`` (keys), and where must-haves of a side fail."""
        out = np.zeros(len(self), bool)
        refuses = np.array([not allows(_asking(must), one) for must in self.musts], bool)
        out[self.asking] = refuses[self.rows.must[self.asking]]
        if one.must_countries or one.must_languages or one.must_sectors:
            out |= self._unfit_for(one)
        out[self.rows.rows_of([*without, one.key])] = True
        return np.flatnonzero(out)

    def _unfit_for(self, one: Profile) -> np.ndarray:
        out = np.zeros(len(self), bool)
        if one.must_countries:
            fit = np.array([country in one.must_countries for country in self.countries], bool)
            out |= ~fit[self.class_country[self.klass]]
        if one.must_languages:
            fit = np.array([bool(each & one.must_languages) for each in self.spoken], bool)
            out |= ~fit[self.speaks]
        if one.must_sectors:
            masks = self.sector_bits.masks(one.must_sectors)
            out |= in_common(self.sectors, masks, slice(None)) == 0
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
    """Positions of the ``size`` highest scores, and of all that equal the lowest of them; of few, all. Finds a
    threshold in a sample first: one comparison of all is much cheaper than putting all in order."""
    sample = np.sort(scores[::SAMPLE])
    rank = 2 * (size // SAMPLE + 1)
    while rank < len(sample):
        found = np.flatnonzero(scores >= sample[-rank])
        if len(found) >= size:
            there = scores[found]
            return found[there >= np.partition(there, -size)[-size]]
        rank *= 2
    return np.arange(len(scores))


def _share(given: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Thousandths of needs, as `matching.Met.share` has them."""
    if len(whole) and int(whole.max()) > (2**63 - 1) // FULL:
        exact_shares = [max(1, FULL * int(g) // int(w)) for g, w in zip(given, whole, strict=True)]
        return np.array(exact_shares, np.int32)
    return np.maximum(1, FULL * given // np.maximum(whole, 1)).astype(np.int32)
