"""`record()`: who did what to which row, when. Rows are never changed or deleted (a trigger refuses it)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.core import freshness


class ActorKind(models.TextChoices):
    USER = "user", _("person")
    SYSTEM = "system", _("the portal")
    LINK = "link", _("link from a mail")


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, the portal itself (a sweep), or a person known only by a link from a mail."""

    kind: str
    user: Any = None


SYSTEM = Actor("system")
LINK = Actor("link")


def as_actor(by: Any) -> Actor:
    """A user or an `Actor` as an `Actor`; refuses anonymous visitors, who act by link."""
    if isinstance(by, Actor):
        return by
    if getattr(by, "pk", None) is None:
        raise ValueError("an actor is a saved user, SYSTEM or LINK")
    return Actor("user", by)


def record(verb: str, obj: models.Model, *, by: Any, **data: Any) -> None:
    """Write one journal row: ``verb`` is ``noun.participle``; ``data`` is small, JSON, and free of contacts.

    Pages that were rendered before are old from the commit on.
    """
    actor = as_actor(by)
    freshness.touch_on_commit()
    apps.get_model("core", "JournalEntry").objects.create(
        verb=verb,
        actor=actor.user,
        actor_kind=actor.kind,
        content_type=ContentType.objects.get_for_model(obj),
        object_id=obj.pk,
        data=data,
    )


def record_many(verb: str, objs: Sequence[models.Model], *, by: Any, **data: Any) -> None:
    """`record` for many rows of one table in one query, with the same ``data``."""
    if not objs:
        return
    actor, entry = as_actor(by), apps.get_model("core", "JournalEntry")
    freshness.touch_on_commit()
    kind = ContentType.objects.get_for_model(objs[0])
    entry.objects.bulk_create(
        entry(
            verb=verb,
            actor=actor.user,
            actor_kind=actor.kind,
            content_type=kind,
            object_id=obj.pk,
            data=data,
        )
        for obj in objs
    )
