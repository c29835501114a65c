"""The desk's week in figures: what came, what was decided, what waits. Counted from the journal and the ledger, and
mailed once to each coordinator."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from alliance.content.emails import week
from alliance.content.models import Ticket
from alliance.content.week_words import HAPPENED, WAITS
from alliance.core.ages import age_text
from alliance.core.models import JournalEntry
from alliance.users.models import User
from members.models import Member
from partnerships.models import HelpRequest, Listing, Match, Pledge, PledgeEvent, Report

# Days after the end of a week on which it is still told: who was away on Monday gets it on Tuesday.
TOLD_WITHIN_DAYS = 3
# What happened, by the verbs of the journal; `week_words` says it.
COUNTED: dict[str, tuple[str, ...]] = {
    "received": ("member.submitted", "member.resubmitted"),
    "approved": ("member.approved",),
    "returned": ("member.returned",),
    "refused": ("member.refused",),
    "published": ("listing.published", "listing.approved"),
    "asked": ("match.requested",),
    "accepted": ("match.accepted",),
    "declined": ("match.declined",),
    "opened": ("twinning.opened", "twinning.declared"),
    "written": ("ticket.opened",),
    "closed": ("ticket.closed",),
}
# What happened to things that were promised, by kind of event.
DELIVERED: dict[str, str] = {
    "committed": PledgeEvent.Kind.COMMITTED,
    "dispatched": PledgeEvent.Kind.DISPATCHED,
    "arrived": PledgeEvent.Kind.ACCEPTED,
}


@dataclass(frozen=True)
class Line:
    """One figure: of the week and of the week before."""

    code: str
    count: int
    before: int

    @property
    def label(self) -> Any:
        return HAPPENED[self.code]


@dataclass(frozen=True)
class Queue:
    """What waits at this moment: how many, and since when the oldest."""

    code: str
    count: int
    oldest: datetime | date | None

    @property
    def label(self) -> Any:
        return WAITS[self.code]

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
    lines = [Line(code, _sum(now, verbs), _sum(before, verbs)) for code, verbs in COUNTED.items()]
    now, before = _events(start, end), _events(start - (end - start), start)
    return [*lines, *(Line(code, now[kind], before[kind]) for code, kind in DELIVERED.items())]


def queues_now() -> list[Queue]:
    """What waits for the desk, one query each; what is empty is left out."""
    waiting: dict[str, tuple[QuerySet, str]] = {
        "applications": (Member.objects.awaiting_decision(), "status_changed_at"),
        "conflicts": (Member.objects.in_conflict(), "status_changed_at"),
        "listings": (Listing.objects.awaiting_desk(), "status_changed_at"),
        "reports": (Report.objects.open(), "created_at"),
        "matches": (Match.objects.in_care().filter(coordinator=None), "asked_at"),
        "calls": (HelpRequest.objects.open(), "created_at"),
        "disputed": (Pledge.objects.disputed(), "updated_at"),
        "late": (Pledge.objects.late(), "due_on"),
        "tickets": (Ticket.objects.waiting(), "waits_since"),
    }
    found = [
        (code, rows.order_by().aggregate(count=Count("pk", distinct=True), oldest=Min(moment)))
        for code, (rows, moment) in waiting.items()
    ]
    return [Queue(code, **row) for code, row in found if row["count"]]


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
    wanted = {verb for verbs in COUNTED.values() for verb in verbs}
    rows = JournalEntry.objects.filter(created_at__gte=start, created_at__lt=end, verb__in=wanted)
    return Counter(dict(rows.order_by().values_list("verb").annotate(Count("pk"))))


def _events(start: datetime, end: datetime) -> Counter:
    rows = PledgeEvent.objects.filter(recorded_at__gte=start, recorded_at__lt=end, corrects=None)
    return Counter(dict(rows.order_by().values_list("kind").annotate(Count("pk"))))


def _sum(counts: Counter, verbs: Iterable[str]) -> int:
    return sum(counts[verb] for verb in verbs)
