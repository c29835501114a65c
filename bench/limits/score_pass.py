"""One numpy pass over the columns of all candidates: the points of each part looked up and added, in the plainest form.

Nothing is left out, chosen or explained, and nobody's needs, ties or missing coordinates are looked at.
"""

from collections.abc import Callable

import numpy as np

from partnerships.match_parts import (
    SECTORS_IN_COMMON,
    SECTORS_OF_OFFERS,
    STEPS_OF_RADIUS,
    Part,
    unit_vector,
)
from partnerships.matching import Profile
from partnerships.ranking import Columns


def prepared(columns: Columns, one: Profile) -> Callable[[], np.ndarray]:
    """The pass for one member; its small tables are made before, and not timed."""
    c = columns
    classes, languages = c._class_points(one), c._language_points(one)
    regions = c.ties.of_regions(one)
    in_common, of_offers = (
        c._points(part, table)
        for part, table in ((Part.SECTORS, SECTORS_IN_COMMON), (Part.EXPERIENCE, SECTORS_OF_OFFERS))
    )
    ours = [np.uint64(mask) for mask in c.sector_bits.masks(one.sectors)]
    gives = [np.uint64(mask) for mask in c.sector_bits.masks(one.offer_sectors)]
    x, y, z = unit_vector(one.lat, one.lon)

    def shared(words: list[np.ndarray], masks: list[np.uint64]) -> np.ndarray:
        return sum(np.bitwise_count(word & mask) for word, mask in zip(words, masks, strict=True))

    def run() -> np.ndarray:
        chord = np.sqrt(np.maximum(2.0 - 2.0 * (c.x * x + c.y * y + c.z * z), 0.0))
        steps = (chord * STEPS_OF_RADIUS).astype(np.int32)
        experience = shared(c.offered, ours) + shared(c.sectors, gives)
        return (
            c.own_abroad
            + classes[c.klass]
            + languages[c.speaks]
            + regions[c.ties.region]
            + in_common[np.minimum(shared(c.sectors, ours), len(in_common) - 1)]
            + of_offers[np.minimum(experience, len(of_offers) - 1)]
            + c.distance_points[steps]
        )

    return run


def read_once(columns: Columns) -> None:
    """Each column read once and added up: less than that no answer about all candidates can cost."""
    c = columns
    for column in (c.own_abroad, c.klass, c.speaks, c.ties.region, *c.sectors, *c.offered, c.x, c.y, c.z):
        column.sum()
