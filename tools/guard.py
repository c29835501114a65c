"""Runs one program and answers for it: started by tools.processes, one guard per program, in a session of its own.

The launcher holds the other end of the guard's standard input. The first line on it is the order (JSON); the word
"stop" asks for a gentle stop; the end of the pipe means that the launcher is gone, even by `kill -9`. In each case the
guard leaves only when the program and everything it has ever started are gone: it is the subreaper of the whole
family, so that grandchildren that moved to other sessions or lost their parents are still found.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE = 10.0  # seconds between the gentle stop and SIGKILL
GRACE_ORPHANED = 3.0  # the same when the launcher is gone


def prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """Every living process below `root`, however deep, read from /proc."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        # A process may be gone between the look at the list and the look at itself.
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
            state, parent = stat.read().rpartition(b")")[2].split()[:2]
            if state not in (b"Z", b"X"):
                children.setdefault(int(parent), []).append(int(name))
    found: list[int] = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def start(order: dict) -> subprocess.Popen:
    def in_child() -> None:
        # After the change of user: that change clears the death signal.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)  # an ignored signal would stay ignored in the program
        os.umask(order["umask"])

    user = {}
    if order.get("uid") is not None:
        user = {"user": order["uid"], "group": order["gid"], "extra_groups": []}
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if order.get("log") else None
    text = order.get("stdin")
    program = subprocess.Popen(
        order["argv"],
        cwd=order["cwd"],
        env=order["env"],
        stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
        stdout=log,
        stderr=log,
        preexec_fn=in_child,
        **user,
    )
    if text is not None:
        with contextlib.suppress(BrokenPipeError), program.stdin as pipe:
            pipe.write(text.encode())
    return program


class Family:
    """The program and all that descends from it."""

    def __init__(self, program: subprocess.Popen):
        self.program = program
        self.status: int | None = None  # of the program itself, once it has ended

    def reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.program.pid:
                self.status = os.waitstatus_to_exitcode(status)

    def signal_program(self, number: int) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.program.pid, number)

    def kill(self, seconds: float = 5.0) -> None:
        """SIGKILL to everyone, again and again until a look finds nobody."""
        deadline = time.monotonic() + seconds
        while (left := descendants(os.getpid())) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
            self.reap()
        self.reap()


def watch(family: Family, orders: int, wake: int, order: dict) -> None:
    """Returns when the program has ended or its time is up."""
    deadline = None
    sources = [orders, wake]
    while family.status is None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return
        ready, _, _ = select.select(sources, [], [], left)
        if wake in ready:
            os.read(wake, 4096)
        if orders in ready:
            word = os.read(orders, 4096)
            if not word:
                sources.remove(orders)
            grace = order.get("grace", GRACE) if word else GRACE_ORPHANED
            if deadline is None:
                family.signal_program(order["stop_signal"])
            deadline = min(deadline or float("inf"), time.monotonic() + grace)
        family.reap()


def read_line(source: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(source, 1)
        if not byte:
            break
        line += byte
    return bytes(line)


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # only the pipe decides
    wake, wake_end = os.pipe()
    os.set_blocking(wake_end, False)
    signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    line = read_line(0)
    if not line.strip():
        return 0  # the launcher died before it gave an order
    order = json.loads(line)
    try:
        family = Family(start(order))
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{order['argv'][0]}: {error}", file=sys.stderr)
        return 127
    watch(family, orders=0, wake=wake, order=order)
    family.kill()
    status = family.status if family.status is not None else -signal.SIGKILL
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
