"""Sets of codes as bits of numpy words: how many two sides have in common is one `and` and one count."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

WORD = 64


class Bits:
    """Codes as bits of words of 64. A code keeps its place when others come to it."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        self.place: dict[str, int] = {}
        self.learn(codes)

    def learn(self, codes: Iterable[str]) -> None:
        numbers(sorted({code for code in codes if code not in self.place}), self.place)

    @property
    def words(self) -> int:
        return max(1, -(-len(self.place) // WORD))

    def column(self, sets: Sequence[Collection[str]]) -> np.ndarray:
        """(words, sets)"""
        words = np.zeros((self.words, len(sets)), np.uint64)
        for row, codes in enumerate(sets):
            for n, mask in enumerate(self.masks(codes)):
                words[n, row] = mask
        return words

    def masks(self, codes: Collection[str]) -> list[int]:
        """What is not among the codes that the columns know cannot be in common."""
        masks = [0] * self.words
        for code in codes:
            if code in self.place:
                masks[self.place[code] // WORD] |= 1 << (self.place[code] % WORD)
        return masks


def in_common(column: np.ndarray, masks: Sequence[int], rows: slice) -> np.ndarray:
    """How many codes each of ``rows`` shares with ``masks``, in a byte; words without any are not read."""
    counts = np.zeros(len(column[0][rows]), np.uint8)
    for word, mask in zip(column, masks, strict=True):
        if mask:
            counts += np.bitwise_count(word[rows] & np.uint64(mask))
    return counts


def numbers(values: Iterable, known: dict) -> list[int]:
    """The number of each value; those that are not ``known`` get the next ones."""
    return [known.setdefault(value, len(known)) for value in values]


def numbered(values: Iterable) -> tuple[list, np.ndarray]:
    """The distinct values, and for each row the number of its value."""
    known: dict = {}
    column = numbers(values, known)
    return list(known), np.array(column, np.intp)
