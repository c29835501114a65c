"""What everyone reads of the answers to a survey: counts with small ones kept back, an average and a median where they
give nobody away. Pure; `actions.surveys` publishes them, the desk's preview and the files read the same.

How many members answered is told as soon as that is no small number, so it can hide nothing. To each question all of
them are one line (`suppression.protect_line`): who chose what, and who said nothing. Own words are counted, never told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from alliance.content.suppression import THRESHOLD, protect_line, shown

SCALE = ("1", "2", "3", "4", "5")
NOTHING_SAID = "none"  # the key of those who left a question out
# An average is told only if those beyond the two largest numbers together reach this part of the largest one: else the
# second largest could work the largest out.
LEAST_REST = Decimal("0.1")


@dataclass(frozen=True)
class Counted:
    """One question: how many chose what (by key, in order), how many said anything, and their numbers."""

    id: int
    kind: str
    counts: Mapping[str, int] = field(default_factory=dict)
    given: int = 0
    numbers: tuple[Decimal, ...] = ()


def figures_of(asked: int, answered: int, questions: Iterable[Counted]) -> dict[str, Any]:
    """Plain values for JSON; None is what is kept back."""
    return {
        "asked": asked,
        "answered": shown(answered),
        "questions": [_question(each, answered) for each in questions],
    }


def _question(question: Counted, answered: int) -> dict[str, Any]:
    cells, found = _cells(question, answered), {"id": question.id, "kind": question.kind}
    if question.kind in ("one", "scale"):
        found["cells"] = cells
        if question.kind == "scale" and all(cell["count"] is not None for cell in cells):
            found["average"] = _average({int(key): question.counts.get(key, 0) for key in SCALE})
        return found
    if question.kind == "several":
        return found | {"cells": cells}
    found["given"] = cells[0]["count"]
    if question.kind == "number" and found["given"] is not None:
        found |= _of_numbers(question.numbers)
    return found


def _cells(question: Counted, answered: int) -> list[dict[str, Any]]:
    if question.kind == "several":
        # A member may choose several, so each choice is a table of its own: who chose it, and who did not.
        told = {
            key: protect_line({"yes": count, "no": answered - count})["yes"]
            for key, count in question.counts.items()
        }
    else:
        counts = dict(question.counts) if question.kind in ("one", "scale") else {"given": question.given}
        told = protect_line(counts | {NOTHING_SAID: answered - question.given})
        # A row that is not there says that nobody left the question out.
        if told[NOTHING_SAID] == 0:
            told.pop(NOTHING_SAID)
    return [{"key": key, "count": count} for key, count in told.items()]


def _average(counts: Mapping[int, int]) -> float | None:
    said = sum(counts.values())
    return round(sum(point * count for point, count in counts.items()) / said, 2) if said else None


def _of_numbers(numbers: tuple[Decimal, ...]) -> dict[str, float | None]:
    if len(numbers) < THRESHOLD:
        return {"average": None, "median": None}
    largest, second, *_others = sorted(numbers, reverse=True)
    whole = sum(numbers)
    has_rest = whole - largest - second >= LEAST_REST * largest
    average = float(round(whole / len(numbers), 2)) if has_rest else None
    return {"average": average, "median": float(round(median(numbers), 2))}
