"""The Celery application. Tasks are found in each app's `tasks.py`; the beat table is in the settings."""

import gc
import os
from pathlib import Path

from celery import Celery
from celery.signals import task_postrun, worker_init

from alliance.core import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

broker.install()
app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def warm_up(**_kwargs: object) -> None:
    """Before the pool is forked: its processes share the dictionaries and numpy, and no list of suggestions waits for
    them. Web servers and commands go without."""
    from alliance.core import morphology
    from partnerships import kept_columns, ranking  # noqa: F401

    morphology.load()
    # What stays for good is walked through by no collection any more: one of all objects takes a tenth of a second, and
    # in a forked process copies the memory that it shares.
    gc.collect()
    gc.freeze()


@task_postrun.connect
def note_finished_task(**_kwargs: object) -> None:
    """The health check (deploy/health.py) asks when a task last finished, not whether the process lives."""
    if mark := os.environ.get("TASK_MARK"):
        Path(mark).touch()
