"""Delivery of what is due in the outbox: claim, send over one connection, record. `core.tasks` calls `deliver_due()`.

The table is the truth. A worker claims due rows by a committed lease (a token and a moment, taken with FOR UPDATE
SKIP LOCKED) and sends only while the lease is live, so no two workers hold the same mail. One mail is in flight at a
time. What the server has taken is committed before the next mail goes out, unless mails go faster than commits: then
in groups. So a killed worker doubles at most one mail where the server takes 5 ms or more for each, and at most eight
where it is faster. Not every commit waits for the disk; a crash of the database itself doubles at most eight too. A
doubled mail has the same Message-ID.
"""

import logging
import smtplib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from alliance.core import mime
from alliance.core.models import OutgoingMail
from alliance.core.smtp import Message, Outcome, SmtpLine, Verdict

log = logging.getLogger(__name__)

BATCH = 500
# How long a dead worker's mails wait. Renewed at half time; must exceed four socket timeouts (one mail's commands).
LEASE = timedelta(seconds=45)
# Mails that the server has taken and that no commit on the disk tells of: at most so many, the one in flight included.
IN_DOUBT = 8
# Recording costs at most a tenth of the time: after a commit, so many times its cost goes by before the next,
# but never more than `RECORD_SOON`: a server that takes longer for a mail has each recorded at once.
RECORD_REST = 9
RECORD_SOON = 0.005
# One task ends after this, well under Celery's time limit; the next sweep goes on.
RUN_SECONDS = 240
# While the database is away its worker keeps the outcome of one mail and sends nothing.
DATABASE_PATIENCE_SECONDS = 120
# The waits after the first, second … failure; the last one repeats. Short for the first hours: an hour without
# a mail server ends a quarter of an hour later at most.
BACK_OFF_MINUTES = (1, 2, 5, 10, 10, 10, 15, 15, 30, 60)
# A mail is given up when it is this old and was tried this often: an outage alone gives up nothing.
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_ATTEMPTS = 12
# So many “later” in a row, and none accepted between, are the server's trouble and no longer each mail's.
SERVER_TROUBLE = 5
# New connections in one run, after the one that broke.
RECONNECTS = 3
# A process that met a dead server leaves it alone for so long.
PAUSE_SECONDS = 5
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

RECORD_ACCEPTED = """
UPDATE core_outgoingmail
SET status = 'sent', sent_at = statement_timestamp(), attempts = attempts + 1, last_error = '',
    lease_token = NULL, lease_until = NULL,
    text = CASE WHEN is_secret THEN '' ELSE text END, html = CASE WHEN is_secret THEN '' ELSE html END,
    calendar = CASE WHEN is_secret THEN '' ELSE calendar END
FROM (SELECT set_config('synchronous_commit', %s, true)) AS disk
WHERE id = ANY(%s) AND lease_token = %s AND status = 'queued'
"""

Result = TypeVar("Result")
_paused_until = 0.0


def deliver_due(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver until nothing is due, the server fails, or time is up. Safe to run at once in many processes.

    :returns: how many mails the server accepted
    """
    if time.monotonic() < _paused_until:
        return 0
    deadline = time.monotonic() + RUN_SECONDS
    run = _Run(lambda: should_stop() or time.monotonic() > deadline)
    try:
        while not run.is_over() and OutgoingMail.objects.due().exists() and run.connect():
            lease = Lease.claim()
            if not lease.rows:
                break
            run.deliver(lease)
    except (OperationalError, InterfaceError) as error:
        log.warning("the database cannot be used (%s); mails wait", type(error).__name__)
        connection.close()
    finally:
        run.close()
    if run.accepted or run.refused or run.later:
        log.info("mail: %d accepted, %d refused, %d put off", run.accepted, run.refused, run.later)
    return run.accepted


class Lease:
    """Rows that this process alone may send, until a moment that it keeps moving."""

    def __init__(self, token: uuid.UUID, rows: list[OutgoingMail], since: float) -> None:
        self.token = token
        self.rows = {row.pk: row for row in rows}
        self.until = since + LEASE.total_seconds()
        self.accepted: list[OutgoingMail] = []  # not yet recorded
        self.unsynced = 0  # recorded, but perhaps not yet on the disk
        self.recorded_at = self.cost = 0.0

    @classmethod
    def claim(cls) -> "Lease":
        """Up to `BATCH` due rows, oldest first. The database's clock rules the leases: workers' clocks differ."""
        token, since = uuid.uuid4(), time.monotonic()
        is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        queued = OutgoingMail.objects.filter(is_free, status="queued", due_at__lte=timezone.now())
        with transaction.atomic():
            rows = list(queued.select_for_update(skip_locked=True).order_by("due_at", "id")[:BATCH])
            _by_id(rows).update(lease_token=token, lease_until=Now() + LEASE)
        return cls(token, rows, since)

    @property
    def mine(self):
        return OutgoingMail.objects.filter(lease_token=self.token, status="queued")

    def keep(self) -> bool:
        """Renew when half of the time is over. False when somebody else has taken a mail meanwhile."""
        since = time.monotonic()
        if since < self.until - LEASE.total_seconds() / 2:
            return True
        self.mine.update(lease_until=Now() + LEASE)
        kept = set(self.mine.values_list("pk", flat=True))
        lost = [pk for pk in self.rows if pk not in kept]
        for pk in lost:
            del self.rows[pk]
        self.until = since + LEASE.total_seconds()
        return not lost

    def keep_if_possible(self) -> None:
        """While the mail server thinks, a database that is away is not yet a problem."""
        try:
            self.flush()
            self.keep()
        except (OperationalError, InterfaceError):
            connection.close()

    def release(self) -> None:
        self.mine.update(lease_token=None, lease_until=None)

    def record(self, outcome: Outcome) -> None:
        """Note what became of one mail; committed at once unless mails go faster than commits."""
        row = self.rows[outcome.id]
        if outcome.verdict is not Verdict.ACCEPTED:
            self.flush()
            self._record_failure(row, outcome)
            del self.rows[row.pk]
            return
        if row not in self.accepted:
            self.accepted.append(row)
        rest = min(RECORD_REST * self.cost, RECORD_SOON)
        is_rested = time.monotonic() - self.recorded_at >= rest
        is_full = self.unsynced + len(self.accepted) >= IN_DOUBT - 1
        if is_rested or is_full or len(self.rows) == 1:
            self.flush()
        self.rows.pop(row.pk, None)

    def flush(self) -> None:
        """Commit what the server has taken."""
        if not self.accepted:
            return
        start = time.monotonic()
        is_synced = self.unsynced + len(self.accepted) >= IN_DOUBT - 1 or len(self.rows) <= 1
        with connection.cursor() as cursor:
            cursor.execute(
                RECORD_ACCEPTED,
                ["on" if is_synced else "off", [row.pk for row in self.accepted], self.token],
            )
        self.unsynced = 0 if is_synced else self.unsynced + len(self.accepted)
        self.accepted = []
        self.recorded_at = time.monotonic()
        self.cost = self.recorded_at - start

    def _record_failure(self, row: OutgoingMail, outcome: Outcome) -> None:
        now = timezone.now()
        changes = {"attempts": F("attempts") + 1, "last_error": outcome.words}
        tried = row.attempts + 1
        is_hopeless = tried >= GIVE_UP_ATTEMPTS and now - row.created_at >= GIVE_UP_AFTER
        if outcome.verdict is Verdict.REFUSED or is_hopeless:
            changes |= {"status": OutgoingMail.Status.FAILED, "failed_at": now}
        else:
            wait = BACK_OFF_MINUTES[min(tried, len(BACK_OFF_MINUTES)) - 1]
            changes["due_at"] = now + timedelta(minutes=wait)
        self.mine.filter(pk=row.pk).update(lease_token=None, lease_until=None, **changes)


class _Run:
    """One call of `deliver_due()`: its connection, what came of it, and whether to go on."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.should_stop = should_stop
        self.line: SmtpOutlet | BackendOutlet | None = None
        self.lease: Lease | None = None
        self.accepted = self.refused = self.later = 0
        self.later_in_a_row = self.broken = 0

    def is_over(self) -> bool:
        is_hopeless = self.later_in_a_row >= SERVER_TROUBLE or self.broken > RECONNECTS
        if is_hopeless:
            _pause()
        return is_hopeless or self.should_stop()

    def connect(self) -> bool:
        """A dead server is met before any mail is claimed, so it costs no mail an attempt."""
        if self.line and self.line.is_open:
            return True
        try:
            self.line = open_outlet(self._keep_lease)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("the mail server cannot be used (%s); mails wait", type(error).__name__)
            _pause()
            return False
        return True

    def deliver(self, lease: Lease) -> None:
        self.lease = lease
        try:
            while lease.rows and not self.is_over() and self.connect():
                self._deliver_over_line(lease)
            _patiently(lease.flush)
        finally:
            self.lease = None
            with suppress(OperationalError, InterfaceError):
                lease.flush()
                lease.release()

    def _deliver_over_line(self, lease: Lease) -> None:
        outcomes = self.line.deliver(self._messages(lease))
        for outcome in outcomes:
            self._record(outcome)
            if self.is_over() or not _patiently(lease.keep):
                break
        outcomes.close()
        if not self.line.is_open:
            self.broken += 1

    def _messages(self, lease: Lease) -> Iterator[Message]:
        for row in list(lease.rows.values()):
            try:
                yield self.line.compose(row)
            except mime.Unwritable as error:
                self._record(Outcome(row.pk, Verdict.REFUSED, f"not sent: {error}"))

    def _record(self, outcome: Outcome) -> None:
        if outcome.id not in self.lease.rows:
            return  # lost to another worker while the mail server thought about it
        _patiently(self.lease.record, outcome)
        if outcome.verdict is Verdict.ACCEPTED:
            self.accepted += 1
            self.later_in_a_row = 0
        elif outcome.verdict is Verdict.REFUSED:
            self.refused += 1
            self.later_in_a_row = 0
        else:
            self.later += 1
            self.later_in_a_row += 1

    def _keep_lease(self) -> None:
        if self.lease:
            self.lease.keep_if_possible()

    def close(self) -> None:
        if self.line:
            self.line.quit()


def files_of(row: OutgoingMail) -> list[mime.File]:
    """What goes along with a mail. One that is missing keeps the mail: its words speak of a file."""
    found = []
    for file in row.files:
        try:
            with default_storage.open(file["stored"]) as stored:
                found.append(mime.File(file["name"], file["content_type"], stored.read()))
        except OSError as error:
            raise mime.Unwritable("a file that goes along is missing") from error
    return found


class SmtpOutlet(SmtpLine):
    """The usual way out."""

    def compose(self, row: OutgoingMail) -> Message:
        recipient = mime.wire_address(row.to)
        if not (recipient.isascii() or self.smtputf8):
            raise mime.Unwritable("the mail server takes no addresses with letters outside ASCII")
        content = mime.build(
            sender=settings.MAIL_FROM,
            to=row.to,
            subject=row.subject,
            text=row.text,
            html=row.html,
            calendar=row.calendar,
            files=files_of(row),
            message_id=row.message_id,
            language=row.language,
            reply_to=row.reply_to,
            headers=row.headers,
        )
        return Message(row.pk, mime.envelope_sender(settings.MAIL_FROM), recipient, content)


class BackendOutlet:
    """Another EMAIL_BACKEND than SMTP: the console of a developer, the outbox of a test."""

    is_open = True

    def __init__(self) -> None:
        self.backend = get_connection()
        self.backend.open()

    @staticmethod
    def compose(row: OutgoingMail) -> tuple[int, EmailMultiAlternatives]:
        headers = {"Message-ID": row.message_id, "Auto-Submitted": "auto-generated", **row.headers}
        reply_to = [row.reply_to] if row.reply_to else None
        message = EmailMultiAlternatives(
            row.subject, row.text, settings.MAIL_FROM, [row.to], headers=headers, reply_to=reply_to
        )
        if row.html:
            message.attach_alternative(row.html, "text/html")
        if row.calendar:
            message.attach(mime.CALENDAR_NAME, row.calendar, mime.calendar_type(row.calendar))
        for file in files_of(row):
            message.attach(file.name, file.content, file.content_type)
        return row.pk, message

    def deliver(self, messages: Iterator[tuple[int, EmailMultiAlternatives]]) -> Iterator[Outcome]:
        for mail_id, message in messages:
            try:
                self.backend.send_messages([message])
            except (OSError, ValueError) as error:
                yield Outcome(mail_id, Verdict.LATER, type(error).__name__)
            else:
                yield Outcome(mail_id, Verdict.ACCEPTED)

    def quit(self) -> None:
        self.backend.close()


def open_outlet(while_waiting: Callable[[], None]) -> SmtpOutlet | BackendOutlet:
    return SmtpOutlet(while_waiting) if settings.EMAIL_BACKEND == SMTP_BACKEND else BackendOutlet()


def _by_id(rows: list[OutgoingMail]):
    return OutgoingMail.objects.filter(pk__in=[row.pk for row in rows])


def _pause() -> None:
    global _paused_until
    _paused_until = time.monotonic() + PAUSE_SECONDS


def _patiently(act: Callable[..., Result], *arguments: Any) -> Result:
    """Wait for a database that restarts: what the mail server has taken must be written down."""
    deadline = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            return act(*arguments)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.25)
