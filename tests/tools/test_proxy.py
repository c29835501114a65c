"""`deploy/Caddyfile` in a real Caddy, before a small server that stands for the portal."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alliance.core.middleware import LARGEST_UPLOAD
from tests.tools.conftest import ROOT

LOOPBACK = "127.0.0.1"
CADDY = Path(sys.prefix) / "bin" / "caddy"
SORRY = {"Please", "Prosimy", "Спробуйте"}


class Upstream(ThreadingHTTPServer):
    """Counts the requests that have begun to arrive and keeps those that came whole."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.begun = 0
        self.taken: list[tuple[dict, int]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.server.begun += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.taken.append((dict(self.headers), len(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *_arguments) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def upstream():
    server = Upstream()
    yield server
    server.shutdown()
    server.server_close()


def start(folder: Path, upstream_port: int) -> tuple[subprocess.Popen, int]:
    """Caddy with the file of production, but for the address behind it, on http and without its own admin's port."""
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "reverse_proxy web:8000 {" in text
    file = folder / "Caddyfile"
    file.write_text(
        text.replace("web:8000", f"{LOOPBACK}:{upstream_port}").replace("lb_try_duration 10s", "")
    )
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "SITE_HOST": f"http://localhost:{port}",
        "ACME_EMAIL": "webmaster@example.org",
        "CADDY_ADMIN": f"{LOOPBACK}:{free_port()}",
        "HOME": str(folder),
    }
    argv = [CADDY, "run", "--config", file, "--adapter", "caddyfile"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return process, port
        time.sleep(0.05)
    process.kill()
    pytest.fail((folder / "log").read_text())


@pytest.fixture(scope="module")
def proxy(upstream, tmp_path_factory):
    process, port = start(tmp_path_factory.mktemp("caddy"), upstream.server_port)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(60)


def post(proxy: str, size: int) -> tuple[int, str]:
    """Status and text of the answer to a body of ``size`` bytes, whether or not all of it was taken."""
    host = proxy.removeprefix("http://")
    with contextlib.closing(http.client.HTTPConnection(host, timeout=120)) as connection:
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        with contextlib.suppress(ConnectionError):  # refused in the middle: the answer is there
            for _block in range(size // 1_000_000):
                connection.send(b"x" * 1_000_000)
            connection.send(b"x" * (size % 1_000_000))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_the_file_is_valid_and_in_the_form_of_its_own_formatter(tmp_path):
    file = ROOT / "deploy" / "Caddyfile"
    env = {
        **os.environ,
        "SITE_HOST": "portal.example.org",
        "ACME_EMAIL": "a@example.org",
        "HOME": str(tmp_path),
    }
    for argv in (["validate", "--adapter", "caddyfile", "--config", file], ["fmt", "--diff", file]):
        done = subprocess.run([CADDY, *argv], env=env, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_address_of_the_visitor_cannot_be_forged(proxy, upstream):
    request = urllib.request.Request(
        proxy, headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "gopher"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        assert "Server" not in answer.headers
    headers, _length = upstream.taken[-1]
    assert headers["X-Forwarded-For"] in ("127.0.0.1", "::1")
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["Host"] == proxy.removeprefix("http://")


def test_a_body_that_is_not_there_yet_does_not_reach_the_portal(proxy, upstream):
    begun = upstream.begun
    host, port = proxy.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(
            b"POST / HTTP/1.1\r\nHost: %s:%s\r\nContent-Length: 2000000\r\n\r\n"
            % (host.encode(), port.encode())
        )
        slow.sendall(b"x" * 1_500_000)
        with urllib.request.urlopen(proxy, timeout=60) as answer:
            assert answer.status == 200
        assert upstream.begun == begun + 1  # this one, and not the slow one before it
        slow.sendall(b"x" * 500_000)
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
    assert upstream.taken[-1][1] == 2_000_000


def test_what_the_portal_may_refuse_itself_reaches_it(proxy, upstream):
    """Up to a little over its own limit, so that its page in the reader's language is seen."""
    assert post(proxy, LARGEST_UPLOAD + 500_000)[0] == 200
    assert upstream.taken[-1][1] == LARGEST_UPLOAD + 500_000


@pytest.mark.parametrize("size", [26_000_000, 31_000_000, 123_000_000])
def test_an_upload_far_too_large_is_told_so_in_three_languages(proxy, upstream, size):
    begun = upstream.begun
    status, text = post(proxy, size)
    assert status == 413
    assert {"Please", "Prosimy", "Поверніться"} <= set(text.split())
    assert upstream.begun == begun


def test_a_portal_that_is_away_is_told_in_three_languages(tmp_path):
    process, port = start(tmp_path, free_port())
    try:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"http://localhost:{port}/", timeout=60)
        assert refusal.value.code == 503
        assert refusal.value.headers["Retry-After"] == "30"
        assert set(refusal.value.read().decode().replace(",", "").split()) >= SORRY
    finally:
        process.terminate()
        process.wait(60)
