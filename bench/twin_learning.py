"""Weights learnt from twinnings: conditional logistic regression with a ridge, by Newton's method in numpy.

For each hromada the partners it has are compared with the other candidates: the weights are those under which the
partners would most probably have been chosen. Deterministic: no random start, a seeded sample of candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from partnerships.ties import Floats

STEPS = 30
ENOUGH = 1e-7  # change of the weights at which Newton's method stops


@dataclass(frozen=True)
class Choice:
    """One hromada: its partners first, then candidates that stand for the rest."""

    values: Floats  # (partners + others, features), standardised, unknown = 0
    partners: int
    stands_for: float  # how many candidates each of the others stands for


def learn(choices: Sequence[Choice], ridge: float, floor: float = -np.inf) -> Floats:
    """(features,) weights, none under ``floor`` (0: nothing may speak against a pair). The ridge pulls them to 0."""
    values = np.concatenate([choice.values for choice in choices]).astype(np.float64)
    starts = np.cumsum([0] + [len(choice.values) for choice in choices[:-1]])
    lengths = np.array([len(choice.values) for choice in choices])
    group = np.repeat(np.arange(len(choices)), lengths)
    chosen = np.concatenate([np.arange(len(c.values)) < c.partners for c in choices])
    offset = np.where(chosen, 0, np.log(np.array([c.stands_for for c in choices]))[group])
    partners = np.array([choice.partners for choice in choices], float)
    wanted = values[chosen].sum(axis=0)
    count = values.shape[1]

    def state(weights: Floats) -> tuple[float, Floats]:
        scores = values @ weights + offset
        top = np.maximum.reduceat(scores, starts)
        odds = np.exp(scores - top[group])
        sums = np.add.reduceat(odds, starts)
        loss = partners @ (top + np.log(sums)) - scores[chosen].sum() + ridge * weights @ weights
        return loss, odds * (partners / sums)[group]

    weights = np.zeros(count)
    loss, expected = state(weights)
    for _ in range(STEPS):
        slope = expected @ values - wanted + 2 * ridge * weights
        means = np.add.reduceat(values * expected[:, None], starts, axis=0)
        curve = (values * expected[:, None]).T @ values - (means / partners[:, None]).T @ means
        step = downhill(curve + 2 * ridge * np.eye(count), slope, floor - weights)
        size = 1.0
        while True:
            tried = state(weights + size * step)
            if tried[0] <= loss + 1e-9 or size < 1e-4:
                break
            size /= 2
        weights = weights + size * step
        loss, expected = tried
        if np.abs(size * step).max() < ENOUGH:
            break
    return weights


def downhill(curve: Floats, slope: Floats, least: Floats) -> Floats:
    """The step of Newton's method that keeps each coordinate at or above ``least``: coordinate descent on the
    quadratic, exact in the end as it is convex."""
    if np.isneginf(least).all():
        return -np.linalg.solve(curve, slope)
    step = np.zeros(len(slope))
    for _ in range(500):
        before = step.copy()
        for n in range(len(step)):
            rest = slope[n] + curve[n] @ step - curve[n, n] * step[n]
            step[n] = max(least[n], -rest / curve[n, n])
        if np.abs(step - before).max() < ENOUGH / 10:
            break
    return step
