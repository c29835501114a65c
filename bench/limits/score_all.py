"""The limit of a round: all pairs scored once, in blocks, and nothing done with the scores."""

import time

import numpy as np

from partnerships.rounds import BLOCK_CELLS, Problem


def seconds(problem: Problem) -> float:
    rows, columns = len(problem.left.keys), len(problem.right.keys)
    size = max(BLOCK_CELLS // columns, 1)
    started = time.perf_counter()
    for start in range(0, rows, size):
        problem.scores(np.arange(start, min(start + size, rows)))
    return time.perf_counter() - started
