"""Real processes for journeys and fault tests: an SMTP server, a Celery worker over a real broker, a web server.

Import the fixtures into a `conftest.py`: `from tests.live import *`. Tests that use them are marked
`django_db(transaction=True)`: other processes see only what is committed.
"""

import asyncio
import contextlib
import email
import email.policy
import itertools
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import connection
from django.db.models.fields.files import FieldFile
from kombu import Connection

__all__ = [
    "_module_sink",
    "_portal",
    "live_portal",
    "smtp_sink",
    "start_beat",
    "start_worker",
    "wake",
    "worker",
]

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"


# How much slower than an idle one a machine may be before a wait is given up. Only a test that fails waits so long.
PATIENCE = 6


def wait_for(condition: Callable[[], object], seconds: float, what: str = "") -> None:
    """Until ``condition`` holds; fails the test when it does not within ``seconds`` of an idle machine."""
    deadline = time.monotonic() + PATIENCE * seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {PATIENCE} times {seconds} s: {what or condition}")
        time.sleep(0.02)


def free_port() -> int:
    """Below those that outgoing connections are given, so that none of them takes it before its server does."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


# --- A mail server ------------------------------------------------------------------------------------------


@dataclass
class Sink:
    """An SMTP server that keeps what it takes. Set the attributes to misbehave; they count from the next command.

    ``delay``: seconds before each mail is taken. ``answers``: maps a stage ("connect", "MAIL", "RCPT", "DATA") to
    a function of the address (at DATA: of the recipient) that returns a reply, or None to go on as usual.
    ``drop_before`` and ``drop_after``: the connection is cut before or after the n-th mail is taken, no reply given.
    """

    port: int = field(default_factory=free_port)
    has_pipelining: bool = True
    delay: float = 0.0
    answers: dict[str, Callable[[str], str | None]] = field(default_factory=dict)
    drop_before: set[int] = field(default_factory=set)
    drop_after: set[int] = field(default_factory=set)
    hangs: bool = False
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.offered = 0
        self.connections = 0
        self.controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(content, policy=email.policy.default) for _to, content in self.taken]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    def message_ids(self) -> Counter:
        """How often each Message-ID was taken."""
        return Counter(_message_id(content) for _to, content in self.taken)

    def reset(self) -> None:
        self.delay, self.hangs, self.has_pipelining = 0.0, False, True
        self.offered = self.connections = 0
        for collection in (self.answers, self.drop_before, self.drop_after, self.taken):
            collection.clear()

    def start(self) -> "Sink":
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self.controller = _SinkController(self)
        self.controller.start()
        return self

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None


def _message_id(content: bytes) -> str:
    head = content.split(b"\r\n\r\n", 1)[0]
    return next(
        line[12:].decode() for line in head.split(b"\r\n") if line.lower().startswith(b"message-id: ")
    )


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def _says(self, stage: str, address: str) -> str | None:
        return self.sink.answers[stage](address) if stage in self.sink.answers else None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.sink.connections += 1
        return ["250-PIPELINING", *responses] if self.sink.has_pipelining else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if says := self._says("MAIL", address):
            return says
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if says := self._says("RCPT", address):
            return says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        sink = self.sink
        sink.offered += 1
        number = sink.offered
        if sink.hangs:
            await asyncio.sleep(3600)
        if sink.delay:
            await asyncio.sleep(sink.delay)
        if number in sink.drop_before:
            server.transport.abort()
            return "421 gone"
        if says := self._says("DATA", envelope.rcpt_tos[0]):
            return says
        sink.taken.append((envelope.rcpt_tos[0], envelope.original_content))
        if number in sink.drop_after:
            server.transport.abort()
            return "421 gone"
        return "250 Taken"


class _Server(SMTP):
    async def _handle_client(self):
        if says := self.event_handler._says("connect", ""):
            self.transport.write(f"{says}\r\n".encode())
            self.transport.close()
            return
        await super()._handle_client()


class _SinkController(Controller):
    def __init__(self, sink: Sink) -> None:
        super().__init__(_Handler(sink), hostname=LOOPBACK, port=sink.port, ready_timeout=PATIENCE * 10)

    def factory(self):
        return _Server(self.handler, hostname="sink.example.org", enable_SMTPUTF8=True, loop=self.loop)

    def _trigger_server(self):  # an SMTP greeting may be refused on purpose, so only the port is tried
        socket.create_connection((LOOPBACK, self.port), timeout=PATIENCE * 5).close()


# --- Processes ----------------------------------------------------------------------------------------------


class Program:
    """A process of its own session, with its log in a file; never this test's process."""

    def __init__(self, name: str, argv: list[str], env: dict[str, str], folder: Path) -> None:
        self.log = folder / f"{name}-{uuid.uuid4().hex[:6]}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env={**os.environ, **env},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        assert self.process.pid != os.getpid()

    @property
    def pid(self) -> int:
        return self.process.pid

    def says(self, words: str) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"{self.log.name} ended with {self.process.returncode}:\n{self.tail()}")
        return words in self.log.read_text(errors="replace")

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def kill(self) -> None:
        """SIGKILL, children included: a machine that dies."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(PATIENCE * 10)

    def terminate(self, seconds: float = 60) -> int:
        """SIGTERM to the main process alone, as a service manager should; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        finally:
            self.kill()


def database_url(name: str = "") -> str:
    """The test database of this process, or another of its server."""
    parts = connection.settings_dict
    login = f"{quote(parts['USER'], safe='')}:{quote(parts['PASSWORD'], safe='')}"
    return f"postgres://{login}@{parts['HOST']}:{parts['PORT']}/{name or parts['NAME']}"


def broker_url() -> str:
    if not os.environ.get("REDIS_URL"):
        pytest.skip("no broker")
    return settings.REDIS_URL


def environment(sink: Sink, **changes: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker_url(),
        "EMAIL_URL": sink.url,
        "LIVE_PREFIX": f"{connection.settings_dict['NAME']}:",
        "PYTHONWARNINGS": "default",
    } | changes


class Worker(Program):
    def __init__(self, env: dict[str, str], folder: Path, concurrency: int = 1) -> None:
        name = f"worker{next(_numbers)}@localhost"
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        argv = [sys.executable, "-m", "celery", "-A", "alliance", "worker", "-l", "INFO", "-n", name]
        super().__init__("worker", [*argv, "-c", str(concurrency), *quiet], env, folder)

    def wait(self) -> "Worker":
        wait_for(lambda: self.says(" ready."), 60, "the worker is ready")
        return self


_numbers = itertools.count(1)


class Beat(Program):
    def __init__(self, env: dict[str, str], folder: Path) -> None:
        schedule = str(folder / f"beat-{uuid.uuid4().hex[:6]}")
        argv = [sys.executable, "-m", "celery", "-A", "alliance", "beat", "-l", "INFO", "-s", schedule]
        super().__init__("beat", [*argv, "--pidfile="], env, folder)


class Portal(Program):
    """The web server on the test database."""

    def __init__(self, env: dict[str, str], folder: Path, threads: int = 1) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        granian = [
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--blocking-threads",
            str(threads),
            "--port",
            str(self.port),
        ]
        argv = [sys.executable, *granian, "--host", LOOPBACK, "alliance.wsgi:application"]
        super().__init__("portal", argv, env | {"LIVE_URL": self.url}, folder)
        self.media = Path(env["MEDIA_ROOT"]) if "MEDIA_ROOT" in env else None

    def take_over(self, file: FieldFile) -> None:
        """A file that the test stored in its own memory, where this server looks for it."""
        path = self.media / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with file.open() as stored:
            path.write_bytes(stored.read())

    def wait(self) -> "Portal":
        wait_for(self.answers, 60, "the web server answers")
        return self

    def answers(self) -> bool:
        self.says("")
        try:
            urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/en/", timeout=PATIENCE * 5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False
        return True


# --- Fixtures -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _module_sink() -> Iterator[Sink]:
    sink = Sink().start()
    yield sink
    sink.stop()


@pytest.fixture
def smtp_sink(_module_sink: Sink) -> Iterator[Sink]:
    """A mail server that takes everything at the start of each test."""
    _module_sink.reset()
    yield _module_sink
    _module_sink.reset()


@pytest.fixture(scope="module")
def worker(django_db_setup, _module_sink: Sink, tmp_path_factory) -> Iterator[Worker]:
    """A running Celery worker that delivers into `smtp_sink`."""
    program = Worker(environment(_module_sink), tmp_path_factory.mktemp("worker"))
    try:
        yield program.wait()
    finally:
        program.terminate()


@pytest.fixture(scope="session")
def _portal(django_db_setup, tmp_path_factory) -> Iterator[Portal]:
    """One for all modules: it starts as long as some of them last. It sends no mail itself."""
    folder = tmp_path_factory.mktemp("portal")
    env = environment(Sink(), MEDIA_ROOT=str(folder / "media"), LIVE_CONN_MAX_AGE="300")
    program = Portal(env, folder)
    try:
        yield program.wait()
    finally:
        program.terminate()


@pytest.fixture(scope="module")
def live_portal(_portal: Portal, worker: Worker) -> Portal:
    """The portal behind a real web server: `.url`; its mails go through `worker` to `smtp_sink`. It remembers nothing
    of the modules before."""
    with urllib.request.urlopen(f"{_portal.url}/forget-everything/", timeout=PATIENCE * 30) as answer:
        assert answer.status == 204
    return _portal


@pytest.fixture
def start_worker(django_db_setup, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start workers of this test alone: ``start_worker(sink, concurrency=1, **environment)``."""
    started: list[Program] = []

    def start(sink: Sink, concurrency: int = 1, **changes: str) -> Worker:
        started.append(Worker(environment(sink, **changes), tmp_path, concurrency))
        return started[-1].wait()

    yield start
    for program in started:
        program.kill()


@pytest.fixture
def start_beat(django_db_setup, tmp_path: Path) -> Iterator[Callable[..., Beat]]:
    """Start the clock of this test alone; it sweeps the outbox every two seconds."""
    started: list[Program] = []

    def start(sink: Sink, **changes: str) -> Beat:
        started.append(Beat(environment(sink, **changes), tmp_path))
        return started[-1]

    yield start
    for program in started:
        program.kill()


@pytest.fixture
def wake(django_db_setup) -> Callable[..., None]:
    """Put the message “mail is due” on the broker, as `core.mail.wake_delivery` does."""
    from alliance.celery import app
    from alliance.core.mail import DELIVER

    def send(url: str = "") -> None:
        options = {"global_keyprefix": f"{connection.settings_dict['NAME']}:"}
        with Connection(url or broker_url(), transport_options=options) as broker:
            app.send_task(DELIVER, connection=broker)

    return send
