"""Machine translation: from a text that nobody wrote in a language to a `MachineText` row, by way of a service.

Actions ask for it, the worker orders it, the service answers at once or later. The table is the truth: a broker or a
service that is away delays translations and loses none.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from alliance.core import freshness, translators
from alliance.core.languages import LANGUAGES, fingerprint, shown
from alliance.core.links import absolute, sign
from alliance.core.models import MachineText

log = logging.getLogger(__name__)

Status = MachineText.Status
TASK = "alliance.core.tasks.translate_texts"
BATCH = 20
MOST_ATTEMPTS = 6
# How long an asynchronous service may take before it is asked again.
PATIENCE = timedelta(hours=6)
LONGEST = 20_000
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)])


def service() -> translators.Service | None:
    return translators.parse(settings.MACHINE_TRANSLATION)


def request_texts(obj: models.Model, fields: Sequence[str]) -> int:
    """Ask for ``fields`` of ``obj`` in every language of the portal in which nobody wrote them; returns how many.

    In the caller's transaction. Does nothing where no service is set up, and nothing twice for one original. What
    a human wrote meanwhile makes the machine's text of that language go.

    Precondition: the fields are public: what they say leaves the portal.
    """
    if not service():
        return 0
    asked = 0
    rows = {(row.field, row.language): row for row in MachineText.objects.about(obj).select_for_update()}
    for field in fields:
        for code in LANGUAGES:
            original = shown(obj, field, code)
            row = rows.get((field, code))
            if not original.is_other:
                if row:
                    row.delete()
                continue
            mark = fingerprint(original.text, original.language)
            if row and row.fingerprint == mark:
                continue
            row = row or MachineText(target=obj, field=field, language=code)
            row.source_language, row.fingerprint, row.text = original.language, mark, ""
            row.status, row.attempts, row.due_at, row.done_at = Status.REQUESTED, 0, timezone.now(), None
            row.save()
            asked += 1
    if asked:
        transaction.on_commit(_wake, robust=True)
    return asked


def _wake() -> None:
    try:
        current_app.send_task(TASK, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("the broker does not answer (%s); the sweep will translate", type(error).__name__)


def translate_due(*, most: int = BATCH) -> int:
    """Order what is due from the service; returns how many translations arrived at once.

    Each row is claimed by moving its `due_at`, so that two workers never order it twice; a worker that dies leaves it
    to the next sweep.
    """
    at = service()
    if at is None:
        return 0
    return sum(_order(at, row) for row in _claim(most))


def _claim(most: int) -> list[MachineText]:
    with transaction.atomic():
        rows = list(
            MachineText.objects.due().select_for_update(skip_locked=True).order_by("due_at", "id")[:most]
        )
        MachineText.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=timezone.now() + PATIENCE, attempts=models.F("attempts") + 1
        )
    for row in rows:
        row.attempts += 1
    return rows


def _order(at: translators.Service, row: MachineText) -> bool:
    obj = row.target
    original = shown(obj, row.field, row.language) if obj else None
    if original is None or fingerprint(original.text, original.language) != row.fingerprint:
        row.delete()  # the original changed or went; whoever changed it has asked anew
        return False
    order = translators.Order(
        text=original.text,
        source=original.language,
        target=row.language,
        callback=callback_url(row),
        reference=str(row.pk),
    )
    try:
        text = translators.translate(at, order)
    except translators.ServiceFailed as failure:
        _failed(row, str(failure), is_passing=failure.is_passing)
        return False
    if text is None:
        MachineText.objects.filter(pk=row.pk, fingerprint=row.fingerprint).exclude(status=Status.DONE).update(
            status=Status.ORDERED, service=at.kind
        )
        return False
    return store_result(row.pk, row.fingerprint, text, by=at.kind)


def callback_url(row: MachineText) -> str:
    """Where the service sends its result: the signed address is the right to do it, for this original only."""
    return absolute(reverse("core:machine_text", args=[sign("machine-text", row.pk, row.fingerprint)]))


@transaction.atomic
def store_result(pk: int, mark: str, text: str, *, by: str) -> bool:
    """Keep a translation, unless its original changed meanwhile or it is there already; True when it was kept."""
    text = text.translate(_CONTROLS).strip()[:LONGEST]
    if not text:
        return False
    changed = (
        MachineText.objects.filter(pk=pk, fingerprint=mark)
        .exclude(status=Status.DONE)
        .update(status=Status.DONE, text=text, service=by, done_at=timezone.now(), last_error="")
    )
    if changed:
        freshness.touch_on_commit()
    return bool(changed)


def refuse_result(pk: int, mark: str, reason: str) -> None:
    """The service says that it could not: try again later, a few times."""
    if row := MachineText.objects.filter(pk=pk, fingerprint=mark).exclude(status=Status.DONE).first():
        _failed(row, reason, is_passing=True)


def _failed(row: MachineText, reason: str, *, is_passing: bool) -> None:
    """Pauses of 2, 4, 8 … minutes; then the row says why there is no translation."""
    over = not is_passing or row.attempts >= MOST_ATTEMPTS
    MachineText.objects.filter(pk=row.pk, fingerprint=row.fingerprint).exclude(status=Status.DONE).update(
        status=Status.FAILED if over else Status.REQUESTED,
        due_at=timezone.now() + timedelta(minutes=2**row.attempts),
        last_error=reason[:200],
    )
    log.warning("machine translation of row %s failed: %s", row.pk, reason)
