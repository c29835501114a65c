"""Sweeps of the membership: reminders of unfinished applications, and drafts that nobody confirmed or finished.

Each asks the tables what is due; run twice it does nothing more. Mails carry keys, so that no reminder is
written a second time.
"""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from members.actions import drafts
from members.models import Mandate, Member

REMIND_AFTER_DAYS = (3, 14)
# Without an upper end a portal that was away for a month would send both reminders on one day.
REMIND_WITHIN_DAYS = 7
DELETE_AFTER_DAYS = 30
# Councils meet rarely: who confirmed the address has half a year, and is told two weeks before it ends.
REMOVE_UNFINISHED_AFTER_DAYS = 180
ANNOUNCE_REMOVAL_DAYS = 14
# More wait for the next time: each has a mail, or takes its files along.
AT_ONCE = 500


@shared_task
def remind_drafts() -> int:
    """Remind of drafts with a confirmed address, once after three days and once after fourteen."""
    now, sent = timezone.now(), 0
    for days in REMIND_AFTER_DAYS:
        idle = Member.objects.filter(
            status=Member.Status.DRAFT,
            email_confirmed_at__isnull=False,
            updated_at__lte=now - timedelta(days=days),
            updated_at__gt=now - timedelta(days=days + REMIND_WITHIN_DAYS),
        )
        for member in idle.select_related("place").order_by("id"):
            sent += drafts.remind_of_draft(member, days=days)
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
    return sum(drafts.remind_of_mandate(m) for m in due.select_related("member__place").order_by("id"))


@shared_task
def announce_removals() -> int:
    """Say, in time, that a draft of a confirmed address will be removed if nobody goes on with it."""
    before = timezone.now() - timedelta(days=REMOVE_UNFINISHED_AFTER_DAYS - ANNOUNCE_REMOVAL_DAYS)
    day = timezone.localdate() + timedelta(days=ANNOUNCE_REMOVAL_DAYS)
    idle = Member.objects.unfinished(before=before).filter(announced_at=None).order_by("id")[:AT_ONCE]
    return sum(drafts.announce_removal(member, before=before, on=day) for member in idle)


@shared_task
def delete_drafts() -> int:
    """Forget drafts that nobody confirmed, and confirmed ones that nobody finished although it was announced."""
    now = timezone.now()
    old = Member.objects.filter(
        status=Member.Status.DRAFT,
        email_confirmed_at__isnull=True,
        updated_at__lt=now - timedelta(days=DELETE_AFTER_DAYS),
    )
    deleted = sum(drafts.delete_draft(member) for member in old.order_by("id")[:AT_ONCE])
    before = now - timedelta(days=REMOVE_UNFINISHED_AFTER_DAYS)
    announced_before = now - timedelta(days=ANNOUNCE_REMOVAL_DAYS)
    idle = Member.objects.unfinished(before=before).filter(announced_at__lte=announced_before)
    return deleted + sum(
        drafts.remove_unfinished(member, before=before, announced_before=announced_before)
        for member in idle.order_by("id")[:AT_ONCE]
    )
