"""Made-up hromadas and members for rounds, seeded, and scores like those of matching: bits, tables, distances.

``easy``: tastes differ, members take one to three, no quotas. ``hard``: everyone wants the same famous cities of the
same five countries, whose quotas are small; members take one, hromadas insist on countries, one in ten takes three.
``scarce``: as hard, and all countries have quotas that leave no partner for one hromada in four.
"""

import numpy as np

from partnerships.rounds import Problem, Side

HROMADAS = 1_469
COUNTRIES = ["DE", "FR", "IT", "PL", "ES", *(f"C{number}" for number in range(22))]
CASES = {
    "easy": {},
    "hard": {"DE": 150, "FR": 150, "IT": 100, "PL": 250, "ES": 50},
    "scarce": dict.fromkeys(COUNTRIES, 40),
}
LEVELS = 1_024  # of distance and size
FAMOUS, RICH = 250, 300  # tenths of a point for the most famous, and for members of the first five countries
MET = np.minimum(np.arange(65) * 70, 280).astype(np.int16)  # for each need that an offer meets
SECTORS = np.minimum(np.arange(65) * 30, 150).astype(np.int16)
LANGUAGES = np.array([0, 60, 90, *[100] * 62], dtype=np.int16)
SIZE = np.linspace(120, 0, LEVELS).astype(np.int16)
NEAR = np.linspace(0, 150, LEVELS).astype(np.int16)


class Members:
    """Columns of one side; ``unit``: places on the sphere, ``size``: a level of the logarithm of inhabitants."""

    def __init__(self, chance: np.random.Generator, number: int, lat: tuple, lon: tuple) -> None:
        phi, lam = np.radians(chance.uniform(*lat, number)), np.radians(chance.uniform(*lon, number))
        self.unit = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]).astype(
            np.float32
        )
        self.size = np.minimum(chance.gamma(3, 90, number), LEVELS - 1).astype(np.int16)
        self.things = bits(chance, number, 40, 4)
        self.sectors = bits(chance, number, 18, 3).astype(np.uint32)
        self.languages = (bits(chance, number, 12, 1) | np.uint64(1) * (chance.random(number) < 0.5)).astype(
            np.uint16
        )


def bits(chance: np.random.Generator, number: int, kinds: int, each: int) -> np.ndarray:
    """``each`` bits of ``kinds``, low ones more often, some of them the same."""
    found = np.zeros(number, dtype=np.uint64)
    for _bit in range(each):
        found |= np.uint64(1) << (kinds * chance.random(number) ** 1.5).astype(np.uint64)
    return found


class Scores:
    """The callable of a problem. One row at a time, in whole tenths of a point, as matching has them."""

    def __init__(self, size: int, case: str) -> None:
        chance = np.random.default_rng([2026, size, list(CASES).index(case)])
        self.left = Members(chance, HROMADAS, (45, 52), (22, 40))
        self.right = Members(chance, size, (37, 65), (-9, 30))
        self.country = (len(COUNTRIES) * chance.random(size) ** 1.5).astype(np.int16)
        self.extra = chance.integers(0, 30, size, dtype=np.int16)  # never had a partner, capacity left
        self.is_unwanted = np.zeros((HROMADAS, len(COUNTRIES)), dtype=bool)
        if case != "easy":
            self.extra += (FAMOUS * chance.random(size) ** 6).astype(np.int16)
            self.extra += np.where(self.country < 5, RICH, 0).astype(np.int16)
            # A must-have: one country in four is none of those that the hromada wants.
            self.is_unwanted = chance.random(self.is_unwanted.shape) < 0.25

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        found = np.empty((len(rows), len(self.extra)), dtype=np.int16)
        for place, row in enumerate(rows.tolist()):
            self.one(row, found[place])
        return found

    def one(self, row: int, out: np.ndarray) -> None:
        left, right = self.left, self.right
        np.add(self.extra, MET[np.bitwise_count(right.things & left.things[row])], out=out)
        out += SECTORS[np.bitwise_count(right.sectors & left.sectors[row])]
        out += LANGUAGES[np.bitwise_count(right.languages & left.languages[row])]
        out += SIZE[np.abs(right.size - left.size[row])]
        near = left.unit[:, row] @ right.unit
        out += NEAR[(np.maximum(near, 0) * (LEVELS - 1)).astype(np.int16)]
        if self.is_unwanted[row].any():
            out[self.is_unwanted[row][self.country]] = -1


def problem(size: int, case: str) -> Problem:
    chance = np.random.default_rng([7, size, list(CASES).index(case)])
    is_easy = case == "easy"
    most = [1, 2, 3] if is_easy else [1, 1, 1, 1, 1, 1, 1, 1, 1, 3]
    rooms = [1, 2, 3] if is_easy else [1]
    scores = Scores(size, case)
    return Problem(
        left=Side(range(HROMADAS), chance.choice(most, HROMADAS).tolist()),
        right=Side(range(size), chance.choice(rooms, size).tolist(), [COUNTRIES[n] for n in scores.country]),
        scores=scores,
        quotas=CASES[case],
        further_left=(50, 100),
        further_right=(20, 40),
    )
