"""A public list page on the real server: CPU of the application per request / of a bare 30 kB view on the same server.

Anonymous visitors who ask for the same page (the micro-cache answers most), and pages whose data are read on every
request (each address is new): in the three languages, deep in the list, as a table, with words, of one listing. The
client's and the database's CPU are not counted.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from alliance.core.lists import encode
from bench.data import ensure_listings
from bench.tables import median, show
from partnerships.models import ListingSearch
from partnerships.models.search_sql import NEWEST

ROUNDS, REQUESTS = 5, 300
PATH = "/en/offers/"
TICKS = os.sysconf("SC_CLK_TCK")


def run(size: int) -> None:
    ensure_listings("large", size)
    call_command("collectstatic", verbosity=0, interactive=False)
    database = connections["large"].settings_dict
    env = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }
    ours, bare = Server("alliance.wsgi:application", env), Server("bench.limits.bare:application", env)
    try:
        ours.wait(PATH)
        bare.wait("/")
        measure(ours, bare, size)
    finally:
        ours.stop()
        bare.stop()


def measure(ours: "Server", bare: "Server", size: int) -> None:
    rows = ListingSearch.objects.using("large").filter(is_public=True).order_by("-published_at")
    public = list(rows.values_list("listing_id", flat=True)[:1000])
    offers = rows.filter(kind="offer")
    deep = encode(offers[int(offers.count() * 0.8)], NEWEST.keys)
    cases = {
        "bare 30 kB view": (bare, lambda n: "/"),
        "anonymous list page": (ours, lambda n: PATH),
        "live list page": (ours, lambda n: f"{PATH}?fresh={n}"),
        "live list page, Polish": (ours, lambda n: f"/pl/offers/?fresh={n}"),
        "live list page, Ukrainian": (ours, lambda n: f"/uk/offers/?fresh={n}"),
        "live list page at 80 %": (ours, lambda n: f"{PATH}?after={deep}&fresh={n}"),
        "live table": (ours, lambda n: f"{PATH}?view=table&fresh={n}"),
        "live search": (ours, lambda n: f"{PATH}?q=hospital&fresh={n}"),
        "live page of a listing": (ours, lambda n: f"/en/listings/b{public[n % len(public)]}/?fresh={n}"),
    }
    spent: dict[str, list[tuple[float, float, int]]] = {}
    count = 0
    for number in range(ROUNDS + 1):
        for name, (server, path) in cases.items():
            result = server.ask([path(count + n) for n in range(REQUESTS)])
            count += REQUESTS
            if number:  # the first round warms up
                spent.setdefault(name, []).append(result)
    cpu = {name: median([run[0] for run in runs]) for name, runs in spent.items()}
    least = cpu["bare 30 kB view"]
    show(
        f"CPU of the application per request, {size:,} listings, {ROUNDS} rounds × {REQUESTS} requests",
        ["page", "CPU ms", "wall ms", "bytes", "ratio"],
        [
            [name, cpu[name], median([run[1] for run in runs]), runs[0][2], cpu[name] / least]
            for name, runs in spent.items()
        ],
    )
    print(f"web live: {cpu['live list page'] / least:.2f}")
    print(f"web: {cpu['anonymous list page'] / least:.2f}")


class Server:
    """granian with one worker of one thread, and the CPU time that its processes have used."""

    def __init__(self, application: str, env: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "1", "--no-ws"]
        root = Path(settings.BASE_DIR)
        self.process = subprocess.Popen(
            [*command, "--log-level", "warning", application], env=env, cwd=root, start_new_session=True
        )

    def wait(self, path: str) -> None:
        for _ in range(200):
            try:
                self.ask([path])
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
            else:
                return
        raise RuntimeError(f"the server on port {self.port} does not answer {path}")

    def ask(self, paths: list[str]) -> tuple[float, float, int]:
        """CPU and wall milliseconds per request over one kept connection, and the size of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        before, started = self.cpu(), time.perf_counter()
        for path in paths:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}")
        wall, cpu = time.perf_counter() - started, self.cpu() - before
        connection.close()
        return cpu * 1000 / len(paths), wall * 1000 / len(paths), len(body)

    def cpu(self) -> float:
        """Seconds of user and system time of the server and its worker."""
        pids = [self.process.pid, *children(self.process.pid)]
        return sum(seconds(pid) for pid in pids)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


def seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
