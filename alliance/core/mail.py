"""`send()`: from a template to an `OutgoingMail` row in the caller's transaction; delivery is woken on commit.

Rolled back means never sent. A broker that is away loses nothing: the beat sweep asks the table.
"""

import logging
import re
import time
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import css_inline
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.template import Context, engines
from django.urls import reverse
from django.utils import translation
from kombu.exceptions import OperationalError

from alliance.core.context import house
from alliance.core.languages import as_ours
from alliance.core.links import absolute, sign
from alliance.core.models import MailStop, OutgoingMail

log = logging.getLogger(__name__)

Category = OutgoingMail.Category
DELIVER = "alliance.core.tasks.deliver_mail"
MAX_SUBJECT = 200
# A broker that failed is left alone for so long: it costs one visitor a second and not every visitor.
PAUSE_SECONDS = 5
# Text may hold line breaks and tabs; other control characters have no place in a mail, and NUL none in a table.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)])

_paused_until = 0.0


def send(
    name: str,
    to: str,
    language: str,
    context: dict[str, Any],
    *,
    key: str = "",
    category: str = Category.TRANSACTIONAL,
    reply_to: str = "",
    is_secret: bool = False,
    calendar: str = "",
    files: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> OutgoingMail | None:
    """Write one mail in the reader's language and wake delivery when the transaction commits.

    :param name: ``app/stem``: renders ``templates/<app>/email/<stem>_subject.txt``, ``_body.txt``, ``_body.html``
    :param key: the event that causes it; a second mail with the same key and recipient is not written
    :param category: anything but `TRANSACTIONAL` carries one-click unsubscribe and respects it
    :param reply_to: only an address that its owner has confirmed, or one of our own
    :param is_secret: the body holds a login code, a reset link or words between two members: nobody else reads it,
        and it is blanked after delivery
    :param calendar: an iCalendar object that goes along as a file
    :param files: what else goes along, as `OutgoingMail.files` has it
    :param headers: more headers, such as those of a thread
    :returns: the row, or None when the reader stopped this category
    """
    to = to.strip().lower()
    if category != Category.TRANSACTIONAL and MailStop.objects.filter(email=to, category=category).exists():
        return None
    values = _written(name, to, language, context, category, reply_to, is_secret, calendar)
    values["headers"] |= headers or {}
    values["files"] = [dict(file) for file in files]
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key or f"{name}:{uuid.uuid4()}", to=to, defaults=values
    )
    if is_new:
        wake_on_commit()
    return mail


class Letter(NamedTuple):
    """One of many mails of one kind: see `send`."""

    to: str
    language: str
    context: dict[str, Any]
    key: str


def send_many(
    name: str, letters: Iterable[Letter], *, category: str = Category.TRANSACTIONAL, is_secret: bool = False
) -> None:
    """`send` for many readers in two queries, however many: one asks who stopped the category, one writes. What has
    been written before, by key and recipient, is not written again."""
    letters = [letter._replace(to=letter.to.strip().lower()) for letter in letters]
    stopped: set[str] = set()
    if category != Category.TRANSACTIONAL:
        stops = MailStop.objects.filter(email__in={letter.to for letter in letters}, category=category)
        stopped = set(stops.values_list("email", flat=True))
    rows = [
        OutgoingMail(key=key, to=to, **_written(name, to, language, context, category, "", is_secret, ""))
        for to, language, context, key in letters
        if to not in stopped
    ]
    if rows:
        OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)
        wake_on_commit()


def _written(
    name: str,
    to: str,
    language: str,
    context: dict[str, Any],
    category: str,
    reply_to: str,
    is_secret: bool,
    calendar: str,
) -> dict[str, Any]:
    """The fields of a mail, rendered in the reader's language."""
    language = as_ours(language)
    stop = "" if category == Category.TRANSACTIONAL else stop_url(to, category, language)
    subject, text, html = render(name, language, {**context, "language": language, "unsubscribe_url": stop})
    return {
        "name": name,
        "reply_to": reply_to,
        "language": language,
        "category": category,
        "subject": subject,
        "text": text,
        "html": html,
        "calendar": calendar,
        "headers": one_click(stop),
        "message_id": f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
        "is_secret": is_secret,
    }


def stop_url(to: str, category: str, language: str) -> str:
    """Where a reader stops a category; the page is in the reader's language, not the sender's."""
    with translation.override(language):
        return absolute(reverse("core:mail_stop", args=[sign("mail-stop", to, category)]))


def one_click(url: str) -> dict[str, str]:
    """The headers of RFC 8058, by which mail programs unsubscribe with one click; none for necessary mail."""
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def render(name: str, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail in ``language``. The subject is one line, whatever went in."""
    app, stem = name.split("/")
    base = f"{app}/email/{stem}"
    with translation.override(language):
        context = {"site": house(), **context}
        subject = " ".join(_plain(f"{base}_subject.txt", context).split())[:MAX_SUBJECT]
        text = re.sub(r"\n{3,}", "\n\n", _plain(f"{base}_body.txt", context)).strip() + "\n"
        html = _inliner().inline(engines["django"].get_template(f"{base}_body.html").render(context))
    return subject.translate(_CONTROLS), text.translate(_CONTROLS), html.translate(_CONTROLS)


def _plain(template: str, context: dict[str, Any]) -> str:
    """Rendered without HTML escaping: text is text."""
    return engines["django"].engine.get_template(template).render(Context(context, autoescape=False))


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def wake_on_commit() -> None:
    """Ask a worker to deliver once the transaction is through; once per transaction, however many mails."""
    connection = transaction.get_connection()
    if not any(wake is wake_delivery for _sids, wake, *_rest in connection.run_on_commit):
        transaction.on_commit(wake_delivery, robust=True)


def wake_delivery() -> None:
    """Tell the workers that mail is due. Best effort: the sweep finds what this message does not announce."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    try:
        current_app.send_task(DELIVER, ignore_result=True)
    except (OperationalError, OSError) as error:
        _paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("the broker does not answer (%s); the sweep will deliver", type(error).__name__)
