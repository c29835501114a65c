"""Limits: counted per key and window, per network and not per header, open when the cache is away."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory

from alliance.core.throttle import allow, client_network


def test_allow_counts_per_scope_and_key():
    assert [allow("a", "x", 2, 60) for _ in range(3)] == [True, True, False]
    assert allow("a", "y", 2, 60)
    assert allow("b", "x", 2, 60)
    assert not allow("a", " X ", 2, 60), "case and spaces do not make another key"


def test_allow_forgets_with_the_window():
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        assert [allow("a", "x", 1, 60) for _ in range(2)] == [True, False]
    with time_machine.travel("2026-11-23T10:01:00Z", tick=False):
        assert allow("a", "x", 1, 60)


def test_allow_keeps_no_address_in_the_cache(monkeypatch):
    names = []
    monkeypatch.setattr(
        type(cache._connections[cache._alias]), "add", lambda self, key, *a, **k: names.append(key)
    )
    allow("a", "person@example.org", 1, 60)
    assert names
    assert "person" not in names[0]


def test_allow_lets_pages_through_without_the_cache(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "alliance.core.cache.PatientRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
    assert all(allow("a", "x", 1, 60) for _ in range(3))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "", "203.0.113.9"),
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (2, "1.2.3.4, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "nonsense\r\n", "nonsense"),
    ],
)
def test_client_network_believes_only_trusted_proxies(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_network(request) == network
