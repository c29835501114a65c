"""`Member`: one row from the first claim to after leaving; its status tells where it stands. And the council's
decision that stands behind it."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from alliance.core.audience import Audience
from alliance.core.languages import WithOriginal, reader_language
from alliance.core.models import Dated, JournalEntry
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members import org_ids
from members.domains import domain_of, host_of
from members.kinds import authority_name
from members.models import member_search
from members.models.people import Representative
from members.models.place import Place


class MemberQuerySet(models.QuerySet):
    def approved(self):
        return self.filter(status=Member.Status.APPROVED)

    def listed(self):
        """What the public register shows."""
        return self.approved()

    def associations(self):
        """What a member may belong to."""
        return self.approved().filter(kind=Member.Kind.ASSOCIATION)

    def applicants(self):
        return self.filter(status__in=Member.APPLYING)

    def unfinished(self, *, before):
        """Confirmed drafts that nobody has touched since ``before``; `announced_at` says when their removal was
        announced after that, if it was."""
        announced = JournalEntry.objects.filter(
            verb="application.removal_announced",
            content_type=ContentType.objects.get_for_model(Member),
            object_id=OuterRef("pk"),
            created_at__gte=OuterRef("updated_at"),
        )
        moments = announced.order_by("-created_at").values("created_at")[:1]
        drafts = self.filter(status=Member.Status.DRAFT, email_confirmed_at__isnull=False)
        return drafts.filter(updated_at__lt=before).annotate(announced_at=Subquery(moments))

    def resting_on(self, user):
        """Members that nobody could commit without this person: their only signatory, or their contact while they
        have no other signatory."""
        others = Representative.objects.committing().filter(member=OuterRef("pk")).exclude(user=user)
        theirs = Representative.objects.committing().filter(member=OuterRef("pk"), user=user)
        concerned = Exists(theirs) | Q(contact_email__in=user.confirmed_addresses)
        return self.holding_their_place().filter(concerned, ~Exists(others))

    def awaiting_decision(self):
        """Pending applications, the longest wait first."""
        return self.filter(status=Member.Status.PENDING).order_by("status_changed_at", "id")

    def holding_their_place(self):
        return self.filter(status__in=Member.HOLDING)

    def with_conflict(self):
        """With `is_conflict`: an application whose place somebody else holds or applies for too, under any of the
        registers that list it."""
        # One “outer” leads out of the question for places, the other out of the question for members.
        root = Coalesce(OuterRef(OuterRef("place__same_as")), OuterRef(OuterRef("place")))
        rivals = Member.objects.claiming(root, kind=OuterRef("kind")).exclude(pk=OuterRef("pk"))
        applies = Q(status__in=Member.APPLYING, place__isnull=False)
        return self.annotate(is_conflict=applies & Exists(rivals))

    def in_conflict(self):
        """Applications whose place somebody else holds or applies for too."""
        return self.with_conflict().filter(is_conflict=True)

    def for_desk(self):
        """With everything a row of the desk's queue shows, in one query."""
        return self.with_conflict().select_related("place", "mandate")

    def after_in_queue(self, member):
        """Pending applications that come after ``member``, which need not be one of them any more."""
        moment, pk = member.status_changed_at, member.pk
        return self.awaiting_decision().filter(
            Q(status_changed_at__gt=moment) | Q(status_changed_at=moment, id__gt=pk)
        )

    def before_in_queue(self, member):
        """Pending applications that come before ``member``, the nearest last."""
        moment, pk = member.status_changed_at, member.pk
        return self.awaiting_decision().filter(
            Q(status_changed_at__lt=moment) | Q(status_changed_at=moment, id__lt=pk)
        )

    def known_domains(self) -> dict[str, str]:
        """The domains of addresses and web sites of those that are members, each with one that uses it."""
        rows = self.holding_their_place().values_list("contact_email", "website", "official_name")
        known = {}
        for email, website, name in rows.order_by("id"):
            for domain in (domain_of(email), host_of(website)):
                if domain:
                    known.setdefault(domain, name)
        return known

    def rivals_of(self, member):
        """Who holds or applies for the place of ``member``, under any of the registers that list it."""
        if not member.place_id:
            return self.none()
        root = member.place.same_as_id or member.place_id
        return self.claiming(root, kind=member.kind).exclude(pk=member.pk)

    def claiming(self, root, *, kind):
        """Who holds or applies for a place: ``root`` is the entry that its twins in other registers point at."""
        twins = Place.objects.filter(Q(pk=root) | Q(same_as=root)).values("pk")
        return self.filter(place__in=twins, kind=kind, status__in=[*Member.HOLDING, *Member.APPLYING])

    def found(self, criteria: member_search.Criteria):
        """Those that fit the filters and words of the register."""
        return member_search.narrow(self, criteria)

    def ranked(self, text: str):
        """With `rank`, after `found()` with this text: a name written so before a name that only sounds so."""
        return member_search.rank(self, text)

    def facet_counts(self, criteria: member_search.Criteria):
        return member_search.facet_counts(self, criteria)

    def area_counts(self):
        """How many stand in each country and region: (country, code of the region, members)."""
        return member_search.area_counts(self)

    def spots(self, language: str):
        """Where they are, for the dots of the map."""
        return member_search.spots(self, language)

    def with_facts(self):
        """With what a card of the register shows."""
        return self.select_related("place__region")

    def in_reading_order(self, language: str | None = None):
        """In the reader's alphabet; the id makes the order total, so that pages by key never skip."""
        return self.order_by(f"sort_{language or reader_language()}", "id")


class Member(Stated, WithOriginal, Dated):
    """An authority, association or institution."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", pgettext_lazy("kind of member", "municipality")
        REGION = "region", pgettext_lazy("kind of member", "region")
        ASSOCIATION = "association", pgettext_lazy("kind of member", "association of authorities")
        INSTITUTION = "institution", pgettext_lazy("kind of member", "institution")

    class Tier(models.TextChoices):
        CORE = "core", pgettext_lazy("class of partner", "core partner")
        ASSOCIATED = "associated", pgettext_lazy("class of partner", "associated partner")
        INSTITUTIONAL = "institutional", pgettext_lazy("class of partner", "institutional partner")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("member status", "draft")
        PENDING = "pending", pgettext_lazy("member status", "awaiting decision")
        RETURNED = "returned", pgettext_lazy("member status", "returned with a question")
        APPROVED = "approved", pgettext_lazy("member status", "approved")
        REFUSED = "refused", pgettext_lazy("member status", "refused")
        ON_HOLD = "on_hold", pgettext_lazy("member status", "on hold")
        LEFT = "left", pgettext_lazy("member status", "left")

    MOVES = {
        Status.DRAFT: {Status.PENDING},
        Status.PENDING: {Status.APPROVED, Status.RETURNED, Status.REFUSED},
        Status.RETURNED: {Status.PENDING, Status.REFUSED},
        Status.APPROVED: {Status.ON_HOLD, Status.LEFT},
        Status.ON_HOLD: {Status.APPROVED, Status.LEFT},
        Status.REFUSED: set(),
        Status.LEFT: set(),
    }
    # Named sets of states.
    APPLYING = [Status.PENDING, Status.RETURNED]
    HOLDING = [Status.APPROVED, Status.ON_HOLD]
    EDITABLE_BY_APPLICANT = [Status.DRAFT, Status.RETURNED]

    class Proof(models.TextChoices):
        """How the person showed that they act for the place."""

        NONE = "", _("not shown yet")
        MANDATE = "mandate", _("council decision or letter of mandate")
        SECOND_CHANNEL = "second_channel", _("confirmed through a second channel")
        OFFICIAL_DOMAIN = "official_domain", _("e-mail address at the official domain")

    AUDIENCES = {
        "slug": Audience.PUBLIC,
        "kind": Audience.PUBLIC,
        "tier": Audience.PUBLIC,
        "place": Audience.PUBLIC,
        "parent": Audience.PUBLIC,
        "official_name": Audience.PUBLIC,
        "name": Audience.PUBLIC,
        "description": Audience.PUBLIC,
        "country": Audience.PUBLIC,
        "population": Audience.PUBLIC,
        "languages_spoken": Audience.PUBLIC,
        "sectors": Audience.PUBLIC,
        "website": Audience.PUBLIC,
        "org_id": Audience.PUBLIC,
        "logo": Audience.PUBLIC,
        "approved_at": Audience.PUBLIC,
        "contact_name": Audience.PARTNER,
        "contact_role": Audience.PARTNER,
        "contact_email": Audience.PARTNER,
        "contact_phone": Audience.PARTNER,
    }

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    tier = models.CharField(_("class of partner"), max_length=13, choices=Tier, default=Tier.ASSOCIATED)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT, editable=False)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("place")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("association")
    )

    official_name = models.CharField(_("official name"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=3000, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    languages_spoken = ArrayField(
        models.CharField(max_length=3), verbose_name=_("languages"), default=list, blank=True
    )
    sectors = models.ManyToManyField(
        "members.Sector", related_name="members", blank=True, verbose_name=_("sectors of interest")
    )
    # For reports that others can join with theirs (IATI): `UA-EDR-04053482`.
    org_id = models.CharField(_("organisation identifier"), max_length=60, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)

    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_role = models.CharField(_("position"), max_length=150, blank=True)
    contact_email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    contact_phone = PhoneNumberField(_("telephone"), blank=True)
    contact_language = models.CharField(_("language of letters"), max_length=3, default="en")
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True)
    signatory_role = models.CharField(_("signatory’s position"), max_length=150, blank=True)

    # Raised to make every link mailed so far invalid.
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True, editable=False)
    principles_accepted_at = models.DateTimeField(
        _("principles accepted"), null=True, blank=True, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("member since"), null=True, blank=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    proof = models.CharField(_("right to act shown by"), max_length=16, choices=Proof, blank=True)
    # What the desk last asked or gave as its reason; the applicant reads it.
    desk_message = models.TextField(_("message of the desk"), max_length=2000, blank=True, editable=False)

    sort_en = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_pl = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_uk = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    spellings = models.TextField(editable=False, default="")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind"],
                condition=Q(status__in=["approved", "on_hold"], place__isnull=False),
                name="member_one_per_place_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "left", "refused"])
                | Q(
                    official_name__gt="",
                    contact_name__gt="",
                    contact_email__gt="",
                    country__regex=r"^[A-Z]{2}$",
                    email_confirmed_at__isnull=False,
                    principles_accepted_at__isnull=False,
                    submitted_at__isnull=False,
                ),
                name="member_complete_beyond_draft",
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(kind__in=["association", "institution"])
                | Q(place__isnull=False),
                name="member_authority_has_place",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "on_hold"]) | Q(approved_at__isnull=False),
                name="member_approved_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="left", left_at__isnull=False)
                | (~Q(status="left") & Q(left_at__isnull=True)),
                name="member_left_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "refused"]) | Q(desk_message__gt=""),
                name="member_told_the_reason",
            ),
            models.CheckConstraint(
                condition=Q(org_id="") | Q(org_id__regex=org_ids.SHAPE_SQL), name="member_org_id_shape"
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="member_not_its_own_parent"),
        ]
        indexes = [
            GinIndex(SearchVector("spellings", config="simple"), name="member_spellings"),
            models.Index(fields=["status", "status_changed_at"], name="member_queue"),
            models.Index(
                fields=["-approved_at", "-id"], condition=Q(status="approved"), name="member_newest"
            ),
            *[
                models.Index(
                    fields=[f"sort_{code}", "id"], condition=Q(status="approved"), name=f"member_by_{code}"
                )
                for code in ("en", "pl", "uk")
            ],
        ]

    def __str__(self) -> str:
        return self.shown_name or self.reference

    @property
    def shown_name(self) -> str:
        """The name for the active reader; the official one where there is none."""
        return getattr(self, f"name_{reader_language()}") or self.official_name

    @property
    def kind_name(self) -> str:
        """What it is called in its country."""
        return str(authority_name(self.kind, self.country) or self.get_kind_display())

    @property
    def is_authority(self) -> bool:
        """Whether it is a territorial authority, which joins for a place of a register."""
        return self.kind in (self.Kind.MUNICIPALITY, self.Kind.REGION)


class Mandate(Dated):
    """The council's decision to join: a file, or the day by which it is promised."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="mandate")
    file = models.FileField(_("council decision"), upload_to="mandates/", blank=True)
    original_filename = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    promised_by = models.DateField(_("promised by"), null=True, blank=True)

    class Meta:
        verbose_name = _("council decision")
        verbose_name_plural = _("council decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(file__gt="") | Q(promised_by__isnull=False), name="mandate_file_or_promise"
            ),
            models.CheckConstraint(
                condition=Q(file="") | Q(uploaded_at__isnull=False, size__isnull=False),
                name="mandate_file_has_facts",
            ),
        ]

    def __str__(self) -> str:
        return self.original_filename or str(self.promised_by)
