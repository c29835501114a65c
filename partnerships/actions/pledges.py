"""Verbs of a pledge: promise, commit, cancel, withdraw, give more. What is on its way: `actions.deliveries`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from alliance.core.units import SMALLEST, base_of, in_base
from members.models import Member
from partnerships import ledger
from partnerships.actions.pledge_events import (
    AT_ONCE,
    Entry,
    Kind,
    LockedLines,
    Side,
    Submission,
    Written,
    refuse_beyond,
    write_events,
)
from partnerships.coverage import item_of, serves
from partnerships.models import (
    Appeal,
    Block,
    ItemTemplate,
    Listing,
    ListingLine,
    Match,
    Pledge,
    PledgeEvent,
    PledgeLine,
)
from partnerships.pledge_drafts import PledgeContent, PromisedLine, Quantity
from partnerships.refusals import AppealRefused, DoesNotFit, OverCover, PledgeRefused

# What goes from a promised line to its row as it is.
SAME = [
    "item",
    "unit",
    "currency",
    "range_min",
    "range_max",
    "range_unit",
    "condition",
    "unit_value",
    "value_currency",
]


def promise_pledge(
    *,
    giver: Member,
    receiver: Member,
    content: PledgeContent,
    by: Any,
    match: Match | None = None,
    listing: Listing | None = None,
    appeal: Appeal | None = None,
    accepts_over: bool = False,
    key: str = "",
) -> tuple[Pledge, bool]:
    """``giver`` promises ``receiver`` something: a pledge with its lines and their `promised` events, which bind
    nobody yet. The second value is False when the same submission had arrived before.

    From a match (one of its two sides), about a need of the receiver or an offer of the giver, within an appeal, or in
    general. Journal: `pledge.promised`. Raises `NotAllowed` when a side is not approved, blocked the other, or the
    listing or match is over; `DoesNotFit`; `OverCover` when more than is still open of a need is promised and
    ``accepts_over`` is not set; `PledgeRefused` without lines; `AppealRefused` when the appeal that is named does not
    run, or something is promised for a need of another one.
    """
    try:
        with transaction.atomic():
            if found := _promised_before(giver, key):
                return found, False
            _refuse_sides(giver, receiver, match, listing)
            pledge = Pledge(giver=giver, receiver=receiver, match=match, listing=listing, key=key)
            pledge.appeal = _running(appeal) if appeal else listing.appeal if listing else None
            _promise(pledge, content, by=by, accepts_over=accepts_over)
            return pledge, True
    except IntegrityError:
        # The same form twice at one instant: the unique key let one through, the other is shown that one.
        if found := _promised_before(giver, key):
            return found, False
        raise


def _promised_before(giver: Member, key: str) -> Pledge | None:
    return Pledge.objects.filter(giver=giver, key=key).first() if key else None


def _running(appeal: Appeal) -> Appeal:
    stored = lock(appeal)
    if not stored.is_running:
        raise AppealRefused(AppealRefused.CLOSED)
    return stored


def _promise(pledge: Pledge, content: PledgeContent, *, by: Any, accepts_over: bool) -> None:
    if not content.lines:
        raise PledgeRefused(PledgeRefused.NO_LINES)
    needs = lock_need_lines(line.need_line for line in content.lines if line.need_line)
    templates = {
        t.code: t for t in ItemTemplate.objects.filter(code__in={line.template for line in content.lines})
    }
    _refuse_misfits(content, needs, templates, pledge.receiver)
    of_needs = {need.listing.appeal_id for need in needs.values() if need.listing.appeal_id}
    if pledge.appeal_id and of_needs - {pledge.appeal_id}:
        raise AppealRefused(AppealRefused.OTHER)
    if not accepts_over:
        _refuse_over_cover(needs, [(line.need_line, line.quantity, line.unit) for line in content.lines])
    hidden, listing = content.is_receiver_hidden, pledge.listing
    if hidden is None:
        asked_in = [need.listing for need in needs.values()] + ([listing] if listing else [])
        hidden = any(need.is_need and need.is_member_hidden for need in asked_in)
    pledge.is_receiver_hidden = hidden
    for name in ("title", "language", "due_on", "note"):
        setattr(pledge, name, getattr(content, name))
    pledge.save(force_insert=True)
    lines = _create_lines(pledge, content.lines, needs, templates)
    entries = [
        Entry(line.slug, Kind.PROMISED, said.quantity)
        for line, said in zip(lines, content.lines, strict=True)
    ]
    write_events(pledge, entries, by=by, side=Side.GIVER, submission=Submission(pledge.key))


def _refuse_sides(giver: Member, receiver: Member, match: Match | None, listing: Listing | None) -> None:
    for side in (giver, receiver):
        if side.status != Member.Status.APPROVED:
            raise NotAllowed(side, side.status, "pledge")
    if giver.pk == receiver.pk or Block.objects.between(giver, receiver).exists():
        raise NotAllowed(receiver, receiver.status, "pledge")
    if match is not None:
        stored = lock(match)
        if stored.status not in Match.OPEN or {giver.pk, receiver.pk} != {
            stored.member_a_id,
            stored.member_b_id,
        }:
            raise NotAllowed(match, stored.status, "pledge")
    if listing is not None:
        stored = lock(listing)
        owner = receiver if stored.is_need else giver
        if not stored.is_open or stored.member_id != owner.pk:
            raise NotAllowed(listing, stored.status, "pledge")


def lock_need_lines(slugs: Iterable[str]) -> dict[str, ListingLine]:
    """Lines of needs by slug, locked in the order of their ids, so that two givers cover one after the other."""
    rows = ListingLine.objects.select_for_update(of=("self",), no_key=True).filter(slug__in=set(slugs))
    rows = rows.select_related("listing__member", "template").prefetch_related("pledge_lines__events")
    return {row.slug: row for row in rows.order_by("id")}


def _refuse_misfits(
    content: PledgeContent,
    needs: Mapping[str, ListingLine],
    templates: Mapping[str, ItemTemplate],
    receiver: Member,
) -> None:
    for line in content.lines:
        if not line.need_line:
            continue
        need = needs.get(line.need_line)
        if need is None or need.listing.member_id != receiver.pk:
            raise NotAllowed(receiver, receiver.status, "pledge")
        if not (need.listing.is_need and need.listing.is_open):
            raise NotAllowed(need.listing, need.listing.status, "pledge")
        asked = item_of(need, need.template, need.listing.original_language)
        given = item_of(line, templates.get(line.template), content.language)
        if reasons := serves(asked, given):
            raise DoesNotFit(line.need_line, reasons[0])


def _refuse_over_cover(needs: Mapping[str, ListingLine], added: Iterable[tuple[str, Decimal, str]]) -> None:
    """Raises `OverCover` when ``added`` (line of a need, quantity, unit) is more than is still open."""
    more: dict[str, Decimal] = {}
    for slug, quantity, unit in added:
        if slug:
            more[slug] = more.get(slug, Decimal(0)) + in_base(quantity, unit)
    over = {}
    for slug, quantity in more.items():
        coverage = needs[slug].coverage
        still_open = in_base(coverage.open, coverage.unit)
        if quantity > still_open:
            over[slug] = (needs[slug], _in_unit(quantity - still_open, needs[slug].unit))
    if over:
        raise OverCover(over)


def _in_unit(quantity: Decimal, unit: str) -> Decimal:
    """From the base unit, to be shown: rounded where a unit has no exact value (a day in weeks)."""
    return (quantity / base_of(unit)[1]).quantize(SMALLEST)


def _create_lines(
    pledge: Pledge,
    lines: Sequence[PromisedLine],
    needs: Mapping[str, ListingLine],
    templates: Mapping[str, ItemTemplate],
) -> list[PledgeLine]:
    return [
        PledgeLine.objects.create(
            pledge=pledge,
            position=position,
            template=templates.get(line.template),
            specs=dict(line.specs),
            listing_line=needs.get(line.need_line),
            **{name: getattr(line, name) for name in SAME},
        )
        for position, line in enumerate(lines)
    ]


@transaction.atomic
def commit_pledge(
    pledge: Pledge,
    *,
    quantities: Sequence[Quantity],
    by: Any,
    due_on: date | None = None,
    accepts_over: bool = False,
    submission: Submission = AT_ONCE,
) -> Written:
    """The firm promise of the giver's signatory: from now on it covers the need, and is kept or not kept.

    ``due_on`` sets the day until the first commitment; afterwards the day stands. Journal: `pledge.committed`. Raises
    `LedgerRefused`, `OverCover`, or `PledgeRefused` when no day is known, a side is on hold or blocked the other since
    it was promised, or the need is over: what is firm already stands, nothing new becomes so.
    """
    needs = _lock_needs_of(pledge)
    locked = LockedLines(pledge)
    if locked.of_submission(submission.key):
        return Written(locked.of_submission(submission.key), False, [])
    _refuse_outdated(locked, needs, quantities)
    if not accepts_over:
        _refuse_over_cover(needs, _on_needs(locked, needs, quantities))
    _fix_day(locked, due_on)
    entries = [Entry(q.line, Kind.COMMITTED, q.quantity, q.reason) for q in quantities]
    return write_events(pledge, entries, by=by, side=Side.GIVER, submission=submission, locked=locked)


def _refuse_outdated(
    locked: LockedLines, needs: Mapping[str, ListingLine], quantities: Sequence[Quantity]
) -> None:
    """Raises `PledgeRefused` when the sides cannot agree on anything new, or what a line was promised for is over."""
    giver, receiver = Member.objects.filter(
        pk__in=[locked.pledge.giver_id, locked.pledge.receiver_id]
    ).order_by("pk")
    is_active = giver.status == receiver.status == Member.Status.APPROVED
    if not is_active or Block.objects.between(giver, receiver).exists():
        raise PledgeRefused(PledgeRefused.APART)
    if any(
        not needs[slug].listing.is_open for slug, _quantity, _unit in _on_needs(locked, needs, quantities)
    ):
        raise PledgeRefused(PledgeRefused.NEED_OVER)


def _fix_day(locked: LockedLines, due_on: date | None) -> None:
    pledge = locked.pledge
    stored = Pledge.objects.values_list("due_on", flat=True).get(pk=pledge.pk)
    is_first = not any(e.kind == Kind.COMMITTED for events in locked.events.values() for e in events)
    pledge.due_on = due_on if due_on and (is_first or not stored) else stored
    if pledge.due_on is None:
        raise PledgeRefused(PledgeRefused.NO_DATE)
    if pledge.due_on != stored:
        pledge.save(update_fields=["due_on", "updated_at"])


def _lock_needs_of(pledge: Pledge) -> dict[str, ListingLine]:
    slugs = pledge.lines.filter(listing_line__isnull=False).values_list("listing_line__slug", flat=True)
    return lock_need_lines(slugs)


def _on_needs(
    locked: LockedLines, needs: Mapping[str, ListingLine], quantities: Sequence[Quantity]
) -> list[tuple[str, Decimal, str]]:
    slug_of = {need.pk: slug for slug, need in needs.items()}
    lines = [(locked.by_slug[q.line], q.quantity) for q in quantities]
    return [
        (slug_of[line.listing_line_id], quantity, line.unit)
        for line, quantity in lines
        if line.listing_line_id
    ]


@transaction.atomic
def over_deliver_pledge(
    pledge: Pledge,
    *,
    quantities: Sequence[Quantity],
    by: Any,
    accepts_over: bool = False,
    submission: Submission = AT_ONCE,
) -> Written:
    """More than was committed will be sent: as a gift on top, or in place of what was lost or returned.

    Said by the giver; the desk's is part of a reconciliation.
    Journal: `pledge.over_delivered`. Raises `LedgerRefused`, `OverCover`, or
    `PledgeRefused` without a reason.
    """
    needs = _lock_needs_of(pledge)
    locked = LockedLines(pledge)
    if not accepts_over and not locked.of_submission(submission.key):
        _refuse_over_cover(needs, _on_needs(locked, needs, quantities))
    entries = [Entry(q.line, Kind.OVER_DELIVERED, q.quantity, q.reason) for q in quantities]
    return write_events(pledge, entries, by=by, side=Side.GIVER, submission=submission, locked=locked)


@transaction.atomic
def cancel_pledge(
    pledge: Pledge, *, quantities: Sequence[Quantity], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """The giver takes a commitment back, with the reason; what has left already cannot be cancelled.

    Journal: `pledge.cancelled`. Raises `LedgerRefused`, or `PledgeRefused` without a reason.
    """
    entries = [Entry(q.line, Kind.CANCELLED, q.quantity, q.reason) for q in quantities]
    return write_events(pledge, entries, by=by, side=Side.GIVER, submission=submission)


@transaction.atomic
def withdraw_pledge(
    pledge: Pledge, *, quantities: Sequence[Quantity], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """The giver takes a soft promise back: corrections of what was promised and has not become firm.

    Journal: `pledge.corrected`. Raises `LedgerRefused`, or `PledgeRefused` without a reason.
    """
    locked = LockedLines(pledge)
    entries: list[Entry] = []
    if not locked.of_submission(submission.key):
        for said in quantities:
            line = locked.by_slug[said.line]
            refuse_beyond(line, Kind.PROMISED, said.quantity, locked.totals(said.line).to_commit)
            entries += _withdrawing(locked.events[line.pk], said)
        if not entries:
            raise PledgeRefused(PledgeRefused.NO_LINES)
    return write_events(pledge, entries, by=by, side=Side.GIVER, submission=submission, locked=locked)


def _withdrawing(events: Sequence[PledgeEvent], said: Quantity) -> Iterable[Entry]:
    """Corrections of the line's promises, the newest first, that add up to what is withdrawn."""
    left, rest = ledger.left(events), said.quantity
    for event in reversed(events):
        if event.kind == Kind.PROMISED and rest > 0 and left.get(event.pk):
            part = min(rest, left[event.pk])
            rest -= part
            yield Entry(said.line, Kind.PROMISED, part, said.reason, corrects=event.pk)


@transaction.atomic
def hide_receiver(pledge: Pledge, *, by: Any) -> None:
    """The public reads “a hromada in … oblast” from now on. Journal: `pledge.receiver_hidden`."""
    _show_receiver(pledge, False, "pledge.receiver_hidden", by)


@transaction.atomic
def name_receiver(pledge: Pledge, *, by: Any) -> None:
    """The public reads the receiver's name again. Journal: `pledge.receiver_named`."""
    _show_receiver(pledge, True, "pledge.receiver_named", by)


def _show_receiver(pledge: Pledge, is_named: bool, verb: str, by: Any) -> None:
    stored = lock(pledge)
    if stored.is_receiver_hidden == is_named:
        stored.is_receiver_hidden = not is_named
        stored.save(update_fields=["is_receiver_hidden", "updated_at"])
        record(verb, stored, by=by)
    pledge.is_receiver_hidden = stored.is_receiver_hidden
