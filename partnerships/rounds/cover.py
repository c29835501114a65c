"""The first objective: as many rows with a partner as possible, by augmenting paths, and the cut that proves it."""

from dataclasses import dataclass

import numpy as np

from partnerships.rounds import Stage
from partnerships.rounds.candidates import Candidates
from partnerships.rounds.greedy import Taken
from partnerships.rounds.network import Network, Watch


@dataclass
class Cover:
    """``partner``: a column for each row, -1 for who cannot have one. The other three are prices of 0 or 1.

    The prices prove the cover: each pair that is allowed is paid for by its row, its column or its country, and all
    prices together cost as much as rows are covered.
    """

    partner: np.ndarray
    of_row: np.ndarray
    of_column: np.ndarray
    of_country: np.ndarray

    @property
    def covered(self) -> int:
        return int((self.partner >= 0).sum())


class Search:
    """Looks for a way to a partner for one row after the other. A row that leaves its partner lets another one in.

    What a search without success has reached leads nowhere for later ones either, so nothing is looked at twice.
    """

    def __init__(self, network: Network, candidates: Candidates, start: Taken) -> None:
        self.network, self.candidates = network, candidates
        self.partner = np.full(network.rows, -1, dtype=np.int64)
        self.used = np.zeros(network.columns, dtype=np.int64)
        self.used_country = np.zeros(len(network.quotas), dtype=np.int64)
        for row, column in start.pairs:
            if self.partner[row] < 0:
                self.move(row, column)
        self.seen_row = np.zeros(network.rows, dtype=bool)
        self.seen_column = np.zeros(network.columns, dtype=bool)
        self.seen_country = np.zeros(len(network.quotas), dtype=bool)

    def move(self, row: int, column: int) -> None:
        """The row gets this column instead of the one it has."""
        for place, change in ((self.partner[row], -1), (column, 1)):
            if place >= 0:
                self.used[place] += change
                self.used_country[self.network.country[place]] += change
        self.partner[row] = column

    def from_row(self, root: int) -> bool:
        """Whether the row got a partner. If not, all that was reached stays marked as seen."""
        before = self.seen_row.copy(), self.seen_column.copy(), self.seen_country.copy()
        came: dict[int, tuple[int, int]] = {}  # row → (who takes, which column) when the row leaves its own
        self.seen_row[root] = True
        queue = [root]
        for row in queue:
            new = self.candidates.allowed_of(row) & ~self.seen_column
            columns = np.flatnonzero(new)
            has_place = self.used[columns] < self.network.column_capacity[columns]
            country = self.network.country[columns]
            has_quota = self.used_country[country] < self.network.quotas[country]
            ends = columns[has_place & has_quota]
            if len(ends):
                self.shift(row, int(ends[0]), came)
                self.seen_row, self.seen_column, self.seen_country = before
                return True
            self.seen_column |= new
            queue += self.leavers(row, columns, has_place, came)
        return False

    def leavers(
        self, row: int, columns: np.ndarray, has_place: np.ndarray, came: dict[int, tuple[int, int]]
    ) -> list[int]:
        """Rows whose leaving would let the row in: those at a full column, or in a country whose quota is used up."""
        takes = dict.fromkeys(columns[~has_place].tolist())
        opened = {}
        for column in columns[has_place].tolist():
            country = int(self.network.country[column])
            if not self.seen_country[country]:
                self.seen_country[country] = True
                opened[country] = column
        found = []
        for other in np.flatnonzero((self.partner >= 0) & ~self.seen_row).tolist():
            column = int(self.partner[other])
            into = column if column in takes else opened.get(int(self.network.country[column]), -1)
            if into >= 0:
                self.seen_row[other] = True
                came[other] = (row, into)
                found.append(other)
        return found

    def shift(self, row: int, column: int, came: dict[int, tuple[int, int]]) -> None:
        self.move(row, column)
        while row in came:
            row, column = came[row]
            self.move(row, column)


def best_cover(network: Network, candidates: Candidates, start: Taken, watch: Watch) -> Cover:
    search = Search(network, candidates, start)
    waiting = np.flatnonzero(search.partner < 0).tolist()
    for number, row in enumerate(waiting):
        watch.at(Stage.COVER, number / len(waiting))
        if not search.seen_row[row]:
            search.from_row(row)
    watch.at(Stage.COVER, 1.0)
    is_full = search.used == network.column_capacity
    of_column = search.seen_column & is_full & ~search.seen_country[network.country]
    return Cover(
        search.partner,
        (~search.seen_row).astype(np.int64),
        of_column.astype(np.int64),
        search.seen_country.astype(np.int64),
    )
