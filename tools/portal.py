"""The command behind the Makefile: python3 -m tools.portal run|test|bench|format|assets|lock|messages|clean."""

import sys

if sys.version_info < (3, 11):
    sys.exit("The portal needs Python 3.11 or newer; this is " + sys.version.split()[0])
if sys.platform != "linux":
    sys.exit("The embedded servers of the portal run on Linux only; elsewhere use compose.yaml.")

import contextlib
import os
import shutil
import signal
from pathlib import Path

from tools import bench, checks, environment, local
from tools.guard import PR_SET_PDEATHSIG, prctl
from tools.processes import Failed, run
from tools.progress import step
from tools.state import POINTER, PYTHON, ROOT, VAR, VENV, Lock, remove, stop_holder
from tools.terminal import foreground

LANGUAGES = sorted(path.parent.name for path in (ROOT / "locale").glob("*/LC_MESSAGES"))
LOCKS = ["requirements", "requirements-dev", "requirements-assets"]


class Stop(BaseException):
    """Somebody asked us to stop; a BaseException, so that no `except Exception` swallows it."""


def listen_for_stop() -> None:
    """The first signal raises Stop, wherever we are; later ones must not disturb the clean-up."""

    def on_signal(number: int, frame) -> None:
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)  # a background start inherits an ignored SIGINT


def stop_with_make() -> None:
    """When make itself is killed, we are told to stop."""
    parent = os.getppid()
    try:
        name = Path(f"/proc/{parent}/comm").read_text().strip()
    except OSError:
        return
    if name in ("make", "gmake"):
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            raise Stop


def assets(arguments: list[str]) -> int:
    environment.prepare_python("requirements.txt")
    environment.prepare_assets(now=True)
    return 0


def lock(arguments: list[str]) -> int:
    """Compile the lock files anew (developers only, needs uv)."""
    uv = shutil.which("uv")
    if not uv:
        raise Failed("`make lock` needs uv on the PATH (pip install uv).")
    for name in LOCKS:
        step(f"Locking {name}.txt")
        options = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet"]
        override = ["--override", "requirements-overrides.txt"]
        code = run(
            uv, [uv, "pip", "compile", *options, *override, f"{name}.in", "-o", f"{name}.txt"], cwd=ROOT
        )
        if code:
            return code
    return 0


def messages(arguments: list[str]) -> int:
    """Collect the texts of code and templates into the catalogues of the translators."""
    if not shutil.which("xgettext"):
        raise Failed("`make messages` needs gettext (Debian: apt-get install gettext).")
    environment.prepare_python("requirements.txt")
    languages = [option for language in LANGUAGES for option in ("--locale", language)]
    ignore = [
        option for folder in (".venv", "node_modules", "var", "tests", "bench") for option in ("-i", folder)
    ]
    command = [PYTHON, "manage.py", "makemessages", *languages, *ignore, "--add-location", "file"]
    return run("makemessages", command, cwd=ROOT)


def clean(arguments: list[str]) -> int:
    """Stop what runs out of this checkout and remove all that the commands have made, the demo data included."""
    for name in ("portal.lock", "test.lock", "bench.lock"):
        if (VAR / name).exists() and not stop_holder(Lock(VAR / name)):
            raise Failed(f"What holds var/{name} does not stop.")
    outside = Path(POINTER.read_text().strip()) if POINTER.exists() else VAR
    folders = [VENV, VAR, outside, ROOT / "node_modules", environment.CHECKER / "node_modules"]
    folders += [ROOT / "staticfiles", ROOT / "test-results"]
    caches = [
        ROOT / name for name in (".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".coverage")
    ]
    compiled = [*ROOT.glob("locale/**/LC_MESSAGES/*.mo")]
    for path in (*folders, *caches, *compiled):
        remove(path)
    if outside != VAR:
        with contextlib.suppress(OSError):  # other checkouts may have their folder there
            outside.parent.rmdir()
    for path in ROOT.rglob("__pycache__"):
        remove(path)
    print("Clean.")
    return 0


COMMANDS = {
    "run": local.run_portal,
    "test": checks.run_tests,
    "bench": bench.run_benches,
    "format": checks.format_all,
    "assets": assets,
    "lock": lock,
    "messages": messages,
    "clean": clean,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 2
    try:
        listen_for_stop()
        stop_with_make()
        with foreground():
            return COMMANDS[arguments[0]](arguments[1:])
    except Stop:
        # Whoever stops the portal has what they wanted; a test run that was stopped has not passed.
        return 0 if arguments[0] == "run" else 130
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
