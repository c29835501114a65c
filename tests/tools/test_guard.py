"""Nothing a guard has started outlives its time, however the launcher, the guard or the program ends."""

import os
import signal
import sys

import pytest

from tests.tools.conftest import is_alive, wait_for
from tools.processes import Process, Services, User, run, stop_all

LAUNCHER = """
import sys, time
from pathlib import Path
from tools.processes import Process
process = Process("unruly", [sys.executable, sys.argv[1], sys.argv[2], sys.argv[3]], grace=1)
Path(sys.argv[2], "guard").write_text(str(process.guard.pid))
time.sleep(60)
"""


@pytest.mark.parametrize("manners", ["deaf", "polite"])
def test_kill_9_of_the_launcher_leaves_nobody(launch, unruly, family, manners):
    script, folder = unruly
    launcher = launch(LAUNCHER, str(script), str(folder), manners)
    numbers = family(folder)
    guard = int((folder / "guard").read_text())
    launcher.kill()
    launcher.wait()
    assert wait_for(lambda: not any(map(is_alive, [*numbers.values(), guard])))


def test_stop_kills_the_deaf_after_the_grace(unruly, family):
    script, folder = unruly
    process = Process("unruly", [sys.executable, script, folder, "deaf"], grace=0.5)
    numbers = family(folder)
    stop_all([process])
    assert process.code == 128 + signal.SIGKILL
    assert not any(map(is_alive, numbers.values()))


def test_stop_signals_the_program_alone(tmp_path):
    """A pool's children must not be hit in mid-task: only the main process gets the gentle signal."""
    script = tmp_path / "pool.py"
    script.write_text(
        "import os, signal, sys, time\n"
        "heard = open(sys.argv[1], 'a', buffering=1)\n"
        "name = 'child' if os.fork() == 0 else 'main'\n"
        "def stop(*_):\n"
        "    heard.write(name + ' heard\\n')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "heard.write(name + ' ready\\n')\n"
        "time.sleep(30)\n"
    )
    log = tmp_path / "heard"
    process = Process("pool", [sys.executable, script, log])
    assert wait_for(lambda: log.exists() and log.read_text().count("ready") == 2)
    stop_all([process])
    assert process.code == 0
    assert [line for line in log.read_text().splitlines() if "heard" in line] == ["main heard"]


def test_the_end_of_the_program_ends_its_family(tmp_path, unruly, family):
    script, folder = unruly
    process = Process("unruly", [sys.executable, script, folder, "deaf"])
    numbers = family(folder)
    os.kill(numbers["program"], signal.SIGKILL)
    assert process.wait(60) == 128 + signal.SIGKILL
    assert not any(map(is_alive, numbers.values()))


def test_kill_9_of_the_guard_ends_the_program(unruly, family):
    script, folder = unruly
    process = Process("unruly", [sys.executable, script, folder, "deaf"])
    numbers = family(folder)
    process.guard.kill()
    process.wait()
    assert wait_for(lambda: not is_alive(numbers["program"]))
    for number in (numbers["child"], numbers["grandchild"]):  # nobody promised to find those; tidy up
        os.kill(number, signal.SIGKILL)


@pytest.mark.skipif(os.geteuid() != 0, reason="not root")
def test_the_death_signal_survives_the_change_of_user():
    process = Process("sleep", ["/bin/sleep", "60"], user=User(65534, 65534), cwd="/")
    assert wait_for(lambda: children(process.guard.pid))
    (program,) = children(process.guard.pid)
    assert wait_for(lambda: os.stat(f"/proc/{program}").st_uid == 65534)
    process.guard.kill()
    process.wait()
    assert wait_for(lambda: not is_alive(program))


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(number) for number in file.read().split()]


def test_run_passes_the_exit_code_on(tmp_path):
    assert run("exit", [sys.executable, "-c", "raise SystemExit(7)"]) == 7


def test_a_program_that_does_not_exist_is_127(capfd):
    assert run("nothing", ["/does/not/exist"]) == 127
    assert "/does/not/exist" in capfd.readouterr().err


def test_services_name_the_dead_one_and_show_its_log(tmp_path):
    services = Services()
    services.start_group()
    log = tmp_path / "log" / "short.log"
    short = services.add(
        Process("Short", [sys.executable, "-c", "print('last words'); raise SystemExit(3)"], log=log)
    )
    short.wait(60)
    with pytest.raises(Exception, match=r"(?s)Short stopped by itself \(code 3\).*last words"):
        services.check()
    services.stop()


def test_services_stop_in_reverse_order(tmp_path):
    told = tmp_path / "told"
    script = (
        "import signal, sys, time\n"
        "def stop(*_):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "open(sys.argv[1], 'a').write('ready\\n')\n"
        "time.sleep(30)\n"
    )
    services = Services()
    for name in ("database", "web"):
        services.start_group()
        services.add(Process(name, [sys.executable, "-c", script, told, name]))
    assert wait_for(lambda: told.exists() and told.read_text().count("ready") == 2)
    services.stop()
    assert told.read_text().split()[2:] == ["web", "database"]
