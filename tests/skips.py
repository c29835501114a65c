"""Pytest plugin: on CI a test may be skipped only for a reason printed here, so that nothing falls silent."""

import re

import pytest

from tools.checks import on_ci

ALLOWED = {
    r"shared data absent": "the folder with the official registers is not part of the repository",
    r"no chromium": "browser tests need the system's Chromium; the launcher can install it only as root",
    r"no java": "Nu, the checker of HTML, is a Java program",
    r"no checker": "Nu comes from the registry of npm, which a machine may not reach",
    r"not root": "the change to another user can be shown by root alone",
}


def reason_of(report) -> str | None:
    """Why a report says "skipped"; None for anything else, an expected failure included."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def is_allowed(reason: str) -> bool:
    return any(re.search(pattern, reason) for pattern in ALLOWED)


class Skips:
    def __init__(self) -> None:
        self.unlisted: dict[str, str] = {}

    def pytest_report_header(self) -> list[str]:
        return ["skips allowed on CI:", *(f"  {pattern}: {why}" for pattern, why in ALLOWED.items())]

    def pytest_runtest_logreport(self, report) -> None:
        self.note(report)

    def pytest_collectreport(self, report) -> None:
        self.note(report)

    def note(self, report) -> None:
        reason = reason_of(report)
        if reason is not None and not is_allowed(reason):
            self.unlisted[report.nodeid] = reason

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session) -> None:
        if self.unlisted and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if not self.unlisted:
            return
        terminalreporter.section("skips that are not on the list in tests/skips.py", red=True)
        for node, reason in sorted(self.unlisted.items()):
            terminalreporter.write_line(f"{node}: {reason}")


def pytest_configure(config) -> None:
    if on_ci() and not hasattr(config, "workerinput"):  # under xdist the controller sees every report
        config.pluginmanager.register(Skips(), "skips")
