"""The time of an answer tells nothing either: medians of known and unknown addresses, asked in turn, real hashing.

The processor's time is what counts, so that whatever else this machine does decides nothing.
"""

import statistics
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_member, make_user
from tests.users.test_probing import FORMS

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

ROUNDS = 9


class Hasher(PBKDF2PasswordHasher):
    """The portal's own, in half of its time."""

    iterations = PBKDF2PasswordHasher.iterations // 2


def time_of(act) -> float:
    start = time.thread_time()
    act()
    return time.thread_time() - start


def most_apart() -> float:
    """Half of what it takes to hash a password: who leaves that out for the one or the other is further apart."""
    hasher = Hasher()
    return statistics.median(time_of(lambda: hasher.encode(PASSWORD, "salt")) for _ in range(3)) / 2


@pytest.fixture
def real_hashing(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Hasher"]
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.parametrize("name", FORMS)
def test_known_and_unknown_addresses_take_the_same_time(real_hashing, name):
    taken = {"known": [], "unknown": []}
    for number in range(ROUNDS):
        known = f"known{number}@example.org"
        make_user(email=known, password=PASSWORD if name == "account_login" else None)
        make_member(contact_email=known)
        for kind, email in (("known", known), ("unknown", f"nobody{number}@example.org")):
            cache.clear()
            client = Client()
            form = FORMS[name](email)
            taken[kind].append(time_of(lambda: client.post(reverse(name), form)))  # noqa: B023 - at once
    medians = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    assert abs(medians["known"] - medians["unknown"]) < most_apart(), medians
