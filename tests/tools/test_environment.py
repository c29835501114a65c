"""What is installed once is not installed again, until its lock file changes."""

import sys

import pytest

from tools import environment
from tools.processes import Failed


@pytest.fixture
def lock(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "VAR", tmp_path / "var")
    path = tmp_path / "requirements.txt"
    path.write_text("thing==1.0 \\\n    --hash=sha256:00\n")
    return path


def test_the_fingerprint_follows_the_content(lock):
    before = environment.fingerprint(lock)
    assert environment.fingerprint(lock) == before
    lock.write_text(lock.read_text().replace("1.0", "1.1"))
    assert environment.fingerprint(lock) != before


def test_the_fingerprint_follows_the_python(lock, monkeypatch):
    before = environment.fingerprint(lock)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    assert environment.fingerprint(lock) != before


def test_the_fingerprint_tells_where_one_file_ends(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("1"), b.write_text("23")
    before = environment.fingerprint(a, b)
    a.write_text("12"), b.write_text("3")
    assert environment.fingerprint(a, b) != before


def test_install_runs_once_for_one_content(lock, tmp_path, monkeypatch):
    calls = tmp_path / "calls"
    script = f"import sys; open({str(calls)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))"
    monkeypatch.setattr(environment, "pip", lambda: [sys.executable, "-c", script])
    environment.install(lock)
    environment.install(lock)
    assert len(calls.read_text().splitlines()) == 1
    assert "--require-hashes --no-deps" in calls.read_text()
    lock.write_text(lock.read_text().replace("1.0", "1.1"))
    environment.install(lock)
    assert len(calls.read_text().splitlines()) == 2


def test_a_failed_install_is_not_remembered_and_shows_why(lock, tmp_path, monkeypatch):
    script = "raise SystemExit('no such package')"
    monkeypatch.setattr(environment, "pip", lambda: [sys.executable, "-c", script])
    for _ in range(2):
        with pytest.raises(Failed, match="no such package"):
            environment.install(lock)


def test_assets_that_cannot_be_fetched_stop_nothing(lock, tmp_path, monkeypatch, capsys):
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(environment, "npm", lambda: str(fake))
    (tmp_path / "package-lock.json").write_text("{}")
    environment.prepare_assets()
    assert "going on with points and lists" in capsys.readouterr().out
    environment.prepare_assets()  # within the hour it does not try again
    assert "still missing" in capsys.readouterr().out
    (tmp_path / "node_modules").mkdir()
    fake.write_text("#!/bin/sh\nexit 0\n")
    environment.prepare_assets(now=True)
    assert environment.is_done(tmp_path / "node_modules" / ".installed", tmp_path / "package-lock.json")


def test_the_checker_of_html_is_fetched_where_java_is_and_stops_nothing(lock, tmp_path, monkeypatch, capsys):
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(environment, "CHECKER", tmp_path)
    monkeypatch.setattr(environment, "npm", lambda: str(fake))
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    mark = tmp_path / "node_modules" / ".installed"
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    environment.prepare_checker()
    assert "No java on this machine" in capsys.readouterr().out
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/java")
    environment.prepare_checker()
    assert "going on without it" in capsys.readouterr().out
    assert not mark.exists()
    environment.prepare_checker()  # within the hour it does not try again
    assert "still missing" in capsys.readouterr().out
    (environment.VAR / "checker-refused").unlink()
    fake.write_text("#!/bin/sh\nexit 0\n")
    environment.prepare_checker()
    assert environment.is_done(mark, tmp_path / "package-lock.json")


def test_the_python_of_the_environment_is_checked(tmp_path):
    assert not environment.works(tmp_path / "absent")
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert not environment.works(broken)
