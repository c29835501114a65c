"""Celery tasks of the kernel. They wake work that the tables know about; losing one loses nothing."""

import mmap

from celery import shared_task
from celery.signals import worker_shutting_down

from alliance.core.delivery import deliver_due
from alliance.core.machine_translation import translate_due
from alliance.core.retention import forget_old

# One byte that a worker's main process shares with the pool processes it forks: it alone hears SIGTERM.
_shutting_down = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def _note_shutdown(**_kwargs: object) -> None:
    _shutting_down[0] = 1


@shared_task
def deliver_mail() -> int:
    """Deliver everything that is due; returns how many mails the server accepted."""
    return deliver_due(should_stop=lambda: _shutting_down[0] == 1)


@shared_task
def forget_old_mail() -> None:
    """The daily sweep of what the outbox need not remember."""
    forget_old()


@shared_task
def translate_texts() -> int:
    """Order the machine translations that are due; returns how many arrived at once."""
    return translate_due()
