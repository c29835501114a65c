"""A matching round through the database: from members, wishes, needs and offers to handshakes and their mails, against
one numpy pass of the portal's own scores over the frozen inputs.

Data: made up and seeded; 1,469 hromadas and SIZE members outside Ukraine, all looking, each with a person who reads
mail; a third of them with an offer, all hromadas with two needs; 1,000 known partnerships, 5,000 vetoes. One process
makes them; another is the worker, under the settings of production (a statement has 15 seconds), whose peak of memory
is its VmHWM. The time of a step is that of the worker: what the page shows as its progress.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.tables import show

QUOTAS = {"PL": 300, "DE": 200}
HEAD = ["step", "s", "/ pass", "MB so far"]


def run(size: int) -> None:
    from bench.__main__ import with_suffix
    from bench.round_data import HROMADAS

    env = {**os.environ, "DATABASE_URL": with_suffix("_bench")}
    for argv in (["seed", str(size)], ["measure", str(size)]):
        command = [sys.executable, "-m", "bench.round_rows", *argv]
        child = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(child.stdout.splitlines()[-1])
    one_pass = told["steps"]["one pass"][0]
    rows = [[name, spent, spent / one_pass, round(peak)] for name, (spent, peak) in told["steps"].items()]
    show(f"{HROMADAS:,} hromadas, {size:,} members, {told['pairs']:,} pairs", HEAD, rows)
    print(
        "handed out: {handed_out:,}, mails: {mails:,}, with a partner: {covered:,} of {bound:,}".format(
            **told
        )
    )
    print(f"\nround-rows: {told['computed'] / one_pass:.2f}")


def measured() -> dict[str, Any]:
    from alliance.core.models import OutgoingMail
    from alliance.users.models import User
    from bench.limits import score_all
    from partnerships.actions import round_proposals, round_runs, rounds
    from partnerships.actions.round_inputs import inputs_of
    from partnerships.models import CountryQuota, Match, MatchingRound
    from partnerships.round_problem import Scores, problem_of

    steps: dict[str, tuple[float, float]] = {}
    by = User.objects.order_by("pk").first()
    matching_round = MatchingRound(title="Bench")
    rounds.open_round(matching_round, by=by)
    quotas = [CountryQuota(country=country, most=most) for country, most in QUOTAS.items()]
    rounds.set_quotas(matching_round, changed=quotas, by=by)
    rounds.start_round(matching_round, by=by)
    watched(round_runs.Pulse, steps)
    whole = timed(round_runs.compute_waiting)
    steps.pop("")
    matching_round.refresh_from_db()
    if matching_round.status != MatchingRound.Status.COMPUTED:
        raise SystemExit(f"{matching_round.status}: {matching_round.failure}")
    rounds.publish_round(matching_round, by=by)
    steps["handing out"] = timed(round_proposals.hand_out_proposals), peak_mb()
    inputs = inputs_of(matching_round)
    steps["one pass"] = score_all.seconds(problem_of(inputs, Scores(inputs))), peak_mb()
    result = matching_round.result
    return {
        "steps": {"computing, whole": (whole, steps["check"][1])} | steps,
        "computed": whole,
        "pairs": result["pairs"],
        "covered": result["covered"],
        "bound": result["covered_bound"],
        "handed_out": Match.objects.count(),
        "mails": OutgoingMail.objects.count(),
    }


def watched(pulse: Any, steps: dict[str, tuple[float, float]]) -> None:
    """Note when the worker tells of another step: what was between the two is the earlier one's."""
    tell, keep = pulse.tell, {"step": "", "since": time.perf_counter()}

    def noting(self: Any, step: str, share: float) -> None:
        now = time.perf_counter()
        name = str(keep["step"])
        if name != step or name == "check":
            spent = steps.get(name, (0.0, 0.0))[0] + now - float(keep["since"])
            steps[name] = spent, peak_mb()
            keep.update(step=str(step), since=now)
        tell(self, step, share)

    pulse.tell = noting


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def peak_mb() -> float:
    from bench.round import peak

    return peak() / 1024


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    if sys.argv[1] == "seed":
        from bench.round_data import seed

        seed(int(sys.argv[2]))
    else:
        print(json.dumps(measured()))
