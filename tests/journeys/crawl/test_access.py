"""Who gets what: every address asked by everybody, and no private word where it must not be."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from alliance.core.models import OutgoingMail
from partnerships.actions.saved_searches import send_digests
from partnerships.models import SavedSearch
from tests.journeys.crawl.access import EXPECTED, MAY_READ
from tests.journeys.crawl.kept import owner_name
from tests.journeys.crawl.routes import ROUTES, Route
from tests.journeys.crawl.world import ACTORS, World

pytestmark = pytest.mark.django_db
HAS_FILES = True
# One of each kind of right is enough to ask for writing.
WRITERS = ("stranger", "a_viewer", "b_signatory", "desk_one_factor")
# Where private words stand, for those who may read them.
SINGING = (
    "members:people_list",
    "members:contact_edit",
    "members:join_step",
    "members:join_status",
    "partnerships:match_detail",
    "partnerships:twinning_detail",
)
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
    is_told = response.status_code == 200 and actor in (route.read_by or ACTORS)
    readable = MAY_READ[actor] | (set(route.owner.split(",")) if is_told else set())
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


# What the mail after acceptance tells each side of the other.
AGREED = {
    "a_viewer": {"association"},
    "a_editor": {"association"},
    "a_signatory": {"association"},
    "association": {"a"},
}


def test_mails_hold_what_their_reader_may_read(world):
    """Requests, answers and digests; nobody reads of the other side's people before both agreed."""
    SavedSearch.objects.create(
        user=world.users["b_signatory"],
        name="Усе",
        language="uk",
        frequency="at_once",
        seen_until=timezone.now() - timedelta(days=1),
    )
    assert send_digests(now=timezone.now() + timedelta(minutes=1)) >= 1
    actor_of = {user.email: actor for actor, user in world.users.items()}
    read = 0
    for letter in OutgoingMail.objects.filter(to__in=actor_of, name__startswith="partnerships/"):
        text = letter.subject + letter.text + letter.html + letter.reply_to
        actor = actor_of[letter.to]
        may = MAY_READ[actor] | (
            AGREED.get(actor, set()) if letter.name == "partnerships/match_accepted" else set()
        )
        told = {owner for owner, words in world.canaries.items() if any(word in text for word in words)}
        assert told <= may, (letter.name, letter.to)
        read += 1
    assert read >= 6


# Whoever may read the fields kept for an audience must find each of them on the page, and the others none.
READERS = {
    "members": ("a_viewer", "b_signatory", "association", "desk"),
    "partner": ("a_viewer", "association", "desk"),
    "coordinators": ("a_viewer", "desk"),
}


@pytest.mark.parametrize("level", READERS)
def test_a_kept_field_is_there_for_whom_it_is_kept(world, ask, level):
    kept = world.kept[level]
    with override("uk"):
        address = reverse("partnerships:listing_detail", args=[kept.listing.slug])
    for actor in ACTORS:
        text = words_in(ask(actor, "get", address))
        shown = {field for field, ways in kept.words.items() if any(way in text for way in ways)}
        assert shown == (set(kept.words) if actor in READERS[level] or actor in OWN else set()), actor


# The author's own people; the superuser reads as the desk does.
OWN = ("a_editor", "a_signatory", "superuser")


def test_no_search_finds_a_kept_word(world, ask):
    """By its words, nor by the silence of a filter: what a reader may not read finds nothing."""
    for level, kept in world.kept.items():
        for field in ("text", "item", "handover", "caption", "note"):
            for word in kept.words.get(field, []):
                for actor in ("anonymous", "b_signatory", "association"):
                    for name in ("listing_list", "offer_list"):
                        with override("uk"):
                            address = reverse(f"partnerships:{name}")
                        found = kept.listing.slug in words_in(ask(actor, "get", address, {"q": word}))
                        assert not found or f"kept for {level}" in MAY_READ[actor], (actor, word)


# Where the rows of the member that is not named stand for everyone; whatever else tells of them is asked too.
TELLING = (
    "listing_list",
    "offer_list",
    "listing_sheet",
    "offer_feed",
    "appeal_detail",
    "appeal_pledges",
    "kept_promises_rows",
    "kept_promises_file",
    "iati_alliance",
    "iati_member",
)


def test_a_member_that_is_not_named_in_public_is_named_beside_none_of_its_rows(world, ask):
    """Cards, tables, files, feeds, promises: wherever a title or an address of them stands, its name does not."""
    unnamed, told = world.unnamed, set()
    with override("uk"):
        pages = [
            reverse(f"partnerships:{name}", args=[row.slug])
            for name, rows in (
                ("listing_detail", [unnamed.need, unnamed.offer]),
                ("pledge_detail", unnamed.pledges),
            )
            for row in rows
        ]
        views = [reverse("partnerships:listing_list") + f"?view={view}" for view in ("table", "map")]
    asked = [("", address) for address in (*pages, *views)]
    asked += [
        (route.name.removeprefix("partnerships:"), address_for(route, "anonymous", world))
        for route in ROUTES
        if route.name.startswith("partnerships:") and route.method == "get"
    ]
    for name, address in asked:
        for actor in ("anonymous", "stranger"):
            answer = ask(actor, "get", address)
            text = words_in(answer)
            if address in pages or any(mark in text for mark in unnamed.marks):
                assert (address, unnamed.names_in(text)) == (address, set())
                told.add(name)
            if address in pages:
                assert answer.status_code == 200
    assert told >= set(TELLING)
    for address in pages:
        assert unnamed.names_in(words_in(ask("a_viewer", "get", address))), address


def test_what_is_told_of_a_member_leads_to_no_row_that_does_not_name_it(world, ask):
    """Its page, its promises, and whatever is found by its name."""
    unnamed = world.unnamed
    slug = unnamed.member.slug
    with override("uk"):
        page, promises = (
            reverse(name, args=[slug])
            for name in ("members:member_detail", "partnerships:kept_promises_member")
        )
        rows, found = (reverse(f"partnerships:{name}") for name in ("kept_promises_rows", "listing_list"))
        own = reverse("partnerships:iati_member", args=[slug])
    addresses = [page, promises, *(f"{rows}?{side}={slug}" for side in ("giver", "receiver"))]
    addresses += [f"{found}?q={word}" for word in ("Канарківська", "37472062")]
    for actor in ("anonymous", "stranger"):
        for address in addresses:
            answer = ask(actor, "get", address)
            text = words_in(answer)
            assert answer.status_code == 200
            assert (address, [mark for mark in unnamed.marks if mark in text]) == (address, [])
        assert ask(actor, "get", own).status_code == 404
    assert unnamed.names_in(words_in(ask("anonymous", "get", page)))


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
    # Kept fields sing in a test of their own.
    assert heard >= set(world.canaries) - {"nobody"} - {owner_name(level) for level in world.kept}
