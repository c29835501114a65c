"""The desk's week in figures: what came, what was decided, what waits. Counted from the journal and the ledger, and
mailed once to each coordinator."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance.content.emails import week
from alliance.content.models import Ticket
from alliance.core.ages import age_text
from alliance.core.models import JournalEntry
from alliance.users.models import User
from members.models import Member
from partnerships.models import HelpRequest, Listing, Match, Pledge, PledgeEvent, Report

# Days after the end of a week on which it is still told: who was away on Monday gets it on Tuesday.
TOLD_WITHIN_DAYS = 3
# What happened, by the verbs of the journal.
COUNTED: Sequence[tuple[Any, tuple[str, ...]]] = (
    (_("Applications received"), ("member.submitted", "member.resubmitted")),
    (_("Applications approved"), ("member.approved",)),
    (_("Applications returned with a question"), ("member.returned",)),
    (_("Applications refused"), ("member.refused",)),
    (_("Needs and offers published"), ("listing.published", "listing.approved")),
    (_("First contacts asked for"), ("match.requested",)),
    (_("First contacts accepted"), ("match.accepted",)),
    (_("First contacts declined"), ("match.declined",)),
    (_("Partnerships opened"), ("twinning.opened", "twinning.declared")),
    (_("Messages to the Alliance"), ("ticket.opened",)),
    (_("Messages dealt with"), ("ticket.closed",)),
)
# What happened to things that were promised, by kind of event.
DELIVERED: Sequence[tuple[Any, str]] = (
    (_("Entries “firmly promised”"), PledgeEvent.Kind.COMMITTED),
    (_("Entries “sent”"), PledgeEvent.Kind.DISPATCHED),
    (_("Entries “accepted by the receiver”"), PledgeEvent.Kind.ACCEPTED),
)


@dataclass(frozen=True)
class Line:
    """One figure: of the week and of the week before."""

    label: Any
    count: int
    before: int


@dataclass(frozen=True)
class Queue:
    """What waits at this moment: how many, and since when the oldest."""

    label: Any
    count: int
    oldest: datetime | date | None

    @property
    def age(self) -> str:
        """In the language of whoever reads it."""
        return age_text(self.oldest)


def week_of(day: date) -> tuple[datetime, datetime]:
    """The last whole week, Monday to Sunday, before ``day``: its first moment and the first one after it."""
    monday = day - timedelta(days=day.weekday())
    return _midnight(monday - timedelta(days=7)), _midnight(monday)


def figures_of(start: datetime, end: datetime) -> list[Line]:
    """What happened from ``start`` to ``end`` and in as long a time before. Four queries."""
    now, before = _verbs(start, end), _verbs(start - (end - start), start)
    lines = [Line(label, _sum(now, verbs), _sum(before, verbs)) for label, verbs in COUNTED]
    now, before = _events(start, end), _events(start - (end - start), start)
    return [*lines, *(Line(label, now[kind], before[kind]) for label, kind in DELIVERED)]


def queues_now() -> list[Queue]:
    """What waits for the desk, one query each; what is empty is left out."""
    waiting: list[tuple[Any, QuerySet, str]] = [
        (_("Applications that await a decision"), Member.objects.awaiting_decision(), "status_changed_at"),
        (_("Places with several claims"), Member.objects.in_conflict(), "status_changed_at"),
        (
            _("Needs and offers to be read before they are published"),
            Listing.objects.awaiting_desk(),
            "status_changed_at",
        ),
        (_("Reports of members"), Report.objects.open(), "created_at"),
        (
            _("Matches that wait for a coordinator"),
            Match.objects.in_care().filter(coordinator=None),
            "asked_at",
        ),
        (_("Calls for help"), HelpRequest.objects.open(), "created_at"),
        (
            _("Deliveries where the figures of giver and receiver differ"),
            Pledge.objects.disputed(),
            "updated_at",
        ),
        (_("Promises past their day"), Pledge.objects.late(), "due_on"),
        (_("Open tickets"), Ticket.objects.waiting(), "waits_since"),
    ]
    found = [
        (label, rows.order_by().aggregate(count=Count("pk", distinct=True), oldest=Min(moment)))
        for label, rows, moment in waiting
    ]
    return [Queue(label, **row) for label, row in found if row["count"]]


def tell_the_week(now: datetime | None = None) -> int:
    """Mail the last whole week to every coordinator, each once, in their language; returns how many were written.

    Meant to be called every hour: the key of the mail holds the week, so nobody gets it twice, and a Monday without a
    worker is made up for until Wednesday.
    """
    today = timezone.localdate(now)
    if today.weekday() >= TOLD_WITHIN_DAYS:
        return 0
    start, end = week_of(today)
    year, number, _day = timezone.localdate(start).isocalendar()
    key = f"desk.week:{year}-W{number:02}"
    people = User.objects.coordinators().exclude(email__in=week.told(key)).order_by("pk")
    if not people.exists():
        return 0
    figures, queues = figures_of(start, end), queues_now()
    letters = [
        week.desk_week(person, figures=figures, queues=queues, start=start, key=key) for person in people
    ]
    return sum(1 for letter in letters if letter)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _verbs(start: datetime, end: datetime) -> Counter:
    wanted = {verb for _label, verbs in COUNTED for verb in verbs}
    rows = JournalEntry.objects.filter(created_at__gte=start, created_at__lt=end, verb__in=wanted)
    return Counter(dict(rows.order_by().values_list("verb").annotate(Count("pk"))))


def _events(start: datetime, end: datetime) -> Counter:
    rows = PledgeEvent.objects.filter(recorded_at__gte=start, recorded_at__lt=end, corrects=None)
    return Counter(dict(rows.order_by().values_list("kind").annotate(Count("pk"))))


def _sum(counts: Counter, verbs: Iterable[str]) -> int:
    return sum(counts[verb] for verb in verbs)
