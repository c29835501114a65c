"""What `bench.twins` reads: hromadas, municipalities of the Union and twinnings from the data folder beside the
checkout. Nothing of it is kept in the repository."""

import csv
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from partnerships.ties import Places, Row, Twinnings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
# The European Union, 27 countries.
UNION = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
    *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
    *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
LEAST = 5_000  # inhabitants of a candidate
HROMADAS, MUNICIPALITIES = "ua/ua_hromadas.csv", "eu/lau_2020.csv.gz"
WITH_UNION, IN_EUROPE = "twinning/twinning_ua_eu_train.csv", "twinning/twinning_europe_without_ua.csv.gz"


@dataclass(frozen=True)
class Data:
    """``ours``: twinnings of hromadas with places of the Union; with 5,000 inhabitants or more those are candidates."""

    hromada_codes: list[str]
    hromadas: Places
    candidate_codes: list[str]
    candidates: Places
    ours: Twinnings
    theirs: Twinnings


def missing(folder: Path) -> list[str]:
    names = (HROMADAS, MUNICIPALITIES, WITH_UNION, IN_EUROPE)
    return [name for name in names if not (folder / name).exists()]


def read(folder: Path) -> Data:
    """Rows in the order of their codes, so that the order in the files changes nothing."""
    hromadas = {row["katottg"]: row for row in rows(folder / HROMADAS)}
    every = {row["gisco_id"]: row for row in rows(folder / MUNICIPALITIES)}
    codes = sorted(code for code, row in every.items() if is_candidate(row))
    position = {code: n for n, code in enumerate(codes)}
    hromada_codes = sorted(hromadas)
    number_of = {code: n for n, code in enumerate(hromada_codes)}
    ours = sorted(rows(folder / WITH_UNION), key=lambda row: (row["ua_katottg"], row["partner_gisco_id"]))
    return Data(
        hromada_codes=hromada_codes,
        hromadas=Places.of([_hromada(hromadas[code]) for code in hromada_codes]),
        candidate_codes=codes,
        candidates=Places.of([_municipality(every[code]) for code in codes]),
        ours=Twinnings(
            one=np.array([number_of[row["ua_katottg"]] for row in ours], int),
            other=np.array([position.get(row["partner_gisco_id"], -1) for row in ours], int),
            there=Places.of([_municipality(every[row["partner_gisco_id"]]) for row in ours]),
        ),
        theirs=_european(folder, position),
    )


def is_candidate(row: dict[str, str]) -> bool:
    return row["country"] in UNION and (number(row["population_2020"]) or 0) >= LEAST


def _hromada(row: dict[str, str]) -> Row:
    return (*where(row), number(row["population_2022"]), "UA", row["oblast_katottg"])


def _municipality(row: dict[str, str]) -> Row:
    return (*where(row), number(row["population_2020"]), row["country"], row["nuts3_2021"][:4])


def _european(folder: Path, position: dict[str, int]) -> Twinnings:
    """Each twinning once from every side that is a candidate."""
    one, other, there = [], [], []
    for row in rows(folder / IN_EUROPE):
        for here, far in (("a", "b"), ("b", "a")):
            if (n := position.get(row[f"gisco_id_{here}"])) is not None:
                one.append(n)
                other.append(position.get(row[f"gisco_id_{far}"], -1))
                population = number(row[f"population_{far}"])
                there.append((*where(row, f"_{far}"), population, row[f"country_{far}"], ""))
    return Twinnings(np.array(one, int), np.array(other, int), Places.of(there))


def rows(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def where(row: dict[str, str], suffix: str = "") -> tuple[float | None, float | None]:
    return number(row[f"lat{suffix}"]), number(row[f"lon{suffix}"])


def number(text: str) -> float | None:
    return float(text) if text else None
