"""Pytest plugin: which worker does what, and when. A module stays with one worker, which makes its world once; long
ones begin first; and those that mostly wait, for a mail server or a browser, run beside those that compute."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# Seconds on two idle cores, roughly: what takes long must not be left for the end. Whatever is not listed takes
# EACH per test. A module whose tests share nothing may be spread: its tests are units of their own.
EACH = 0.08
WAITING = ("tests/faults/", "tests/journeys/test_", "tests/tools/")
SPREAD = (
    "tests/faults/test_mail_faults.py",
    "tests/faults/test_outages.py",
    "tests/faults/test_probing_time.py",
)
SECONDS = {
    "tests/journeys/crawl/test_pages.py": 240,
    "tests/journeys/crawl/test_nasty.py": 70,
    "tests/journeys/crawl/test_access.py": 110,
    "tests/journeys/crawl/test_markup.py": 45,
    "tests/partnerships/test_overdue.py": 30,
    "tests/core/test_admin.py": 25,
    "tests/partnerships/test_ledger_properties.py": 25,
    "tests/partnerships/test_ledger_races.py": 20,
    "tests/partnerships/test_transports.py": 20,
    "tests/partnerships/test_twinning_clocks.py": 20,
    "tests/content/test_api_schema.py": 20,
    "tests/members/test_places_search.py": 20,
    "tests/partnerships/test_browse.py": 15,
    "tests/partnerships/test_match_races.py": 15,
    "tests/partnerships/test_kept_promises.py": 12,
    "tests/partnerships/test_facets.py": 12,
    "tests/test_security_limits.py": 12,
    "tests/members/test_places.py": 10,
    "tests/faults/test_acknowledged.py": 26,
    "tests/faults/test_database_faults.py": 30,
    "tests/faults/test_round_faults.py": 30,
    "tests/faults/test_ticket_life.py": 15,
}
SECONDS_OF_A_JOURNEY = 18
SECONDS_OF_A_SPREAD_TEST = 15


def module_of(unit: str) -> str:
    return unit.partition("::")[0]


def waits(unit: str) -> bool:
    return unit.startswith(WAITING)


def seconds(unit: str, tests: int) -> float:
    """How long a unit takes, as far as anybody knows before."""
    module = module_of(unit)
    if module in SPREAD:
        return SECONDS_OF_A_SPREAD_TEST
    if module in SECONDS:
        return SECONDS[module]
    if module.startswith("tests/journeys/test_"):
        return SECONDS_OF_A_JOURNEY
    return EACH * tests


class Schedule(LoadScopeScheduling):
    """Work units are modules; the next one is chosen when a worker is nearly done with what it has."""

    def _split_scope(self, nodeid: str) -> str:
        module = module_of(nodeid)
        return nodeid if module in SPREAD else module

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(self._best_for(node), last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node) -> None:
        """xdist keeps three tests in a worker's hands; of long ones, that is two too many."""
        if not self.workqueue or self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)

    def _best_for(self, node) -> str:
        """The longest unit of the kind that is further behind: less is done of it per worker who is at it."""
        busy = [
            any(waits(unit) for unit, tests in units.items() if not all(tests.values()))
            for other, units in self.assigned_work.items()
            if other is not node and self._pending_of(units)
        ]
        left = {True: 0.0, False: 0.0}
        for unit, tests in self.workqueue.items():
            left[waits(unit)] += seconds(unit, len(tests))
        kind = max(left, key=lambda one: left[one] / (1 + busy.count(one)))
        units = [
            (seconds(unit, len(tests)), unit) for unit, tests in self.workqueue.items() if waits(unit) == kind
        ]
        return max(units)[1]


def pytest_xdist_make_scheduler(config, log) -> Schedule | None:
    """Instead of xdist's own; `--dist` with anything but `loadscope` is somebody's wish."""
    return Schedule(config, log) if config.getvalue("dist") == "loadscope" else None
