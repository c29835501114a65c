"""Our own small tables in `members/data`: names of oblasts, of regions of Europe, Polish exonyms of Ukrainian places,
EU municipalities."""

import csv
from functools import cache
from pathlib import Path

from alliance.core.spelling import fold

DATA = Path(__file__).resolve().parent.parent / "data"


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(text: str) -> set[str]:
    """A cell with several values, parted by semicolons."""
    return {part.strip() for part in text.split(";") if part.strip()}


@cache
def oblasts() -> dict[str, dict[str, str]]:
    """By the first four characters of a KATOTTH code."""
    return {line["prefix"]: line for line in table("oblasts")}


@cache
def ukraine_exonyms() -> dict[tuple[str, str], tuple[str, set[str]]]:
    """(oblast prefix, folded Ukrainian name) → (Polish name, other spellings)."""
    return {
        (line["prefix"], fold(line["name_uk"])): (line["name_pl"], listed(line["aliases"]))
        for line in table("ukraine_exonyms")
    }


@cache
def regions() -> dict[str, dict[str, str]]:
    """Names of NUTS 1 and 2 regions, and of Bulgaria's oblasts, in English, Polish and Ukrainian, by code."""
    return {code: line for line in table("regions") for code in line["codes"].split()}


def ukraine_exonym(prefix: str, name_uk: str) -> tuple[str, set[str]]:
    return ukraine_exonyms().get((prefix, fold(name_uk)), ("", set()))
