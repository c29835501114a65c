"""Ports on the loopback address: which are free, and whether somebody answers."""

import contextlib
import socket
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Nobody listens there, on IPv4 or IPv6 (a browser may take localhost for either)."""
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((address, port)) == 0:
                return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def next_free(port: int, tries: int = 200) -> int:
    """`port`, or the first free one after it."""
    for candidate in range(port, min(port + tries, 65536)):
        if is_free(candidate):
            return candidate
    raise OSError(f"no free port from {port} on")


def any_free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers_http(port: int, path: str = "/") -> bool:
    """Some HTTP answer came; which one is not our business here."""
    request = urllib.request.Request(f"http://{LOOPBACK}:{port}{path}", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
