"""On CI a skip needs a listed reason; elsewhere nobody is bothered."""

import os
import subprocess
import sys

import pytest

from tests.tools.conftest import ROOT

LISTED = "import pytest\n\ndef test_a():\n    pytest.skip('shared data absent: no ../shared')\n"
UNLISTED = "import pytest\n\n@pytest.mark.skip(reason='flaky on Mondays')\ndef test_a():\n    pass\n"
MODULE = "import pytest\n\npytest.skip('not today', allow_module_level=True)\n"
EXPECTED = (
    "import pytest\n\n@pytest.mark.xfail(reason='a bug we know')\ndef test_a():\n    raise ValueError\n"
)
PASSES = "def test_b():\n    pass\n"


def session(folder, body: str, ci: str, *options: str) -> tuple[int, str]:
    (folder / "test_it.py").write_text(body)
    (folder / "test_passes.py").write_text(PASSES)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CI": ci, "PYTEST_ADDOPTS": ""}
    env.pop("PYTEST_XDIST_WORKER", None)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
        "-p",
        "tests.skips",
    ]
    quiet = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:randomly", *options, str(folder)]
    result = subprocess.run(
        [*command, *quiet], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout


@pytest.mark.parametrize(
    ("body", "ci", "code"),
    [
        (LISTED, "true", 0),
        (UNLISTED, "true", 1),
        (MODULE, "true", 1),
        (EXPECTED, "true", 0),
        (UNLISTED, "", 0),
    ],
)
def test_unlisted_skips_fail_on_ci(tmp_path, body, ci, code):
    result, output = session(tmp_path, body, ci)
    assert result == code, output
    assert ("not on the list" in output) == bool(code)


@pytest.mark.parametrize("body", [UNLISTED, MODULE])
def test_the_workers_of_xdist_are_heard(tmp_path, body):
    result, output = session(tmp_path, body, "true", "-n", "2")
    assert result == 1, output
    assert ("flaky on Mondays" in output) or ("not today" in output)
