"""Who gets what: every address asked by everybody, and no private word where it must not be."""

import io
import zipfile

import pytest
from django.utils.translation import override

from alliance.core.models import OutgoingMail
from tests.journeys.crawl.access import EXPECTED, MAY_READ
from tests.journeys.crawl.routes import ROUTES, Route
from tests.journeys.crawl.world import ACTORS, World

pytestmark = pytest.mark.django_db
HAS_FILES = True
# One of each kind of right is enough to ask for writing.
WRITERS = ("stranger", "a_viewer", "b_signatory", "desk_one_factor")
# Where private words stand, for those who may read them.
SINGING = ("members:people_list", "members:contact_edit", "members:join_step", "members:join_status")
CLOSED = {"login", "403", "404"}


def keys() -> list[str]:
    """One per row of the table; a route with several rows is numbered."""
    seen: dict[str, int] = {}
    found = []
    for route in ROUTES:
        number = seen[route.name] = seen.get(route.name, 0) + 1
        found.append(route.name if number == 1 else f"{route.name}#{number}")
    return found


def address_for(route: Route, actor: str, world: World) -> str:
    with override("uk"):
        return (route.forged if actor == "stranger" and route.forged else route.address)(world)


def outcome(response) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    target = response["Location"].partition("?")[0]
    return {"login": "login", "reauthenticate": "again"}.get(target.rstrip("/").rpartition("/")[2], "302")


def words_in(response) -> str:
    """All that an answer says, a workbook unpacked."""
    if response.body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
            return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return response.body.decode(errors="replace")


def leaks(world: World, actor: str, route: Route, response) -> set[str]:
    readable = MAY_READ[actor] | (set(route.owner.split(",")) if response.status_code == 200 else set())
    text = words_in(response) + str(response.headers)
    return {
        owner
        for owner, words in world.canaries.items()
        if owner not in readable and any(word in text for word in words)
    }


def test_the_table_has_every_route():
    assert list(EXPECTED) == keys()


@pytest.mark.parametrize(("key", "route"), list(zip(keys(), ROUTES, strict=True)), ids=keys())
def test_everybody_gets_what_the_table_says(world, ask, key, route):
    answers = {actor: ask(actor, route.method, address_for(route, actor, world)) for actor in ACTORS}
    assert {actor: outcome(answer) for actor, answer in answers.items()} == dict(
        zip(ACTORS, EXPECTED[key], strict=True)
    )
    found = {actor: leaks(world, actor, route, answer) for actor, answer in answers.items()}
    assert {actor: owners for actor, owners in found.items() if owners} == {}


@pytest.mark.parametrize(("key", "route"), list(zip(keys(), ROUTES, strict=True)), ids=keys())
def test_who_may_not_read_may_not_write(world, ask, key, route):
    """What is closed to a person for reading is closed for sending too."""
    for actor, expected in zip(ACTORS, EXPECTED[key], strict=True):
        if (
            actor in WRITERS
            and expected in CLOSED
            and not key.startswith("account_")
            and not key.startswith("mfa_")
        ):
            answer = ask(
                actor, "post", address_for(route, actor, world), {"name": "x", "_selected_action": "1"}
            )
            assert outcome(answer) in CLOSED | {"405"}, actor
            assert not leaks(world, actor, route, answer)


def test_mails_before_acceptance_hold_no_address_of_the_other_side(world):
    letters = OutgoingMail.objects.filter(name__startswith="partnerships/")
    assert letters
    for letter in letters:
        for owner in ("b", "people of b"):
            for word in world.canaries[owner]:
                assert word not in letter.subject + letter.text + letter.html + letter.reply_to


def test_every_canary_sings_where_it_may(world, ask):
    """A search that finds nothing anywhere would prove nothing."""
    heard = set()
    for route in ROUTES:
        is_change = route.name.startswith("admin:") and route.name.endswith("_change")
        for actor in (
            ("superuser", "a_signatory", "b_signatory", "association")
            if route.name in SINGING or is_change
            else ()
        ):
            text = words_in(ask(actor, "get", address_for(route, actor, world)))
            heard |= {owner for owner, words in world.canaries.items() if any(word in text for word in words)}
    assert heard == set(world.canaries) - {"nobody"}
