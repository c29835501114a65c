"""The command as a whole, with dummy services in the place of the portal's."""

import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.tools.conftest import ROOT, is_alive

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
    assert launcher.wait(15) == 0
    assert not any(map(is_alive, numbers.values()))


def test_an_impatient_second_signal_does_not_disturb_the_stop(launch, unruly, family):
    script, folder = unruly
    launcher = launch(DUMMY, str(script), str(folder))
    numbers = family(folder)
    for _ in range(3):
        launcher.send_signal(signal.SIGINT)
    assert launcher.wait(15) == 0
    assert not any(map(is_alive, numbers.values()))


def test_a_service_that_dies_ends_the_run_with_1(launch, unruly, family):
    script, folder = unruly
    launcher = launch(DUMMY, str(script), str(folder))
    numbers = family(folder)
    subprocess.run(["kill", "-9", str(numbers["program"])], check=True)
    assert launcher.wait(15) == 1
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
        assert make.wait(15) == 0
    os.close(ours)
    assert not any(map(is_alive, numbers.values()))
