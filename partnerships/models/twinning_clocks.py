"""The clocks of a twinning's life, and who can be reached for it. Questions over rows and the numbers of days;
`partnerships.actions.twinning_clocks` acts on them."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from members.models import Representative
from partnerships.models.pledges import PledgeEvent
from partnerships.models.validity import until_days_ago

# “Is this still right?”, so long after the last time, or after it began.
ASK_EVERY_DAYS = 365
# Without any sign of life for so long, it counts as dormant …
DORMANT_AFTER_DAYS = 365
# … and so many days before that its people are asked once more.
ASK_BEFORE_DORMANT_DAYS = 30
SILENT_DAYS = DORMANT_AFTER_DAYS - ASK_BEFORE_DORMANT_DAYS
# By the calendar the question of the silent comes on that day; by the clock it may come earlier on it.
_ASKED_IN_SILENCE = timedelta(days=SILENT_DAYS - 1)


class LifeQuerySet(models.QuerySet):
    """Mixin of `TwinningQuerySet`, which knows what is alive."""

    def kept_by_members(self):
        """With a member as a party that stands by it: of what the desk took from a source alone, nobody could say
        anything here, so its silence means nothing."""
        parties = self.model._meta.get_field("parties").related_model.objects
        members = parties.present().filter(agreed_at__isnull=False, twinning=OuterRef("pk"))
        return self.alive().filter(Exists(members))

    def due_for_question(self):
        """Nobody was asked for a year; not in the last weeks before it would be dormant, when it is asked anyway."""
        rows = self.kept_by_members().annotate(last_asked=Coalesce("asked_if_right_at", "created_at"))
        soon = until_days_ago(SILENT_DAYS - ASK_BEFORE_DORMANT_DAYS)
        return rows.filter(last_asked__lt=until_days_ago(ASK_EVERY_DAYS)).filter(
            Q(status="dormant") | Q(lively_at__gte=soon)
        )

    def due_for_last_question(self):
        """Silent for so long that it will be dormant soon, and not asked since it came so far."""
        not_asked = Q(asked_if_right_at=None) | Q(asked_if_right_at__lt=F("lively_at") + _ASKED_IN_SILENCE)
        rows = self.kept_by_members().exclude(status="dormant")
        return rows.filter(not_asked, lively_at__lt=until_days_ago(SILENT_DAYS))

    def with_news_in_ledger(self):
        """Something was said in the ledger of its parties, by one of them, since its last sign of life:
        `ledger_moved_at`."""
        parties = self.model._meta.get_field("parties").related_model.objects
        here = parties.present().filter(agreed_at__isnull=False, twinning=OuterRef(OuterRef("pk")))
        events = PledgeEvent.objects.exclude(side="desk").filter(
            line__pledge__giver__in=here.values("member"), line__pledge__receiver__in=here.values("member")
        )
        newest = events.order_by("-recorded_at").values("recorded_at")[:1]
        rows = self.kept_by_members().annotate(ledger_moved_at=Subquery(newest))
        return rows.filter(ledger_moved_at__gt=F("lively_at"))

    def due_to_sleep(self):
        """Silent for a year, and asked in good time whether it is still right: after missed days the question comes
        first."""
        return (
            self.kept_by_members()
            .exclude(status="dormant")
            .filter(
                lively_at__lt=until_days_ago(DORMANT_AFTER_DAYS),
                asked_if_right_at__lt=until_days_ago(ASK_BEFORE_DORMANT_DAYS),
                asked_if_right_at__gte=F("lively_at") + _ASKED_IN_SILENCE,
            )
        )


class ReachQuerySet(models.QuerySet):
    """Mixin of `TwinningPartyQuerySet`: which parties have somebody who answers."""

    def with_reach(self):
        """With `contact_acts` and `second_acts`: whether each contact still acts for the approved member and can log
        in; `somebody_acts`: whether anybody does."""
        acting = Representative.objects.active().filter(member=OuterRef("member"), user__is_active=True)
        return self.annotate(
            contact_acts=Exists(acting.filter(user=OuterRef("contact"))),
            second_acts=Exists(acting.filter(user=OuterRef("second_contact"))),
            somebody_acts=Exists(acting),
        )

    def of_members(self):
        """Members that stand by a twinning that has not ended."""
        return self.present().filter(agreed_at__isnull=False).exclude(twinning__status="ended")

    def without_contact(self):
        """Members as parties of which nobody named can be reached: left, erased, no account, not approved any more, or
        nobody was named."""
        return self.of_members().with_reach().filter(contact_acts=False, second_acts=False)
