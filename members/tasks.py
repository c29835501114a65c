"""Sweeps of the membership: reminders of unfinished applications, and drafts that nobody confirmed.

Each asks the tables what is due; run twice it does nothing more. Mails carry keys, so that no reminder is
written a second time.
"""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from members.actions import joining
from members.models import Mandate, Member

REMIND_AFTER_DAYS = (3, 14)
# Without an upper end a portal that was away for a month would send both reminders on one day.
REMIND_WITHIN_DAYS = 7
DELETE_AFTER_DAYS = 30
# More wait for the next day: each takes its files along.
DELETE_AT_ONCE = 500


@shared_task
def remind_drafts() -> int:
    """Remind of drafts with a confirmed address, once after three days and once after fourteen."""
    now, sent = timezone.now(), 0
    for days in REMIND_AFTER_DAYS:
        drafts = Member.objects.filter(
            status=Member.Status.DRAFT,
            email_confirmed_at__isnull=False,
            updated_at__lte=now - timedelta(days=days),
            updated_at__gt=now - timedelta(days=days + REMIND_WITHIN_DAYS),
        )
        for member in drafts.select_related("place").order_by("id"):
            sent += joining.remind_of_draft(member, days=days)
    return sent


@shared_task
def remind_of_mandates() -> int:
    """Remind of council decisions that were promised by yesterday or earlier and have not come."""
    due = Mandate.objects.filter(
        promised_by__lt=timezone.localdate(),
        promised_by__gte=timezone.localdate() - timedelta(days=REMIND_WITHIN_DAYS),
        file="",
        member__status__in=[*Member.APPLYING, *Member.HOLDING],
    )
    return sum(joining.remind_of_mandate(m) for m in due.select_related("member__place").order_by("id"))


@shared_task
def delete_unconfirmed_drafts() -> int:
    """Forget drafts whose address nobody confirmed within thirty days."""
    old = Member.objects.filter(
        status=Member.Status.DRAFT,
        email_confirmed_at__isnull=True,
        updated_at__lt=timezone.now() - timedelta(days=DELETE_AFTER_DAYS),
    )
    return sum(joining.delete_draft(member) for member in old.order_by("id")[:DELETE_AT_ONCE])
