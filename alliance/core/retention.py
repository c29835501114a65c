"""How long the outbox remembers. `core.tasks` sweeps daily; the record of processing names these numbers."""

from datetime import timedelta

from django.utils import timezone

from alliance.core.models import OutgoingMail

# A login code or reset link that could not be delivered is worthless after a day; words between members stand in
# the portal.
KEEP_SECRETS = timedelta(days=1)
# What a mail said; that it was sent, to whom and about what stays a while longer, to answer questions.
KEEP_BODIES = timedelta(days=90)
KEEP_ROWS = timedelta(days=365)
CHUNK = 5000


def forget_old() -> tuple[int, int]:
    """Blank old bodies and delete old rows of mails that are done. Returns how many of each."""
    now = timezone.now()
    Status = OutgoingMail.Status  # noqa: N806  a class
    done = OutgoingMail.objects.filter(status__in=[Status.SENT, Status.FAILED])
    with_body = done.exclude(text="", html="", calendar="", files=[])
    blanked = _blank(with_body.filter(created_at__lt=now - KEEP_BODIES))
    blanked += _blank(with_body.filter(is_secret=True, created_at__lt=now - KEEP_SECRETS))
    return blanked, _delete(done.filter(created_at__lt=now - KEEP_ROWS))


def _blank(mails) -> int:
    total = 0
    while ids := list(mails.order_by().values_list("pk", flat=True)[:CHUNK]):
        total += OutgoingMail.objects.filter(pk__in=ids).update(
            text="", html="", calendar="", files=[], headers={}
        )
    return total


def _delete(mails) -> int:
    total = 0
    while ids := list(mails.order_by().values_list("pk", flat=True)[:CHUNK]):
        OutgoingMail.objects.filter(pk__in=ids).delete()
        total += len(ids)
    return total
