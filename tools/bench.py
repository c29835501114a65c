"""`make bench`: the benches of bench/ against a database and a broker of their own, settings as in production."""

import os

from tools.checks import env_of_tests
from tools.environment import prepare_assets, prepare_python
from tools.processes import Failed, Services, run
from tools.progress import step
from tools.servers import start_servers
from tools.state import PYTHON, ROOT, VAR, Lock

SETTINGS = {"shared_buffers": "512MB", "random_page_cost": "1.1", "max_wal_size": "4GB"}


def run_benches(arguments: list[str]) -> int:
    """All of them without arguments; SIZE is read by the benches themselves."""
    lock = Lock(VAR / "bench.lock")
    if not lock.take():
        raise Failed(f"Benches of this checkout are already running (process {lock.holder().get('pid')}).")
    prepare_python("requirements.txt", "requirements-dev.txt")
    prepare_assets()
    services = Services()
    try:
        env = env_of_tests(start_servers(services, "bench-postgres", "bench-valkey", SETTINGS))
        env["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE", "alliance.settings")
        env["STATE_DIR"] = str(VAR / "bench")
        step(f"Benches: {' '.join(arguments) or 'all'}, SIZE={os.environ.get('SIZE', '10k')}")
        return run("bench", [PYTHON, "-m", "bench", *arguments], env=env, cwd=ROOT)
    finally:
        services.stop()
        lock.release()
