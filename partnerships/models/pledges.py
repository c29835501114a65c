"""The ledger: `Pledge` holds lines, lines hold events, and everything that is said of them is computed from events."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience, narrowest, needed_for
from alliance.core.journal import ActorKind
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.units import plain
from members.models import Member
from partnerships.coverage import Given, Item, item_of
from partnerships.ledger import totals
from partnerships.models.appeals import Appeal
from partnerships.models.lines import ListingLine
from partnerships.models.listings import Listing
from partnerships.models.matches import Match
from partnerships.models.pledge_queries import PledgeLineQuerySet, PledgeQuerySet
from partnerships.models.quantities import ItemLine, quantity_field

# Days after the agreed day on which the giver is reminded of what it has not sent, and the receiver is asked (after
# `receipt_from`) what arrived.
OVERDUE_DAYS = (0, 7, 30)


class Pledge(Dated):
    """What a giver promises a receiver. It has no status of its own: promised, committed and all that follows are
    events of its lines (`partnerships.ledger`)."""

    AUDIENCES = {
        "slug": Audience.PUBLIC,
        "giver": Audience.PUBLIC,
        "receiver": Audience.PUBLIC,
        "listing": Audience.PUBLIC,
        "appeal": Audience.PUBLIC,
        "title": Audience.PUBLIC,
        "due_on": Audience.PUBLIC,
        "day_changes": Audience.PARTNER,
        "lines": Audience.PUBLIC,
        "note": Audience.PARTNER,
        "transports": Audience.PARTNER,
        "evidence": Audience.PARTNER,
        "tellers": Audience.PARTNER,
    }

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    giver = models.ForeignKey(Member, models.PROTECT, related_name="pledges_given", verbose_name=_("giver"))
    receiver = models.ForeignKey(
        Member, models.PROTECT, related_name="pledges_received", verbose_name=_("receiver")
    )
    match = models.ForeignKey(Match, models.PROTECT, null=True, blank=True, related_name="pledges")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, blank=True, related_name="pledges")
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, blank=True, related_name="pledges")
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(max_length=3)
    due_on = models.DateField(_("to be delivered by"), null=True, blank=True)
    note = models.TextField(_("note for both sides"), max_length=2000, blank=True)
    # The public reads “a hromada in Kharkiv oblast” instead of the receiver's name.
    is_receiver_hidden = models.BooleanField(_("the receiver is not named in public"), default=False)
    # The last reminder: how many days after which agreed day. A day that was moved is reminded of anew.
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    reminded_for = models.DateField(null=True, blank=True, editable=False)
    # The same of the last question to the receiver what arrived (`with_receipt_day`).
    receipt_asked_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    receipt_asked_for = models.DateField(null=True, blank=True, editable=False)
    # Raised to make every confirmation link mailed so far invalid.
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    # One submission of the form of a promise makes one pledge, however often it arrives.
    key = models.CharField(max_length=60, blank=True, editable=False)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="pledge_not_to_oneself"),
            models.CheckConstraint(condition=Q(title__gt=""), name="pledge_titled"),
            models.UniqueConstraint(
                fields=["giver", "key"], condition=Q(key__gt=""), name="pledge_once_per_submission"
            ),
            models.CheckConstraint(
                condition=Q(reminded_days__isnull=True, reminded_for__isnull=True)
                | Q(reminded_days__isnull=False, reminded_for__isnull=False),
                name="pledge_reminder_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(receipt_asked_days__isnull=True, receipt_asked_for__isnull=True)
                | Q(receipt_asked_days__isnull=False, receipt_asked_for__isnull=False),
                name="pledge_receipt_question_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="pledge_newest"),
            models.Index(fields=["due_on"], name="pledge_due", condition=Q(due_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def crosses_into_ukraine(self) -> bool:
        """Only then customs, Ukraine's state system and its report have a say."""
        return self.receiver.country == "UA" and self.giver.country != "UA"

    @property
    def hiding(self) -> list[Listing]:
        """The need or offer that it came of and the needs that its lines cover, as far as they hide their member now.
        Lists fetch it with their rows (`PledgeLineQuerySet.with_parties`, `PledgeQuerySet.with_totals`)."""
        behind = [self.listing] if self.listing_id else []
        behind += [line.listing_line.listing for line in self.lines.all() if line.listing_line_id]
        return [listing for listing in behind if listing.is_member_hidden]

    @property
    def narrowed(self) -> dict[str, str]:
        """Fields that this row keeps for fewer people than `AUDIENCES` says (`core.audience.visible`). Which sides are
        not named is asked of rows by `PledgeQuerySet.publicly_of` and its like."""
        found, hiding = {}, self.hiding
        if self.is_receiver_hidden or hiding:
            # The words of a need or an offer would lead to it, and so to its member.
            found = dict.fromkeys(("title", "listing"), Audience.MEMBERS.value)
        if self.is_receiver_hidden:
            found["receiver"] = Audience.MEMBERS.value
        for side, member in (("giver", self.giver_id), ("receiver", self.receiver_id)):
            if any(listing.member_id == member for listing in hiding):
                found[side] = Audience.MEMBERS.value
        if self.listing_id and "lines" in self.listing.narrowed:
            found["lines"] = self.listing.narrowed["lines"]
        return found


class PledgeLine(ItemLine):
    """One item of a pledge. Its quantities are those of its events."""

    AUDIENCES = {
        "item": Audience.PUBLIC,
        "quantities": Audience.PUBLIC,
        "unit_value": Audience.PUBLIC,
        "value_currency": Audience.PUBLIC,
    }

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="lines")
    # The line of a need that this covers; a promise without one covers nothing.
    listing_line = models.ForeignKey(
        ListingLine, models.PROTECT, null=True, blank=True, related_name="pledge_lines"
    )
    # What one unit is worth, for the reports that speak in money; never counted as goods.
    unit_value = models.DecimalField(
        _("value of one unit"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    value_currency = models.CharField(_("currency of the value"), max_length=3, blank=True)

    objects = PledgeLineQuerySet.as_manager()

    class Meta(ItemLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            *ItemLine.Meta.constraints,
            models.CheckConstraint(
                condition=Q(unit_value__isnull=True, value_currency="")
                | Q(unit_value__gte=0, value_currency__regex=r"^[A-Z]{3}$"),
                name="pledgeline_value_has_currency",
            ),
        ]

    def as_item(self) -> Item:
        """What fitting asks of it."""
        return item_of(self, self.template, self.pledge.language)

    @property
    def narrowed(self) -> dict[str, str]:
        """For as few people as the pledge, and the need that the line covers, keep their lines
        (`core.audience.visible`; `PledgeLineQuerySet.for_audience()` asks the same of rows)."""
        need = self.listing_line.listing if self.listing_line_id else None
        audience = narrowest(
            needed_for(self.pledge, "lines"), needed_for(need, "lines") if need else Audience.PUBLIC
        )
        return dict.fromkeys(self.AUDIENCES, audience)

    @property
    def given(self) -> Given:
        """What it adds up to for the line that it covers; reads its events."""
        line = totals(self.events.all())
        return Given(self.unit, net=line.net, accepted=line.accepted, promised=line.to_commit)


class TransportQuerySet(models.QuerySet):
    def without_report(self):
        """Cleared by customs, and no report filed yet."""
        return self.filter(cleared_on__isnull=False, reported_on__isnull=True)

    def cleared_until(self, day: date):
        """The oldest first, with what a warning names."""
        rows = self.filter(cleared_on__lte=day).select_related("pledge__giver", "pledge__receiver")
        return rows.order_by("cleared_on", "id")

    def awaiting_report_of(self, member: Member):
        """What ``member`` received through customs and has not reported on; the nearest last day first."""
        rows = self.without_report().filter(pledge__receiver=member).select_related("pledge")
        return rows.order_by("cleared_on", "id")


class Transport(Dated):
    """One dispatch with its packing list: the dispatched events that name it. Route and dates are never public."""

    AUDIENCES = {
        "slug": Audience.PARTNER,
        "carrier": Audience.PARTNER,
        "vehicles": Audience.PARTNER,
        "departs_on": Audience.PARTNER,
        "arrives_on": Audience.PARTNER,
        "route": Audience.PARTNER,
        "packages": Audience.PARTNER,
        "weight_kg": Audience.PARTNER,
        "receiver_edrpou": Audience.PARTNER,
        "state_code": Audience.PARTNER,
        "cleared_on": Audience.PARTNER,
        "reported_on": Audience.PARTNER,
    }

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="transports")
    number = models.PositiveSmallIntegerField(_("transport no."))
    carrier = models.CharField(_("carrier"), max_length=160, blank=True)
    # Who reads the plates of a lorry can follow it.
    vehicles = models.CharField(_("number plates"), max_length=120, blank=True)
    departs_on = models.DateField(_("leaves on"), null=True, blank=True)
    arrives_on = models.DateField(_("expected on"), null=True, blank=True)
    route = models.CharField(_("route"), max_length=300, blank=True)
    packages = models.PositiveIntegerField(_("packages"), null=True, blank=True)
    weight_kg = quantity_field(_("gross weight in kg"), null=True, blank=True)
    # EDRPOU: 8 digits, the number of a legal person in Ukraine's state register.
    receiver_edrpou = models.CharField(_("EDRPOU of the receiver"), max_length=8, blank=True)
    # Ukraine's Automated System of Registration of Humanitarian Aid gives each consignment a unique code.
    state_code = models.CharField(_("code of the state system"), max_length=40, blank=True)
    cleared_on = models.DateField(_("cleared by customs on"), null=True, blank=True)
    reported_on = models.DateField(_("report filed on"), null=True, blank=True)
    # The last warning that was sent before the report is due (`partnerships.import_report`).
    warned_days = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = TransportQuerySet.as_manager()

    class Meta:
        verbose_name = _("transport")
        verbose_name_plural = _("transports")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "number"], name="transport_numbered_once"),
            models.CheckConstraint(
                condition=Q(receiver_edrpou="") | Q(receiver_edrpou__regex=r"^\d{8}$"),
                name="transport_edrpou_of_eight_digits",
            ),
            models.CheckConstraint(
                condition=Q(departs_on__isnull=True)
                | Q(arrives_on__isnull=True)
                | Q(departs_on__lte=F("arrives_on")),
                name="transport_leaves_before_arrival",
            ),
            models.CheckConstraint(
                condition=Q(reported_on__isnull=True)
                | Q(cleared_on__isnull=False, cleared_on__lte=F("reported_on")),
                name="transport_reported_after_clearance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge} / {self.number}"


class PledgeEvent(models.Model):
    """One thing that happened to a quantity of a line. Append-only: a trigger refuses update and delete.

    A correction is a counter-event: the same kind, ``corrects`` set, and its quantity is taken off the earlier one.
    """

    class Kind(models.TextChoices):
        PROMISED = "promised", pgettext_lazy("event of a pledge", "promised")
        COMMITTED = "committed", pgettext_lazy("event of a pledge", "committed")
        CANCELLED = "cancelled", pgettext_lazy("event of a pledge", "cancelled")
        OVER_DELIVERED = "over_delivered", pgettext_lazy("event of a pledge", "more than committed")
        DISPATCHED = "dispatched", pgettext_lazy("event of a pledge", "dispatched")
        RECEIVED = "received", pgettext_lazy("event of a pledge", "received")
        ACCEPTED = "accepted", pgettext_lazy("event of a pledge", "accepted")
        LOST = "lost", pgettext_lazy("event of a pledge", "lost or damaged")
        RETURNED = "returned", pgettext_lazy("event of a pledge", "returned")

    class Side(models.TextChoices):
        GIVER = "giver", pgettext_lazy("side of a pledge", "giver")
        RECEIVER = "receiver", pgettext_lazy("side of a pledge", "receiver")
        DESK = "desk", pgettext_lazy("side of a pledge", "secretariat")

    line = models.ForeignKey(PledgeLine, models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=14, choices=Kind)
    quantity = quantity_field(_("how many"))
    side = models.CharField(_("said by"), max_length=8, choices=Side)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_kind = models.CharField(max_length=6, choices=ActorKind)
    # When it happened, as its author says; `recorded_at` is when we were told.
    happened_on = models.DateField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    transport = models.ForeignKey(Transport, models.PROTECT, null=True, blank=True, related_name="events")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    # One submission of a form writes its events once, however often it arrives.
    key = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="event_quantity_positive"),
            models.CheckConstraint(
                condition=Q(actor_kind="user", actor__isnull=False)
                | (~Q(actor_kind="user") & Q(actor__isnull=True)),
                name="event_actor_matches_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["cancelled", "lost", "returned"]) | Q(reason__gt=""),
                name="event_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(reason__gt=""), name="event_correction_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(transport__isnull=True) | Q(kind="dispatched"),
                name="event_transport_is_dispatched",
            ),
            models.UniqueConstraint(
                fields=["line", "kind", "key"], condition=Q(key__gt=""), name="event_once_per_submission"
            ),
        ]
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="event_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {plain(self.quantity)}"


class Evidence(models.Model):
    """A file behind an event: a signed handover protocol, a photo without metadata. Both sides and the desk see it."""

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="evidence")
    events = models.ManyToManyField(PledgeEvent, related_name="evidence", blank=True)
    file = models.FileField(_("file"), upload_to="evidence/")
    original_filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    side = models.CharField(max_length=8, choices=PledgeEvent.Side)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.original_filename
