"""“Is it still you?” before many are decided at once: the detour loses nothing and nothing gets round it."""

import re
import time
from html import unescape

import pytest
import time_machine
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from alliance.core.models import JournalEntry
from alliance.users import step_up
from members.models import Member
from tests.desk import RECORDS, WHOSE, open_desk, prove
from tests.factories import PASSWORD, make_coordinator, make_member
from tests.users.codes import activate_totp, totp_code

pytestmark = pytest.mark.django_db

LIST = f"{reverse('admin:members_member_changelist')}?status=all"
REASON = "Nie jest to „gmina”; <b>&amp;</b>\r\nProsimy o uchwałę."
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
LONG_AGO = step_up.STEP_UP_MINUTES * 60 + 1


def address(name):
    with translation.override("pl"):
        return reverse(name)


@pytest.fixture
def desk(client):
    user = make_coordinator(language="pl")
    client.secret = activate_totp(user)
    open_desk(client, user)
    prove(client, seconds_ago=LONG_AGO)
    return client


@pytest.fixture
def members(db):
    return [make_member(status="pending") for _n in range(3)]


def send(desk, action, members, **more):
    return desk.post(LIST, {"action": action, "_selected_action": [m.pk for m in members], **more})


def refuse(desk, members):
    return send(desk, "refuse", members, _confirmed="1", reason=REASON)


def fields_of(page):
    """What the browser would send from the page; in a form every line ends with CRLF."""
    found = [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(page.text)]
    pairs = [(name, re.sub(r"\r?\n", "\r\n", value)) for name, value in found if "csrf" not in name]
    return {name: [value for other, value in pairs if other == name] for name, _value in pairs}


def kept(page):
    """Where the page sends what it keeps, and that."""
    return unescape(re.search(r'<form method="post" action="([^"]+)">', page.text)[1]), fields_of(page)


def statuses():
    return set(Member.objects.values_list("status", flat=True))


@pytest.mark.parametrize("confirmed", [{}, {"_confirmed": "1"}])
def test_a_bulk_decision_long_after_the_login_asks_who_it_is(desk, members, confirmed):
    answer = send(desk, "approve", members, **confirmed)
    assert answer.status_code == 302
    assert answer.url == address("account_reauthenticate")
    assert statuses() == {"pending"}
    assert not JournalEntry.objects.exists()
    page = desk.get(answer.url).text
    assert '<html lang="pl">' in page
    assert "Zatwierd" in page
    assert "(3)" in page


def test_the_reason_and_the_selection_survive_the_detour(desk, members):
    there = refuse(desk, members).url
    assert desk.post(there, {"password": "wrong"}).status_code == 422
    page = desk.post(there, {"password": PASSWORD})
    assert page.status_code == 200
    assert statuses() == {"pending"}, "showing who one is decides nothing"
    action, fields = kept(page)
    assert action == LIST
    assert fields["reason"] == [REASON]
    assert desk.post(action, fields).status_code == 302
    assert statuses() == {"refused"}
    assert all(m.desk_message.splitlines() == REASON.splitlines() for m in Member.objects.all())
    assert JournalEntry.objects.filter(verb="member.refused", actor=desk.user).count() == 3


def test_the_selection_survives_before_anything_is_typed(desk, members):
    page = desk.post(send(desk, "refuse", members[:2]).url, {"password": PASSWORD})
    action, fields = kept(page)
    confirmation = desk.post(action, fields)
    assert confirmation.status_code == 200
    assert {row.pk for row in confirmation.context["chosen"]} == {m.pk for m in members[:2]}
    assert statuses() == {"pending"}


def test_a_code_of_the_second_factor_is_as_good_as_the_password(desk, members):
    refuse(desk, members)
    page = desk.post(address("mfa_reauthenticate"), {"code": totp_code(desk.secret)})
    action, fields = kept(page)
    desk.post(action, fields)
    assert statuses() == {"refused"}


def test_whoever_signed_in_a_moment_ago_is_not_asked(desk, members):
    prove(desk, seconds_ago=LONG_AGO - 60)
    assert refuse(desk, members).url == LIST
    assert statuses() == {"refused"}


def test_a_real_login_counts_and_its_time_runs_out(client, members):
    user = make_coordinator()
    secret = activate_totp(user)
    now = time.time()
    client.post(address("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(address("mfa_authenticate"), {"code": totp_code(secret)})
    assert send(client, "approve", members).status_code == 200
    with time_machine.travel(now + LONG_AGO):
        client.get("/admin/")
        assert send(client, "approve", members).status_code == 302


def test_what_somebody_else_proved_in_this_session_does_not_count(desk, members):
    session = desk.session
    session[RECORDS] = [{"method": "password", "at": time.time()}]
    session[WHOSE] = str(make_coordinator().pk)
    session.save()
    refuse(desk, members)
    assert statuses() == {"pending"}


def test_a_single_decision_is_not_asked_about(desk, members):
    url = reverse("admin:members_member_verb", args=[members[0].pk, "approve"])
    assert desk.post(url).status_code == 302
    assert Member.objects.get(pk=members[0].pk).status == "approved"


def test_the_local_run_relaxes_the_second_factor_and_not_this(client, members, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    open_desk(client)
    prove(client, seconds_ago=LONG_AGO)
    assert "account/reauthenticate" in refuse(client, members).url
    assert statuses() == {"pending"}


def test_without_password_and_second_factor_the_whole_login_is_asked_for(client, members, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    open_desk(client, make_coordinator(password=None))
    prove(client, seconds_ago=LONG_AGO)
    page = refuse(client, members)
    assert page.status_code == 403
    assert fields_of(page)["reason"] == [REASON]
    assert "_auth_user_id" not in client.session
    assert statuses() == {"pending"}


def test_a_detour_left_half_way_is_not_resumed_by_another(desk, members):
    refuse(desk, members)
    elsewhere = desk.get(address("mfa_activate_totp"))
    answer = desk.post(
        address("account_reauthenticate"), {"password": PASSWORD, "next": address("mfa_index")}
    )
    assert elsewhere.status_code == 302
    assert answer.url == address("mfa_index")
    assert statuses() == {"pending"}


# --- other views of the desk that ask the same --------------------------------------------------------------


def ask(desk, method, path, **data):
    request = getattr(RequestFactory(), method)(path, data)
    request.user, request.session = desk.user, desk.session
    request._messages = FallbackStorage(request)
    return admin.site.step_up(request, "Contacts"), request


def test_a_page_that_hands_out_a_file_goes_on_after_the_detour(desk):
    answer, request = ask(desk, "get", "/admin/members/member/?export=1")
    assert "account/reauthenticate" in answer.url
    request.session.save()
    assert desk.post(answer.url, {"password": PASSWORD}).url == "/admin/members/member/?export=1"
    assert ask(desk, "get", "/admin/")[0] is None
