"""The command as a whole, with dummy services in the place of the portal's."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys

import pytest

from tests.tools.conftest import ROOT, is_alive
from tools.state import POINTER

DUMMY = """
import signal, sys, time
from tools import portal
from tools.processes import Process, Services

def dummy(arguments):
    services = Services()
    services.start_group()
    services.add(Process("unruly", [sys.executable, sys.argv[1], sys.argv[2], "deaf"], grace=0.5))
    try:
        print("running", flush=True)
        while True:
            services.check()
            time.sleep(0.1)
    finally:
        services.stop()

if len(sys.argv) > 3:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell does to a background start
portal.COMMANDS["run"] = dummy
sys.exit(portal.main(["run"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_exits_0(launch, unruly, family, number):
    script, folder = unruly
    launcher = launch(DUMMY, str(script), str(folder), "in the background")
    numbers = family(folder)
    launcher.send_signal(number)
    assert launcher.wait(90) == 0
    assert not any(map(is_alive, numbers.values()))


def test_an_impatient_second_signal_does_not_disturb_the_stop(launch, unruly, family):
    script, folder = unruly
    launcher = launch(DUMMY, str(script), str(folder))
    numbers = family(folder)
    for _ in range(3):
        launcher.send_signal(signal.SIGINT)
    assert launcher.wait(90) == 0
    assert not any(map(is_alive, numbers.values()))


def test_a_service_that_dies_ends_the_run_with_1(launch, unruly, family):
    script, folder = unruly
    launcher = launch(DUMMY, str(script), str(folder))
    numbers = family(folder)
    subprocess.run(["kill", "-9", str(numbers["program"])], check=True)
    assert launcher.wait(90) == 1
    assert "unruly stopped by itself (code 137)" in launcher.stdout.read()
    assert not any(map(is_alive, numbers.values()))


def test_without_a_command_it_says_what_there_is():
    result = subprocess.run(
        [sys.executable, "-m", "tools.portal"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "run|test|bench" in result.stdout


def test_make_quotes_its_way_through_spaces_and_cyrillic(tmp_path):
    checkout = tmp_path / "мій портал з пробілами"
    checkout.mkdir()
    (checkout / "Makefile").write_text((ROOT / "Makefile").read_text())
    (checkout / "tools").symlink_to(ROOT / "tools")
    result = subprocess.run(["make", "help"], cwd=checkout, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert "make run" in result.stdout
    # An unknown interpreter shows the exact command line that the shell was given.
    dry = subprocess.run(
        ["make", "-n", "bench-web"], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert dry.stdout.strip() == "exec python3 -m tools.portal bench web"


def test_clean_takes_what_the_commands_made_and_nothing_else(tmp_path):
    """The whole command, in a checkout of its own; its data may stand elsewhere, as those of root do."""
    checkout, outside = tmp_path / "портал тут", tmp_path / "elsewhere" / "data"
    made = [".venv/bin/python", "var/mail/1.eml", "node_modules/x/y.js", "tests/nu/node_modules/z.js"]
    made += ["staticfiles/a.css", "test-results/1.png", ".pytest_cache/x", "members/__pycache__/a.pyc"]
    made += ["locale/uk/LC_MESSAGES/django.mo"]
    kept = ["README.md", ".env", "locale/uk/LC_MESSAGES/django.po", "members/kinds.py", "media-of-mine/a.png"]
    for name in (*made, *kept):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    outside.mkdir(parents=True)
    (checkout / POINTER.relative_to(ROOT)).write_text(str(outside))
    shutil.copytree(ROOT / "tools", checkout / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    argv = [sys.executable, "-m", "tools.portal", "clean"]
    said = subprocess.run(argv, cwd=checkout, capture_output=True, text=True, check=True)
    assert said.stdout == "Clean.\n"
    left = {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith("tools/")} == set(kept)
    assert not outside.parent.exists()


def test_nothing_asks_a_question():
    """A command that reads from the terminal would wait for ever where nobody sits."""
    folders = (ROOT / name for name in ("tools", "alliance", "members", "partnerships"))
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    assert [str(path) for path in sources if ASKS.search(path.read_text())] == []
    assert not re.search(r"\bread\b", "".join(re.findall(r"^\t.*", (ROOT / "Makefile").read_text(), re.M)))
    for planted in ('input("Sure? ")', "getpass.getpass()", "sys.stdin.readline()"):
        assert ASKS.search(planted)


ASKS = re.compile(r"(?<![\w.])input\(|\bgetpass\b|sys\.stdin\.readline")
MAKEFILE = 'run:\n\t@exec "{python}" "{script}" "{unruly}" "{folder}"\n'


def test_ctrl_c_in_a_terminal_ends_make_with_0(tmp_path, unruly, family):
    """make is in the terminal's foreground too; it must not die of the keystroke that was meant for us."""
    script, folder = unruly
    dummy = tmp_path / "dummy.py"
    dummy.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n" + DUMMY)
    lines = MAKEFILE.format(python=sys.executable, script=dummy, unruly=script, folder=folder)
    (tmp_path / "Makefile").write_text(lines)
    ours, theirs = pty.openpty()
    # setsid --ctty: the terminal becomes the one of make's session, as in a shell's window.
    command = ["setsid", "--ctty", "--wait", "make", "-C", str(tmp_path), "run"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as make:
        os.close(theirs)
        numbers = family(folder)
        os.write(ours, b"\x03")
        assert make.wait(90) == 0
    os.close(ours)
    assert not any(map(is_alive, numbers.values()))
