"""Celery tasks of the kernel. They wake work that the tables know about; losing one loses nothing."""

from celery import shared_task

from alliance.core.delivery import deliver_due


@shared_task
def deliver_mail() -> int:
    """Deliver everything that is due; returns how many mails the server accepted."""
    return deliver_due()
