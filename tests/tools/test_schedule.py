"""Long modules first, waiting ones beside computing ones, and each test exactly once."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import pytest

from tests.schedule import SECONDS, SPREAD, Schedule
from tests.tools.conftest import ROOT

CRAWL, OVERDUE = "tests/journeys/crawl/test_pages.py", "tests/partnerships/test_overdue.py"
SHORT = "tests/core/test_units.py"
FAULTS = [f"tests/faults/test_mail_faults.py::test_{number}" for number in range(4)]


class Node:
    """A worker as the scheduler sees it."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.queue: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.queue += indices

    def shutdown(self) -> None:
        self.shutting_down = True


@pytest.fixture
def schedule():
    option = SimpleNamespace(loadscopereorder=True)
    return Schedule(SimpleNamespace(option=option, getvalue=lambda _name: ["popen", "popen"]))


def begin(schedule, collection: list[str]) -> list[Node]:
    nodes = [Node("gw0"), Node("gw1")]
    for node in nodes:
        schedule.add_node(node)
        schedule.add_node_collection(node, collection)
    schedule.schedule()
    return nodes


def test_the_modules_that_it_knows_are_there():
    assert [module for module in (*SECONDS, *SPREAD) if not (ROOT / module).exists()] == []


def test_long_ones_begin_first_and_waiting_ones_run_beside_them(schedule):
    collection = [
        f"{SHORT}::test_a",
        *FAULTS,
        *(f"{OVERDUE}::test_{n}" for n in range(5)),
        f"{CRAWL}::test_b",
    ]
    computes, waits = begin(schedule, collection)
    assert collection[computes.queue[0]] == f"{CRAWL}::test_b"
    assert collection[waits.queue[0]] in FAULTS
    assert collection[computes.queue[1]].startswith(OVERDUE)


def test_every_test_runs_once_and_a_module_on_one_worker(schedule):
    collection = [
        *(f"{SHORT}::test_{n}" for n in range(9)),
        *FAULTS,
        f"{CRAWL}::test_a",
        f"{OVERDUE}::test_a",
    ]
    nodes = begin(schedule, collection)
    done: dict[str, list[str]] = {"gw0": [], "gw1": []}
    while any(node.queue for node in nodes):
        for node in nodes:
            # As a worker does: the last one in its hands waits until it knows that nothing follows.
            while len(node.queue) > 1 or (node.queue and node.shutting_down):
                index = node.queue.pop(0)
                done[node.gateway.id].append(collection[index])
                schedule.mark_test_complete(node, index)
    assert sorted(done["gw0"] + done["gw1"]) == sorted(collection)
    assert sum(any(name.startswith(SHORT) for name in names) for names in done.values()) == 1
    assert all(node.shutting_down for node in nodes)


def test_with_real_workers(tmp_path):
    for module in ("a", "b", "c"):
        (tmp_path / f"test_{module}.py").write_text("def test_1():\n    pass\n\ndef test_2():\n    pass\n")
    report = tmp_path / "junit.xml"
    quiet = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "tests.schedule"]
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", tmp_path, *quiet]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    env.pop("PYTEST_XDIST_WORKER", None)
    options = ["-n", "2", "--dist", "loadscope", f"--junitxml={report}", tmp_path]
    subprocess.run([*command, *options], cwd=tmp_path, env=env, check=True, capture_output=True)
    cases = [(case.get("classname"), case.get("name")) for case in ElementTree.parse(report).iter("testcase")]
    assert sorted(cases) == [(f"test_{module}", f"test_{n}") for module in "abc" for n in (1, 2)]
