"""The composition root: settings, URLs, Celery. It is the only place that knows every app."""

from alliance.celery import app as celery_app

__all__ = ["celery_app"]
