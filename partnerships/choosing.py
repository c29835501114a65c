"""Which candidates make a list of suggestions: the best, with seats kept for members that never had a partner. Pure."""

from collections.abc import Iterable
from hashlib import blake2b

# So many are proposed to one member at a time.
SIZE = 20


def seats(size: int, never: int, allowed: int) -> int:
    """How many of ``size`` are kept for those that never had a partner: at least their share of all that may be
    proposed."""
    return -(-size * never // allowed) if allowed else 0


def tiebreak(one: int, other: int) -> int:
    """An order among equals that favours nobody over all lists: each pair has its own, the same from both sides."""
    low, high = sorted((one, other))
    return int.from_bytes(blake2b(f"{low} {high}".encode(), digest_size=8).digest())


def chosen(
    one: int, entries: Iterable[tuple[int, int, bool]], *, size: int = SIZE, kept: int = 0
) -> list[tuple[int, bool]]:
    """Keys of the list for ``one``, best first, each with whether it stands there by a kept seat alone.

    :param entries: (key, points, never had a partner); more than needed do no harm
    :param kept: seats for those that never had a partner, as far as there are enough
    """
    ordered = sorted(entries, key=lambda entry: (-entry[1], tiebreak(one, entry[0])))
    first = [entry for entry in ordered if entry[2]][:kept]
    taken = {entry[0] for entry in first}
    rest = [entry for entry in ordered if entry[0] not in taken][: max(0, size - len(first))]
    taken.update(entry[0] for entry in rest)
    best = {entry[0] for entry in ordered[:size]}
    return [(key, key not in best) for key, _points, _never in ordered if key in taken]
