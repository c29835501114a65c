"""`User`: a person, known by e-mail address, with a language. What they act for is `members.Representative`."""

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import DEFAULT_LANGUAGE, NATIVE_NAMES
from alliance.core.models import JournalEntry
from alliance.users.groups import COORDINATORS


class UserQuerySet(models.QuerySet):
    def coordinators(self):
        """Active staff of the desk: those in the group, and superusers."""
        return self.filter(
            Q(groups__name=COORDINATORS) | Q(is_superuser=True), is_staff=True, is_active=True
        ).distinct()

    def never_confirmed(self):
        """Sign-ups whose address nobody has shown to be theirs: nobody has been here under that name."""
        return self.exclude(emailaddress__verified=True).filter(
            last_login__isnull=True, is_active=True, is_staff=False, is_superuser=False
        )

    def busy_at_the_desk(self, *, since, more_than: int):
        """Staff with more than so many decisions since then, those too whose login was closed meanwhile."""
        recent = JournalEntry.objects.decisions().filter(created_at__gt=since).order_by()
        counted = recent.values("actor").annotate(decisions=Count("pk"))
        return self.filter(is_staff=True, pk__in=counted.filter(decisions__gt=more_than).values("actor"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())

    def create_user(self, email, password=None, **fields):
        """A saved user; without a password they log in by mailed code or passkey."""
        user = self.model(email=email.strip().lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Anonymised in place, never deleted under the journal."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=3, choices=list(NATIVE_NAMES.items()), default=DEFAULT_LANGUAGE
    )
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True) | Q(is_active=False),
                name="user_anonymised_cannot_log_in",
            ),
        ]

    def __str__(self) -> str:
        if self.anonymised_at:
            return gettext("Person no. %(number)d, data erased") % {"number": self.pk}
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.email.split("@")[0]

    @property
    def confirmed_addresses(self) -> set[str]:
        """Those that the person has shown to be theirs: what is stored under them is about this person."""
        return set(self.emailaddress_set.filter(verified=True).values_list("email", flat=True))

    @property
    def is_coordinator(self) -> bool:
        """Whether the person works at the desk. One query per person and request, then remembered."""
        if not (self.is_active and self.is_staff):
            return False
        if not hasattr(self, "_is_coordinator"):
            self._is_coordinator = self.is_superuser or self.groups.filter(name=COORDINATORS).exists()
        return self._is_coordinator

    @property
    def reads_as_desk(self) -> bool:
        """Whether pages outside the desk show what the desk reads: to coordinators with a second factor, as there."""
        if not self.is_coordinator:
            return False
        if not hasattr(self, "_has_second_factor"):
            self._has_second_factor = not settings.SECOND_FACTOR_REQUIRED or self.authenticator_set.exists()
        return self._has_second_factor


class HeldRow(models.Model):
    """Something that waits at the desk, and the coordinator who took it. Rows whose own table says who has them
    (matches, tickets) have none here."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    coordinator = models.ForeignKey(User, models.PROTECT, verbose_name=_("coordinator"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("at the desk", "taken row")
        verbose_name_plural = pgettext_lazy("at the desk", "taken rows")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id"], name="one_coordinator_has_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.content_type_id}:{self.object_id}"
