"""How long a session of the desk lasts. Everybody else's is `SESSION_COOKIE_AGE`."""

import time

from django.http import HttpRequest

# Coordinators see personal data. Whoever leaves the desk open is signed out soon, and after a working day everybody
# signs in again, however busy they were. What was being typed is kept (`decorators.login_expired`).
STAFF_IDLE_MINUTES = 30
STAFF_HOURS = 8
# A session is a row: a busy one is not written with every request.
PULSE_SECONDS = 60
ENDS_AT = "staff_session_ends_at"
SEEN_AT = "staff_session_seen_at"


def begin(request: HttpRequest) -> None:
    """Start the clocks of a staff session; clocks that run are left alone."""
    if ENDS_AT not in request.session:
        request.session[ENDS_AT] = time.time() + STAFF_HOURS * 3600
        request.session[SEEN_AT] = time.time()


def forget(request: HttpRequest) -> None:
    """Somebody signs in: the clocks of whoever was here before are of no use."""
    request.session.pop(ENDS_AT, None)
    request.session.pop(SEEN_AT, None)


def has_ended(request: HttpRequest) -> bool:
    """Whether either clock of a staff session has run out."""
    now = time.time()
    ends_at = request.session.get(ENDS_AT, float("inf"))
    idle_until = request.session.get(SEEN_AT, float("inf")) + STAFF_IDLE_MINUTES * 60
    return min(ends_at, idle_until) <= now


def keep_awake(request: HttpRequest) -> None:
    """A request of a running staff session puts its idle end off."""
    if ENDS_AT in request.session and time.time() - request.session.get(SEEN_AT, 0) >= PULSE_SECONDS:
        request.session[SEEN_AT] = time.time()
