"""The limits that docs/limits.md names, tried one by one: the last request within passes, the next is refused."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.forms import shown_at_token
from alliance.core.models import OutgoingMail
from alliance.users.adapters import MAILS_PER_ADDRESS
from members.views.join import LINKS_PER_APPLICATION
from tests.factories import PASSWORD, make_coordinator, make_place, make_user
from tests.users.codes import activate_totp

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parent.parent / "docs" / "limits.md"
ROW = re.compile(
    r"^\|[^|]+\| (?P<per>[^|]+) \| (?P<most>\d+) \| (?P<within>[^|]+) \| (?P<name>\w+) \|$", re.M
)
LIMITS = {row["name"]: (row["per"], int(row["most"])) for row in ROW.finditer(DOCUMENT.read_text())}
NETWORK = "203.0.113.7"


def address(name, **kwargs):
    with translation.override("uk"):
        return reverse(name, kwargs=kwargs or None)


class Visitor:
    """Asks again and again: from one network with a new address each time, or with one address from everywhere."""

    def __init__(self, per):
        self.per, self.count, self.client = per, 0, Client()

    def network(self):
        self.count += 1
        return NETWORK if self.per == "network" else f"198.51.{self.count // 250}.{self.count % 250}"

    def email(self):
        return f"visitor{self.count}@example.org" if self.per == "network" else "visitor@example.org"

    def post(self, name, data, new=True, **kwargs):
        client = Client() if new else self.client
        return client.post(
            address(name, **kwargs),
            data,
            REMOTE_ADDR=self.network(),
            HTTP_X_FORWARDED_FOR=f"9.9.9.{self.count}",
        )

    def get(self, path):
        return Client().get(path, REMOTE_ADDR=self.network(), HTTP_X_FORWARDED_FOR=f"9.9.9.{self.count}")


def login(visitor):
    return visitor.post("account_login", {"login": ""})


def login_failed(visitor):
    return visitor.post("account_login", {"login": visitor.email(), "password": "wrong"})


def code(visitor):
    return visitor.post("account_request_login_code", {"email": visitor.email()})


def signup(visitor):
    return visitor.post("account_signup", {"email": visitor.email(), "password1": "a long phrase"})


def reset(visitor):
    return visitor.post("account_reset_password", {"email": visitor.email()})


def reset_key(visitor):
    return visitor.post("account_reset_password_from_key", {"password1": "x"}, uidb36="1", key="set-password")


def confirm_email(visitor):
    return visitor.post("account_confirm_email", {}, key="forged")


def passkey(visitor):
    return visitor.post("mfa_login_webauthn", {"credential": "{}"})


def second_factor(visitor):
    if not visitor.count:
        visitor.user = make_user()
        visitor.secret = activate_totp(visitor.user)
        visitor.client.post(
            address("account_login"),
            {"login": visitor.user.email, "password": PASSWORD},
            REMOTE_ADDR="192.0.2.1",
        )
    return visitor.post("mfa_authenticate", {"code": "000000"}, new=False)


def contact(visitor):
    form = {
        "topic": "membership",
        "subject": "Joining",
        "text": "How does our municipality join?",
        "name": "Visitor",
        "email": visitor.email(),
        "shown_at": shown_at_token(60),
    }
    return visitor.post("content:contact", form)


def join(visitor):
    form = {"kind": "municipality", "contact_name": "Visitor", "email": visitor.email()}
    form |= {"shown_at": shown_at_token(60), "homepage": ""}
    place = make_place(code=f"PL_9{visitor.count:05}")
    client = Client()
    return client.post(
        f"{address('members:join_start')}?place={place.code}", form, REMOTE_ADDR=visitor.network()
    )


def resume(visitor):
    form = {"who": visitor.email(), "shown_at": shown_at_token(60), "homepage": ""}
    return visitor.post("members:join_resume", form)


def join_confirm(visitor):
    return visitor.post("members:join_confirm", {}, token="forged")


def export(visitor):
    return visitor.get(address("members:member_export", kind="csv"))


def delivery_open(visitor):
    return visitor.get(address("partnerships:delivery_open", token="forged"))


def own_data(visitor):
    if not visitor.count:
        user = make_user()
        for name, form in (
            ("account_login", {"login": user.email, "password": PASSWORD}),
            ("account_reauthenticate", {"password": PASSWORD}),
        ):
            visitor.client.post(address(name), form, REMOTE_ADDR="192.0.2.1")
    return visitor.client.get(address("content:personal_data_file"), REMOTE_ADDR=visitor.network())


DOORS = {
    **{f.__name__: f for f in (login, login_failed, code, signup, reset, reset_key, confirm_email, passkey)},
    **{f.__name__: f for f in (second_factor, contact, join, resume, join_confirm, export, own_data)},
    "delivery_open": delivery_open,
    "login_failed_network": login_failed,
    "code_network": code,
    "reset_network": reset,
    "contact_network": contact,
    "join_network": join,
}


def test_every_line_of_the_document_is_tried():
    assert set(LIMITS) == set(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_the_documented_count_passes_and_the_next_is_refused(name):
    per, most = LIMITS[name]
    visitor = Visitor(per)
    answers = [DOORS[name](visitor) for _ in range(most + 1)]
    statuses = [answer.status_code for answer in answers]
    assert 429 not in statuses[:-1]
    assert 503 not in statuses
    assert statuses[-1] == 429
    page = answers[-1].content.decode()
    assert '<html lang="uk"' in page
    assert int(answers[-1].headers["Retry-After"]) >= 60
    assert "no-store" in answers[-1].headers["Cache-Control"]


def test_the_quiet_limits_are_the_documented_ones():
    quiet = re.findall(
        r"^\|[^|]+\| (?:address|application) \| (\d+) \| 1 hour \|$", DOCUMENT.read_text(), re.M
    )
    assert [int(number) for number in quiet] == [MAILS_PER_ADDRESS, LINKS_PER_APPLICATION]


def test_nobodys_mailbox_is_filled_by_typing_its_address(settings):
    """Every door together, from a new network each time: the pages say the same, the mails end."""
    settings.ACCOUNT_RATE_LIMITS = False
    visitor = Visitor("address typed")
    for door in (code, signup, reset) * 6:
        assert door(visitor).status_code == 302
    link = OutgoingMail.objects.filter(name="users/email_confirmation_signup")
    assert link.count() == 1, "nothing uses up the link of a new account"
    assert OutgoingMail.objects.count() == MAILS_PER_ADDRESS + 1


def test_the_desks_own_login_is_the_one_of_everybody(client):
    """There is no second door with limits of its own."""
    answer = client.post("/admin/login/", {"username": "x", "password": "x"})
    assert answer.status_code == 302
    assert "/account/login/" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "is_fooled"),
    [
        (0, lambda n: f"9.9.9.{n}", False),
        (1, lambda n: f"9.9.9.{n}, 198.51.100.1", False),
        (1, lambda n: "nonsense", False),
        (2, lambda n: "198.51.100.1", False),
        (1, lambda n: f"198.51.100.{n}", True),
    ],
)
@pytest.mark.parametrize("name", ["reset_network", "export", "contact_network"])
def test_a_forged_header_changes_nothing(settings, name, proxies, forwarded, is_fooled):
    """With one proxy, its own entry is the last; what stands before was written by the visitor. The last line shows
    that the header is read at all: there the proxy itself names another visitor each time.
    """
    settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    class Forger(Visitor):
        def post(self, name, data, new=True, **kwargs):
            self.count += 1
            return Client().post(
                address(name, **kwargs), data, REMOTE_ADDR=NETWORK, HTTP_X_FORWARDED_FOR=forwarded(self.count)
            )

        def get(self, path):
            self.count += 1
            return Client().get(path, REMOTE_ADDR=NETWORK, HTTP_X_FORWARDED_FOR=forwarded(self.count))

    visitor = Forger("network")
    answers = [DOORS[name](visitor).status_code for _ in range(LIMITS[name][1] + 1)]
    assert (429 in answers) is not is_fooled


AWAY = {
    "default": {
        "BACKEND": "alliance.core.cache.PatientRedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}


@pytest.mark.parametrize("name", ["login_failed", "code", "second_factor", "passkey"])
def test_without_the_cache_the_login_is_closed_and_says_so(settings, name):
    visitor = Visitor("network")
    if name == "second_factor":
        DOORS[name](visitor)
    settings.CACHES = AWAY
    answer = DOORS[name](visitor)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) == 60
    assert '<html lang="uk"' in answer.content.decode()


@pytest.mark.parametrize("name", ["signup", "reset", "contact", "join", "resume", "export"])
def test_without_the_cache_pages_and_forms_stay_open(settings, name):
    settings.CACHES = AWAY
    visitor = Visitor("network")
    for _ in range(2):
        assert DOORS[name](visitor).status_code in (200, 302)
    assert Client().get(address("account_login")).status_code == 200


def test_without_the_cache_a_person_of_the_desk_goes_on_working(settings, client):
    user = make_coordinator()
    activate_totp(user)
    client.force_login(user)
    settings.CACHES = AWAY
    assert client.get("/admin/").status_code == 200
