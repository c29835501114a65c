"""What the kernel forgets of a person or a row: its field history (auditlog), which quotes what it records, and mails.

The journal holds no contacts and stays: it names people by their row, and that is emptied.
"""

import json
from collections.abc import Iterable
from functools import reduce
from operator import or_

from auditlog.context import disable_auditlog as without_field_history
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CharField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from alliance.core.models import MailStop, OutgoingMail

# RFC 2606: a domain that no mail ever reaches.
NOBODY = "anonymous.invalid"
# Where a text is required and there is none any more.
NOTHING = "–"
NO_WORDS = {
    "subject": NOTHING,
    "text": "",
    "html": "",
    "files": [],
    "headers": {},
    "reply_to": "",
    "last_error": "",
}


def address_of_nobody(row: models.Model) -> str:
    """What stands where an address is required and there is none any more; another one for each row."""
    return f"erased-{row.pk}@{NOBODY}"


def delete_without_trace(*rows: models.Model) -> None:
    """Delete rows together with what the field history says of them."""
    with without_field_history():
        for row in rows:
            LogEntry.objects.get_for_object(row).delete()
            row.delete()


def forget_history(rows: QuerySet) -> None:
    """The field history of rows that stay."""
    kind = ContentType.objects.get_for_model(rows.model)
    LogEntry.objects.filter(content_type=kind, object_id__in=list(rows.values_list("pk", flat=True))).delete()


def forget_fields(rows: QuerySet, fields: Iterable[str], *, words: Iterable[str]) -> None:
    """Take ``fields`` out of the field history of ``rows``, and of every other row whose history names a word."""
    kind = ContentType.objects.get_for_model(rows.model)
    entries = LogEntry.objects.filter(content_type=kind).order_by()
    # As the text of a JSON value has it: quotes and backslashes are escaped there.
    quoted = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words if word]
    told = reduce(or_, (Q(said__contains=word) for word in quoted), Q(pk=None))
    named = (
        entries.annotate(said=Cast("changes", TextField())).filter(told).values_list("object_id", flat=True)
    )
    touched = {*rows.values_list("pk", flat=True), *named}
    for entry in entries.filter(object_id__in=touched, changes__has_any_keys=list(fields)):
        entry.changes = {name: value for name, value in entry.changes.items() if name not in fields}
        entry.save(update_fields=["changes"])


def forget_mails(addresses: Iterable[str], *, keys: Iterable[str] = ()) -> None:
    """What waits for these addresses is not sent any more. Of what was sent stays that it was; not to whom, and not
    what it said. ``keys`` name mails to others that quote the person."""
    addresses = list(addresses)
    theirs, quoting = Q(to__in=addresses), Q(key__in=list(keys))
    told = OutgoingMail.objects.filter(theirs | quoting)
    told.filter(status=OutgoingMail.Status.QUEUED, lease_token=None).delete()
    nobody = Concat(Value("erased-"), Cast("pk", CharField()), Value(f"@{NOBODY}"))
    told.filter(theirs).update(to=nobody, **NO_WORDS)
    told.filter(quoting).update(**NO_WORDS)
    OutgoingMail.objects.filter(reply_to__in=addresses).update(reply_to="")
    MailStop.objects.filter(email__in=addresses).delete()
