"""What is asked of twinnings and their parties as rows: who stands by them, which are public, which are alive."""

from django.db import models
from django.db.models import Case, Q, Value, When

from partnerships.models import twinning_search
from partnerships.models.twinning_clocks import LifeQuerySet, ReachQuerySet


class TwinningQuerySet(LifeQuerySet):
    @property
    def parties(self):
        """All parties of all twinnings."""
        return self.model._meta.get_field("parties").related_model.objects.all()

    def public(self):
        """What anyone may read: partnerships that at least two sides stand by, or that the desk took from a source."""
        return self.filter(public_since__isnull=False)

    def alive(self):
        """Not ended; a dormant one can wake up."""
        return self.exclude(status=self.model.Status.ENDED)

    def of(self, member):
        """Twinnings in which ``member`` is a party now, or is asked to be."""
        return self.filter(pk__in=self.parties.present().of(member).values("twinning"))

    def standing_of(self, member):
        """That ``member`` stands by, or that the desk entered for its place under any of the registers that list it."""
        return self.filter(pk__in=self.parties.agreed().of(member).values("twinning"))

    def awaiting(self, member, *, may_commit=True):
        """Those in which ``member`` is asked something: whether it is a party, or to agree to what another proposes.
        Without ``may_commit`` only what an editor may answer."""
        stages = self.model.Status
        asked = self.parties.present().of(member).filter(agreed_at=None)
        proposals = self._rows_of("proposals").awaiting_answer_of(member)
        if not may_commit:
            light = [stages.FIRST_CONTACT, stages.SOLIDARITY]
            asked = asked.filter(Q(twinning__status__in=light) | Q(twinning__stage_before_dormant__in=light))
            proposals = proposals.filter(stage=stages.SOLIDARITY)
        waits = Q(pk__in=asked.values("twinning")) | Q(pk__in=proposals.values("twinning"))
        return self.alive().filter(waits)

    def with_waiting(self, member):
        """With `waits`: 1 where ``member`` is asked something, else 0."""
        waiting = self.model.objects.awaiting(member).values("pk")
        return self.annotate(waits=Case(When(pk__in=waiting, then=Value(1)), default=Value(0)))

    def awaiting_desk(self):
        """Declared with a side that is no member and cannot confirm it here: public only when the desk says so."""
        outside = self.parties.agreed().filter(member=None).values("twinning")
        declared = self.alive().filter(origin=self.model.Origin.DECLARED, public_since=None)
        undecided = self.parties.present().filter(member__isnull=False, agreed_at=None).values("twinning")
        return declared.filter(pk__in=outside).exclude(pk__in=undecided)

    def newest_first(self):
        return self.order_by("-created_at", "-id")

    def found(self, criteria: twinning_search.Criteria):
        """Those that fit the filters and words of the list."""
        return twinning_search.narrow(self, criteria)

    def facet_counts(self, criteria: twinning_search.Criteria):
        return twinning_search.facet_counts(self, criteria)

    def with_sort_name(self, language: str):
        """With `sort_name`, by which a reader of ``language`` finds them."""
        return twinning_search.in_order(self, language)

    def with_parties(self):
        """With what names its parties, whatever they are, in a fixed number of queries."""
        rows = self.parties.select_related("member__place__region", "place__region")
        return self.prefetch_related(models.Prefetch("parties", rows))

    def for_page(self):
        """With everything that the page of one shows; `steps_taken` are those that nobody withdrew."""
        steps = (
            self._rows_of("steps")
            .filter(withdrawn_at=None)
            .select_related("party__member__place__region", "party__place__region")
        )
        return self.for_parties().prefetch_related(models.Prefetch("steps", steps, to_attr="steps_taken"))

    def for_parties(self):
        """With what decides what each party may do now: their consents, and what is proposed."""
        proposals = self._rows_of("proposals").select_related(
            "party__member", "party__place", "closed_by__member"
        )
        return self.with_parties().prefetch_related(
            "parties__consents", models.Prefetch("proposals", proposals)
        )

    def _rows_of(self, relation: str):
        """All rows of a table that points at twinnings and is declared above this one."""
        return self.model._meta.get_field(relation).related_model.objects


class TwinningPartyQuerySet(ReachQuerySet):
    def present(self):
        """Who is in it, or asked to be, and has not left."""
        return self.filter(left_at=None)

    def of(self, member):
        """The rows that are ``member``, or that name its place, under any of the registers that list it, and that no
        member has taken up yet."""
        mine = Q(member=member)
        if member.place_id:
            root = member.place.same_as_id or member.place_id
            mine |= Q(member=None) & (Q(place=root) | Q(place__same_as=root))
        return self.filter(mine)

    def in_living(self):
        """Who is in, or is asked to be in, a partnership that has not ended."""
        return self.present().exclude(twinning__status="ended")

    def agreed(self):
        """Who said for itself that it is a party, and has not left; or whom the desk took from a source."""
        return self.present().filter(Q(agreed_at__isnull=False) | Q(member=None))
