"""Ranking: the 20 best candidates for one member / one numpy pass over the same columns.

Data: made up and seeded; 1,000, 10,000 and 100,000 members outside Ukraine, a third of them with offers in
quantities, 20 hromadas with five needs each, 1,000 known partnerships of all 1,469 hromadas and 10,000 of the others
among themselves. All three sizes whatever
SIZE is, since the goal is one for 100,000. Each size runs in a process of its own, whose peak of memory is its VmHWM,
numpy and the data included. Columns are made of profiles once for all workers; cold is what a fresh worker does: it
unpacks them (“kept”), and makes its first list (through the database: `ranking-rows`). Warm: medians over all
hromadas of processor time, pass and answer in turn. The answers are compared with `partnerships.matching` for a few
hundred pairs.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.tables import median, show

SIZES = (1_000, 10_000, 100_000)
HROMADAS, ALL_HROMADAS, LINKS, LINKS_ABROAD, ROUNDS = 20, 1_469, 1_000, 10_000, 15
SEED, TODAY = 20261126, date(2026, 11, 26)
FIRST_KEY, CHUNK = 1000, 5000
CODES = [f"S{top:02}" for top in range(18)] + [f"S{top:02}-{sub}" for top in range(18) for sub in range(4)]
LANGUAGES = ("en", "de", "fr", "pl", "it", "es", "cs", "sk", "lt", "ro", "uk")
COUNTRIES = ("PL", "DE", "FR", "IT", "ES", "CZ", "SK", "LT", "RO", "NL")
HEAD = [
    "members",
    "columns ms",
    "kept ms",
    "first ms",
    "cold / pass",
    "read ms",
    "pass ms",
    "20 best ms",
    "ratio",
    "/ read",
    "columns MB",
    "kept MB",
    "peak MB",
]


def run(size: int) -> None:
    rows = []
    for members in SIZES:
        child = subprocess.run(
            [sys.executable, "-m", "bench.ranking", str(members)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told = json.loads(child.stdout.splitlines()[-1])
        ratio = told["best"] / told["pass"]
        rows.append([
            f"{members:,}", told["made"], told["unpacked"], told["first"],
            (told["unpacked"] + told["first"]) / told["pass"], told["read"], told["pass"], told["best"], ratio,
            told["best"] / told["read"], told["columns"], told["kept"], told["peak"],
        ])  # fmt: skip
    show(f"20 best of so many for one member, medians of {HROMADAS} members, {ROUNDS} rounds", HEAD, rows)
    print(f"\nranking: {rows[-1][6]:.2f}")


def measured(members: int) -> dict[str, Any]:
    lefts, ties = world(members)
    from bench.limits import score_pass
    from partnerships.kept_columns import packed, unpacked
    from partnerships.profile_columns import ProfileColumns
    from partnerships.ranking import Columns

    made, rows = 0.0, ProfileColumns.of([])
    for start in range(0, members, CHUNK):
        some = [candidate(n) for n in range(start, min(start + CHUNK, members))]
        made += timed(lambda rows=rows, some=some: keep.append(rows.changed((), some)))
        rows = keep.pop()
    data = packed({True: ProfileColumns.of(lefts), False: rows})
    opened = timed(lambda: keep.append(Columns(unpacked(data)[False], ties, weights(), TODAY)))
    columns = keep.pop()
    first = timed(lambda: columns.best(lefts[0]))
    check(columns, lefts)
    spent: dict[str, list[float]] = {"read": [], "pass": [], "best": []}
    for left in lefts:
        one_pass = score_pass.prepared(columns, left)
        cases: dict[str, Callable[[], Any]] = {
            "read": lambda: score_pass.read_once(columns),
            "pass": one_pass,
            "best": lambda left=left: columns.best(left),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _round in range(ROUNDS):
            for name, call in cases.items():
                times[name].append(timed(call))
        for name, values in times.items():
            spent[name].append(median(values))
    told = {name: 1000 * median(values) for name, values in spent.items()}
    arrays = [
        *columns.rows.arrays().values(),
        *columns.needs.columns.values(),
        *columns.offers.columns.values(),
    ]
    return told | {
        "made": 1000 * made,
        "unpacked": 1000 * opened,
        "first": 1000 * first,
        "columns": sum(array.nbytes for array in arrays) / 1e6,
        "kept": len(data) / 1e6,
        "peak": peak_mb(),
    }


def check(columns: Any, lefts: list) -> None:
    """The score of a few hundred pairs is that of `partnerships.matching`."""
    from partnerships.matching import facts_of, score

    for left in lefts[:3]:
        totals = columns.scores(left)
        best = [row for row, _is_kept in columns.best(left)]
        for row in (*best, *range(0, len(columns), max(1, len(columns) // 80))):
            other = candidate(int(columns.keys[row]) - FIRST_KEY)
            facts = facts_of(left, other, columns.known, TODAY)
            assert totals[row] == score(left, other, facts, columns.weights).total, (left.key, other.key)


keep: list[Any] = []


def timed(call: Callable[[], Any]) -> float:
    """Processor time: what else the machine does is not measured, and nothing here waits."""
    started = time.process_time()
    call()
    return time.process_time() - started


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


# --- The data -----------------------------------------------------------------------------------------------


def world(members: int) -> tuple[list, Any]:
    from partnerships.known_ties import KnownTies

    rng = random.Random(SEED)
    hromadas = [profile(rng, n, "UA") for n in range(HROMADAS)]
    hromadas += [profile(rng, -n, "UA") for n in range(1, ALL_HROMADAS - HROMADAS)]

    def other() -> Any:
        return candidate(rng.randrange(members)).spot

    links = [(rng.choice(hromadas).spot, other()) for _n in range(LINKS)]
    links += [(other(), other()) for _n in range(LINKS_ABROAD)]
    return hromadas[:HROMADAS], KnownTies(links)


def candidate(number: int) -> Any:
    """Always the same, so that not all of them need be remembered."""
    rng = random.Random(SEED + number)
    return profile(rng, FIRST_KEY + number, rng.choice(COUNTRIES))


def weights() -> Any:
    from partnerships.match_parts import Part, Weights

    table = Path(__file__).resolve().parent.parent / "partnerships" / "data" / "match_weights.json"
    values = json.loads(table.read_text(encoding="utf-8"))
    points = {Part(name): most for name, most in values["points"].items()}
    return Weights(values["version"], points, values["attention_cap"])


def profile(rng: random.Random, key: int, country: str) -> Any:
    from partnerships.matching import Ask, Give, Profile

    is_ours = country == "UA"
    lat, lon = (
        (rng.uniform(46, 52), rng.uniform(23, 38)) if is_ours else (rng.uniform(37, 60), rng.uniform(-9, 27))
    )
    sectors = rng.sample(CODES, rng.randint(0, 6))
    languages = {"uk", "en"} if is_ours else {rng.choice(LANGUAGES), *(["en"] if rng.random() < 0.6 else [])}
    offers = [
        Give(f"o{key}-{n}", item(rng), Decimal(rng.randint(1, 30))) for n in range(rng.choice([0, 0, 3]))
    ]
    needs = [Ask(f"n{key}-{n}", item(rng), Decimal(rng.randint(1, 90))) for n in range(5 if is_ours else 0)]
    return Profile(
        key=key, country=country, kind=rng.choice(["municipality"] * 9 + ["region"]), place=key,
        region=f"{country}{rng.randrange(24):02}", population=int(2 ** rng.uniform(9, 20)), lat=lat, lon=lon,
        sectors=frozenset({*sectors, *(code.split("-")[0] for code in sectors)}),
        offer_sectors=frozenset(rng.sample(CODES[:18], 2)) if offers else frozenset(),
        languages=frozenset(languages), needs=tuple(needs), offers=tuple(offers),
        room=rng.choice([None, 1, 2]), never_partnered=rng.random() < 0.7, proposed=rng.choice([0, 50, 100, 300]),
        must_countries=frozenset({"UA"}) if not is_ours and rng.random() < 0.02 else frozenset(),
    )  # fmt: skip


def item(rng: random.Random) -> Any:
    from partnerships.coverage import Item

    low = rng.choice([None, None, 10, 100, 400])
    bounds = (
        {} if low is None else {"range_min": Decimal(low), "range_max": Decimal(low * 3), "range_unit": "kw"}
    )
    return Item(
        "piece", template=f"item-{rng.randrange(34)}", condition=rng.choice(["", "good", "new"]), **bounds
    )


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measured(int(sys.argv[1]))))
