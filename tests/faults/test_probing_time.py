"""The time of an answer tells nothing either: medians of known and unknown addresses, asked in turn, real hashing.

The processor's time is what counts, so that whatever else this machine does decides nothing.
"""

import statistics
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_member, make_user
from tests.users.test_probing import FORMS

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

ROUNDS = 12
MOST_APART = 0.080  # seconds between the medians


@pytest.fixture
def real_hashing(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
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
            start = time.thread_time()
            client.post(reverse(name), FORMS[name](email))
            taken[kind].append(time.thread_time() - start)
    medians = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    assert abs(medians["known"] - medians["unknown"]) < MOST_APART, medians
