"""Rounds: the optimum of 1,469 hromadas and many members with its proof, against one scoring pass of all pairs.

Data: made up and seeded (`bench.partners`), three cases for each of 1,000, 10,000 and 100,000 members; all of them
whatever SIZE is, since the goal is one for 100,000 (below, the solver's own work outweighs the few scores). Each case
runs in a process of its own, whose peak of memory is its VmHWM, import of numpy and solver and the data included; pass
and round alternate. `partnerships.rounds.certificate` has checked every result. The ratio is that of the worst case.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench.tables import median, show

SIZES = (1_000, 10_000, 100_000)
CASES = ("easy", "hard", "scarce")
ROUNDS = 5
HEAD = ["case", "pass s", "round s", "ratio", "peak MB", "check s", "greedy loses %", "pairs"]
PROOF = ["case", "with a partner", "bound", "sum of scores", "bound", "gap"]


def run(size: int) -> None:
    rows, proofs, ratios = [], [], []
    for members in SIZES:
        for case in CASES:
            name = f"{members:,} {case}"
            print(name, flush=True)
            told = in_child(members, case)
            ratio = told["round"] / told["pass"]
            ratios += [ratio] if members == SIZES[-1] else []
            rows.append(
                [
                    name,
                    told["pass"],
                    told["round"],
                    ratio,
                    told["peak"],
                    told["check"],
                    told["loss"],
                    told["pairs"],
                ]
            )
            proofs.append([name, *told["covered"], *told["value"], told["gap"]])
    show("optimum and bound: what has a partner, and the sum of scores", PROOF, proofs)
    show(f"1,469 hromadas, medians of {ROUNDS} rounds", HEAD, rows)
    print(f"\nround: {max(ratios):.2f}")


def in_child(members: int, case: str) -> dict:
    argv = [sys.executable, "-m", "bench.round", str(members), case]
    child = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(child.stdout.splitlines()[-1])


def measured(members: int, case: str) -> dict:
    from bench import partners
    from bench.limits import score_all
    from partnerships.rounds import solve
    from partnerships.rounds.certificate import check

    problem = partners.problem(members, case)
    limits, ours = [], []
    for number in range(ROUNDS):
        limits.append(score_all.seconds(problem))
        started = time.perf_counter()
        result = solve(problem)
        ours.append(time.perf_counter() - started)
        print(
            f"round {number + 1} of {ROUNDS}: {limits[-1]:.2f} s, {ours[-1]:.2f} s",
            file=sys.stderr,
            flush=True,
        )
    highest = peak()
    started = time.perf_counter()
    if faults := check(problem, result):
        raise SystemExit("\n".join(faults[:10]))
    proof = result.certificate
    return {
        "pass": median(limits),
        "round": median(ours),
        "check": time.perf_counter() - started,
        "gap": proof.covered_bound - proof.covered + proof.bound - proof.value,
        "covered": [proof.covered, proof.covered_bound],
        "value": [proof.value, proof.bound],
        "pairs": len(result.pairs),
        "loss": result.greedy.loss,
        "peak": round(highest / 1024),
    }


def peak() -> int:
    """kB that this process held at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), sys.argv[2])))
