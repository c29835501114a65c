"""Servers that fault tests may kill: never the ones that the test suite itself runs on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

import tools.network
import tools.postgres
import tools.state
import tools.valkey
from tests.live import (
    LOOPBACK,
    ROOT,
    Portal,
    Program,
    Sink,
    database_url,
    environment,
    free_port,
    start_beat,
    start_worker,
    wait_for,
    wake,
)
from tools.processes import stop_all

__all__ = ["start_beat", "start_worker", "wake"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server of this test alone."""
    server = Sink().start()
    yield server
    server.stop()


@pytest.fixture
def _here(monkeypatch, tmp_path: Path) -> None:
    """The launcher's tools use the packages of the running Python, and keep their files with the test."""
    monkeypatch.setattr(tools.postgres, "VENV", Path(sys.prefix))
    monkeypatch.setattr(tools.valkey, "VENV", Path(sys.prefix))


class Broker:
    """A Valkey that can be stopped and started again under the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self.program: Program | None = None

    def start(self) -> "Broker":
        argv = [str(tools.valkey.binary()), "--port", str(self.port), "--bind", LOOPBACK, "--save", ""]
        self.program = Program("valkey", [*argv, "--dir", str(self.folder)], {}, self.folder)
        wait_for(lambda: tools.network.accepts(self.port), 10, "the broker answers")
        return self

    def stop(self) -> None:
        if self.program:
            self.program.kill()

    def freeze(self) -> None:
        os.kill(self.program.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.program.pid, signal.SIGCONT)


@pytest.fixture
def broker(_here, tmp_path: Path) -> Iterator[Broker]:
    server = Broker(tmp_path).start()
    yield server
    server.stop()


class Database:
    """A PostgreSQL cluster that can be restarted and crashed under the same address; it waits for the disk."""

    def __init__(self, monkeypatch) -> None:
        self.port = free_port()
        monkeypatch.setattr(tools.network, "any_free", lambda: self.port)
        self.server = tools.postgres.Postgres(f"postgres-fault-{os.getpid()}")
        self.process = None

    def start(self) -> None:
        self.process = self.server.start()
        self.server.wait(self.process)

    def migrate(self) -> None:
        """What `make test` has migrated is copied; migrating anew takes many times as long."""
        if template := os.environ.get("TEST_TEMPLATE"):
            dump = [self.server.bin / "pg_dump", "-d", database_url(template)]
            restore = [self.server.bin / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url]
            said = subprocess.run(dump, check=True, stdout=subprocess.PIPE).stdout
            subprocess.run(restore, check=True, input=said, stdout=subprocess.DEVNULL)
        else:
            changes = {"DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "tests.live_settings"}
            argv = [sys.executable, "manage.py", "migrate", "-v", "0"]
            subprocess.run(argv, cwd=ROOT, check=True, env={**os.environ, **changes})

    def stop(self) -> None:
        """As a service manager does it: sessions are broken off, everything is written."""
        stop_all([self.process])

    def crash(self) -> None:
        pid = int((self.server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        self.process.wait(120)

    @property
    def url(self) -> str:
        return self.server.url

    def rows(self, sql: str) -> list[tuple]:
        connection = psycopg2.connect(self.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def remove(self) -> None:
        if self.process and not self.process.ended():
            self.stop()
        tools.state.remove(self.server.folder)


@pytest.fixture
def database(_here, monkeypatch) -> Iterator[Database]:
    """A cluster of this test alone, migrated."""
    one = Database(monkeypatch)
    try:
        one.start()
        one.migrate()
        yield one
    finally:
        one.remove()


@pytest.fixture
def start_portal(django_db_setup, tmp_path) -> Iterator[Callable[..., Portal]]:
    """Start web servers of this test alone, with the real cache and connections that are kept."""
    started = []

    def start(sink: Sink, *, threads: int = 1, **changes: str) -> Portal:
        env = environment(sink, DJANGO_SETTINGS_MODULE="tests.outage_settings", **changes)
        started.append(Portal(env, tmp_path, threads))
        return started[-1].wait()

    yield start
    for program in started:
        program.kill()
