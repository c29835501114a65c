"""Needs and offers from a table: kept while their sender looks at them, then written in one go or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from members.models import Member
from partnerships.actions.lines import LineInUse
from partnerships.actions.listings import Incomplete, create_listing, publish_listing, update_listing
from partnerships.drafts import ListingContent
from partnerships.models import Listing, UploadedSheet
from partnerships.refusals import AppealRefused

KEEP = timedelta(days=1)


class SheetChanged(Exception):
    """Somebody confirmed the table already, sent another one, or changed what it would change."""


# Whatever changed between the look and the confirmation: nothing is written, and a page shows how it stands now.
OVERTAKEN = (SheetChanged, LineInUse, Incomplete, AppealRefused, NotAllowed)


@dataclass(frozen=True)
class SheetEntry:
    """What one need or offer of a table becomes. ``listing`` and when it was ``seen`` so: None for a new one."""

    member: Member
    kind: str
    content: ListingContent
    listing: Listing | None = None
    seen: datetime | None = None


def keep_sheet(
    *,
    user: Any,
    member: Member | None,
    name: str,
    table: Sequence[tuple[int, list[str]]],
    is_publishing: bool,
) -> UploadedSheet:
    """Keep a table until its sender has looked at it. No journal: nothing was decided."""
    sheet, _is_new = UploadedSheet.objects.update_or_create(
        user=user,
        member=member,
        defaults={
            "name": name,
            "rows": json.dumps(list(table), ensure_ascii=False),
            "is_publishing": is_publishing,
        },
    )
    return sheet


@transaction.atomic
def import_listings(sheet: UploadedSheet, *, entries: Sequence[SheetEntry], by: Any) -> tuple[int, int]:
    """Write all ``entries`` of a table and forget it; returns how many are new and how many changed.

    New ones are drafts, or published when the table says so. Journal: what each need or offer journals, and
    `listings.imported` once for each member. Raises `SheetChanged`, and what creating, changing and publishing raise:
    then nothing is written and the table is still there.
    """
    stored = UploadedSheet.objects.select_for_update().filter(pk=sheet.pk).first()
    if stored is None or stored.uploaded_at != sheet.uploaded_at:
        raise SheetChanged
    stored.delete()
    counts: dict[Member, list[int]] = {}
    for entry in entries:
        count = counts.setdefault(entry.member, [0, 0])
        count[entry.listing is not None] += 1
        _write(entry, by=by, is_publishing=sheet.is_publishing)
    for member, (created, changed) in counts.items():
        record("listings.imported", member, by=by, created=created, changed=changed)
    return sum(count[0] for count in counts.values()), sum(count[1] for count in counts.values())


def _write(entry: SheetEntry, *, by: Any, is_publishing: bool) -> None:
    if entry.listing is not None:
        if lock(entry.listing).updated_at != entry.seen:
            raise SheetChanged
        update_listing(entry.listing, content=entry.content, by=by)
        return
    listing = create_listing(member=entry.member, kind=entry.kind, content=entry.content, by=by)
    if is_publishing:
        publish_listing(listing, by=by)


def forget_sheet(*, user: Any, member: Member | None) -> None:
    """Its sender does not want it."""
    UploadedSheet.objects.of(user, member).delete()


def forget_old() -> int:
    """The sweep: what nobody confirmed; returns how many."""
    return UploadedSheet.objects.filter(uploaded_at__lt=timezone.now() - KEEP).delete()[0]
