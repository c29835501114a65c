"""One pass over all pairs: the best candidates of each row, and a bound for all that are not among them."""

from dataclasses import dataclass, field

import numpy as np

from partnerships.rounds import Stage
from partnerships.rounds.network import Network, Watch

POOL = (
    4096  # candidates kept of each row, about; the rest is scored again where the bound does not rule it out
)
SAMPLE = 2048


@dataclass
class Candidates:
    """Of each row: candidate columns (rising) and scores; the best score outside of them in each country (-1: none);
    all columns that are allowed, as bits.
    """

    columns: list[np.ndarray] = field(default_factory=list)
    scores: list[np.ndarray] = field(default_factory=list)
    outside: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    allowed: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint8))
    width: int = 0

    def allowed_of(self, row: int) -> np.ndarray:
        """Whether each column is allowed for the row."""
        return np.unpackbits(self.allowed[row], count=self.width).view(bool)


def read_candidates(network: Network, watch: Watch) -> Candidates:
    found = Candidates(width=network.columns)
    found.outside = np.full((network.rows, len(network.quotas)), -1, dtype=np.int64)
    found.allowed = np.zeros((network.rows, (network.columns + 7) // 8), dtype=np.uint8)
    for rows in network.blocks():
        watch.at(Stage.SCORES, rows[0] / network.rows)
        block = network.block(rows)
        found.allowed[rows] = np.packbits(block >= 0, axis=1)
        for row, scores in zip(rows.tolist(), block, strict=True):
            columns = best_of(scores)
            found.columns.append(columns)
            found.scores.append(scores[columns])
            if network.columns > POOL:
                rest = scores.copy()
                rest[columns] = -1
                found.outside[row, network.present] = np.maximum.reduceat(rest, network.starts)
    watch.at(Stage.SCORES, 1.0)
    return found


def best_of(scores: np.ndarray) -> np.ndarray:
    """About POOL columns with the best scores of those that are allowed, rising; all if there are no more.

    The threshold is estimated from a sample; a strict one where too many share the score of the threshold.
    """
    if len(scores) <= POOL:
        return np.flatnonzero(scores >= 0).astype(np.int32)
    sample = scores[:: max(len(scores) // SAMPLE, 1)]
    rank = max(int(len(sample) * (1 - POOL / len(scores))), 0)
    threshold = max(int(np.partition(sample, rank)[rank]), 0)
    columns = np.flatnonzero(scores >= threshold)
    if len(columns) > 2 * POOL:
        better = np.flatnonzero(scores > threshold)
        if len(better) > 2 * POOL:  # the sample misled
            cut = np.partition(scores[better], len(better) - POOL)[len(better) - POOL]
            better = better[scores[better] > cut]
            columns = better
        else:
            level = columns[scores[columns] == threshold][: max(POOL - len(better), 0)]
            columns = np.sort(np.concatenate([better, level]))
    return columns.astype(np.int32)
