"""The history of one object: our journal (who decided what) and auditlog's rows (which field became what)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.countries import language_name
from alliance.core.models import JournalEntry

MAX_EVENTS = 300
MAX_TEXT = 300
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")

# What a verb of the journal is called on a page; each app adds its own through `label_verbs`.
_LABELS: dict[str, Any] = {
    "mail.resent": _("sent again"),
    "mail.hurried": _("tried at once"),
    "mail.stopped": _("stopped notice"),
}
# Data of the journal that are no field of the row they tell of.
_DETAILS: dict[str, Any] = {
    "day": _("day"),
    "member": _("member"),
    "match": pgettext_lazy("data of the journal", "conversation"),
    "into": pgettext_lazy("data of the journal", "into"),
    "old": pgettext_lazy("data of the journal", "before"),
    "new": pgettext_lazy("data of the journal", "after"),
    "ticket": _("ticket"),
    "copy": pgettext_lazy("data of the journal", "copy"),
    "count": pgettext_lazy("data of the journal", "in all"),
    "lines": pgettext_lazy("data of the journal", "lines"),
    "files": pgettext_lazy("data of the journal", "files"),
    "file": pgettext_lazy("data of the journal", "file"),
    "days": pgettext_lazy("data of the journal", "days"),
    "number": pgettext_lazy("data of the journal", "number"),
    "version": pgettext_lazy("data of the journal", "version"),
    "other": pgettext_lazy("data of the journal", "other side"),
    "stage": pgettext_lazy("data of the journal", "stage"),
    "step": pgettext_lazy("data of the journal", "step"),
    "clock": pgettext_lazy("data of the journal", "time limit"),
    "listing": pgettext_lazy("data of the journal", "need or offer"),
    "pledge": pgettext_lazy("data of the journal", "pledge"),
    "twinning": pgettext_lazy("data of the journal", "partnership"),
    "document": pgettext_lazy("data of the journal", "document"),
    "milestone": pgettext_lazy("data of the journal", "milestone"),
    "seat": pgettext_lazy("data of the journal", "function"),
    "people": pgettext_lazy("data of the journal", "people"),
    "reference": pgettext_lazy("data of the journal", "reference number"),
    "quarter": pgettext_lazy("data of the journal", "quarter"),
    "language": pgettext_lazy("data of the journal", "language"),
    "languages": pgettext_lazy("data of the journal", "languages"),
    "created": pgettext_lazy("data of the journal", "new"),
    "changed": pgettext_lazy("data of the journal", "changed"),
    "removed": pgettext_lazy("data of the journal", "removed"),
    "answered": pgettext_lazy("data of the journal", "answered"),
    "asked_for": pgettext_lazy("data of the journal", "asked for"),
    "before": pgettext_lazy("data of the journal", "before"),
    "after": pgettext_lazy("data of the journal", "after"),
    "source": pgettext_lazy("data of the journal", "source"),
    "sequence": pgettext_lazy("data of the journal", "proposal no."),
    "form": pgettext_lazy("data of the journal", "file"),
    "institution": _("institution"),
}
# What codes in such data stand for, where the row that they tell of has no choices for them.
_VALUES: dict[str, dict[str, Any]] = {}
# Data that name another row by a code of it: which table, and which of its fields hold such codes.
_ROWS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {}
_LANGUAGES = {"language", "languages"}
# Of people, whose accounts have no status of their own.
_STATUSES = {"active": _("may sign in"), "inactive": pgettext_lazy("of a person", "may not sign in")}
_CHANGES = {
    LogEntry.Action.CREATE: pgettext_lazy("history", "entered"),
    LogEntry.Action.UPDATE: pgettext_lazy("history", "fields changed"),
    LogEntry.Action.DELETE: pgettext_lazy("history", "removed"),
}


def label_verbs(**labels: Any) -> None:
    """Name journal verbs for readers; ``member__approved`` stands for ``member.approved``."""
    _LABELS.update({verb.replace("__", "."): label for verb, label in labels.items()})


def label_values(**choices: Any) -> None:
    """Name the codes of a datum for readers, by the choices that they come from."""
    _VALUES.update({name: dict(pairs) for name, pairs in choices.items()})


def label_rows(model: type[models.Model], *names: str, codes: tuple[str, ...] = ("slug",)) -> None:
    """Data called ``names`` hold a code of a row of ``model``, in one of its fields ``codes``: readers get what the
    desk calls that row."""
    _ROWS.update(dict.fromkeys(names, (model, codes)))


def name_data(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Put beside ``entries``, as ``named``, what the rows are called that their data name: one query for each kind."""
    entries = list(entries)
    wanted = defaultdict(set)
    for entry in entries:
        for name in _ROWS.keys() & entry.data.keys():
            if isinstance(code := entry.data[name], str) and code:
                wanted[_ROWS[name]].add(code)
    found = {kind: _names_of(*kind, codes) for kind, codes in wanted.items()}
    for entry in entries:
        entry.named = {
            name: found[_ROWS[name]][code]
            for name, code in entry.data.items()
            if name in _ROWS and isinstance(code, str) and code in found.get(_ROWS[name], ())
        }
    return entries


def _names_of(model: type[models.Model], fields: tuple[str, ...], codes: set[str]) -> dict[str, str]:
    desk = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    rows = desk.named_rows() if hasattr(desk, "named_rows") else model._base_manager.all()
    called = desk.words_of if hasattr(desk, "words_of") else str
    asked = models.Q(*((f"{name}__in", codes) for name in fields), _connector=models.Q.OR)
    return {getattr(row, name): called(row) for row in rows.filter(asked) for name in fields}


def verb_label(verb: str) -> str:
    return str(_LABELS.get(verb, verb))


def verbs_called_as(verb: str) -> list[str]:
    """``verb`` and those that the reader's language calls by the same words: of different kinds of rows."""
    label = verb_label(verb)
    return [verb, *(other for other in _LABELS if other != verb and verb_label(other) == label)]


@dataclass
class Event:
    """One line of a history."""

    when: datetime
    who: str
    what: str
    details: list[str] = field(default_factory=list)


def history_of(obj: models.Model) -> list[Event]:
    """Both histories of ``obj`` in one list, newest first."""
    kind = ContentType.objects.get_for_model(obj)
    journal = JournalEntry.objects.filter(content_type=kind, object_id=obj.pk).select_related("actor")
    changes = LogEntry.objects.filter(content_type=kind, object_id=obj.pk).select_related("actor")
    events = [from_journal(entry, type(obj)) for entry in name_data(journal[:MAX_EVENTS])]
    events += [from_fields(entry, type(obj)) for entry in changes.order_by("-timestamp")[:MAX_EVENTS]]
    return sorted(events, key=lambda event: event.when, reverse=True)


def from_journal(entry: JournalEntry, model: type[models.Model]) -> Event:
    return Event(entry.created_at, who_of(entry), verb_label(entry.verb), details_of(entry, model))


def who_of(entry: JournalEntry) -> str:
    return str(entry.actor) if entry.actor_id else entry.get_actor_kind_display()


def details_of(entry: JournalEntry, model: type[models.Model] | None) -> list[str]:
    """The data of a journal row in words: the statuses it joined, its reason, the fields it names; other rows by what
    they are called, where `name_data` read it."""
    data = dict(entry.data) | getattr(entry, "named", {})
    details = []
    if "was" in data and "now" in data and isinstance(data["now"], str):
        details.append(f"{status_label(model, data.pop('was'))} → {status_label(model, data.pop('now'))}")
    for name in ("reason", "question"):
        if text := data.pop(name, ""):
            details.append(detail_text(model, name, text))
    if names := data.pop("fields", []):
        details.append(", ".join(field_label(model, name) for name in names))
    details += [f"{verb_label(verb)}: {count}" for verb, count in data.pop("verbs", {}).items()]
    details += [
        f"{detail_label(model, name)}: {detail_text(model, name, value)}" for name, value in data.items()
    ]
    return details


def from_fields(entry: LogEntry, model: type[models.Model]) -> Event:
    who = str(entry.actor) if entry.actor_id else gettext("the portal")
    details = []
    if entry.action != LogEntry.Action.CREATE:
        for name, change in (entry.changes_dict or {}).items():
            details.append(f"{field_label(model, name)}: {change_text(change)}")
    return Event(entry.timestamp, who, str(_CHANGES.get(entry.action, "")), details)


def change_text(change: Any) -> str:
    """A pair (old, new), or auditlog's shape for many-to-many fields."""
    if isinstance(change, dict):
        return f"{change.get('operation', '')} {', '.join(map(str, change.get('objects', [])))}"
    old, new = ("–" if value in ("None", "", None) else short(value) for value in change)
    return f"{old} → {new}"


def status_label(model: type[models.Model] | None, value: str) -> str:
    labels = dict(model.Status.choices) if hasattr(model, "Status") else {}
    return str(labels.get(value) or _STATUSES.get(value, value))


def field_label(model: type[models.Model] | None, name: str) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)
    except (FieldDoesNotExist, AttributeError):
        return name


def detail_label(model: type[models.Model] | None, name: str) -> str:
    """A datum of the journal is named like the field it went into, or as our table says."""
    return str(_DETAILS.get(name) or field_label(model, name))


def detail_text(model: type[models.Model] | None, name: str, value: Any) -> str:
    """The label of a choice, a day as days are written here, or the value itself."""
    try:
        choices = dict(model._meta.get_field(name).flatchoices)
    except (FieldDoesNotExist, AttributeError):
        choices = {}
    choices = choices or _VALUES.get(name, {})
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if name in _LANGUAGES:
        return ", ".join(language_name(code) for code in (value if isinstance(value, list) else [value]))
    if not (isinstance(value, str) and A_DAY.fullmatch(value)):
        return short(value)
    try:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def short(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
