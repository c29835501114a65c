"""One pass over all pairs: the best candidates of each row, and a bound for all that are not among them."""

from dataclasses import dataclass, field

import numpy as np

from partnerships.rounds import Stage
from partnerships.rounds.network import Network, Watch

POOL = 4096  # candidates of a row, about; others are scored again where the bound does not rule them out
SAMPLE = 512  # scores of a country, at least, from which the threshold is estimated


@dataclass
class Candidates:
    """``columns`` and ``scores``: of each row its candidates, by rising column, as views of the ``pieces``.

    ``outside``: of each row the best score beyond them in each country (-1: none). ``allowed``: all columns, as bits.
    ``pieces``: for each block its rows, the columns and scores of their candidates, and how many each row has.
    """

    width: int
    outside: np.ndarray
    allowed: np.ndarray
    columns: list[np.ndarray] = field(default_factory=list)
    scores: list[np.ndarray] = field(default_factory=list)
    pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def allowed_of(self, row: int) -> np.ndarray:
        """Whether each column is allowed for the row."""
        return np.unpackbits(self.allowed[row], count=self.width).view(bool)

    def keep(self, rows: np.ndarray, block: np.ndarray, is_kept: np.ndarray) -> None:
        columns = [np.flatnonzero(line) for line in is_kept]
        counts = np.array([len(each) for each in columns])
        scores = np.concatenate([line[each] for line, each in zip(block, columns, strict=True)])
        piece = rows, np.concatenate(columns).astype(np.int32), scores, counts
        self.pieces.append(piece)
        ends = np.cumsum(counts)[:-1]
        self.columns += np.split(piece[1], ends)
        self.scores += np.split(scores, ends)


def read_candidates(network: Network, watch: Watch) -> Candidates:
    outside = np.full((network.rows, len(network.quotas)), -1, dtype=np.int64)
    found = Candidates(
        network.columns, outside, np.zeros((network.rows, (network.columns + 7) // 8), dtype=np.uint8)
    )
    shares = shares_of(network) if network.columns > POOL else []
    for rows in network.blocks():
        watch.at(Stage.SCORES, rows[0] / network.rows)
        block = network.block(rows)
        is_allowed = block >= 0
        found.allowed[rows] = np.packbits(is_allowed, axis=1)
        is_kept = best_of(block, shares) if shares else is_allowed
        found.keep(rows, block, is_kept)
        if shares:
            rest = block | -is_kept.astype(block.dtype)  # what is kept becomes -1
            outside[np.ix_(rows, network.present)] = np.maximum.reduceat(rest, network.starts, axis=1)
    watch.at(Stage.SCORES, 1.0)
    return found


def shares_of(network: Network) -> list[tuple[int, int, int]]:
    """(first column, end, candidates of a row) of each country.

    No country is asked for more pairs than its quota, so those with small ones need not crowd out the others.
    """
    ends = [*network.starts[1:].tolist(), network.columns]
    most = np.minimum(network.quotas[network.present], network.row_capacity.sum()) + 1
    share = np.maximum(POOL * most // most.sum(), 1)
    return list(zip(network.starts.tolist(), ends, share.tolist(), strict=True))


def best_of(block: np.ndarray, shares: list[tuple[int, int, int]]) -> np.ndarray:
    """Whether each pair is among the best of its row and country, by a threshold that a sample tells."""
    is_kept = np.empty(block.shape, dtype=bool)
    for start, end, share in shares:
        scores = block[:, start:end]
        sample = scores[:, :: max((end - start) // SAMPLE, 1)]
        rank = max(int(sample.shape[1] * (1 - share / (end - start))), 0)
        threshold = np.partition(sample, rank, axis=1)[:, rank]
        np.greater_equal(scores, np.maximum(threshold, 0)[:, None], out=is_kept[:, start:end])
    for place in np.flatnonzero(is_kept.sum(axis=1) > 2 * POOL).tolist():
        narrow(is_kept[place], block[place])
    return is_kept


def narrow(is_kept: np.ndarray, scores: np.ndarray) -> None:
    """Far too many share the score of the threshold, or the sample misled: the first POOL stay, the best first."""
    columns = np.flatnonzero(is_kept)
    is_kept[columns[np.argsort(-scores[columns].astype(np.int32), kind="stable")[POOL:]]] = False


def best_places(numbers: np.ndarray, most: int) -> np.ndarray:
    """Places of the greatest numbers, in rising order."""
    if len(numbers) <= most:
        return np.arange(len(numbers))
    return np.sort(np.argpartition(-numbers, most - 1)[:most])
