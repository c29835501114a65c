"""Starting, watching and stopping programs; every one of them runs under a guard (guard.py)."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.guard import GRACE

GUARD = Path(__file__).with_name("guard.py")
KEEP_LOG = 5_000_000  # bytes; a longer log is set aside at the next start


class Failed(Exception):
    """A step went wrong; the message is for the person at the terminal."""


def clean_env() -> dict[str, str]:
    """Our environment without what make leaves in it."""
    return {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }


@dataclass(frozen=True)
class User:
    """Whom to run a program as, when the launcher is root and the program refuses to be."""

    uid: int
    gid: int


class Process:
    """A program under its guard."""

    def __init__(
        self,
        name: str,
        argv: list,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log: Path | None = None,
        stdin: str | None = None,
        user: User | None = None,
        stop_signal: int = signal.SIGTERM,
        umask: int = 0o022,
        grace: float = GRACE,
    ):
        self.name, self.log = name, log
        order = {
            "argv": [str(part) for part in argv],
            "env": dict(os.environ if env is None else env),
            "cwd": str(cwd or Path.cwd()),
            "log": str(log) if log else None,
            "stdin": stdin,
            "uid": user.uid if user else None,
            "gid": user.gid if user else None,
            "stop_signal": int(stop_signal),
            "umask": umask,
            "grace": grace,
        }
        if log:
            log.parent.mkdir(parents=True, exist_ok=True)
            if log.exists() and log.stat().st_size > KEEP_LOG:
                log.replace(log.with_suffix(".previous.log"))
        self.guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
        )
        self.guard.stdin.write(json.dumps(order).encode() + b"\n")
        self.guard.stdin.flush()

    def ended(self) -> bool:
        return self.guard.poll() is not None

    @property
    def code(self) -> int | None:
        return self.guard.returncode

    def ask_to_stop(self) -> None:
        if not self.ended():
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.write(b"stop\n")
                self.guard.stdin.flush()

    def wait(self, seconds: float | None = None) -> int:
        code = self.guard.wait(seconds)
        with contextlib.suppress(BrokenPipeError):
            self.guard.stdin.close()
        return code

    def tail(self, lines: int = 20) -> str:
        if not self.log or not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 16_000))
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-lines:])


def run(name: str, argv: list, **options) -> int:
    """Run a program to its end under a guard and return its exit code; whatever interrupts us stops it too."""
    process = Process(name, argv, **options)
    try:
        return process.wait()
    finally:
        stop_all([process])


def stop_all(processes: list[Process]) -> None:
    """Ask all of them at once, then wait for each; guards kill on their own after their grace."""
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.wait()


class Services:
    """The running services in start order; stopped in reverse, group by group."""

    def __init__(self) -> None:
        self.groups: list[list[Process]] = []

    def start_group(self) -> None:
        self.groups.append([])

    def add(self, process: Process) -> Process:
        self.groups[-1].append(process)
        return process

    def dead(self) -> Process | None:
        return next((process for group in self.groups for process in group if process.ended()), None)

    def check(self) -> None:
        if dead := self.dead():
            tail = dead.tail()
            where = f" The end of {dead.log}:\n{tail}" if tail else ""
            raise Failed(f"{dead.name} stopped by itself (code {dead.code}).{where}")

    def stop(self) -> None:
        while self.groups:
            stop_all(self.groups.pop())


def wait_until(ready, process: Process, seconds: float, step: float = 0.05) -> None:
    """Wait for `ready()`; a process that ends meanwhile, or does not come up in time, is a failure."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.ended() or time.monotonic() > deadline:
            reason = (
                f"ended with code {process.code}" if process.ended() else f"did not answer in {seconds:.0f} s"
            )
            tail = process.tail()
            raise Failed(
                f"{process.name} {reason}.{f' The end of {process.log}:{chr(10)}{tail}' if tail else ''}"
            )
        time.sleep(step)
