"""A coordinator at the desk, for tests: signed in, and known to be the one who signed in."""

import time

from django.test import Client

from alliance.users.models import User
from tests.factories import make_coordinator

RECORDS, WHOSE = "account_authentication_methods", "account_authentication_methods_user"


def open_desk(client: Client, user: User | None = None) -> Client:
    """``client`` works at the desk as ``user``, who has just given a password."""
    client.user = user or make_coordinator()
    client.force_login(client.user)
    prove(client)
    return client


def prove(client: Client, seconds_ago: float = 0) -> None:
    """As if the person had given their password then and not shown who they are since."""
    session = client.session
    session[RECORDS] = [{"method": "password", "at": time.time() - seconds_ago}]
    session[WHOSE] = str(client.user.pk)
    session.save()
