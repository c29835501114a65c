"""Sweeps about people; the beat table is in the settings."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task
def forget_ended_sessions() -> None:
    """Sessions whose time is up are of no use, and say who signed in when."""
    SessionStore.clear_expired()
