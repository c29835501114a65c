"""Questions over pledges and their lines, as the office speaks: waiting, disputed, late. Sums are made by the database
as `partnerships.ledger` makes them (a test compares them on random histories)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from alliance.core.audience import Audience, may_see
from alliance.core.units import Unit
from members.models import Member
from partnerships.ledger import DESK, GIVER, RECEIVER, Kind
from partnerships.models.appeals import Appeal
from partnerships.models.pair_pledges import PairQuerySet

# After what is sent was to arrive, or left where nobody said when, the receiver is given so long to tell.
ON_THE_ROAD_DAYS = 7
NOTHING = Value(Decimal(0), output_field=models.DecimalField(max_digits=20, decimal_places=3))
SIGNED = Case(When(events__corrects__isnull=True, then=F("events__quantity")), default=-F("events__quantity"))
SENDABLE = F("sum_committed") - F("sum_cancelled") + F("sum_over_delivered")
FIRM = F("sum_committed") - F("sum_cancelled")
AWAITED = SENDABLE - F("sum_accepted") - F("sum_lost") - F("sum_returned")
LATE = Q(sum_accepted__lt=FIRM) & Q(sum_accepted__lt=SENDABLE - F("sum_lost") - F("sum_returned"))
# A correction takes off what it corrects, so it counts on that day.
IN_TIME = Q(
    LessThanOrEqual(Coalesce("events__corrects__happened_on", "events__happened_on"), F("pledge__due_on"))
)
GONE = [Kind.CANCELLED, Kind.LOST, Kind.RETURNED]
# What `PledgeLine.as_item()` is made of.
KIND_OF_ITEM = (
    *("template", "item", "pledge__language", "unit", "currency"),
    *("range_min", "range_max", "range_unit", "specs", "condition"),
)
FIGURES = (
    *("promised", "committed", "delivered", "accepted", "late", "cancelled"),
    *("counted", "kept", "kept_late", "not_kept", "unconfirmed"),
)


def figure_conditions(today: date) -> dict[str, Q]:
    """Figure → which lines it counts, of `with_fate()`: `ledger.verdict()` and `ledger.is_late()` in the database."""
    is_past = Q(due_on__lt=today)
    is_over = Q(sum_committed__gt=0) & (is_past | Q(sum_accepted__gte=FIRM))
    arrived_in_full = Q(sum_received__gte=F("sum_committed") + F("sum_returned"))
    unconfirmed = is_over & Q(sum_accepted__lt=F("sum_committed")) & arrived_in_full
    counted = is_over & ~unconfirmed
    kept = counted & Q(sum_accepted__gte=F("sum_committed"))
    conditions = {
        "promised": Q(sum_promised__gt=F("sum_committed")),
        "committed": Q(sum_committed__gt=0),
        "delivered": Q(sum_received__gt=0),
        "accepted": Q(sum_accepted__gt=0),
        "late": is_past & LATE,
        "cancelled": Q(sum_cancelled__gt=0),
        "counted": counted,
        "kept": kept,
        "kept_late": kept & Q(due_on__isnull=False, sum_in_time__lt=F("sum_committed")),
        "not_kept": counted & Q(sum_accepted__lt=F("sum_committed")),
        "unconfirmed": unconfirmed,
    }
    return {name: conditions[name] for name in FIGURES}


# Figure → how much of a line of money stands in it.
AMOUNTS = {
    "promised": "amount_soft",
    "committed": "sum_committed",
    "delivered": "sum_received",
    "accepted": "sum_accepted",
    "late": "amount_awaited",
}


def lines_open_to(viewer: str, listing: str, link: str) -> Q:
    """Where the quantities of a need or offer may be seen, or the ``link`` leads to none: the same question as
    `core.audience.visible()`, of rows."""
    seen = [audience for audience in Audience.values if may_see(audience, viewer)]
    is_narrowed = Q(**{f"{listing}__field_audiences__has_key": "lines"})
    is_seen = ~is_narrowed | Q(**{f"{listing}__field_audiences__lines__in": seen})
    return Q(**{f"{link}__isnull": True}) | (Q(**{f"{listing}__audience__in": seen}) & is_seen)


class PledgeLineQuerySet(models.QuerySet):
    def for_audience(self, viewer: str):
        """Lines whose item and quantities a viewer of this audience may read: neither the pledge nor the need that it
        covers keeps them for fewer people."""
        rows = self
        if viewer == Audience.PUBLIC:
            covers = self.model.objects.filter(listing_line__listing__audience=Audience.MEMBERS)
            rows = self.filter(~Exists(covers.filter(pledge=OuterRef("pledge"))))
        return rows.filter(
            lines_open_to(viewer, "pledge__listing", "pledge__listing"),
            lines_open_to(viewer, "listing_line__listing", "listing_line"),
        )

    def with_fate(self):
        """With what `figure_conditions()` ask: the sums, the agreed day, and what arrived by it."""
        in_time = Sum(SIGNED, filter=Q(events__kind=Kind.RECEIVED.value) & IN_TIME)
        return self.with_sums().annotate(due_on=F("pledge__due_on"), sum_in_time=Coalesce(in_time, NOTHING))

    def of_figure(self, figure: str, today: date | None = None):
        """The lines that a figure counts; all without one."""
        today = today or timezone.localdate()
        return self.with_fate().filter(figure_conditions(today)[figure]) if figure else self

    def figures(self, today: date | None = None) -> dict[str, int]:
        """How many lines each figure counts, and how many there are at all; one query."""
        conditions = figure_conditions(today or timezone.localdate())
        wanted: dict[str, Any] = {name: Count("pk", filter=where) for name, where in conditions.items()}
        return self.with_fate().order_by().aggregate(all=Count("pk"), **wanted)

    def money(self, today: date | None = None) -> dict[str, dict[str, Decimal]]:
        """Currency → how much stands in the lines of each figure; two queries."""
        money = self.filter(unit=Unit.MONEY)
        currencies = sorted(set(money.order_by().values_list("currency", flat=True).distinct()))
        wanted = {
            f"{currency}_{name}": Coalesce(Sum(column, filter=Q(currency=currency)), NOTHING)
            for currency in currencies
            for name, column in AMOUNTS.items()
        }
        is_late = figure_conditions(today or timezone.localdate())["late"]
        rows = money.with_fate().annotate(
            amount_soft=Greatest(F("sum_promised") - F("sum_committed"), NOTHING),
            amount_awaited=Case(When(is_late, then=AWAITED), default=NOTHING),
        )
        found = rows.order_by().aggregate(**wanted) if wanted else {}
        return {currency: {name: found[f"{currency}_{name}"] for name in AMOUNTS} for currency in currencies}

    def with_parties(self):
        """With what a row of a list or a file shows of it, and what says whom it may name (`Pledge.hiding`), in a fixed
        number of queries."""
        behind = Prefetch("pledge__lines", self.model.objects.with_needs())
        return self.select_related(
            "template",
            "listing_line__listing",
            "pledge__listing",
            "pledge__giver__place__region",
            "pledge__receiver__place__region",
        ).prefetch_related("events", behind)

    def with_needs(self):
        """With the need that each covers."""
        return self.select_related("listing_line__listing")

    def with_days(self):
        """`with_parties()`, and whether the agreed day was moved."""
        return self.with_parties().prefetch_related("pledge__day_changes")

    def publicly_given_by(self, member: Member):
        """Where everyone may know that the member is the giver."""
        return self._publicly_of(member).filter(pledge__giver=member)

    def publicly_received_by(self, member: Member):
        """Where everyone may know that the member is the receiver."""
        return self._publicly_of(member).filter(pledge__receiver=member)

    def _publicly_of(self, member: Member):
        pledges = self.model._meta.get_field("pledge").related_model.objects
        return self.filter(pledge__in=pledges.publicly_of(member))

    def of_appeals(self, appeals: Iterable[Appeal]):
        """What may count for the targets of ``appeals`` (`partnerships.targets`): `counted_appeal` says for which."""
        named = Q(pledge__appeal__in=appeals)
        through_need = Q(pledge__appeal__isnull=True, listing_line__listing__appeal__in=appeals)
        counted = Coalesce("pledge__appeal_id", "listing_line__listing__appeal_id")
        return self.filter(named | through_need).annotate(counted_appeal=counted)

    def with_given(self):
        """With `given_net` and so on, as `PledgeLine.given` in the figures of appeals; sums over lines may follow."""
        net = Greatest(self._sum([Kind.COMMITTED, Kind.OVER_DELIVERED], less=GONE), NOTHING)
        soft = Greatest(self._sum([Kind.PROMISED], less=[Kind.COMMITTED]), NOTHING)
        return self.annotate(given_promised=soft, given_net=net).annotate(
            given_accepted=Least(self._sum([Kind.ACCEPTED]), F("given_net"))
        )

    def _sum(self, kinds: Sequence[Kind], *, less: Sequence[Kind] = ()) -> Coalesce:
        """The quantities of events of ``kinds``, without those of ``less``, of each line; corrections taken off."""
        events = self.model._meta.get_field("events").related_model.objects
        of_kind = Case(
            When(kind__in=[kind.value for kind in less], then=-F("quantity")), default=F("quantity")
        )
        signed = Case(When(corrects__isnull=True, then=of_kind), default=-of_kind)
        rows = events.filter(line=OuterRef("pk"), kind__in=[kind.value for kind in [*kinds, *less]])
        return Coalesce(
            Subquery(rows.order_by().values("line").annotate(sum=Sum(signed)).values("sum")), NOTHING
        )

    def in_kinds(self):
        """Of `of_appeals()`: how much of each kind of item (`KIND_OF_ITEM`) counts for each appeal; one row for all
        lines that are the same to `coverage.serves`."""
        return (
            self.with_given()
            .order_by()
            .values("counted_appeal", *KIND_OF_ITEM)
            .annotate(net=Sum("given_net"), accepted=Sum("given_accepted"), promised=Sum("given_promised"))
        )

    def with_sums(self):
        """With `sum_committed` and so on: corrections taken off, as `ledger.totals()`."""
        return self.annotate(
            **{
                f"sum_{kind}": Coalesce(Sum(SIGNED, filter=Q(events__kind=kind.value)), NOTHING)
                for kind in Kind
            }
        )

    def disputed(self):
        """What the receiver reported is more than what was dispatched: `Totals.excess`."""
        return self.with_sums().filter(sum_dispatched__lt=F("sum_received") + F("sum_lost"))

    def waiting_for(self, side: str, *, may_commit: bool = True):
        """What the giver, the receiver or the desk has to do next: `ledger.waits()`. Who may not commit has nothing to
        do about a promise that is soft."""
        if side == DESK:
            return self.disputed()
        lines = self.with_sums()
        if side == GIVER:
            to_commit = Q(sum_promised__gt=F("sum_committed")) if may_commit else Q(pk__in=[])
            return lines.filter(to_commit | Q(sum_dispatched__lt=SENDABLE))
        return lines.filter(
            Q(sum_dispatched__gt=F("sum_received") + F("sum_lost"))
            | Q(sum_received__gt=F("sum_accepted") + F("sum_returned"))
        )

    def late(self, today: date | None = None):
        """Their day has passed and something firm is still awaited: `ledger.is_late()`."""
        today = today or timezone.localdate()
        return self.filter(pledge__due_on__lt=today).with_sums().filter(LATE)


class PledgeQuerySet(PairQuerySet):
    def of(self, member: Member):
        """Where a member gives or receives."""
        return self.filter(Q(giver=member) | Q(receiver=member))

    def public(self):
        """What anyone may follow: not what came of a need or offer that only members read, nor what covers one."""
        hidden = self._lines().filter(listing_line__listing__audience=Audience.MEMBERS, pledge=OuterRef("pk"))
        return self.exclude(listing__audience=Audience.MEMBERS).exclude(Exists(hidden))

    def countable_in_public(self):
        """Of which everyone may read every item and quantity, so that figures tell the whole of it."""
        seen = self._lines().for_audience(Audience.PUBLIC).filter(pk=OuterRef("pk"))
        kept_back = self._lines().filter(~Exists(seen), pledge=OuterRef("pk"))
        return self.public().exclude(Exists(kept_back))

    def publicly_of(self, member: Member):
        """Where everyone may know that a member gives or receives: neither the pledge says that its receiver is not
        named, nor a need or offer of the member behind it that its member is not (`Pledge.narrowed`)."""
        came_of = self.model.objects.filter(listing__member=member, listing__is_member_hidden=True)
        covering = self._lines().filter(
            listing_line__listing__member=member, listing_line__listing__is_member_hidden=True
        )
        return (
            self.filter(Q(giver=member) | Q(receiver=member, is_receiver_hidden=False))
            .exclude(pk__in=came_of.values("pk"))
            .exclude(pk__in=covering.values("pledge"))
        )

    def with_sectors(self):
        """With the sectors of the need or offer behind it, for reports."""
        return self.select_related("listing").prefetch_related("listing__sectors")

    def with_ledger(self):
        """With all that a page of one pledge shows, in a fixed number of queries."""
        return self.select_related(
            "giver__place__region", "receiver__place__region", "listing"
        ).prefetch_related("lines__template", "lines__events", "lines__listing_line__listing", "transports")

    def with_history(self):
        """`with_ledger()`, and who said what with which files."""
        return (
            self.with_ledger()
            .select_related("match")
            .prefetch_related(
                "lines__events__actor", "lines__events__evidence", "evidence", "tellers", "day_changes"
            )
        )

    def for_audience(self, viewer: str):
        """What a reader of this audience may open: everyone what is public, members all."""
        return self.public() if viewer == Audience.PUBLIC else self

    def with_totals(self):
        """With both sides, what says whom it may name, and the events that its state is made of."""
        return self.select_related(
            "giver__place__region", "receiver__place__region", "listing"
        ).prefetch_related(Prefetch("lines", self._lines().with_needs()), "lines__events")

    def with_state(self):
        """`with_totals()`, and all else that a row of a list says somebody has to do."""
        return self.with_totals().prefetch_related("transports", "day_changes")

    def waiting_for(self, member: Member):
        """Where ``member`` has to do something next, as giver or as receiver: with goods, with the report on imported
        ones, or with the giver's wish for another day."""
        given, received = (self.waiting_on_side(side, member).values("pk") for side in (GIVER, RECEIVER))
        reports = self._rows("transports").filter(pledge__receiver=member).without_report()
        days = self._rows("day_changes").filter(pledge__receiver=member, answer="")
        return self.filter(
            Q(pk__in=given)
            | Q(pk__in=received)
            | Q(pk__in=reports.order_by().values("pledge"))
            | Q(pk__in=days.order_by().values("pledge"))
        )

    def waiting_on_side(self, side: str, member: Member, *, may_commit: bool = True):
        """Where ``member`` is the giver, or the receiver, and has to do something next with goods."""
        own = self._lines().filter(**{f"pledge__{side}": member})
        return self.filter(pk__in=own.waiting_for(side, may_commit=may_commit).values("pledge"))

    def disputed(self):
        """What waits for the desk: giver and receiver report different numbers."""
        lines = self._lines().filter(events__kind__in=[Kind.RECEIVED, Kind.LOST]).values("pk")
        return self.filter(pk__in=self._lines().filter(pk__in=lines).disputed().values("pledge"))

    def late(self, today: date | None = None):
        return self.filter(pk__in=self._lines().late(today).values("pledge"))

    def due_for_reminder(self, days: int, today: date | None = None):
        """Agreed for ``days`` ago or earlier, something firm has not left (`Totals.unsent`), the figures of both sides
        agree, and neither this reminder nor a later one was sent for that day. Members on hold can do nothing,
        so nobody is reminded."""
        today = today or timezone.localdate()
        past = self.filter(due_on__lte=today - timedelta(days=days), giver__status=Member.Status.APPROVED)
        lines = self._lines().filter(pledge__in=past.values("pk"))
        unsent = lines.with_sums().filter(sum_dispatched__lt=FIRM).values("pledge")
        return (
            past.filter(pk__in=unsent)
            .exclude(pk__in=lines.disputed().values("pledge"))
            .exclude(reminded_for=F("due_on"), reminded_days__gte=days)
            .order_by("due_on", "id")
        )

    def with_receipt_day(self):
        """With `receipt_from`, the day from which the receiver can be asked what arrived: the agreed one, or some days
        after the newest dispatch was to arrive (or left, where nobody said when it arrives)."""
        sent = Q(lines__events__kind=Kind.DISPATCHED.value, lines__events__corrects__isnull=True)
        expected = Coalesce("lines__events__transport__arrives_on", "lines__events__happened_on")
        patience = Value(timedelta(days=ON_THE_ROAD_DAYS), output_field=models.DurationField())
        until = Cast(Max(expected, filter=sent) + patience, models.DateField())
        return self.annotate(receipt_from=Greatest(F("due_on"), until))

    def due_for_receipt(self, days: int, today: date | None = None):
        """Something is on its way or arrived and the receiver has not said what became of it, ``days`` after it can be
        asked or later; both sides' figures agree, and it was asked for that day neither so nor later."""
        today = today or timezone.localdate()
        past = self.filter(due_on__lte=today - timedelta(days=days), receiver__status=Member.Status.APPROVED)
        lines = self._lines().filter(pledge__in=past.values("pk"))
        return (
            past.filter(pk__in=lines.waiting_for(RECEIVER).values("pledge"))
            .exclude(pk__in=lines.disputed().values("pledge"))
            .with_receipt_day()
            .filter(receipt_from__lte=today - timedelta(days=days))
            .exclude(receipt_asked_for=F("receipt_from"), receipt_asked_days__gte=days)
            .order_by("due_on", "id")
        )

    def newest_first(self):
        return self.order_by("-created_at", "-id")

    def _lines(self) -> QuerySet:
        return self._rows("lines")

    def _rows(self, name: str) -> QuerySet:
        return self.model._meta.get_field(name).related_model.objects
