"""Sweeps about people; the beat table is in the settings."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from alliance.users import actions
from alliance.users.bursts import MOST_DECISIONS
from alliance.users.models import User

# The link to confirm it is good for three days and may be asked for again.
FORGET_UNCONFIRMED_AFTER_DAYS = 30
# More wait for the next time.
FORGET_AT_ONCE = 500


@shared_task
def report_busy_coordinators() -> int:
    """Whoever decided very much within an hour; returns of how many people the others were told now."""
    since = timezone.now() - actions.REPORT_WITHIN
    busy = User.objects.busy_at_the_desk(since=since, more_than=MOST_DECISIONS)
    return sum(actions.report_coordinator(user) for user in busy.order_by("pk"))


@shared_task
def forget_ended_sessions() -> None:
    """Sessions whose time is up are of no use, and say who signed in when."""
    SessionStore.clear_expired()


@shared_task
def forget_unconfirmed_accounts() -> int:
    """Sign-ups that nobody confirmed within thirty days; returns how many are gone."""
    before = timezone.now() - timedelta(days=FORGET_UNCONFIRMED_AFTER_DAYS)
    old = User.objects.never_confirmed().filter(date_joined__lt=before)
    return sum(actions.forget_unconfirmed(user) for user in old.order_by("pk")[:FORGET_AT_ONCE])
