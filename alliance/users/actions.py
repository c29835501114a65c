"""Verbs about people: what the desk corrects on an account, and who may log in."""

from collections import Counter
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from alliance.core.erasure import (
    address_of_nobody,
    delete_without_trace,
    forget_history,
    forget_mails,
    without_field_history,
)
from alliance.core.journal import SYSTEM, record
from alliance.core.languages import DEFAULT_LANGUAGE
from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed, lock
from alliance.users import emails
from alliance.users.bursts import WINDOW, latest_burst
from alliance.users.groups import ensure_coordinators_group
from alliance.users.models import HeldRow, User
from alliance.users.refusals import CannotDeactivate, CannotErase, TakenAlready

# A sweep that was away for so long still tells of what happened meanwhile.
REPORT_WITHIN = timedelta(days=1)


@transaction.atomic
def create_coordinator(email: str, *, name: str = "", language: str = "en", by: Any = SYSTEM) -> User:
    """A person of the desk, who signs in by mailed code and then adds a second factor. Idempotent: an existing
    person becomes a coordinator. `coordinator.created`; mails `coordinator_welcome`.

    Precondition: whoever calls it vouches for the address (a command line, or a superuser).
    """
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    user = user or User.objects.create_user(email, name=name, language=language)
    user.emailaddress_set.update_or_create(email=email, defaults={"verified": True, "primary": True})
    if user.is_coordinator:
        return user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(ensure_coordinators_group())
    record("coordinator.created", user, by=by)
    emails.coordinator_welcome(user)
    return user


@transaction.atomic
def update_settings(user: User, *, name: str, language: str) -> None:
    """A person changes how they are called and which language they read. `user.edited` when it is a change."""
    update_user(user, changes={"name": name, "language": language}, by=user)


@transaction.atomic
def deactivate_user(user: User, *, reason: str, by: User) -> None:
    """The person can no longer log in; open sessions end with their next request. `user.deactivated`.

    :raises NotAllowed: cannot log in already
    :raises CannotDeactivate: oneself, or a superuser by somebody who is none
    """
    stored = lock(user)
    if not stored.is_active:
        raise NotAllowed(user, "inactive", "inactive")
    if stored.pk == by.pk:
        raise CannotDeactivate(CannotDeactivate.ONESELF)
    if stored.is_superuser and not by.is_superuser:
        raise CannotDeactivate(CannotDeactivate.SUPERUSER)
    _set_active(stored, False)
    record("user.deactivated", stored, by=by, was="active", now="inactive", reason=reason)


@transaction.atomic
def reactivate_user(user: User, *, by: User) -> None:
    """The person can log in again. `user.reactivated`.

    :raises NotAllowed: can log in already, or was anonymised
    """
    stored = lock(user)
    if stored.is_active or stored.anonymised_at:
        raise NotAllowed(user, "active", "active")
    _set_active(stored, True)
    record("user.reactivated", stored, by=by, was="inactive", now="active")


@transaction.atomic
def report_coordinator(user: User, *, by: Any = SYSTEM) -> bool:
    """Tell the other coordinators and the desk's inbox of many decisions within an hour; once per hour and person.

    `coordinator.reported` with how many of which verb; mails `coordinator_reported`. False when there is nothing new.
    """
    stored, now = lock(user), timezone.now()
    told = JournalEntry.objects.about(stored).filter(verb="coordinator.reported").first()
    if told and told.created_at > now - WINDOW:
        return False
    since = max(told.created_at, now - REPORT_WITHIN) if told else now - REPORT_WITHIN
    entries = JournalEntry.objects.decisions().filter(actor=stored, created_at__gt=since)
    lines = list(entries.order_by("created_at", "id").values_list("created_at", "verb"))
    burst = latest_burst([moment for moment, _verb in lines])
    if burst is None:
        return False
    lines = lines[burst]
    verbs = dict(Counter(verb for _moment, verb in lines).most_common())
    record("coordinator.reported", stored, by=by, count=len(lines), verbs=verbs)
    emails.coordinator_reported(stored, verbs=verbs, since=lines[0][0], until=lines[-1][0])
    return True


def _set_active(stored: User, is_active: bool) -> None:
    stored.is_active = is_active
    stored.save(update_fields=["is_active"])


@transaction.atomic
def anonymise_user(user: User, *, by: User) -> None:
    """Empty the person's row in place and forget addresses, second factors, sessions, mails and field history.
    `user.anonymised`; the journal then names a number instead of a person.

    Precondition: the apps above have let go of the person; `content.actions.people.erase_person` sees to that, and is
    what pages call.

    :raises NotAllowed: anonymised already
    :raises CannotErase: works at the desk
    """
    stored = lock(user)
    if stored.anonymised_at:
        raise NotAllowed(user, "anonymised", "anonymised")
    if stored.is_staff or stored.is_superuser:
        raise CannotErase(CannotErase.DESK)
    forget_mails(stored.confirmed_addresses)
    _end_sessions(stored)
    Authenticator.objects.filter(user=stored).delete()
    stored.emailaddress_set.all().delete()
    stored.groups.clear()
    HeldRow.objects.filter(coordinator=stored).delete()
    stored.email, stored.name, stored.language = address_of_nobody(stored), "", DEFAULT_LANGUAGE
    stored.is_active, stored.last_login, stored.anonymised_at = False, None, timezone.now()
    stored.set_unusable_password()
    with without_field_history():
        stored.save()
    forget_history(User.objects.filter(pk=stored.pk))
    LogEntry.objects.filter(actor=stored).update(actor_email=None)
    record("user.anonymised", stored, by=by)


def _end_sessions(user: User) -> None:
    """A session names its person only inside, so all have to be opened."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


@transaction.atomic
def update_user(user: User, *, changes: dict[str, Any], by: User) -> list[str]:
    """Correct name and language; a superuser also decides who may enter the desk and in which groups.
    `user.edited` with the names of the fields.

    :raises NotAllowed: the person was anonymised
    """
    stored = lock(user)
    if stored.anonymised_at:
        raise NotAllowed(user, "anonymised", "edited")
    changes = dict(changes)
    groups = changes.pop("groups", None)
    changed = [name for name, value in changes.items() if getattr(stored, name) != value]
    for name in changed:
        setattr(stored, name, changes[name])
    if changed:
        stored.save(update_fields=changed)
    if groups is not None and {g.pk for g in groups} != set(stored.groups.values_list("pk", flat=True)):
        stored.groups.set(groups)
        changed.append("groups")
    if changed:
        record("user.edited", stored, by=by, fields=sorted(changed))
    return changed


@transaction.atomic
def release_address(email: str, *, to: User) -> bool:
    """Who has confirmed an address has it alone: an account of that name that never did is forgotten.

    False when another account must keep the address: one that was used, or belongs to the desk.
    Precondition: ``to`` has confirmed it.
    """
    other = User.objects.filter(email=email).exclude(pk=to.pk).first()
    return other is None or forget_unconfirmed(other, by=to)


def forget_unconfirmed(user: User, *, by: Any = SYSTEM) -> bool:
    """Remove an account that nobody confirmed, with its field history. `account.forgotten`, without the address.

    False when it was confirmed or used meanwhile, or a row of the portal points at it.
    """
    try:
        with transaction.atomic():
            # Whoever confirms it at this moment waits for the addresses, and the other way round.
            list(user.emailaddress_set.select_for_update())
            stored = User.objects.never_confirmed().select_for_update(of=("self",)).filter(pk=user.pk).first()
            if stored is None:
                return False
            record("account.forgotten", stored, by=by)
            delete_without_trace(stored)
    except ProtectedError:
        return False
    return True


@transaction.atomic
def take_row(row: models.Model, *, seen: User | None, by: User) -> HeldRow:
    """A coordinator takes something that waits at the desk, also from a colleague. Journal: `desk.taken`.

    :param seen: who had it when the coordinator decided to take it; nobody is overruled unseen
    :raises Refused: `TakenAlready`, when somebody else has it meanwhile
    """
    lock(row)
    held = HeldRow.objects.filter(**_address_of(row)).select_related("coordinator").first()
    if held and held.coordinator_id == by.pk:
        return held
    if (held.coordinator if held else None) != seen:
        raise TakenAlready(TakenAlready.OTHER)
    held, _is_new = HeldRow.objects.update_or_create(
        **_address_of(row), defaults={"coordinator": by, "since": timezone.now()}
    )
    record("desk.taken", row, by=by)
    return held


@transaction.atomic
def release_row(row: models.Model, *, by: User) -> None:
    """A coordinator gives back what they have. Journal: `desk.released`.

    :raises Refused: `TakenAlready`, when they do not have it any more
    """
    lock(row)
    count, _rows = HeldRow.objects.filter(**_address_of(row), coordinator=by).delete()
    if not count:
        raise TakenAlready(TakenAlready.NOBODY)
    record("desk.released", row, by=by)


def _address_of(row: models.Model) -> dict[str, Any]:
    return {"content_type": ContentType.objects.get_for_model(row), "object_id": row.pk}
