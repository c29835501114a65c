"""`make test`: everything that must hold, one after the other, against throw-away servers."""

import os
import shlex
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import urlsplit

from tools.environment import NODE_MODULES, must_run, prepare_assets, prepare_checker, prepare_python
from tools.postgres import THROW_AWAY
from tools.processes import Failed, Process, Services, clean_env, run
from tools.progress import step
from tools.servers import Addresses, start_servers
from tools.state import PYTHON, ROOT, VAR, Lock, remove, server_folder, server_user

FOLDER = VAR / "test"
# Three processes of tests, some with twenty threads, their web servers and workers; and one query keeps to one core.
MANY_AT_ONCE = {"max_connections": "250", "max_parallel_workers_per_gather": "0"}
CODE = ["alliance", "members", "partnerships", "tests", "bench", "tools", "deploy", "manage.py"]


def install_browser() -> None:
    """Debian's Chromium for the journeys; only root can install it, others are told."""
    if shutil.which("chromium"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        step("No chromium on this machine: browser tests are skipped (Debian: apt-get install chromium)")
        return
    step("Installing Debian's chromium for the browser tests")
    log = VAR / "log" / "apt.log"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        must_run("apt-get update", ["apt-get", "update", "-q"], log, quiet)
        must_run(
            "apt-get install",
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
            log,
            quiet,
        )
    except Failed as failure:
        step(f"{failure}\nGoing on without a browser.")


def env_of_tests(addresses: Addresses) -> dict[str, str]:
    env = clean_env()
    env.update(
        DATABASE_URL=addresses.database,
        REDIS_URL=addresses.redis,
        MAP_ASSETS_DIR=str(NODE_MODULES),
        STATE_DIR=str(FOLDER / "state"),
        STATIC_ROOT=str(FOLDER / "static"),
        DJANGO_SETTINGS_MODULE="tests.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's synchronous interface keeps an event loop in the thread
        PYTHONUNBUFFERED="1",
    )
    env.setdefault("SECRET_KEY", "a key for tests")
    env.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # a hundred processes begin: each would compile all that we wrote
    return env


def code_paths() -> list[str]:
    return [name for name in CODE if (ROOT / name).exists()]


def djade(*options: str) -> list:
    templates = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.html"))
    return [PYTHON.with_name("djade"), "--target-version", "5.2", *options, *templates]


def format_all(arguments: list[str]) -> int:
    """Code and templates as the checks want to see them."""
    prepare_python("requirements.txt", "requirements-dev.txt")
    run("ruff check", [PYTHON, "-m", "ruff", "check", "--fix", "--quiet", *code_paths()], cwd=ROOT)
    run("ruff format", [PYTHON, "-m", "ruff", "format", *code_paths()], cwd=ROOT)
    run("djade", djade(), cwd=ROOT)  # ends with 1 when it changed something
    return 0


def checks() -> list[tuple[str, list]]:
    code = code_paths()
    manage = [PYTHON, "manage.py"]
    return [
        ("ruff check", [PYTHON, "-m", "ruff", "check", *code]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", *code]),
        ("djade", djade("--check")),
        ("migrations complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("system checks", [*manage, "check", "--fail-level", "WARNING"]),
        ("catalogues and static files", [*manage, "prepare", "--build"]),
    ]


def run_checks(env: dict[str, str]) -> list[str]:
    """All of them, also after the first failure; the names of those that failed."""
    failed = []
    for name, command in checks():
        step(f"Check: {name}")
        if run(name, command, env=env, cwd=ROOT):
            step(f"FAILED: {name}")
            failed.append(name)
    return failed


def start_migrating(env: dict[str, str]) -> Process:
    """Beside the checks. Everything is migrated once; what tests write to are copies, made in a moment."""
    log = VAR / "log" / "migrate.log"
    return Process("migrate", [PYTHON, "manage.py", "migrate", "-v", "0"], env=env, cwd=ROOT, log=log)


def wait_for_template(migrating: Process, env: dict[str, str]) -> list[str]:
    step("Waiting for the migrated database, which the tests copy")
    if migrating.wait():
        step(f"FAILED: migrate\n{migrating.tail()}")
        return ["migrate"]
    env["TEST_TEMPLATE"] = urlsplit(env["DATABASE_URL"]).path[1:]
    return []


def options_on_ci() -> list[str]:
    """CI says the same of the same commit: one order of the tests (everybody's own runs try others), and a test that
    fails is tried once more. Both tries are told, and one that needed its second is a fault to be mended.
    """
    return ["--randomly-seed=1469", "--reruns=1", "-rR"] if on_ci() else []


def on_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def run_pytest(env: dict[str, str], report: Path) -> int:
    # Three on two cores: fault tests and journeys wait much of their time (tests/schedule.py).
    workers = ["-n", os.environ.get("TEST_WORKERS") or "3", "--dist", "loadscope"]
    options = ["-p", "tests.skips", "-p", "tests.schedule", *workers, "--durations=15", *options_on_ci()]
    command = [
        PYTHON,
        "-m",
        "pytest",
        *options,
        f"--junitxml={report}",
        *shlex.split(os.environ.get("ARGS", "")),
    ]
    step("Tests: " + shlex.join(str(part) for part in command[1:]))
    return run("pytest", command, env=env, cwd=ROOT)


def counts(report: Path) -> tuple[int, int]:
    """How many tests passed and failed, from pytest's report."""
    if not report.exists():
        return 0, 0
    suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    return number["tests"] - failed - number["skipped"], failed


def run_tests(arguments: list[str]) -> int:
    lock = Lock(VAR / "test.lock")
    if not lock.take():
        raise Failed(f"The tests of this checkout are already running (process {lock.holder().get('pid')}).")
    prepare_python("requirements.txt", "requirements-dev.txt")
    prepare_assets()
    prepare_checker()
    install_browser()
    cluster = server_folder(server_user()) / "test-postgres"
    report = FOLDER / "junit.xml"
    services = Services()
    try:
        remove(cluster)
        remove(FOLDER)
        (FOLDER / "state").mkdir(parents=True)
        addresses = start_servers(services, "test-postgres", "test/valkey", THROW_AWAY | MANY_AT_ONCE)
        env = env_of_tests(addresses)
        services.start_group()
        # A database of somebody else is left as it is.
        migrating = services.add(start_migrating(env)) if addresses.embedded_database else None
        failed = run_checks(env)
        if migrating:
            failed += wait_for_template(migrating, env)
        code = run_pytest(env, report)
    finally:
        services.stop()
        remove(cluster)
        lock.release()
    passed, broken = counts(report)
    if code and not broken:  # it did not get as far as a test, or refused an unlisted skip
        failed.append("pytest")
    if failed:  # what pytest said last is not the whole truth then
        print(f"Checks that failed: {', '.join(failed)}")
        print(f"{passed} passed, {broken + len(failed)} failed", flush=True)
    return code or bool(failed)
