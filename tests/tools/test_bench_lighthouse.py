"""`make bench-lighthouse`: what it says of the reports of Lighthouse, and without Lighthouse."""

import copy

from bench import lighthouse

AUDITS = {
    "first-contentful-paint": {"numericValue": 1200},
    "largest-contentful-paint": {"numericValue": 1500},
    "total-blocking-time": {"numericValue": 10},
    "cumulative-layout-shift": {"numericValue": 0},
    "total-byte-weight": {"numericValue": 41_000},
    "network-requests": {"details": {"items": [{}] * 7}},
    "tap-targets": {"title": "Targets are too small", "score": 1},
}
FINE = {
    "categories": {
        name: {"score": 1, "auditRefs": [{"id": "tap-targets", "weight": 3}]} for name in lighthouse.MARKS
    },
    "audits": AUDITS,
    "environment": {"benchmarkIndex": 1500},
}


def worse(**changes: float) -> dict:
    found = copy.deepcopy(FINE)
    for name, score in changes.items():
        found["categories"][name.replace("_", "-")]["score"] = score
        found["audits"]["tap-targets"]["score"] = 0
    return found


def test_the_lowest_performance_stands_last(capsys):
    lighthouse.report({"home": FINE, "register": worse(performance=0.96)})
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "lighthouse: 96"
    assert [line.split()[:5] for line in said if line.startswith("register")] == [
        ["register", "96", "100", "100", "100"]
    ]


def test_whatever_is_below_the_promise_is_named_with_its_cause():
    assert list(lighthouse.faults(FINE)) == []
    assert list(lighthouse.faults(worse(performance=0.95))) == []
    assert list(lighthouse.faults(worse(best_practices=0.99))) == [
        "best-practices 99 instead of 100",
        "  Targets are too small ",
    ]
    heavy = copy.deepcopy(FINE)
    heavy["audits"]["total-byte-weight"]["numericValue"] = 60_100
    assert list(lighthouse.faults(heavy)) == ["60.1 kB instead of 60"]


def test_without_lighthouse_it_says_so(monkeypatch, capsys):
    monkeypatch.delenv("LIGHTHOUSE", raising=False)
    monkeypatch.setattr(lighthouse.shutil, "which", lambda name: None)
    lighthouse.run(10_000)
    assert capsys.readouterr().out.splitlines() == [
        "Skipped: no lighthouse on this machine.",
        "lighthouse: skipped",
    ]
