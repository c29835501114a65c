"""What `make test` says at its end."""

import pytest

from tools import checks

REPORT = (
    '<testsuites><testsuite name="pytest" errors="{errors}" failures="{failures}" skipped="{skipped}" tests="{tests}"/>'
    "</testsuites>"
)


@pytest.mark.parametrize(
    ("tests", "failures", "errors", "skipped", "expected"),
    [(10, 0, 0, 0, (10, 0)), (10, 2, 1, 3, (4, 3)), (0, 0, 0, 0, (0, 0))],
)
def test_the_counts_come_from_pytests_report(tmp_path, tests, failures, errors, skipped, expected):
    report = tmp_path / "junit.xml"
    report.write_text(REPORT.format(tests=tests, failures=failures, errors=errors, skipped=skipped))
    assert checks.counts(report) == expected


def test_no_report_no_counts(tmp_path):
    assert checks.counts(tmp_path / "absent.xml") == (0, 0)


def test_all_checks_run_even_after_a_failure(monkeypatch):
    rows = [("first", ["/bin/false"]), ("second", ["/bin/true"]), ("third", ["/bin/false"])]
    monkeypatch.setattr(checks, "checks", lambda: rows)
    assert checks.run_checks({}) == ["first", "third"]


def test_the_checks_cover_what_the_house_promises():
    names = [name for name, _ in checks.checks()]
    promised = ["ruff check", "ruff format", "djade", "migrations complete", "system checks"]
    assert names == [*promised, "catalogues and static files"]


@pytest.mark.parametrize(("ci", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_a_second_try_and_a_fixed_order_are_for_ci_alone(monkeypatch, ci, expected):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(checks, "run", lambda name, command, **_more: command)
    command = checks.run_pytest({}, checks.FOLDER / "junit.xml")
    assert ("--reruns=1" in command) is expected
    assert any(str(part).startswith("--randomly-seed") for part in command) is expected
