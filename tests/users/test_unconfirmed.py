"""Accounts that nobody confirmed: they hold no address against its owner, and are forgotten after a while."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.users import actions, tasks
from alliance.users.models import User
from tests.factories import PASSWORD, make_coordinator, make_representative, make_user
from tests.users.codes import mailed_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("field_history")]

WANTED = "office@example.org"


def sign_up(email=WANTED):
    Client().post(reverse("account_signup"), {"email": email, "password1": "the stranger knows it"})
    return User.objects.get(email=email)


def signed_in(client, user):
    """Signed in, and has just shown who one is: addresses may be changed."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("account_email"))  # shows what the login had to say
    return client


def add(client, email=WANTED):
    assert client.post(reverse("account_email"), {"action_add": "", "email": email}).status_code == 302


def confirm(client, email=WANTED):
    return client.post(mailed_link("email_confirmation", email), follow=True)


def make_primary(client, email=WANTED):
    return client.post(reverse("account_email"), {"action_primary": "", "email": email}, follow=True)


def addresses(user):
    return list(user.emailaddress_set.order_by("email").values_list("email", "verified", "primary"))


def says(page):
    return [str(message) for message in page.context["messages"]]


# --- somebody sits on an address that is not theirs --------------------------------------------------------


def test_whoever_confirms_an_address_is_rid_of_the_account_that_never_did(client):
    squatter, user = sign_up(), make_user()
    first = user.email
    add(signed_in(client, user))
    assert confirm(client).status_code == 200
    assert not User.objects.filter(pk=squatter.pk).exists()
    assert make_primary(client).status_code == 200
    user.refresh_from_db()
    assert user.email == WANTED
    assert {email: state for email, *state in addresses(user)} == {
        WANTED: [True, True],
        first: [True, False],
    }
    entry = JournalEntry.objects.get(verb="account.forgotten")
    assert (entry.object_id, entry.actor, entry.data) == (squatter.pk, user, {})


@pytest.mark.parametrize("squat", ["superuser", "too late"])
def test_an_address_that_another_account_holds_is_refused_politely_and_nothing_changes(client, squat):
    """A superuser of the command line has confirmed nothing, but is not a stranger's account to be removed; and a
    sign-up can be faster by a moment."""
    user = make_user()
    if squat == "superuser":
        User.objects.create_superuser(WANTED, "a long phrase")
    add(signed_in(client, user))
    confirm(client)
    if squat == "too late":
        User.objects.create_user(WANTED, "a long phrase", last_login=timezone.now())
    before = addresses(user)
    page = make_primary(client)
    assert page.status_code == 200
    assert page.redirect_chain == [(reverse("account_email"), 302)]
    assert says(page)[-1].startswith("This address cannot be your main address at the moment.")
    assert addresses(user) == before, "the main address is still the main address"
    user.refresh_from_db()
    assert user.email == before[1][0]
    assert User.objects.filter(email=WANTED).count() == 1
    assert not OutgoingMail.objects.filter(name="users/email_changed").exists()


def test_an_address_of_somebody_elses_confirmed_account_is_answered_like_any_other(client):
    """Only the mailbox tells: to add an address says the same whether it has an account or not."""
    make_user(email=WANTED)
    user = make_user()
    signed_in(client, user)
    pages = []
    for email in (WANTED, "nobody@example.org"):
        page = client.post(reverse("account_email"), {"action_add": "", "email": email}, follow=True)
        pages.append((page.status_code, page.redirect_chain, [one.replace(email, "…") for one in says(page)]))
    assert pages[0] == pages[1]
    assert make_primary(client).status_code == 200
    assert User.objects.get(email=WANTED) != user
    user.refresh_from_db()
    assert user.email != WANTED


def test_only_a_confirmed_address_drives_another_account_away(client):
    squatter, user = sign_up(), make_user()
    add(signed_in(client, user))
    make_primary(client)
    assert User.objects.filter(pk=squatter.pk).exists()
    user.refresh_from_db()
    assert user.email != WANTED


# --- the sweep ---------------------------------------------------------------------------------------------


def years_ago(user, **changes):
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - timedelta(days=800), **changes)
    return user


def test_accounts_that_nobody_confirms_are_forgotten_after_their_days():
    old, new = sign_up("old@example.org"), sign_up("new@example.org")
    days = timedelta(days=tasks.FORGET_UNCONFIRMED_AFTER_DAYS)
    User.objects.filter(pk=old.pk).update(date_joined=timezone.now() - days - timedelta(hours=1))
    User.objects.filter(pk=new.pk).update(date_joined=timezone.now() - days + timedelta(hours=1))
    assert tasks.forget_unconfirmed_accounts() == 1
    assert User.objects.get() == new
    assert EmailAddress.objects.get().user == new
    entry = JournalEntry.objects.get(verb="account.forgotten")
    assert (entry.object_id, entry.actor_kind) == (old.pk, "system")
    assert not LogEntry.objects.filter(object_id=old.pk, content_type__model="user").exists()
    assert tasks.forget_unconfirmed_accounts() == 0


@pytest.mark.parametrize(
    "keep",
    [
        make_user,
        make_coordinator,
        lambda: make_representative().user,
        lambda: User.objects.create_superuser("root@example.org", "a long phrase"),
        lambda: years_ago(sign_up(), last_login=timezone.now()),
        lambda: years_ago(sign_up(), is_active=False),
    ],
    ids=["confirmed", "desk", "representative", "superuser", "was here", "closed by the desk"],
)
def test_the_sweep_leaves_everybody_else_alone(keep):
    user = years_ago(keep())
    assert tasks.forget_unconfirmed_accounts() == 0
    assert User.objects.filter(pk=user.pk).exists()


def test_an_account_that_a_row_points_at_stays():
    user = years_ago(sign_up())
    make_representative(user=user)
    assert tasks.forget_unconfirmed_accounts() == 0
    assert User.objects.filter(pk=user.pk).exists()
    assert not JournalEntry.objects.filter(verb="account.forgotten").exists()


def test_an_account_that_is_confirmed_at_the_last_moment_stays(client):
    user = years_ago(sign_up())
    client.post(mailed_link("email_confirmation_signup", WANTED))
    assert not actions.forget_unconfirmed(user)
    assert addresses(user) == [(WANTED, True, True)]
