"""`make run`: the whole portal on this machine, with demo data, on loopback addresses only."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools import network
from tools.environment import NODE_MODULES, prepare_assets, prepare_python
from tools.processes import Failed, Process, Services, clean_env, run, wait_until
from tools.progress import step
from tools.servers import Addresses, start_servers
from tools.state import PYTHON, ROOT, VAR, Lock, kept_secret

PORT = 8000
LOG = VAR / "log"
MAIL = VAR / "mail"
WEB_WORKERS, TASK_WORKERS = 2, 2


def asked_port() -> int:
    text = os.environ.get("PORT") or str(PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failed(f"PORT={text} is not a port number.")
    return int(text)


def portal_env(port: int, addresses: Addresses, mail_port: int | None) -> dict[str, str]:
    """The contract with alliance/settings.py; every name is explained in .env.example."""
    env = clean_env()
    env.update(
        LOCAL_RUN="1",
        STATE_DIR=str(VAR),
        MAP_ASSETS_DIR=str(NODE_MODULES),
        DATABASE_URL=addresses.database,
        REDIS_URL=addresses.redis,
        PYTHONUNBUFFERED="1",
    )
    env.setdefault("SECRET_KEY", kept_secret(VAR / "secret-key"))
    env.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    env.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    if mail_port:
        env.update(EMAIL_URL=f"smtp://{network.LOOPBACK}:{mail_port}", MAILBOX_DIR=str(MAIL))
    return env


def start_mailbox(services: Services) -> int | None:
    """The local mail server, unless EMAIL_URL names a real one."""
    if os.environ.get("EMAIL_URL"):
        return None
    port = network.any_free()
    process = Process(
        "Mail server",
        [PYTHON, ROOT / "tools" / "mailbox.py", str(port), MAIL],
        cwd=ROOT,
        log=LOG / "mailbox.log",
    )
    services.add(process)
    wait_until(lambda: network.accepts(port), process, seconds=20)
    return port


def prepare(env: dict[str, str], demo: bool) -> None:
    step("Preparing the portal (catalogues, database, static files" + (", demo data)" if demo else ")"))
    command = [PYTHON, "manage.py", "prepare", *(["--demo"] if demo else [])]
    if code := run("prepare", command, env=env, cwd=ROOT):
        raise Failed(f"`manage.py prepare` failed with code {code}; its output stands above.")


def portal_services(port: int, env: dict[str, str]) -> list[Callable[[], Process]]:
    """How to start the web server, the worker and beat."""

    def service(name: str, log: str, *command: str) -> Callable[[], Process]:
        return lambda: Process(name, [PYTHON, "-m", *command], env=env, cwd=ROOT, log=LOG / log)

    address = ["--interface", "wsgi", "--host", network.LOOPBACK, "--port", str(port)]
    threads = ["--workers", str(WEB_WORKERS), "--blocking-threads", "1"]
    quiet = ["--without-gossip", "--without-mingle", "--concurrency", str(TASK_WORKERS), "--loglevel", "INFO"]
    schedule = ["--schedule", str(VAR / "beat-schedule"), "--pidfile="]
    return [
        service("Web server", "web.log", "granian", *address, *threads, "alliance.wsgi:application"),
        service("Worker", "worker.log", "celery", "-A", "alliance", "worker", *quiet),
        service("Beat", "beat.log", "celery", "-A", "alliance", "beat", "--loglevel", "INFO", *schedule),
    ]


def account_lines(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    accounts = json.loads(path.read_text())
    widths = [
        max((len(account[key]) for account in accounts), default=0) for key in ("role", "email", "password")
    ]
    for account in accounts:
        columns = (
            account[key].ljust(width)
            for key, width in zip(("role", "email", "password"), widths, strict=True)
        )
        yield "    " + "  ".join([*columns, account.get("note", "")]).rstrip()


def announce(url: str, demo: bool, mailbox: bool) -> None:
    print(f"\n  The portal is running: {url}\n")
    if demo and (lines := list(account_lines(VAR / "demo-accounts.json"))):
        print("  Sign in as (e-mail, password):")
        print("\n".join(lines) + "\n")
    if mailbox:
        print(f"  Every mail it sends can be read at {url}/mailbox/")
    print("  Logs are in var/log/. Ctrl-C stops everything; the data stay.\n", flush=True)


def start_and_watch(port: int, url: str, services: Services) -> None:
    addresses = start_servers(services, "postgres", "valkey")
    mail_port = start_mailbox(services)
    env = portal_env(port, addresses, mail_port)
    # Somebody's own database gets demo data only when they say so.
    demo = addresses.embedded_database or os.environ.get("DEMO") == "1"
    prepare(env, demo)
    web, *others = portal_services(port, env)
    services.start_group()
    step("Starting the web server")
    process = services.add(web())
    wait_until(lambda: network.accepts(port) and network.answers_http(port), process, seconds=60)
    step("Starting the worker and the clock")  # after the web server: all at once would be later for everyone
    for start in others:
        services.add(start())
    step("Ready")
    announce(url, demo, mailbox=bool(mail_port))
    while True:
        services.check()
        time.sleep(0.5)


def run_portal(arguments: list[str]) -> int:
    lock = Lock(VAR / "portal.lock")
    if not lock.take():
        holder = lock.holder()
        print(f"The portal is already running: {holder.get('url', 'it is just starting')}")
        print(f"(process {holder.get('pid', 'unknown')}; stop it with Ctrl-C there or `make clean`)")
        return 0
    asked = asked_port()
    port = network.next_free(asked)
    url = os.environ.get("PUBLIC_URL") or f"http://localhost:{port}"
    lock.say(url=url)
    if port != asked:
        step(f"Port {asked} is taken; using {port}")
    services = Services()
    try:
        prepare_python("requirements.txt")
        prepare_assets()
        start_and_watch(port, url, services)
    finally:
        print("\nStopping …", flush=True)
        services.stop()
        lock.release()
        print("Stopped.", flush=True)
    return 0
