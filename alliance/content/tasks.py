"""Celery tasks of the public face. They wake work that the tables know about; losing one loses nothing."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from alliance.content import imap, incoming
from alliance.content.actions import documents, downloads, evidence, public_changes
from alliance.content.actions.inbound import keep_broken, take_large, take_mail
from alliance.content.actions.newsletter import forget_subscriptions, write_letters
from alliance.content.actions.site_search import index_entries
from alliance.content.actions.survey_answers import forget_words, write_survey_mails
from alliance.content.actions.surveys import close_due
from alliance.content.actions.ticket_erasure import forget_old_tickets
from alliance.content.actions.week_figures import tell_the_week

log = logging.getLogger(__name__)


@shared_task
def sweep_mailbox() -> int:
    """Take every mail that waits, one transaction each; a mail leaves the mailbox only after its commit. Whatever
    breaks off goes on at the next sweep, and what was taken twice is one. Returns how many were taken."""
    if not settings.IMAP_URL:
        return 0
    taken = 0
    try:
        with imap.Mailbox(settings.IMAP_URL) as mailbox:
            for uid, size in mailbox.waiting():
                _take(mailbox, uid, size)
                mailbox.done(uid)
                taken += 1
    except imap.Away as error:
        log.warning("the mailbox cannot be used (%s); its mails wait", error)
    except (OperationalError, InterfaceError) as error:
        log.warning("the database cannot be used (%s); mails wait in the mailbox", type(error).__name__)
    return taken


def _take(mailbox: imap.Mailbox, uid: str, size: int) -> None:
    """One mail that nobody foresaw must not stop the others: it is kept as it came."""
    if size > incoming.MAX_MAIL_BYTES:
        take_large(mailbox.fetch(uid, head_only=True), size=size)
        return
    raw = mailbox.fetch(uid)
    try:
        take_mail(raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("a mail could not be taken; it is kept as it came")
        keep_broken(raw, why=type(error).__name__)


@shared_task
def forget_tickets() -> int:
    """The daily sweep of closed tickets, spam, and mails as they came."""
    return forget_old_tickets()


@shared_task
def keep_evidence() -> bool:
    """Keep the figures of the quarter that is over, once."""
    return evidence.freeze_quarter() is not None


@shared_task
def refresh_evidence() -> None:
    """Count the evidence anew, so that no reader waits for it."""
    evidence.refresh_evidence()


@shared_task
def read_documents() -> int:
    """Take the words out of new files, for the search; returns how many were read."""
    return documents.read_texts()


@shared_task
def refresh_site_search() -> int:
    """Index what was planned and is read now, and whatever is not yet in the index; returns how many."""
    return index_entries()


@shared_task
def send_newsletter() -> int:
    """The next mails of every issue that is being sent; returns how many were written."""
    return write_letters()


@shared_task
def forget_unconfirmed_subscriptions() -> int:
    """The daily sweep of addresses that never confirmed or stopped the newsletter."""
    return forget_subscriptions()


@shared_task
def look_after_surveys() -> tuple[int, int]:
    """Close surveys whose last moment has passed, and write the next mails of the others; returns how many of each."""
    return close_due(), write_survey_mails()


@shared_task
def forget_survey_words() -> int:
    """The daily sweep of what members wrote in their own words to surveys that closed long ago."""
    return forget_words()


@shared_task
def tell_desk_of_the_week() -> int:
    """The figures of the last week, once to each coordinator; asked every hour in office hours."""
    return tell_the_week()


@shared_task
def note_public_changes() -> None:
    public_changes.note_public_changes()


@shared_task
def build_downloads() -> None:
    downloads.build_due_downloads()
