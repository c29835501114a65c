"""Verbs of the kernel: what the desk does with mails that did not arrive."""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.core.journal import record
from alliance.core.mail import wake_on_commit
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.refusals import Refused
from alliance.core.states import lock

Status = OutgoingMail.Status


class MailCannotBeSent(Refused):
    """The mail is not in a state in which this makes sense."""


@transaction.atomic
def resend_mail(mail: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Queue a copy of a mail that was sent or has failed, with a Message-ID of its own; the row itself stays.

    :raises MailCannotBeSent: the mail still waits, held a secret, or its copy still waits (a double click)
    """
    stored = lock(mail)
    if stored.status == Status.QUEUED:
        raise MailCannotBeSent(_("This mail is still waiting to be sent."))
    if stored.is_secret:
        raise MailCannotBeSent(
            _(
                "This mail held a login code or a reset link and cannot be sent again. The person asks for a new one."
            )
        )
    earlier = JournalEntry.objects.about(stored).filter(verb="mail.resent")
    copies = [entry.data["copy"] for entry in earlier]
    if OutgoingMail.objects.filter(pk__in=copies, status=Status.QUEUED).exists():
        raise MailCannotBeSent(_("A copy of this mail is already waiting to be sent."))
    copy = OutgoingMail.objects.create(
        **{name: getattr(stored, name) for name in COPIED},
        key=f"again:{stored.pk}:{len(copies) + 1}",
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
    )
    record("mail.resent", stored, by=by, copy=copy.pk)
    wake_on_commit()
    return copy


COPIED = ("name", "to", "reply_to", "language", "category", "subject", "text", "html", "headers")


@transaction.atomic
def hurry_mail(mail: OutgoingMail, *, by: Any) -> None:
    """Try a waiting mail now instead of at the end of its pause.

    :raises MailCannotBeSent: the mail does not wait, or a worker is just sending it
    """
    stored = lock(mail)
    now = timezone.now()
    if stored.status != Status.QUEUED:
        raise MailCannotBeSent(_("This mail does not wait any more."))
    if stored.lease_until and stored.lease_until > now:
        raise MailCannotBeSent(_("This mail is being sent at this moment."))
    OutgoingMail.objects.filter(pk=stored.pk).update(due_at=now)
    record("mail.hurried", stored, by=by)
    wake_on_commit()
