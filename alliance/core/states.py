"""`move()`: the one way to change a status. Actions of every app call it."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from alliance.core.journal import Actor, record


class NotAllowed(Exception):
    """The stored status has no such move, often because somebody else was faster."""

    def __init__(self, obj: models.Model, stored: str, to: str) -> None:
        super().__init__(f"{obj._meta.label}: {stored} → {to} is not a move")
        self.obj, self.stored, self.to = obj, stored, to


class Stated(models.Model):
    """Abstract: a row with a life. Subclasses give `status` its choices and `MOVES` its allowed steps."""

    MOVES: dict[str, Iterable[str]] = {}

    status_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def can_move_to(self, to: str) -> bool:
        return to in self.MOVES.get(self.status, ())


def move(obj: Stated, to: str, *, by: Any, verb: str, reason: str = "", **changes: Any) -> None:
    """Move ``obj`` to the status ``to``, together with ``changes`` to its fields, and journal ``verb``.

    Locks the row and decides by the *stored* status, so of two people who act at once one wins and the other
    gets `NotAllowed`. Must be followed by nothing that could leave the row and its journal apart: both are
    written in one transaction.

    :param by: a user or an `Actor` (`SYSTEM`, `LINK`)
    :param verb: journal verb, ``noun.participle``
    :raises NotAllowed: when `MOVES` has no step from the stored status to ``to``
    """
    with transaction.atomic():
        stored = lock(obj)
        if not stored.can_move_to(to):
            raise NotAllowed(obj, stored.status, to)
        was = stored.status
        obj.status = to
        obj.status_changed_at = timezone.now()
        for name, value in changes.items():
            setattr(obj, name, value)
        obj.save(update_fields=["status", "status_changed_at", *changes])
        record(verb, obj, by=by, was=was, now=to, **({"reason": reason} if reason else {}))


def lock(obj: models.Model) -> Any:
    """The stored row of ``obj``, locked until the end of the transaction."""
    # A lazy request.user is not of its own class.
    return obj.__class__._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)


__all__ = ["Actor", "NotAllowed", "Stated", "lock", "move"]
