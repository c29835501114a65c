"""Locks, secrets, and whom the database runs as."""

import os
import subprocess
import sys

import pytest

from tests.tools.conftest import ROOT, wait_for
from tools import state
from tools.processes import User

HOLDER = """
import sys, time
from pathlib import Path
from tools.state import Lock
lock = Lock(Path(sys.argv[1]))
assert lock.take()
lock.say(url="http://localhost:8123")
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_start_is_told_who_runs(launch, tmp_path):
    path = tmp_path / "portal.lock"
    holder = launch(HOLDER, str(path))
    assert holder.stdout.readline() == "held\n"
    lock = state.Lock(path)
    assert not lock.take()
    assert lock.holder() == {"pid": holder.pid, "url": "http://localhost:8123"}


def test_a_lock_ends_with_its_holder_even_by_kill_9(launch, tmp_path):
    path = tmp_path / "portal.lock"
    holder = launch(HOLDER, str(path))
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    lock = state.Lock(path)
    assert lock.take()
    lock.release()
    assert lock.holder() == {}


def test_stop_holder_asks_and_waits(launch, tmp_path):
    path = tmp_path / "portal.lock"
    holder = launch(HOLDER, str(path))
    assert holder.stdout.readline() == "held\n"
    assert state.stop_holder(state.Lock(path), seconds=60)
    assert holder.wait(60) != 0


def test_second_make_run_prints_the_address_and_succeeds(launch, tmp_path):
    """The whole command, in a checkout whose portal is running already."""
    checkout = tmp_path / "портал тут"
    checkout.mkdir()
    subprocess.run(["cp", "-r", str(ROOT / "tools"), str(checkout / "tools")], check=True)
    holder = launch(HOLDER, str(checkout / "var" / "portal.lock"))
    assert holder.stdout.readline() == "held\n"
    result = subprocess.run(
        [sys.executable, "-m", "tools.portal", "run"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, "http://localhost:8123" in result.stdout) == (0, True)


def test_a_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "deep" / "secret"
    first = state.kept_secret(path)
    assert len(first) >= 50
    assert state.kept_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("euid", "owner", "expected"), [(1000, 1000, None), (0, 1234, User(1234, 77)), (0, 0, state.NOBODY)]
)
def test_whom_the_database_runs_as(monkeypatch, tmp_path, euid, owner, expected):
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    values = list(tmp_path.stat())
    values[4:6] = [owner, 77]
    monkeypatch.setattr(type(tmp_path), "stat", lambda self: os.stat_result(values))
    assert state.server_user(tmp_path) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="not root")
def test_a_folder_in_roots_home_is_closed_to_others(tmp_path):
    closed = tmp_path / "closed" / "inner"
    closed.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    assert not state.can_enter(state.NOBODY, closed)
    assert state.can_enter(state.NOBODY, "/usr")


def test_remove_takes_links_files_and_folders(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    state.remove(tmp_path / "link")
    assert target.exists()
    state.remove(target)
    state.remove(target)
    assert wait_for(lambda: list(tmp_path.iterdir()) == [])
