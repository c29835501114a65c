"""What the outbox forgets, and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alliance.core.models import OutgoingMail
from alliance.core.retention import KEEP_BODIES, KEEP_ROWS, KEEP_SECRETS, forget_old
from alliance.core.tasks import forget_old_mail
from tests.core.test_delivery import make_mail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def old_mail(age: timedelta, status: str = "sent", **changes) -> OutgoingMail:
    moment = timezone.now() - age
    done = {"sent": {"sent_at": moment}, "failed": {"failed_at": moment}, "queued": {}}[status]
    return make_mail(created_at=moment, status=status, **done, **changes)


@pytest.mark.parametrize(
    ("mail", "is_blank"),
    [
        ({"age": KEEP_BODIES - DAY}, False),
        ({"age": KEEP_BODIES + DAY}, True),
        ({"age": KEEP_BODIES + DAY, "status": "failed"}, True),
        ({"age": KEEP_BODIES + DAY, "status": "queued"}, False),
        ({"age": KEEP_SECRETS + DAY, "status": "failed", "is_secret": True}, True),
        ({"age": KEEP_SECRETS - DAY / 2, "status": "failed", "is_secret": True}, False),
        ({"age": KEEP_SECRETS + DAY, "status": "queued", "is_secret": True}, False),
    ],
)
def test_forget_old_blanks_what_a_mail_said(mail, is_blank):
    row = old_mail(**mail)
    forget_old_mail()
    row.refresh_from_db()
    assert (row.text == "", row.html == "") == (is_blank, is_blank)


def test_forget_old_deletes_rows_that_are_done():
    kept = [old_mail(KEEP_ROWS - DAY), old_mail(KEEP_ROWS + DAY, "queued")]
    old_mail(KEEP_ROWS + DAY)
    old_mail(KEEP_ROWS + DAY, "failed")
    assert forget_old() == (3, 2)
    assert set(OutgoingMail.objects.all()) == set(kept)
    assert forget_old() == (0, 0)
