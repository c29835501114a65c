"""Verbs of whatever is `Revised`: its working copy is saved, published now or for a moment, withdrawn, and an earlier
version comes back into the working copy. Journal verbs begin with the model's name: `page.published`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.content.actions.site_search import index_entry
from alliance.content.actions.translations import keep_gaps
from alliance.content.models import Revision
from alliance.content.models.revisions import Revised
from alliance.content.refusals import PublishingRefused
from alliance.content.translations import note_origins, translated_fields
from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.states import NotAllowed, lock

SHOWN_BY = ["current", "planned", "planned_for", "published_at"]


@transaction.atomic
def save_texts(
    obj: Any,
    *,
    by: Any,
    seen: str = "",
    sections: Sequence[Any] | None = None,
    removed: Sequence[Any] = (),
) -> None:
    """Save the working copy of ``obj``, with notes for translators; readers see nothing of it yet.

    :param seen: the `version` that the form showed; empty asks for none
    :param sections: all that the page has from now on, in their order; None leaves them alone

    Journal: `<noun>.created`, `<noun>.edited`. Raises `PublishingRefused` when somebody else saved meanwhile.
    """
    stored = _locked(obj, seen) if obj.pk else None
    note_origins(obj, stored)
    if stored and isinstance(obj, Revised):
        _follow(obj, stored)  # what readers see is decided by `publish` alone
    obj.save()
    if sections is not None:
        _write_sections(obj, sections, removed)
    record(f"{_noun(obj)}.{'edited' if stored else 'created'}", obj, by=by)
    keep_gaps(obj)


def _write_sections(obj: Any, sections: Sequence[Any], removed: Sequence[Any]) -> None:
    for section in removed:
        section.delete()
    before = {section.pk: section for section in obj.sections.all()}
    for position, section in enumerate(sections, start=1):
        section.page, section.position = obj, position
        note_origins(section, before.get(section.pk))
    # An address within the page may move from one section to another: the database would see it twice for a moment.
    changed = [one for one in sections if one.pk and before[one.pk].anchor != one.anchor]
    for section in changed:
        type(section).objects.filter(pk=section.pk).update(anchor=f"moving-{section.pk}")
    for section in sections:
        section.save()
    getattr(obj, "_prefetched_objects_cache", {}).pop("sections", None)


@transaction.atomic
def publish(obj: Any, *, by: Any, at: datetime | None = None, note: str = "", seen: str = "") -> Revision:
    """Readers see the working copy as it is now: at once, or from the moment ``at`` on; an open plan is replaced.

    Journal: `<noun>.published`, `<noun>.planned`. Raises `PublishingRefused` when the original has no title, or
    somebody saved meanwhile.
    """
    now = timezone.now()
    stored = _settled(_locked(obj, seen), now)
    if not getattr(stored, f"title_{stored.original_language}"):
        raise PublishingRefused(PublishingRefused.EMPTY)
    revision = keep_revision(stored, by=by, note=note)
    if at is None or at <= now:
        stored.current, stored.planned, stored.planned_for = revision, None, None
    else:
        stored.planned, stored.planned_for = revision, at
    if stored.published_at is None or stored.published_at > now:
        stored.published_at = stored.planned_for or now
    _store(obj, stored)
    record(f"{_noun(obj)}.{'planned' if stored.planned else 'published'}", obj, by=by, number=revision.number)
    keep_gaps(stored)
    return revision


@transaction.atomic
def cancel_plan(obj: Any, *, by: Any) -> None:
    """What was to be published later is not. Journal: `<noun>.plan_cancelled`. Raises `NotAllowed` without a plan."""
    now = timezone.now()
    stored = _settled(_locked(obj), now)
    if stored.planned is None:
        raise NotAllowed(obj, "", "plan cancelled")
    stored.planned, stored.planned_for = None, None
    if stored.published_at and stored.published_at > now:
        stored.published_at = None
    _store(obj, stored)
    record(f"{_noun(obj)}.plan_cancelled", obj, by=by)
    keep_gaps(stored)


@transaction.atomic
def withdraw(obj: Any, *, by: Any) -> None:
    """Readers see it no more; the working copy and all versions stay.

    Journal: `<noun>.withdrawn`. Raises `NotAllowed` when nobody sees it, `PublishingRefused` for a fixed page.
    """
    stored = _settled(_locked(obj), timezone.now())
    if getattr(stored, "is_fixed", False):
        raise PublishingRefused(PublishingRefused.FIXED)
    if stored.current is None:
        raise NotAllowed(obj, "", "withdrawn")
    stored.current, stored.planned, stored.planned_for = None, None, None
    _store(obj, stored)
    record(f"{_noun(obj)}.withdrawn", obj, by=by)
    keep_gaps(stored)


@transaction.atomic
def restore_revision(obj: Any, *, number: int, by: Any, seen: str = "") -> None:
    """The working copy says again what version ``number`` said; readers see nothing of it until it is published.

    What the working copy said and no version has is kept as a version of its own first. Journal: `<noun>.restored`.
    Raises `PublishingRefused` when there is no such version or somebody saved meanwhile.
    """
    stored = _locked(obj, seen)
    revision = stored.revisions.filter(number=number).first()
    if revision is None:
        raise PublishingRefused(PublishingRefused.NO_REVISION)
    if stored.differs_from(stored.revisions.first()):
        keep_revision(stored, by=by)
    take(stored, revision.data)
    stored.save()
    if "sections" in revision.data:
        _restore_sections(stored, revision.data["sections"])
    record(f"{_noun(obj)}.restored", obj, by=by, number=number)
    keep_gaps(stored)
    obj.refresh_from_db()


def _restore_sections(page: Any, parts: Sequence[dict[str, Any]]) -> None:
    """Sections are known by their address within the page; what the version does not have goes."""
    before = {section.anchor: section for section in page.sections.all()}
    for anchor, section in before.items():
        if anchor not in {part["anchor"] for part in parts}:
            section.delete()
    for position, part in enumerate(parts, start=1):
        section = before.get(part["anchor"]) or page.sections.model(page=page)
        section.position = position
        take(section, part)
        section.save()
        for name in section.CHOSEN:
            relation = getattr(section, name)
            # What was removed from the portal since cannot come back.
            relation.set(relation.model.objects.filter(pk__in=part.get(name, [])))


def take(obj: Any, part: dict[str, Any]) -> None:
    """Give ``obj`` the texts and facts of a snapshot's part; saves nothing."""
    for name in translated_fields(obj):
        for code in LANGUAGES:
            setattr(obj, f"{name}_{code}", part["texts"].get(name, {}).get(code, ""))
    for name in obj.REVISED:
        if name in part:
            setattr(obj, name, obj._meta.get_field(name).to_python(part[name]))
    obj.original_language, obj.made_from = part["original_language"], part["made_from"]


def keep_revision(obj: Any, *, by: Any, note: str = "") -> Revision:
    """The working copy, whole, as the next version. ``obj`` is locked."""
    number = (obj.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    user = by if getattr(by, "pk", None) else getattr(by, "user", None)
    return obj.revisions.create(number=number, data=obj.snapshot(), note=note, created_by=user)


def _locked(obj: Any, seen: str = "") -> Any:
    stored = lock(obj)
    if seen and stored.version != seen:
        raise PublishingRefused(PublishingRefused.CHANGED)
    return stored


def _settled(stored: Any, now: datetime) -> Any:
    """A plan whose moment has come is what readers see: from now on it is `current`, too."""
    if stored.planned_for and stored.planned_for <= now:
        stored.current, stored.planned, stored.planned_for = stored.planned, None, None
    return stored


def _store(obj: Any, stored: Any) -> None:
    stored.save(update_fields=[*SHOWN_BY, "updated_at"])
    _follow(obj, stored)
    obj.updated_at = stored.updated_at
    index_entry(stored)


def _follow(obj: Any, stored: Any) -> None:
    for name in SHOWN_BY:
        setattr(obj, name, getattr(stored, name))


def _noun(obj: Any) -> str:
    return obj._meta.model_name
