"""`Listing`: a need or an offer, one table with `kind`. Its quantities stand in `lines`."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience
from alliance.core.languages import WithOriginal, any_language_filled, machine_prefetch, shown
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member, Place, Sector
from partnerships import dream
from partnerships.coverage import Coverage, together
from partnerships.models.appeals import Appeal
from partnerships.models.validity import MARK_AFTER_DAYS, WARN_DAYS, ValidityQuerySet, until_days_ago


class ListingQuerySet(ValidityQuerySet):
    def needs(self):
        return self.filter(kind=Listing.Kind.NEED)

    def offers(self):
        return self.filter(kind=Listing.Kind.OFFER)

    def open(self):
        """Published, not past its last day, and its member approved."""
        return self.filter(
            status=Listing.Status.PUBLISHED,
            expires_on__gte=timezone.localdate(),
            member__status=Member.Status.APPROVED,
        )

    def for_audience(self, viewer: str):
        """What a viewer of this audience may read: members see what is for members, everyone what is public."""
        if viewer == Audience.PUBLIC:
            return self.filter(audience=Audience.PUBLIC)
        return self

    def visible_to(self, member: Member | None, *, viewer: str = Audience.PUBLIC):
        """What the representatives of ``member`` may open: what is open to them, and all of their own. ``viewer``
        is what they are without any row: the desk opens whatever is no draft."""
        if viewer == Audience.COORDINATORS:
            rows = self.exclude(status=Listing.Status.DRAFT)
        else:
            rows = self.open().for_audience(Audience.MEMBERS if member else viewer)
        return rows | self.filter(member=member) if member else rows

    def with_words(self):
        """With all that the search reads, in a fixed number of queries."""
        return self.select_related("member__place__region", "appeal").prefetch_related(
            "lines__template",
            *machine_prefetch(),
            Prefetch("sectors", Sector.objects.select_related("parent").in_order()),
        )

    def with_facts(self):
        """With everything a card or a page shows, what is covered included, in a fixed number of queries."""
        return self.with_words().prefetch_related("lines__pledge_lines__events")

    def marks(self) -> dict[int, str]:
        """Listing id → what tells its card from an older one: when it, its member and a machine's translation were
        written, and the newest event that changes what of it is covered; one query."""
        newest = [models.Max(f"{name}__done_at") for name in machine_prefetch()]
        rows = self.order_by().values_list("pk", "updated_at", "member__updated_at")
        found = rows.annotate(models.Max("lines__pledge_lines__events__id"), *newest)
        return {pk: " ".join(map(str, marks)) for pk, *marks in found}

    def counts_by_appeal(self, appeals: Iterable[Appeal]) -> dict[int, dict[str, int]]:
        """Appeal → how many needs and how many offers, by kind; one query."""
        rows = self.filter(appeal__in=appeals).order_by().values_list("appeal_id", "kind")
        counts: dict[int, dict[str, int]] = {}
        for appeal, kind, count in rows.annotate(models.Count("id")):
            counts.setdefault(appeal, {})[kind] = count
        return counts

    def awaiting_desk(self):
        """What the desk reads before it is published; the longest wait first."""
        return self.filter(status=Listing.Status.REVIEW).order_by("status_changed_at", "id")

    def changed_unread(self):
        """Published, and changed by its member since the desk read it."""
        return self.filter(status=Listing.Status.PUBLISHED, unread_since__isnull=False).order_by(
            "unread_since", "id"
        )

    def newest_first(self):
        return self.order_by("-published_at", "-id")


class Listing(Stated, WithOriginal, Dated):
    """What a Ukrainian member asks for, or what a member can give."""

    class Kind(models.TextChoices):
        NEED = "need", pgettext_lazy("kind of listing", "need")
        OFFER = "offer", pgettext_lazy("kind of listing", "offer")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("listing status", "draft")
        REVIEW = "review", pgettext_lazy("listing status", "in review")
        PUBLISHED = "published", pgettext_lazy("listing status", "published")
        EXPIRED = "expired", pgettext_lazy("listing status", "expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("listing status", "withdrawn")

    class Urgency(models.TextChoices):
        NORMAL = "normal", pgettext_lazy("urgency", "normal")
        HIGH = "high", pgettext_lazy("urgency", "urgent")
        CRITICAL = "critical", pgettext_lazy("urgency", "critical: lives or basic services depend on it")

    class TransportBy(models.TextChoices):
        GIVER = "giver", pgettext_lazy("who pays transport", "the giver")
        RECEIVER = "receiver", pgettext_lazy("who pays transport", "the receiver")
        SHARED = "shared", pgettext_lazy("who pays transport", "both sides")
        OPEN = "open", pgettext_lazy("who pays transport", "to be agreed")

    MOVES = {
        Status.DRAFT: {Status.REVIEW, Status.PUBLISHED, Status.WITHDRAWN},
        Status.REVIEW: {Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN},
        Status.PUBLISHED: {Status.EXPIRED, Status.WITHDRAWN},
        Status.EXPIRED: {Status.REVIEW, Status.PUBLISHED, Status.WITHDRAWN},
        Status.WITHDRAWN: {Status.REVIEW, Status.PUBLISHED},
    }
    # Named sets of states.
    UNPUBLISHED = [Status.DRAFT, Status.REVIEW]
    EDITABLE = [Status.DRAFT, Status.REVIEW, Status.PUBLISHED, Status.EXPIRED, Status.WITHDRAWN]
    ENDED = [Status.EXPIRED, Status.WITHDRAWN]
    # A text about power plants, shelters, rescue services or mined land can show where to strike: its author
    # confirms that no site is named before everyone may read it.
    GUARDED_SECTORS = frozenset({"ENE", "CIV", "DEM", "EDU-02", "HOU-03"})

    HANDOVER_LEVELS = [Place.Level.MUNICIPALITY, Place.Level.REGION]

    AUDIENCE_CHOICES = [(a.value, a.label) for a in (Audience.PUBLIC, Audience.MEMBERS)]
    AUDIENCES = {
        "slug": Audience.PUBLIC,
        "kind": Audience.PUBLIC,
        "member": Audience.PUBLIC,
        "title": Audience.PUBLIC,
        "text": Audience.PUBLIC,
        "sectors": Audience.PUBLIC,
        "lines": Audience.PUBLIC,
        "files": Audience.PUBLIC,
        "urgency": Audience.PUBLIC,
        "transport_by": Audience.PUBLIC,
        "handover": Audience.PUBLIC,
        "appeal": Audience.PUBLIC,
        "dream_id": Audience.PUBLIC,
        "expires_on": Audience.PUBLIC,
        "published_at": Audience.PUBLIC,
        "confirmed_at": Audience.PUBLIC,
        "needed_by": Audience.PUBLIC,
        "partner_note": Audience.PARTNER,
        "desk_note": Audience.COORDINATORS,
    }
    # What an author may keep for a narrower audience than the whole listing (`field_audiences`). `needed_by` stands
    # for all dates of its lines.
    RESTRICTABLE = ["text", "files", "lines", "handover", "needed_by"]
    # What would name a member that is not named in public.
    TELLING = ["member", "handover", "files", "dream_id"]

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    member = models.ForeignKey(Member, models.PROTECT, related_name="listings", verbose_name=_("member"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=160, blank=True)
    text = models.TextField(_("description"), max_length=5000, blank=True)
    sectors = models.ManyToManyField(Sector, related_name="listings", verbose_name=_("sectors"))
    audience = models.CharField(
        _("who may read it"), max_length=12, choices=AUDIENCE_CHOICES, default=Audience.PUBLIC
    )
    # {"files": "partner"}: fields that this author keeps narrower than `AUDIENCES` says.
    field_audiences = models.JSONField(default=dict, blank=True)
    # The public reads “a hromada in Kharkiv oblast”; members and the desk read the name.
    is_member_hidden = models.BooleanField(_("our name is not shown in public"), default=False)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    transport_by = models.CharField(_("transport is paid by"), max_length=8, choices=TransportBy, blank=True)
    handover = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level__in": ["municipality", "region"]},
        verbose_name=_("hand-over in"),
    )
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, null=True, blank=True, related_name="listings", verbose_name=_("appeal")
    )
    # The project of DREAM that the need is part of; its page there names the place.
    dream_id = models.CharField(
        _("project in DREAM"), max_length=dream.LONGEST, blank=True, default="", db_default=""
    )
    partner_note = models.TextField(_("for the partner only"), max_length=3000, blank=True)
    desk_note = models.TextField(_("for the desk only"), max_length=3000, blank=True)
    # What the desk asked when it sent a listing back, or why it did not let it stand; for its own people.
    desk_message = models.TextField(_("message of the desk"), max_length=2000, blank=True, editable=False)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    # The last time somebody of the member said “still valid”; publishing is the first time.
    confirmed_at = models.DateTimeField(_("confirmed as valid"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    # Since when there are words in it that the desk is to read (`ReviewRule`) and has not.
    unread_since = models.DateTimeField(_("to be read since"), null=True, blank=True, editable=False)
    # Which last day its member was warned of, and how many days ahead.
    warned_for = models.DateField(_("warned of"), null=True, blank=True, editable=False)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # “Does it still hold?”: the last time it was asked, and asked again, since somebody last said so.
    asked_at = models.DateTimeField(_("asked whether it holds"), null=True, blank=True, editable=False)
    asked_again_at = models.DateTimeField(_("asked again"), null=True, blank=True, editable=False)
    names_no_site_confirmed_at = models.DateTimeField(
        _("confirmed that no site is named"), null=True, blank=True, editable=False
    )

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("need or offer")
        verbose_name_plural = _("needs and offers")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | any_language_filled("title"), name="listing_has_title"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | any_language_filled("text"), name="listing_has_text"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "expired"])
                | Q(expires_on__isnull=False, published_at__isnull=False),
                name="listing_published_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["public", "members"]), name="listing_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(dream_id="") | Q(kind="need", dream_id__regex=rf"^{dream.ID.pattern}$"),
                name="listing_dream_project_of_a_need",
            ),
            models.CheckConstraint(
                condition=Q(warned_for__isnull=True, warned_days__isnull=True)
                | Q(warned_for__isnull=False, warned_days__isnull=False),
                name="listing_warned_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(asked_again_at__isnull=True) | Q(asked_at__isnull=False),
                name="listing_asked_before_again",
            ),
            models.CheckConstraint(
                condition=~Q(status="review") | Q(unread_since__isnull=False),
                name="listing_in_review_is_unread",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], condition=Q(status="published"), name="listing_newest"
            ),
            models.Index(
                fields=["kind", "-published_at", "-id"],
                condition=Q(status="published"),
                name="listing_newest_kind",
            ),
            models.Index(fields=["dream_id"], condition=~Q(dream_id=""), name="listing_of_dream_project"),
            models.Index(fields=["expires_on"], condition=Q(status="published"), name="listing_expiry"),
            models.Index(
                fields=["status_changed_at", "id"], condition=Q(status="review"), name="listing_in_review"
            ),
            models.Index(
                fields=["unread_since", "id"],
                condition=Q(status="published", unread_since__isnull=False),
                name="listing_changed_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.slug}"

    @property
    def narrowed(self) -> dict[str, str]:
        """Fields that this row keeps for fewer people than `AUDIENCES` says (`core.audience.visible`)."""
        chosen = {
            name: self.field_audiences[name] for name in self.RESTRICTABLE if name in self.field_audiences
        }
        return (dict.fromkeys(self.TELLING, Audience.MEMBERS) if self.is_member_hidden else {}) | chosen

    @property
    def is_need(self) -> bool:
        return self.kind == self.Kind.NEED

    @property
    def is_open(self) -> bool:
        """The same question as `ListingQuerySet.open()`, about one row."""
        return (
            self.status == self.Status.PUBLISHED
            and self.expires_on >= timezone.localdate()
            and self.member.status == Member.Status.APPROVED
        )

    @property
    def last_confirmed_at(self) -> datetime | None:
        """When somebody of the member last said that it holds: publishing is the first time."""
        return self.confirmed_at or self.published_at

    @property
    def is_unconfirmed(self) -> bool:
        """Published, asked about twice, and nobody answered: readers are told since when."""
        return (
            self.status == self.Status.PUBLISHED
            and self.asked_again_at is not None
            and self.asked_again_at < until_days_ago(MARK_AFTER_DAYS)
        )

    @property
    def is_ending(self) -> bool:
        """Published, and so near its last day that its member may say “still valid” for longer."""
        return self.status == self.Status.PUBLISHED and (
            self.expires_on <= timezone.localdate() + timedelta(days=max(WARN_DAYS))
        )

    @staticmethod
    def must_name_no_site(kind: str, audience: str, sectors: Iterable[str]) -> bool:
        """Whether the author has to confirm it: a need in a guarded sector that everyone may read.

        The sectors stand in a table of their own, so no check of the row can say it: the actions ask here.
        """
        is_read_by_all = kind == Listing.Kind.NEED and audience == Audience.PUBLIC
        return is_read_by_all and any(code.startswith(tuple(Listing.GUARDED_SECTORS)) for code in sectors)

    @property
    def coverage(self) -> Coverage | None:
        """How a need stands as a whole; None for an offer. Reads what `with_facts()` fetches.

        Lines of one item of the catalogue add up; others are told in per cent, each line weighing the same.
        """
        if not self.is_need:
            return None
        lines = list(self.lines.all())
        items = {line.template_id for line in lines}
        return together([line.coverage for line in lines], adds_up=len(items) == 1 and None not in items)

    @property
    def missing(self) -> list[str]:
        """Names of the fields that a draft still needs before it can be published."""
        facts = {
            "title": shown(self, "title"),
            "text": shown(self, "text"),
            "sectors": bool(self.sectors.all()),
            "item": bool(self.lines.all()),
            "expires_on": self.expires_on and self.expires_on >= timezone.localdate(),
            "names_no_site_confirmed_at": self.names_no_site_confirmed_at
            or not Listing.must_name_no_site(
                self.kind, self.audience, [sector.code for sector in self.sectors.all()]
            ),
        }
        return [name for name, is_there in facts.items() if not is_there]
