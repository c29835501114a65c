"""Where the local run keeps its things, the locks on them, and small secrets."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tools.processes import User

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
POINTER = VAR / "server-folder"
NOBODY = User(65534, 65534)


def server_user(root: Path = ROOT) -> User | None:
    """Whom the database runs as: ourselves, or as root the owner of the checkout, or nobody."""
    if os.geteuid() != 0:
        return None
    owner = root.stat()
    return User(owner.st_uid, owner.st_gid) if owner.st_uid else NOBODY


def can_enter(user: User, folder: Path) -> bool:
    probe = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    result = subprocess.run(
        probe, user=user.uid, group=user.gid, extra_groups=[], cwd="/", capture_output=True, check=False
    )
    return result.returncode == 0


def server_folder(user: User | None) -> Path:
    """The folder of the database: in var/, or outside when its user cannot enter the checkout (root's home)."""
    VAR.mkdir(mode=0o755, exist_ok=True)
    if user is None:
        return VAR
    if POINTER.exists():
        return Path(POINTER.read_text().strip())
    folder = VAR
    if not can_enter(user, VAR):
        folder = Path("/var/lib/alliance-portal") / hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    POINTER.write_text(f"{folder}\n")
    return folder


def make_private(folder: Path, user: User | None) -> Path:
    """A folder that only the server's user (and root) can read."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user:
        os.chown(folder, user.uid, user.gid)
    return folder


def write_secret(path: Path, text: str, user: User | None = None) -> None:
    """Whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if user:
        os.chown(part, user.uid, user.gid)
    part.replace(path)


def kept_secret(path: Path, user: User | None = None) -> str:
    """The secret in a file, made up the first time."""
    if not path.exists() or not path.read_text().strip():
        write_secret(path, secrets.token_urlsafe(48) + "\n", user)
    return path.read_text().strip()


class Lock:
    """A lock that ends with its holder, however that dies; the file says who holds it and what for."""

    def __init__(self, path: Path):
        self.path = path
        self.file = None

    def take(self, *, wait: bool = False) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = open(self.path, "a+")  # noqa: SIM115 - stays open as long as the lock is held
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self.file = file
        self.say()
        return True

    def say(self, **about: str) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.file.write(json.dumps({"pid": os.getpid(), **about}))
        self.file.flush()

    def holder(self) -> dict:
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}

    def release(self) -> None:
        if self.file:
            self.file.seek(0)
            self.file.truncate()
            self.file.close()
            self.file = None


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for a lock and hold it for a while."""
    lock = Lock(path)
    lock.take(wait=True)
    try:
        yield
    finally:
        lock.release()


def stop_holder(lock: Lock, seconds: float = 40) -> bool:
    """Ask whoever holds the lock to stop and wait for it; True when nobody holds it any more."""
    deadline = time.monotonic() + seconds
    asked = False
    while not lock.take():
        pid = lock.holder().get("pid")
        if pid and not asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            asked = True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    lock.release()
    return True


def remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
