"""Scripts in a process of their own that play the launcher, and a look at who is still alive."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A service whose family is as unruly as they come: a child, a grandchild in a session of its own whose parent has
# gone, all of them deaf to SIGTERM when asked to be. Each writes its number into the folder.
UNRULY = """
import os, signal, sys, time
folder, deaf = sys.argv[1], sys.argv[2] == "deaf"
def settle(name):
    if deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(os.path.join(folder, name), "w").write(str(os.getpid()))
    while True:
        time.sleep(0.1)
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        settle("grandchild")
    os._exit(0)
if os.fork() == 0:
    settle("child")
settle("program")
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def wait_for(condition, seconds: float = 60.0) -> bool:
    """Only a test that fails waits so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


@pytest.fixture
def unruly(tmp_path):
    """The service's script and the folder of its numbers."""
    script = tmp_path / "unruly.py"
    script.write_text(UNRULY)
    folder = tmp_path / "family"
    folder.mkdir()
    return script, folder


@pytest.fixture
def family():
    """All numbers of the family, once it is complete."""

    def numbers(folder: Path) -> dict[str, int]:
        names = ("program", "child", "grandchild")
        assert wait_for(
            lambda: all((folder / name).exists() and (folder / name).read_text() for name in names)
        )
        return {name: int((folder / name).read_text()) for name in names}

    return numbers


@pytest.fixture
def launch(tmp_path):
    """Run a script in the launcher's place; it is killed at the end of the test whatever happens."""
    started = []

    def start(script: str, *arguments: str, **options) -> subprocess.Popen:
        path = tmp_path / f"launcher-{len(started)}.py"
        path.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n" + textwrap.dedent(script))
        process = subprocess.Popen(
            [sys.executable, str(path), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
