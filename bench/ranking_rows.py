"""The first list of a fresh worker through the database, against one numpy pass over the columns of all candidates.

Data: made up and seeded, as that of `round-rows`: 1,469 hromadas and SIZE members outside Ukraine, with wishes, needs,
offers, vetoes and 1,000 partnerships; besides, 20 suggestions and a list for each but the one that is asked for. Three
processes, one after the other, each with Django set up before the clock starts: one makes the rows; one reads all
members, as happens once after an installation and again every six hours when nobody waits, and keeps the columns; the
third is a fresh worker, and since the columns were kept a hundred members changed. “Start” is what every worker does
before it takes a task (`alliance.celery.warm_up`); “first list” is all that is left, from no columns to 20 explained
suggestions; “next list” is the same for another hromada. Both processes must come to the same.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.round_rows import peak_mb
from bench.tables import median, show

CHANGED, SUGGESTED, ROUNDS = 100, 20, 15
HEAD = ["step", "ms", "processor ms", "/ pass"]


def run(size: int) -> None:
    child("seed", size)
    read, cold = child("read", size), child("cold", size)
    if read["list"] != cold["list"]:
        raise SystemExit("a fresh worker comes to another list")
    one_pass = cold["steps"]["one pass"][0]
    steps = {"all members read": read["steps"]["refresh"], "columns kept": read["steps"]["keep"]}
    steps |= {f"fresh worker: {name}": spent for name, spent in cold["steps"].items()}
    rows = [[name, *(1000 * each for each in spent), spent[0] / one_pass] for name, spent in steps.items()]
    show(f"1,469 hromadas, {size:,} members", HEAD, rows)
    print(f"kept: {read['kept'] / 1e6:.1f} MB, peaks: {read['peak']:.0f} and {cold['peak']:.0f} MB")
    print(f"\nranking-rows: {cold['steps']['first list'][0] / one_pass:.2f}")


def child(part: str, size: int) -> dict[str, Any]:
    from bench.__main__ import with_suffix

    ran = subprocess.run(
        [sys.executable, "-m", "bench.ranking_rows", part, str(size)],
        env={**os.environ, "DATABASE_URL": with_suffix("_bench")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def timed(steps: dict[str, tuple[float, float]], name: str, call: Callable[[], Any]) -> Any:
    """By the clock, since a worker waits for the database; and of the processor."""
    started = time.perf_counter(), time.process_time()
    result = call()
    steps[name] = time.perf_counter() - started[0], time.process_time() - started[1]
    return result


def seed(size: int) -> dict[str, Any]:
    from django.db import connection

    from bench import round_data
    from partnerships.actions.weights import current_weights
    from partnerships.models import CandidateColumns

    round_data.seed(size)
    CandidateColumns.objects.all().delete()
    weights = current_weights().pk
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            "INSERT INTO partnerships_suggestionlist (member_id, computed_at, weights_id, is_stale, candidates,"
            " never_partnered) SELECT id, now(), %s, false, 0, 0 FROM members_member WHERE reference <> 'B0'",
            [weights],
        )
        cursor.execute(
            "WITH side AS (SELECT id, country = 'UA' AS ours, row_number() OVER (PARTITION BY country = 'UA'"
            " ORDER BY id) - 1 AS n, count(*) OVER (PARTITION BY country = 'UA') AS size FROM members_member)"
            " INSERT INTO partnerships_suggestion (member_id, other_id, total, parts, weights_id, place_in_list,"
            " is_kept_seat, computed_at, reason) SELECT a.id, b.id, 300, '[]', %s, k, false, now(), ''"
            " FROM (SELECT DISTINCT ON (ours) ours, size FROM side) far"
            " JOIN side a ON a.ours <> far.ours CROSS JOIN generate_series(0, %s) k"
            " JOIN side b ON b.ours = far.ours AND b.n = (a.n * 7919 + k * 31) %% far.size"
            " WHERE a.id <> (SELECT id FROM members_member WHERE reference = 'B0')",
            [weights, SUGGESTED - 1],
        )
        cursor.execute("VACUUM ANALYZE")
    return {}


def read(_size: int) -> dict[str, Any]:
    """All members one by one; then a hundred change, and this worker, which is warm, learns of it."""
    from alliance.core.journal import SYSTEM, record
    from members.models import Member
    from partnerships.actions.suggestion_columns import Candidates
    from partnerships.actions.weights import current_weights
    from partnerships.models import CandidateColumns

    steps: dict[str, tuple[float, float]] = {}
    memory, weights = Candidates(), current_weights().weights
    timed(steps, "refresh", lambda: memory.refresh(weights))
    timed(steps, "keep", memory.look_after)
    for member in Member.objects.filter(country="PL").order_by("-pk")[:CHANGED]:
        Member.objects.filter(pk=member.pk).update(languages_spoken=["pl", "uk"])
        record("member.edited", member, by=SYSTEM)
    memory.refresh(weights)
    kept = len(CandidateColumns.objects.get().data)
    return {"steps": steps, "list": first_list(memory, weights, "B0"), "kept": kept, "peak": peak_mb()}


def cold(_size: int) -> dict[str, Any]:
    from alliance.celery import warm_up
    from partnerships.actions.suggestion_columns import Candidates
    from partnerships.actions.weights import current_weights

    steps: dict[str, tuple[float, float]] = {}
    timed(steps, "start", warm_up)
    memory = Candidates()

    def first() -> list:
        weights = current_weights().weights
        timed(steps, "columns", lambda: memory.refresh(weights))
        return first_list(memory, weights, "B0")

    found = timed(steps, "first list", first)
    weights = current_weights().weights
    timed(steps, "next list", lambda: first_list(memory, weights, "B1"))
    peak = peak_mb()
    steps["one pass"] = one_pass(memory)
    return {"steps": steps, "list": found, "peak": peak}


def first_list(memory: Any, weights: Any, reference: str) -> list:
    """As `actions.suggestions` makes it, without writing it down."""
    from members.models import Member
    from partnerships.matching import facts_of, score
    from partnerships.models.profiles import kept_apart

    pk = Member.objects.values_list("pk", flat=True).get(reference=reference)
    one = memory.profiles([pk])[pk]
    columns = memory.of_other_side(one)
    best = columns.best(one, kept_apart([pk]).get(pk, ()))
    others = memory.profiles(int(columns.keys[row]) for row, _is_kept in best)
    scores = (
        score(one, each, facts_of(one, each, memory.ties, columns.today), weights) for each in others.values()
    )
    return sorted((found.total, json.dumps(found.as_json(), sort_keys=True)) for found in scores)


def one_pass(memory: Any) -> tuple[float, float]:
    from bench.limits import score_pass
    from members.models import Member

    pk = Member.objects.values_list("pk", flat=True).get(reference="B0")
    one = memory.profiles([pk])[pk]
    call = score_pass.prepared(memory.of_other_side(one), one)
    spent: list[dict[str, tuple[float, float]]] = [{} for _round in range(ROUNDS)]
    for each in spent:
        timed(each, "pass", call)
    return tuple(median(times) for times in zip(*(each["pass"] for each in spent), strict=True))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    print(json.dumps({"seed": seed, "read": read, "cold": cold}[sys.argv[1]](int(sys.argv[2]))))
