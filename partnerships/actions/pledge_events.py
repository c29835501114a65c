"""Writing the ledger: lock, check, write once, journal. The verbs of pledges and deliveries are built on it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import as_actor, record
from alliance.core.units import is_countable, plain
from alliance.core.uploads import as_content_file
from partnerships import ledger
from partnerships.actions.search_states import note_partners, refresh_cover
from partnerships.emails import pledges as mails
from partnerships.ledger import Refusal
from partnerships.models import Evidence, Listing, Pledge, PledgeEvent, PledgeLine, Transport
from partnerships.pledge_drafts import EvidenceFile, Teller
from partnerships.refusals import LedgerRefused, PledgeRefused

Kind, Side = PledgeEvent.Kind, PledgeEvent.Side
NEED_REASON = {Kind.CANCELLED, Kind.LOST, Kind.RETURNED, Kind.OVER_DELIVERED}


@dataclass(frozen=True)
class Entry:
    """One event to be written; with ``corrects`` a counter-event."""

    line: str
    kind: str
    quantity: Decimal
    reason: str = ""
    corrects: int | None = None


@dataclass(frozen=True)
class Submission:
    """One form or link as it was sent: under which key, when it happened (today when not said), with which files, and
    by whom when it came by a link. ``seen`` is the newest event that the form showed, where that matters."""

    key: str = ""
    happened_on: date | None = None
    evidence: Sequence[EvidenceFile] = field(default_factory=tuple)
    teller: Teller | None = None
    seen: int | None = None


AT_ONCE = Submission()


class Written(NamedTuple):
    """The events of a submission; ``is_new`` is False when it had arrived before and nothing was written now."""

    events: list[PledgeEvent]
    is_new: bool
    disputed: list[PledgeLine]  # lines that this submission made disputed


class LockedLines:
    """The lines of a pledge, locked in the order of their ids, with their events as they are stored now."""

    def __init__(self, pledge: Pledge) -> None:
        rows = PledgeLine.objects.select_for_update(of=("self",)).filter(pledge=pledge).order_by("id")
        self.pledge = pledge
        self.by_slug: dict[str, PledgeLine] = {line.slug: line for line in rows}
        self.events: dict[int, list[PledgeEvent]] = {line.pk: [] for line in self.by_slug.values()}
        for event in PledgeEvent.objects.filter(line__in=self.events).order_by("id"):
            self.events[event.line_id].append(event)

    def totals(self, slug: str) -> ledger.Totals:
        return ledger.totals(self.events[self.by_slug[slug].pk])

    def told_since(self, event: int) -> bool:
        """Whether the receiver's side or the desk said anything after ``event``."""
        rows = (row for events in self.events.values() for row in events)
        return any(row.pk > event and row.side != Side.GIVER for row in rows)

    def of_submission(self, key: str) -> list[PledgeEvent]:
        """What was written already under this key; empty without a key."""
        return [event for events in self.events.values() for event in events if key and event.key == key]


@transaction.atomic
def write_events(
    pledge: Pledge,
    entries: Iterable[Entry],
    *,
    by: Any,
    side: str,
    submission: Submission,
    locked: LockedLines | None = None,
    transport: Transport | None = None,
) -> Written:
    """Append events to the lines of ``pledge``, all of them or none; a key that was seen before writes nothing.

    Journal: `pledge.<kind>` per kind, `pledge.corrected`, `pledge.disputed`. Mails: `emails.pledges` says to whom.
    Raises `LedgerRefused` with the first event that the ledger does not allow, or `PledgeRefused`. Precondition for
    lines of needs: the caller locked them before (`actions.pledges`).
    """
    entries = list(entries)
    locked = locked or LockedLines(pledge)
    if known := locked.of_submission(submission.key):
        return Written(known, False, [])
    _check(entries, submission)
    lines = {entry.line: locked.by_slug[entry.line] for entry in entries}
    were_disputed = {slug for slug in lines if not locked.totals(slug).is_reconciled}
    keys = _keys(submission.key, entries)
    said = {
        "side": side,
        "transport": transport,
        "happened_on": submission.happened_on or timezone.localdate(),
    }
    events = [_append(locked, entry, by=by, key=next(keys), **said) for entry in entries]
    keep_evidence(pledge, submission.evidence, side=side, events=events)
    if teller := submission.teller:
        pledge.tellers.create(key=submission.key, name=teller.name, email=teller.email)
    _journal(pledge, events, by)
    disputed = [
        line
        for slug, line in lines.items()
        if slug not in were_disputed and not locked.totals(slug).is_reconciled
    ]
    if disputed:
        record("pledge.disputed", pledge, by=by, lines=[_named(line) for line in disputed])
    _tell_lists(pledge, lines.values(), events)
    mails.pledge_told(
        pledge,
        events,
        side=side,
        disputed=disputed,
        by_name=submission.teller.name if submission.teller else "",
    )
    return Written(events, True, disputed)


def _tell_lists(pledge: Pledge, lines: Iterable[PledgeLine], events: Sequence[PledgeEvent]) -> None:
    """Lists filter by what of a need is covered, and by who has a partner."""
    if needs := {line.listing_line_id for line in lines if line.listing_line_id}:
        refresh_cover(Listing.objects.filter(lines__in=needs).values_list("pk", flat=True))
    if any(event.kind == Kind.COMMITTED for event in events):
        note_partners([pledge.giver_id, pledge.receiver_id])


def _check(entries: list[Entry], submission: Submission) -> None:
    if not entries:
        raise PledgeRefused(PledgeRefused.NO_LINES)
    if submission.happened_on and submission.happened_on > timezone.localdate():
        raise PledgeRefused(PledgeRefused.FUTURE)
    if any((e.corrects or e.kind in NEED_REASON) and not e.reason.strip() for e in entries):
        raise PledgeRefused(PledgeRefused.NO_REASON)


def _keys(key: str, entries: list[Entry]) -> Iterator[str]:
    """The key for each entry; a line that is corrected twice in one submission gets numbered ones."""
    seen: dict[tuple[str, str], int] = {}
    for entry in entries:
        number = seen[entry.line, entry.kind] = seen.get((entry.line, entry.kind), 0) + 1
        yield f"{key}#{number}" if key and number > 1 else key


def _append(locked: LockedLines, entry: Entry, *, by: Any, **said: Any) -> PledgeEvent:
    line = locked.by_slug[entry.line]
    actor = as_actor(by)
    event = PledgeEvent(
        line=line,
        kind=entry.kind,
        quantity=entry.quantity,
        actor=actor.user,
        actor_kind=actor.kind,
        corrects_id=entry.corrects,
        reason=entry.reason.strip(),
        **said,
    )
    refuse_parts(line, locked.events[line.pk], event)
    refuse(line, locked.events[line.pk], event)
    event.save(force_insert=True)
    locked.events[line.pk].append(event)
    return event


def refuse(line: PledgeLine, events: list[PledgeEvent], event: PledgeEvent) -> None:
    """Raises `LedgerRefused` when ``event`` may not follow ``events``."""
    if found := ledger.refusal(events, event):
        raise LedgerRefused(line, event.kind, found)


def refuse_parts(line: PledgeLine, events: list[PledgeEvent], event: PledgeEvent) -> None:
    """Half a bed is none; where an entry of old says so all the same, others may answer it."""
    if all(is_countable(each.quantity, line.unit) for each in events) and not is_countable(
        event.quantity, line.unit
    ):
        raise PledgeRefused(PledgeRefused.IN_PARTS)


def refuse_beyond(line: PledgeLine, kind: str, quantity: Decimal, limit: Decimal) -> None:
    if quantity > limit:
        raise LedgerRefused(line, kind, Refusal(ledger.Code.BEYOND_OPEN, limit))


def _journal(pledge: Pledge, events: list[PledgeEvent], by: Any) -> None:
    """One row for each kind: what of which line."""
    said: dict[str, list[str]] = {}
    for event in events:
        verb = "pledge.corrected" if event.corrects_id else f"pledge.{event.kind}"
        amount = f"{plain(event.quantity)} {event.line.currency or event.line.unit}"
        said.setdefault(verb, []).append(f"{_named(event.line)}: {amount}")
    for verb, lines in said.items():
        record(verb, pledge, by=by, lines=lines)


def _named(line: PledgeLine) -> str:
    """A line as the journal writes it, in no reader's language."""
    return f"{line.position + 1}. {line.item or line.template.code}"


def keep_evidence(
    pledge: Pledge, files: Sequence[EvidenceFile], *, side: str, events: Sequence[PledgeEvent]
) -> list[Evidence]:
    """Store files behind ``events``; both sides and the desk see them."""
    rows = []
    for file in files:
        upload = file.upload
        row = Evidence.objects.create(
            pledge=pledge,
            file=as_content_file(upload),
            original_filename=upload.original_filename,
            content_type=upload.content_type,
            size=upload.size,
            caption=file.caption,
            side=side,
        )
        row.events.set(events)
        rows.append(row)
    return rows
