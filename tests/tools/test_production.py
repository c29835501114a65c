"""The production files agree with each other and with the settings."""

import os
import re
import subprocess
import sys
import time
import tomllib
from fnmatch import fnmatch

import pytest
import yaml

from tests.tools.conftest import ROOT

EXAMPLE = (ROOT / ".env.example").read_text()
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
EXPLAINED = set(re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_variable_of_the_settings_is_explained():
    settings = (ROOT / "alliance" / "settings.py").read_text()
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL"} <= read
    assert read - EXPLAINED == set()


def test_every_variable_of_compose_is_explained():
    read = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT))
    assert "POSTGRES_PASSWORD" in read
    assert read - EXPLAINED == set()


def test_the_example_holds_no_secret():
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE)


def test_only_the_proxy_is_reachable_and_everything_has_a_health_check():
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "valkey", "prepare", "web", "worker", "beat", "proxy"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    image_has_one = {"web"}
    assert [
        name for name in services if "healthcheck" not in services[name] and name not in image_has_one
    ] == []
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_nothing_serves_before_the_database_is_prepared():
    for name in ("web", "worker", "beat"):
        after = COMPOSE["services"][name]["depends_on"]
        assert after["prepare"] == {"condition": "service_completed_successfully"}
    assert COMPOSE["services"]["prepare"]["command"][-1] == "prepare"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES"])
def test_the_environment_file_may_name_another_server(name):
    """What compose sets itself would silently win over `.env`, which docs/deployment.md tells people to change."""
    assert COMPOSE["x-portal"]["environment"][name].startswith(f"${{{name}:-")


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["portal"]


def test_nothing_that_the_image_needs_is_kept_out_of_it():
    kept_out = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")
    ]
    dockerfile = (ROOT / "Dockerfile").read_text()
    named = set(re.findall(r"(?:deploy/)?[\w-]+\.(?:py|json|txt)\b", dockerfile + COMPOSE_TEXT))
    assert {"manage.py", "requirements.txt", "package-lock.json", "deploy/health.py"} <= named
    assert [name for name in named if not (ROOT / name).is_file()] == []
    needed = named | {"alliance", "members", "partnerships", "templates", "locale"}
    assert [name for name in needed if any(fnmatch(name, pattern) for pattern in kept_out)] == []
    assert {".env", ".git", "var"} <= set(kept_out)


def test_the_image_is_built_without_a_server_or_a_secret(tmp_path):
    """The build's own command, in an environment as bare as a builder's."""
    (line,) = re.findall(r"^RUN python (manage\.py .*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    bare = {"PATH": os.defpath, "STATIC_ROOT": str(tmp_path / "static"), "STATE_DIR": str(tmp_path)}
    command = [sys.executable, *line.split()]
    built = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "static" / "staticfiles.json").is_file()


def test_the_web_server_knows_every_variable_that_is_set_for_it():
    """A name that it does not know is ignored in silence, and nobody reaches the port."""
    from granian.cli import cli

    known = {f"GRANIAN_{parameter.name.upper()}" for parameter in cli.params}
    files = (ROOT / "Dockerfile").read_text() + COMPOSE_TEXT
    asked = set(re.findall(r"\b(GRANIAN_[A-Z_]+)(?:=|:)", files))
    assert {"GRANIAN_HOST", "GRANIAN_PORT", "GRANIAN_WORKERS"} <= asked
    assert asked - known == set()


def test_continuous_integration_runs_the_command_of_the_readme():
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("exec ")]
    assert commands == ["exec make test"]
    assert re.search(r"^make test +#", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_licence_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    publiccode = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    licence = (ROOT / "LICENSE").read_text()
    assert {project["license"], publiccode["legal"]["license"]} == {"EUPL-1.2"}
    assert licence.startswith("SPDX-License-Identifier: EUPL-1.2\n")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in licence


def test_no_lock_names_a_registry():
    locks = [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]
    assert len(locks) >= 4
    for lock in locks:
        assert not re.search(r"https?://", lock.read_text()), lock.name


@pytest.mark.parametrize(("age", "code"), [(10, 0), (3600, 1), (None, 1)])
def test_a_worker_is_healthy_when_a_task_finished_lately(tmp_path, age, code):
    mark = tmp_path / "task-finished"
    if age is not None:
        mark.touch()
        os.utime(mark, (time.time() - age,) * 2)
    assert health("worker", TASK_MARK=str(mark)) == code


def test_beat_is_healthy_while_it_writes(tmp_path):
    assert health("beat", STATE_DIR=str(tmp_path)) == 1
    (tmp_path / "celerybeat-schedule.db").touch()
    assert health("beat", STATE_DIR=str(tmp_path)) == 0


def test_a_web_server_that_does_not_answer_is_ill():
    assert health("web", GRANIAN_PORT="1", PUBLIC_URL="https://portal.example.org") == 1


def health(what: str, **env: str) -> int:
    command = [sys.executable, ROOT / "deploy" / "health.py", what]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False).returncode
