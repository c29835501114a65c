"""How long a login lasts: everybody's, the desk's when busy and when left alone; what was typed when it ended."""

import re
import time
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.models import JournalEntry
from alliance.users import sessions
from alliance.users.tasks import forget_ended_sessions
from members.models import Member
from tests.factories import PASSWORD, make_coordinator, make_member, make_user
from tests.users.codes import activate_totp, totp_code

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600
IDLE, DAY = sessions.STAFF_IDLE_MINUTES * MINUTE, sessions.STAFF_HOURS * HOUR
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def address(name):
    with translation.override("uk"):
        return reverse(name)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def sign_in(client, user):
    return client.post(
        address("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"}
    )


def open_desk(client):
    sign_in(client, client.user)
    client.post(address("mfa_authenticate"), {"code": totp_code(client.secret)})


@pytest.fixture
def desk(client):
    client.user = make_coordinator(language="pl")
    client.secret = activate_totp(client.user)
    open_desk(client)
    assert client.get("/admin/").status_code == 200
    return client


def test_a_session_of_the_desk_that_is_left_alone_ends(desk):
    now = time.time()
    with time_machine.travel(now + IDLE - MINUTE):
        assert desk.get("/admin/").status_code == 200
    with time_machine.travel(now + 2 * IDLE - 3 * MINUTE):
        assert desk.get("/admin/").status_code == 200, "each request puts the end off"
    with time_machine.travel(now + 3 * IDLE):
        assert desk.get("/admin/").status_code == 302
        assert not is_signed_in(desk)


def test_pages_for_everybody_keep_a_coordinator_awake_and_end_the_session_too(desk):
    now = time.time()
    with time_machine.travel(now + IDLE - MINUTE):
        desk.get(address("content:home"))
    with time_machine.travel(now + 2 * IDLE - 3 * MINUTE):
        assert desk.get("/admin/").status_code == 200
    with time_machine.travel(now + 4 * IDLE):
        desk.get(address("content:home"))
        assert not is_signed_in(desk)


def test_a_session_of_the_desk_ends_after_a_working_day_however_busy(desk):
    now = time.time()
    for moment in range(IDLE // 2, DAY - MINUTE, IDLE // 2):
        with time_machine.travel(now + moment):
            assert desk.get("/admin/").status_code == 200, moment
    with time_machine.travel(now + DAY + MINUTE):
        assert desk.get("/admin/").status_code == 302
        assert not is_signed_in(desk)


def test_a_busy_session_is_not_written_with_every_request(desk):
    seen = desk.session[sessions.SEEN_AT]
    desk.get("/admin/")
    assert desk.session[sessions.SEEN_AT] == seen
    with time_machine.travel(time.time() + sessions.PULSE_SECONDS + 1):
        desk.get("/admin/")
    assert desk.session[sessions.SEEN_AT] > seen


def test_a_login_starts_the_clocks_anew(client):
    user = make_coordinator()
    client.force_login(user)
    before = client.session[sessions.ENDS_AT]
    with time_machine.travel(time.time() + HOUR):
        client.force_login(user)
    assert client.session[sessions.ENDS_AT] > before + HOUR / 2
    client.force_login(make_user())
    assert sessions.ENDS_AT not in client.session
    assert sessions.SEEN_AT not in client.session


def test_everybody_elses_session_lasts_two_weeks(client, settings):
    now = time.time()
    sign_in(client, make_user())
    with time_machine.travel(now + DAY + MINUTE):
        assert client.get(address("content:dashboard")).status_code == 200
    with time_machine.travel(now + settings.SESSION_COOKIE_AGE + MINUTE):
        assert client.get(address("content:dashboard")).status_code == 302


def test_who_becomes_a_coordinator_meanwhile_gets_clocks(client):
    user = make_user()
    client.force_login(user)
    assert sessions.ENDS_AT not in client.session
    user.is_staff = True
    user.save()
    client.get("/admin/")
    assert client.session[sessions.ENDS_AT] <= time.time() + DAY
    assert client.session[sessions.SEEN_AT] <= time.time()


def test_ended_sessions_are_forgotten(client, settings):
    with time_machine.travel(time.time() - settings.SESSION_COOKIE_AGE - MINUTE, tick=True):
        Client().force_login(make_user())
    client.force_login(make_user())
    forget_ended_sessions()
    assert [session.session_key for session in Session.objects.all()] == [client.session.session_key]
    assert "alliance.users.tasks.forget_ended_sessions" in [
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    ]


# --- what was being typed ----------------------------------------------------------------------------------


def kept(page):
    return [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(page.text)]


def test_a_decision_typed_while_the_session_ended_is_kept_in_the_readers_language(desk):
    members = [make_member(status="pending") for _n in range(2)]
    typed = {
        "action": "refuse",
        "_selected_action": [member.pk for member in members],
        "_confirmed": "1",
        "reason": "Nie jest to <gmina>.",
    }
    url = f"{reverse('admin:members_member_changelist')}?status=all"
    with time_machine.travel(time.time() + IDLE + MINUTE):
        page = desk.post(url, typed)
        assert page.status_code == 403
        assert "no-store" in page["Cache-Control"]
        assert '<html lang="pl">' in page.text
        assert not is_signed_in(desk)
        fields = [pair for pair in kept(page) if pair[0] != "csrfmiddlewaretoken"]
        assert ("reason", "Nie jest to <gmina>.") in fields
        assert [int(value) for name, value in fields if name == "_selected_action"] == [m.pk for m in members]
        assert not JournalEntry.objects.exists()
        # Signed in again in another tab, the page sends what it kept.
        open_desk(desk)
        sent = {name: [value for other, value in fields if other == name] for name, _value in fields}
        assert desk.post(url, sent).status_code == 302
    assert {(m.status, m.desk_message) for m in Member.objects.all()} == {("refused", typed["reason"])}


@pytest.mark.parametrize("page", ["change", "verb"])
def test_every_form_of_the_desk_is_kept(desk, page):
    member = make_member(status="pending")
    args = [member.pk] + (["refuse"] if page == "verb" else [])
    url = reverse(f"admin:members_member_{page}", args=args)
    with time_machine.travel(time.time() + IDLE + MINUTE):
        answer = desk.post(url, {"reason": "typed", "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 403
    assert [pair for pair in kept(answer) if pair[0] != "csrfmiddlewaretoken"] == [("reason", "typed")]


def test_a_press_that_carries_nothing_leads_to_the_login(desk):
    with time_machine.travel(time.time() + IDLE + MINUTE):
        assert desk.post(reverse("admin:logout")).status_code == 302
        assert desk.post(reverse("admin:index")).status_code == 302


# --- said in the document ----------------------------------------------------------------------------------

DOCUMENT = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(r"^\|[^|]+\| (?P<number>\d+) (?:minutes|hours|decisions) \| `(?P<name>[\w.]+)` \|$", re.M)


@pytest.mark.parametrize("row", list(ROW.finditer(DOCUMENT.read_text())), ids=lambda row: row["name"])
def test_the_document_says_what_the_code_does(row):
    module, _dot, constant = row["name"].rpartition(".")
    assert getattr(import_module(module), constant) == int(row["number"])


def test_the_table_is_read():
    assert len(ROW.findall(DOCUMENT.read_text())) >= 3
