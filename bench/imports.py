"""Import: places of a register with checks, search columns and upsert, against raw COPY of the finished rows.

Data: seeded names of one to three words out of syllables, with coordinates and population, under one region. Each
round runs inside a transaction that is rolled back, so that every round meets the same table and indexes; what is
remembered of words is forgotten before each import; the two sides alternate. Shown beside it: the same file once more
(nothing changes), and where the time of the first goes.
"""

import random
import time

from django.db import connection, transaction
from django.utils import timezone

from alliance.core import collation, spelling
from bench.limits import raw_copy
from bench.tables import median, show
from members.actions.place_import import copy_line, import_reading, plain_cells
from members.registers.rows import MUNICIPALITY, REGION, Reading, Row

ROUNDS = 5
COUNTRY = "XB"
SYLLABLES = [
    "bo", "chni", "lu", "bli", "no", "wa", "ki", "jiv", "ży", "to", "mir", "łó", "dź", "gra", "nów", "hof", "burg",
    "stein", "ville", "saint", "ria", "ca", "lem", "ber", "gö", "ße",
]  # fmt: skip


def run(size: int) -> None:
    rounds = ROUNDS if size <= 100_000 else 1
    rows = make_rows(size)
    moment = str(timezone.now())
    lines = [copy_line([*plain_cells(row, "1"), moment]) for row in rows]
    times: dict[str, list[float]] = {
        "raw COPY": [],
        "import": [],
        "again, nothing new": [],
        "columns for search": [],
    }
    for number in range(rounds):
        times["raw COPY"].append(rolled_back(lambda cursor: raw_copy.seconds(cursor, lines)))
        first, again = rolled_back(lambda cursor: import_twice(rows))
        times["import"].append(first)
        times["again, nothing new"].append(again)
        times["columns for search"].append(columns(rows))
        print(f"round {number + 1} of {rounds}: {times['raw COPY'][-1]:.2f} s, {first:.2f} s", flush=True)
    limit = median(times["raw COPY"])
    show(
        f"{size} places, medians of {rounds} rounds",
        ["case", "seconds", "rows/s", "of the limit"],
        [
            [name, median(some), round(size / median(some)), median(some) / limit]
            for name, some in times.items()
        ],
    )
    print(f"\nimport: {median(times['import']) / limit:.2f}")


def make_rows(size: int) -> list[Row]:
    rng = random.Random(size)
    region = Row("lau", "XB_00", "region", REGION, COUNTRY, "Region", "Region", "Region", "Region")
    return [region, *(make_row(rng, number, region) for number in range(1, size))]


def make_row(rng: random.Random, number: int, region: Row) -> Row:
    words = (
        "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))).capitalize()
        for _ in range(rng.choice((1, 1, 2, 3)))
    )
    name = " ".join(words)
    return Row(
        "lau",
        f"XB_{number:07}",
        "municipality",
        MUNICIPALITY,
        COUNTRY,
        name,
        name,
        name,
        name,
        parent=region.key,
        region=region.key,
        lat=rng.uniform(35, 70),
        lon=rng.uniform(-9, 40),
        population=rng.randrange(100, 500_000),
        population_year=2020,
    )


def import_twice(rows: list[Row]) -> tuple[float, float]:
    seconds = []
    for expected in (len(rows), 0):
        forget()
        started = time.perf_counter()
        outcome = import_reading(Reading("lau", "1", rows))
        seconds.append(time.perf_counter() - started)
        assert outcome.added == expected, outcome
    return seconds[0], seconds[1]


def columns(rows: list[Row]) -> float:
    """Folding, sounds and sort keys: the part of an import that is not the database."""
    forget()
    started = time.perf_counter()
    for row in rows:
        plain_cells(row, "1")
    return time.perf_counter() - started


def forget() -> None:
    """What is remembered of names: every import begins without it."""
    for remembered in (spelling._words, collation._pieces):
        remembered.cache_clear()


def rolled_back(work):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # a million rows take longer than a page may
            answer = work(cursor)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM members_place")
    return answer
