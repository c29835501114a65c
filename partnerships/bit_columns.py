"""Sets of codes as bits of numpy words: how many two sides have in common is one `and` and one count."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

WORD = 64


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


def in_common(column: list[np.ndarray], masks: Sequence[int], rows: slice) -> np.ndarray:
    """How many codes each of ``rows`` shares with ``masks``, in a byte; words without any are not read."""
    counts = np.zeros(len(column[0][rows]), np.uint8)
    for word, mask in zip(column, masks, strict=True):
        if mask:
            counts += np.bitwise_count(word[rows] & np.uint64(mask))
    return counts


def numbered(values: Sequence) -> tuple[list, np.ndarray]:
    """The distinct values, and for each row the number of its value."""
    numbers: dict = {}
    column = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), np.array(column, np.intp)
