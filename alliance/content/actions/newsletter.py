"""Verbs of the newsletter: who wants it, and the issues that are sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.content.actions.publishing import keep_gaps
from alliance.content.emails import newsletter as mails
from alliance.content.models import NewsletterIssue, Subscription
from alliance.content.refusals import PublishingRefused
from alliance.content.translations import note_origins
from alliance.core.erasure import delete_without_trace
from alliance.core.journal import LINK, SYSTEM, record
from alliance.core.models import MailStop, OutgoingMail
from alliance.core.states import lock, move

# A question that nobody answered is forgotten with the address.
FORGET_ASKED_AFTER_DAYS = 30
# Mails of an issue written in one transaction.
LETTERS_AT_ONCE = 500


@transaction.atomic
def ask_subscription(*, email: str, language: str, by: Any = LINK) -> None:
    """Somebody typed an address: it is asked whether it wants the newsletter. An address that has it is told so by
    mail alone, so that the form tells nobody who reads it.

    Journal: `subscription.asked`, without the address.
    """
    email = email.strip().lower()
    active = Subscription.objects.active().filter(email=email).first()
    if active:
        mails.subscription_known(active)
        return
    try:
        with transaction.atomic():
            row, is_new = Subscription.objects.get_or_create(email=email, defaults={"language": language})
    except IntegrityError:  # the same address at the same moment
        return
    if not is_new:
        Subscription.objects.filter(pk=row.pk).update(language=language)
        row.language = language
    record("subscription.asked", row, by=by)
    mails.subscription_asked(row)


@transaction.atomic
def confirm_subscription(row: Subscription, *, by: Any = LINK) -> bool:
    """Its owner wants the newsletter; who had stopped it gets it again. False when it was confirmed already.

    Journal: `subscription.confirmed`.
    """
    stored = lock(row)
    stopped = MailStop.objects.filter(email=stored.email, category=OutgoingMail.Category.NEWSLETTER)
    if stored.status == Subscription.Status.ACTIVE:
        was_stopped = bool(stopped.delete()[0])
        if was_stopped:
            record("subscription.confirmed", stored, by=by)
        return was_stopped
    stopped.delete()
    move(
        stored, Subscription.Status.ACTIVE, by=by, verb="subscription.confirmed", confirmed_at=timezone.now()
    )
    return True


@transaction.atomic
def forget_subscriptions() -> int:
    """Addresses that never confirmed, and those that stopped the newsletter; returns how many."""
    before = timezone.now() - timedelta(days=FORGET_ASKED_AFTER_DAYS)
    rows = [*Subscription.objects.never_confirmed(before), *Subscription.objects.stopped()]
    for row in rows:
        record("subscription.forgotten", row, by=SYSTEM)
    delete_without_trace(*rows)
    return len(rows)


@transaction.atomic
def save_issue(issue: NewsletterIssue, *, by: Any) -> None:
    """Save an issue that was not sent yet. Journal: `newsletterissue.created`, `newsletterissue.edited`.

    :raises PublishingRefused: it was sent; what people have in their mailboxes does not change any more
    """
    stored = lock(issue) if issue.pk else None
    if stored and stored.status != NewsletterIssue.Status.DRAFT:
        raise PublishingRefused(PublishingRefused.SENT)
    note_origins(issue, stored)
    issue.save()
    record(f"newsletterissue.{'edited' if stored else 'created'}", issue, by=by)
    keep_gaps(issue)


@transaction.atomic
def send_issue(issue: NewsletterIssue, *, by: Any) -> None:
    """An issue goes out: it stands in the archive at once, the sweep writes its mails.

    Journal: `newsletterissue.sending`. Raises `NotAllowed` when it was sent already, `PublishingRefused` while a
    language lacks its title or text.
    """
    stored = lock(issue)
    if stored.gaps():
        raise PublishingRefused(PublishingRefused.LANGUAGES)
    move(
        issue,
        NewsletterIssue.Status.SENDING,
        by=by,
        verb="newsletterissue.sending",
        sent_at=timezone.now(),
    )


def write_letters() -> int:
    """Write the next mails of every issue that is being sent; returns how many. Whoever has one gets no second: the
    key of the mail holds the number, so a sweep that died goes on where it stopped."""
    written = 0
    for issue in NewsletterIssue.objects.filter(status=NewsletterIssue.Status.SENDING).order_by("number"):
        written += _write_some(issue)
    return written


@transaction.atomic
def _write_some(issue: NewsletterIssue) -> int:
    stored = lock(issue)
    if stored.status != NewsletterIssue.Status.SENDING:
        return 0
    # Who subscribes after the issue went out reads it in the archive.
    waiting = Subscription.objects.active().filter(confirmed_at__lte=stored.sent_at).without(stored)
    rows: Sequence[Subscription] = list(waiting.order_by("pk")[:LETTERS_AT_ONCE])
    if rows:
        mails.issue_sent(stored, rows)
        return len(rows)
    move(stored, NewsletterIssue.Status.SENT, by=SYSTEM, verb="newsletterissue.sent")
    return 0
