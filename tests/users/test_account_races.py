"""Twenty at one instant, each with a connection of its own: accounts stay whole and nobody sees a failure."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from alliance.core.models import OutgoingMail
from alliance.users.models import User
from tests.factories import make_user
from tests.users.codes import mailed_link

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def at_once(ask):
    """What twenty visitors get who ask at one instant."""
    gate = Barrier(AT_ONCE)

    def one(number):
        client = Client()
        gate.wait(120)
        try:
            return ask(client, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_twenty_sign_ups_with_one_address_make_one_account():
    form = {"email": "Olena@example.org", "password1": "a long phrase"}
    answers = at_once(lambda client, _n: client.post(reverse("account_signup"), form))
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {
        (302, reverse("account_email_verification_sent"))
    }
    user = User.objects.get()
    assert user.check_password("a long phrase")
    assert EmailAddress.objects.get().user == user
    assert OutgoingMail.objects.filter(name="users/email_confirmation_signup").count() == 1


def test_twenty_confirmations_confirm_once():
    Client().post(reverse("account_signup"), {"email": "olena@example.org", "password1": "a long phrase"})
    link = mailed_link("email_confirmation_signup", "olena@example.org")
    statuses = [answer.status_code for answer in at_once(lambda client, _n: client.post(link))]
    assert set(statuses) <= {302, 404}
    assert 302 in statuses
    address = EmailAddress.objects.get()
    assert (address.verified, address.primary) == (True, True)


def test_two_accounts_cannot_confirm_the_same_address():
    """Both added it, at one instant both open their link."""
    links = []
    for _ in range(AT_ONCE):
        user = make_user()
        address = user.emailaddress_set.create(email="shared@example.org", verified=False)
        address.send_confirmation()
        links.append(mailed_link("email_confirmation", "shared@example.org"))
    answers = at_once(lambda client, number: client.post(links[number]))
    assert max(answer.status_code for answer in answers) < 500
    assert EmailAddress.objects.filter(email="shared@example.org", verified=True).count() == 1


def test_twenty_resets_leave_one_password_and_a_dead_link():
    user = make_user()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    link = mailed_link("password_reset_key", user.email)

    def choose(client, number):
        page = client.get(link, follow=True)
        phrase = f"phrase of visitor {number}"
        return client.post(page.request["PATH_INFO"], {"password1": phrase, "password2": phrase})

    answers = at_once(choose)
    assert max(answer.status_code for answer in answers) < 500
    user.refresh_from_db()
    assert sum(user.check_password(f"phrase of visitor {number}") for number in range(AT_ONCE)) == 1
    before = user.password
    choose(Client(), 99)
    user.refresh_from_db()
    assert user.password == before


def test_twenty_questions_for_a_reset_mail_at_most_ten():
    user = make_user()
    answers = at_once(lambda c, _n: c.post(reverse("account_reset_password"), {"email": user.email}))
    assert {answer.status_code for answer in answers} == {302}
    assert 1 <= OutgoingMail.objects.count() <= 10
