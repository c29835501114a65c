"""Ten main pages as a telephone on a slow network gets them: Lighthouse's four marks, times and bytes of each.

The portal runs with its example data behind the Caddy of production, over https. Needs Lighthouse (`npm install -g
lighthouse`, or its command in LIGHTHOUSE) and a Chromium (CHROME_PATH); without them it says so. RUNS=3 shows the
median of three by performance. Lighthouse takes this machine to be four times as fast as a telephone; where its index
(the last column) is far below 1,500, the machine is slow or busy, and SLOWDOWN=2 comes closer to one.
"""

import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from bench.tables import show
from bench.web import Server

MARKS = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_BYTES = 60_000
TRIES = 3
# Page → its address, or a list and the first link on it that looks like this.
PAGES = {
    "home": "/uk/",
    "register": "/pl/members/",
    "a member": ("/en/members/", r"/en/members/(?!map|find|join)[\w-]+/"),
    "needs": "/uk/needs/",
    "a need": ("/pl/needs/", r"/pl/listings/[\w-]+/"),
    "an appeal": ("/uk/appeals/", r"/uk/appeals/[\w-]+/"),
    "partnerships": "/en/twinnings/",
    "evidence": "/uk/evidence/",
    "news": "/pl/news/",
    "joining": "/uk/joining/",
}
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
--disable-component-update --disable-sync --ignore-certificate-errors"
UNKNOWN_AUTHORITY = ssl._create_unverified_context()  # noqa: S323 - Caddy's own certificate, on this machine


def run(size: int) -> None:
    """The example data are what they are: ``size`` changes nothing."""
    lighthouse, chromium = command(), os.environ.get("CHROME_PATH") or shutil.which("chromium")
    if not (lighthouse and chromium):
        print(f"Skipped: no {'chromium' if lighthouse else 'lighthouse'} on this machine.")
        print("lighthouse: skipped")
        return
    reports = Path(settings.STATE_DIR) / "lighthouse"
    reports.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder)) as address:
        found = {}
        for name, page in PAGES.items():
            url = address + (page if isinstance(page, str) else first_link(address, *page))
            text(url)  # a process that has just begun to live shows its first page slowly
            runs = [
                measured(lighthouse, chromium, url, reports / f"{name.replace(' ', '-')}.json")
                for _ in range(int(os.environ.get("RUNS", "1")))
            ]
            found[name] = sorted(runs, key=lambda one: mark(one, "performance"))[len(runs) // 2]
    report(found)


def command() -> list[str] | None:
    """How to call Lighthouse here."""
    if given := os.environ.get("LIGHTHOUSE"):
        return shlex.split(given)
    found = shutil.which("lighthouse")
    return [found] if found else None


def report(found: dict[str, dict]) -> None:
    head = ["page", *MARKS, "FCP s", "LCP s", "blocked ms", "shift", "kB", "requests", "machine"]
    show(
        "Lighthouse, a telephone on a slow network", head, [[name, *row(one)] for name, one in found.items()]
    )
    for name, one in found.items():
        for fault in faults(one):
            print(f"{name}: {fault}")
    print(f"lighthouse: {min(mark(one, 'performance') for one in found.values())}")


def row(one: dict) -> list[object]:
    value = {key: audit.get("numericValue", 0) for key, audit in one["audits"].items()}
    return [
        *(mark(one, name) for name in MARKS),
        value["first-contentful-paint"] / 1000,
        value["largest-contentful-paint"] / 1000,
        round(value["total-blocking-time"]),
        value["cumulative-layout-shift"],
        value["total-byte-weight"] / 1000,
        len(one["audits"]["network-requests"]["details"]["items"]),
        round(one["environment"]["benchmarkIndex"]),
    ]


def mark(one: dict, name: str) -> int:
    return round((one["categories"][name]["score"] or 0) * 100)


def faults(one: dict) -> Iterator[str]:
    """Marks below what we promise, each with the audits that cost it; and too many bytes."""
    for name, least in LEAST.items():
        if mark(one, name) >= least:
            continue
        yield f"{name} {mark(one, name)} instead of {least}"
        for ref in one["categories"][name]["auditRefs"]:
            audit = one["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"  {audit['title']} {audit.get('displayValue', '')}"
    if (weight := one["audits"]["total-byte-weight"]["numericValue"]) > MOST_BYTES:
        yield f"{weight / 1000:.1f} kB instead of {MOST_BYTES // 1000}"


def measured(lighthouse: list[str], chromium: str, url: str, out: Path) -> dict:
    """One report, which stays in var/ to be read. A trace that did not begin is begun again, as Lighthouse asks."""
    options = ["--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={FLAGS}"]
    options.append(f"--only-categories={','.join(MARKS)}")
    if slowdown := os.environ.get("SLOWDOWN"):
        options.append(f"--throttling.cpuSlowdownMultiplier={slowdown}")
    env = {**os.environ, "CHROME_PATH": chromium}
    out.unlink(missing_ok=True)
    for _attempt in range(TRIES):
        if subprocess.run([*lighthouse, url, *options], env=env, check=False, timeout=300).returncode == 0:
            found = json.loads(out.read_text())
            print(f"{url}: {', '.join(f'{name} {mark(found, name)}' for name in MARKS)}", flush=True)
            return found
    raise RuntimeError(f"Lighthouse has no report of {url}")


# --- The portal as in production --------------------------------------------------------------------------------


@contextmanager
def portal(folder: Path) -> Iterator[str]:
    """Web server and proxy with the example data, in a database and folders of their own."""
    from bench.__main__ import create_database, with_suffix

    root, port = Path(settings.BASE_DIR), free_port()
    address = f"https://localhost:{port}"
    env = {
        **os.environ,
        "DATABASE_URL": with_suffix("_bench_example"),
        "PUBLIC_URL": address,
        "ALLOWED_HOSTS": "localhost",
        "TRUSTED_PROXIES": "1",
        "STATE_DIR": str(Path(settings.STATE_DIR) / "example"),
        "STATIC_ROOT": str(Path(settings.STATE_DIR) / "example" / "static"),
        "MEDIA_ROOT": str(Path(settings.STATE_DIR) / "example" / "media"),
        "LOG_LEVEL": "WARNING",
    }
    create_database(env["DATABASE_URL"])
    subprocess.run([sys.executable, "manage.py", "prepare", "--demo"], cwd=root, env=env, check=True)
    server = Server("alliance.wsgi:application", env)
    proxy = start_proxy(root, folder, server.port, port)
    try:
        wait(address)
        yield address
    finally:
        proxy.terminate()
        proxy.wait(15)
        server.stop()


def start_proxy(root: Path, folder: Path, behind: int, port: int) -> subprocess.Popen:
    """Caddy with the file of production, a certificate of its own, and the address of our server."""
    text = (root / "deploy" / "Caddyfile").read_text().replace("web:8000", f"127.0.0.1:{behind}")
    ours = "{\n\tskip_install_trust\n\tauto_https disable_redirects\n\tadmin off\n"
    file = folder / "Caddyfile"
    file.write_text(re.sub(r"^\{\n", ours, text, count=1, flags=re.MULTILINE))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SITE_HOST": f"https://localhost:{port}",
        "ACME_EMAIL": "webmaster@example.org",
    }
    caddy = Path(sys.prefix) / "bin" / "caddy"
    with (folder / "caddy.log").open("wb") as log:
        argv = [caddy, "run", "--config", file, "--adapter", "caddyfile"]
        return subprocess.Popen(argv, env=env, stdout=log, stderr=log)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait(address: str) -> None:
    for _ in range(150):
        try:
            text(address + "/en/")
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{address} does not answer")


def text(address: str) -> str:
    with urllib.request.urlopen(address, context=UNKNOWN_AUTHORITY, timeout=20) as answer:
        return answer.read().decode()


def first_link(address: str, path: str, pattern: str) -> str:
    found = re.search(rf'href="({pattern})"', text(address + path))
    if not found:
        raise RuntimeError(f"{path} has no link like {pattern}")
    return found[1]
