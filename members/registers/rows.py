"""What every reader of a register yields: `Row`s, and `BadLine`s for what it had to leave out."""

from dataclasses import dataclass, field

Key = tuple[str, str]  # register, code

# Depth decides the order of writing: what a row points to stands above it.
COUNTRY, NUTS1, REGION, DISTRICT, MUNICIPALITY = range(5)


@dataclass(slots=True)
class Row:
    """One official unit. ``aliases`` are for searching only and never shown."""

    register: str
    code: str
    level: str
    depth: int
    country: str
    official_name: str
    name_en: str
    name_pl: str
    name_uk: str
    category: str = ""
    parent: Key | None = None
    region: Key | None = None
    same_as: Key | None = None
    aliases: set[str] = field(default_factory=set)
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    population_year: int | None = None

    @property
    def key(self) -> Key:
        return self.register, self.code


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a file that was skipped, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(slots=True)
class Reading:
    """All that one file says."""

    register: str
    edition: str
    rows: list[Row] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    @property
    def countries(self) -> set[str]:
        """Those that the file covers; a country that is only named is not covered."""
        return {row.country for row in self.rows if row.depth > COUNTRY}

    def skip(self, line: int, reason: str) -> None:
        self.bad.append(BadLine(line, reason))


class UnknownFile(ValueError):
    """The file is none of the forms that a reader knows; the message says which it expected."""


def number(text: str | None) -> float | None:
    """A decimal from a register's cell; None for an empty one. Raises ValueError for anything else."""
    return float(text) if text and text.strip() else None


def whole(text: str | None) -> int | None:
    value = number(text)
    if value is None:
        return None
    if value < 0 or value > 2_000_000_000:
        raise ValueError("population out of range")
    return round(value)


def coordinates(lat: str | None, lon: str | None) -> tuple[float | None, float | None]:
    """Both or neither, inside the world."""
    pair = number(lat), number(lon)
    if None in pair:
        if pair != (None, None):
            raise ValueError("half a pair of coordinates")
        return None, None
    if not (-90 <= pair[0] <= 90 and -180 <= pair[1] <= 180):
        raise ValueError("coordinates outside the world")
    return pair
