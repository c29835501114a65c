"""Questions over pledges and their lines, as the office speaks: waiting, disputed, late. Sums are made by the database
as `partnerships.ledger` makes them (a test compares them on random histories)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from alliance.core.audience import Audience
from members.models import Member
from partnerships.ledger import DESK, GIVER, RECEIVER, Kind
from partnerships.models.appeals import Appeal

NOTHING = Value(Decimal(0), output_field=models.DecimalField(max_digits=20, decimal_places=3))
SIGNED = Case(When(events__corrects__isnull=True, then=F("events__quantity")), default=-F("events__quantity"))
SENDABLE = F("sum_committed") - F("sum_cancelled") + F("sum_over_delivered")
FIRM = F("sum_committed") - F("sum_cancelled")


class PledgeLineQuerySet(models.QuerySet):
    def for_audience(self, viewer: str):
        """What a viewer of this audience may follow."""
        public = self.model._meta.get_field("pledge").related_model.objects.public()
        return self.filter(pledge__in=public) if viewer == Audience.PUBLIC else self

    def of_appeals(self, appeals: Iterable[Appeal]):
        """What may count for the targets of ``appeals`` (`partnerships.targets`): `counted_appeal` says for which. With
        all that the sums and their rows need, in a fixed number of queries."""
        named = Q(pledge__appeal__in=appeals)
        through_need = Q(pledge__appeal__isnull=True, listing_line__listing__appeal__in=appeals)
        return (
            self.filter(named | through_need)
            .annotate(counted_appeal=Coalesce("pledge__appeal_id", "listing_line__listing__appeal_id"))
            .select_related(
                "template",
                "pledge__listing",
                "pledge__giver__place__region",
                "pledge__receiver__place__region",
            )
            .prefetch_related("events")
            .order_by("-id")
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

    def waiting_for(self, side: str):
        """What the giver, the receiver or the desk has to do next: `ledger.waits()`."""
        if side == DESK:
            return self.disputed()
        lines = self.with_sums()
        if side == GIVER:
            return lines.filter(Q(sum_promised__gt=F("sum_committed")) | Q(sum_dispatched__lt=SENDABLE))
        return lines.filter(
            Q(sum_dispatched__gt=F("sum_received") + F("sum_lost"))
            | Q(sum_received__gt=F("sum_accepted") + F("sum_returned"))
        )

    def late(self, today: date | None = None):
        """Their day has passed and something firm is still awaited: `ledger.is_late()`."""
        today = today or timezone.localdate()
        return (
            self.filter(pledge__due_on__lt=today)
            .with_sums()
            .filter(
                Q(sum_accepted__lt=FIRM) & Q(sum_accepted__lt=SENDABLE - F("sum_lost") - F("sum_returned"))
            )
        )


class PledgeQuerySet(models.QuerySet):
    def of(self, member: Member):
        """Where a member gives or receives."""
        return self.filter(Q(giver=member) | Q(receiver=member))

    def public(self):
        """What anyone may follow: not what came of a need or offer that only members read."""
        return self.exclude(listing__audience=Audience.MEMBERS)

    def publicly_of(self, member: Member):
        """Where everyone may know that a member gives or receives."""
        return self.filter(Q(giver=member) | Q(receiver=member, is_receiver_hidden=False))

    def with_sectors(self):
        """With the sectors of the need or offer behind it, for reports."""
        return self.select_related("listing").prefetch_related("listing__sectors")

    def with_ledger(self):
        """With all that a page of one pledge shows, in a fixed number of queries."""
        return self.select_related("giver__place__region", "receiver__place__region").prefetch_related(
            "lines__template", "lines__events", "lines__listing_line__listing", "transports"
        )

    def with_history(self):
        """`with_ledger()`, and who said what with which files."""
        return (
            self.with_ledger()
            .select_related("listing", "match")
            .prefetch_related("lines__events__actor", "lines__events__evidence", "evidence", "tellers")
        )

    def for_audience(self, viewer: str):
        """What a reader of this audience may open: everyone what is public, members all."""
        return self.public() if viewer == Audience.PUBLIC else self

    def with_state(self):
        """With what a row of a list shows: both sides, and the events that its state is made of."""
        return self.select_related(
            "giver__place__region", "receiver__place__region", "listing"
        ).prefetch_related("lines__events")

    def waiting_for(self, member: Member):
        """Where ``member`` has to do something next, as giver or as receiver."""
        lines = self._lines()
        given = lines.filter(pledge__giver=member).waiting_for(GIVER).values("pledge")
        received = lines.filter(pledge__receiver=member).waiting_for(RECEIVER).values("pledge")
        return self.filter(Q(pk__in=given) | Q(pk__in=received))

    def disputed(self):
        """What waits for the desk: giver and receiver report different numbers."""
        lines = self._lines().filter(events__kind__in=[Kind.RECEIVED, Kind.LOST]).values("pk")
        return self.filter(pk__in=self._lines().filter(pk__in=lines).disputed().values("pledge"))

    def late(self, today: date | None = None):
        return self.filter(pk__in=self._lines().late(today).values("pledge"))

    def newest_first(self):
        return self.order_by("-created_at", "-id")

    def _lines(self) -> QuerySet:
        return self.model._meta.get_field("lines").related_model.objects
