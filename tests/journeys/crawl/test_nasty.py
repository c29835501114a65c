"""Nasty input into every form and parameter that a crawl of the pages finds: no 5xx, no traceback, no reflection."""

import os
import random

import pytest
from django.test.client import MULTIPART_CONTENT, encode_multipart
from django.utils.translation import override

from tests.journeys.crawl.nasty import PRODUCT, TAG, Attempt, attempts, forms_of
from tests.journeys.crawl.routes import ROUTES

pytestmark = pytest.mark.django_db
HAS_FILES = True
# More of them by hand: NASTY_PER_FORM=40 make test ARGS=tests/journeys/crawl/test_nasty.py
SEED, PER_FORM = 20261123, int(os.environ.get("NASTY_PER_FORM", "5"))
BOUNDARY = "nasty-boundary"
SEERS = sorted({route.seen_by for route in ROUTES if route.seen_by})


def send(ask, actor: str, attempt: Attempt):
    if attempt.body is not None:
        content, kind = attempt.body
        return ask(actor, "generic", "POST", attempt.address, content, kind)
    if attempt.method == "get":
        return ask(actor, "generic", "GET", attempt.address, QUERY_STRING=attempt.encoded)
    if attempt.files:
        clean = {name: value.encode(errors="replace").decode() for name, value in attempt.pairs}
        content = encode_multipart(BOUNDARY, clean | attempt.files)
        kind = MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", BOUNDARY)
        return ask(actor, "generic", "POST", attempt.address, content, kind)
    kind = "application/x-www-form-urlencoded"
    return ask(actor, "generic", "POST", attempt.address, attempt.encoded.encode(), kind)


def faults(response) -> list[str]:
    text = response.body.decode(errors="replace")
    found = []
    if response.status_code >= 500:
        found.append(f"status {response.status_code}")
    if "Traceback (most recent call last)" in text:
        found.append("traceback")
    if response.headers.get("Content-Type", "").startswith("text/html") and TAG in text:
        found.append("reflected")
    if PRODUCT in text:
        found.append("template evaluated")
    if "X-Injected" in response.headers:
        found.append("header injected")
    return found


@pytest.mark.parametrize("actor", SEERS)
def test_nasty_input_does_no_harm(world, ask, actor):
    seen: set[tuple] = set()
    harm: list[str] = []
    for route in ROUTES:
        if route.seen_by != actor:
            continue
        with override("uk"):
            address = route.address(world)
        page = ask(actor, "get", address)
        assert page.status_code == 200, f"{address} is not there to be crawled"
        for number, form in enumerate(forms_of(address, page.body.decode(errors="replace"))):
            if form.key in seen:
                continue
            seen.add(form.key)
            # Dice of its own: what a form is sent does not change with the pages around it.
            dice = random.Random(f"{SEED} {actor} {route.name} {number}")
            for attempt in attempts(form, dice, PER_FORM):
                found = faults(send(ask, actor, attempt))
                if found:
                    harm.append(
                        f"{found} {attempt.method} {attempt.address} {attempt.encoded[:300]} {attempt.body}"
                    )
    assert harm == []
    assert len(seen) >= LEAST.get(actor, 0)


# Forms: so that a crawl that finds none does not pass. A viewer has none.
LEAST = {
    "a_editor": 8, "a_signatory": 5, "anonymous": 25, "association": 1, "b_signatory": 1, "desk": 25, "superuser": 2,
}  # fmt: skip
