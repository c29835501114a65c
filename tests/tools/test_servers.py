"""The embedded servers, started for real, in a folder with a space and Cyrillic letters."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.tools.conftest import is_alive, wait_for
from tools import postgres, state, valkey
from tools.processes import Services
from tools.servers import Addresses, start_servers


@pytest.fixture
def folder(monkeypatch):
    """A state folder that the database's user can enter, in the environment that runs the tests."""
    base = Path(tempfile.mkdtemp(prefix="портал з пробілом "))
    base.chmod(0o755)
    for module in (state, postgres, valkey):
        monkeypatch.setattr(module, "VAR", base)
    for module in (postgres, valkey):
        monkeypatch.setattr(module, "VENV", Path(sys.prefix))
    monkeypatch.setattr(postgres, "server_folder", lambda user: base)
    yield base
    shutil.rmtree(base)


@pytest.fixture
def services():
    services = Services()
    services.start_group()
    yield services
    services.stop()


def ask(server: postgres.Postgres, sql: str) -> str:
    command = [server.bin / "psql", server.url, "-AtX", "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=server.env).stdout.strip()


def test_postgres_keeps_its_data_through_kill_9_and_a_stale_pid_file(folder, services):
    server = postgres.Postgres("cluster")
    process = services.add(server.start())
    server.wait(process)
    assert ask(server, "SHOW server_encoding; SHOW listen_addresses") == "UTF8\n127.0.0.1"
    ask(server, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    assert not list(folder.rglob(".s.PGSQL*"))
    backends = backends_of(server)
    process.guard.kill()
    process.wait()
    assert wait_for(lambda: not any(map(is_alive, backends)))
    assert (server.data / "postmaster.pid").exists()
    again = postgres.Postgres("cluster")
    again.wait(services.add(again.start()))
    assert ask(again, "SELECT n FROM kept") == "7"
    services.groups[-1].remove(process)


def backends_of(server: postgres.Postgres) -> list[int]:
    main = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    below = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    assert below
    return [main, *map(int, below)]


def test_a_pid_file_that_names_a_stranger_is_put_aside(folder):
    server = postgres.Postgres("cluster")
    server.data.mkdir(parents=True)
    stranger = subprocess.Popen(["/bin/sleep", "60"], cwd="/")
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        server.clear_stale_pid()
        assert not (server.data / "postmaster.pid").exists()
        assert is_alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_the_password_is_private(folder):
    server = postgres.Postgres("cluster")
    assert len(server.password) > 40
    assert (server.folder / "password").stat().st_mode & 0o777 == 0o600


def test_valkey_answers_with_its_password_only(folder, services):
    server = valkey.Valkey("брокер")
    process = services.add(server.start())
    server.wait(process)
    server.password, right = "wrong", server.password
    assert not server.is_ready()
    server.password = right
    assert server.is_ready()


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("/srv/portal", '"/srv/portal"'),
        ("/srv/мій портал", '"/srv/мій портал"'),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("a\nport 1", '"a\\nport 1"'),
        ("", '""'),
    ],
)
def test_quotes_for_valkey(value, quoted):
    assert valkey.quote(value) == quoted


def test_the_configuration_has_a_line_for_each_setting():
    assert valkey.configuration({"port": "1", "save": ""}) == 'port "1"\nsave ""\n'


def test_postgres_is_stopped_by_sigint(folder):
    """SIGTERM would wait for every client to leave; SIGQUIT would skip the checkpoint."""
    server = postgres.Postgres("cluster", postgres.THROW_AWAY)
    process = server.start()
    server.wait(process)
    process.ask_to_stop()
    assert process.wait(90) == 0
    assert "received fast shutdown request" in server.log.read_text()


def test_servers_of_ones_own_take_the_place_of_the_embedded(services, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://own.example/portal")
    monkeypatch.setenv("REDIS_URL", "redis://own.example/0")
    addresses = start_servers(services, "postgres", "valkey")
    assert addresses == Addresses("postgres://own.example/portal", "redis://own.example/0", False)
    assert not any(services.groups)
