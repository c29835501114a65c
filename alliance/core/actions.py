"""Verbs of the kernel: what the desk does with mails that did not arrive."""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliance.core.journal import LINK, record
from alliance.core.mail import wake_on_commit
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.refusals import MailCannotBeSent
from alliance.core.states import lock

Status = OutgoingMail.Status


@transaction.atomic
def resend_mail(mail: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Queue a copy of a mail that was sent or has failed, with a Message-ID of its own; the row itself stays.

    :raises MailCannotBeSent: the mail still waits, held a secret, or its copy still waits (a double click)
    """
    stored = lock(mail)
    if stored.status == Status.QUEUED:
        raise MailCannotBeSent(MailCannotBeSent.WAITS)
    if stored.is_secret:
        raise MailCannotBeSent(MailCannotBeSent.IS_SECRET)
    earlier = JournalEntry.objects.about(stored).filter(verb="mail.resent")
    copies = [entry.data["copy"] for entry in earlier]
    if OutgoingMail.objects.filter(pk__in=copies, status=Status.QUEUED).exists():
        raise MailCannotBeSent(MailCannotBeSent.COPY_WAITS)
    copy = OutgoingMail.objects.create(
        **{name: getattr(stored, name) for name in COPIED},
        key=f"again:{stored.pk}:{len(copies) + 1}",
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
    )
    record("mail.resent", stored, by=by, copy=copy.pk)
    wake_on_commit()
    return copy


COPIED = (
    *("name", "to", "reply_to", "language", "category"),
    *("subject", "text", "html", "calendar", "files", "headers"),
)


@transaction.atomic
def stop_mail(*, email: str, category: str, by: Any = LINK) -> MailStop:
    """The address gets no more mails of the category; what is written already still goes out. Twice does it once.

    Journal: `mail.stopped`, without the address. Precondition: the category is one that can be stopped.
    """
    stop, is_new = MailStop.objects.get_or_create(email=email, category=category)
    if is_new:
        record("mail.stopped", stop, by=by, category=category)
    return stop


@transaction.atomic
def hurry_mail(mail: OutgoingMail, *, by: Any) -> None:
    """Try a waiting mail now instead of at the end of its pause.

    :raises MailCannotBeSent: the mail does not wait, or a worker is just sending it
    """
    stored = lock(mail)
    now = timezone.now()
    if stored.status != Status.QUEUED:
        raise MailCannotBeSent(MailCannotBeSent.WAITS_NO_MORE)
    if stored.lease_until and stored.lease_until > now:
        raise MailCannotBeSent(MailCannotBeSent.IS_BEING_SENT)
    OutgoingMail.objects.filter(pk=stored.pk).update(due_at=now)
    record("mail.hurried", stored, by=by)
    wake_on_commit()
