"""Who told something by a link from a mail. A table of its own, because a name can be erased and an event cannot."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models.pledges import Pledge


class LinkTeller(models.Model):
    """The person behind the events of one submission that came by link: ``key`` is theirs. Both sides and the desk
    read the name; the mailbox that the link went to is kept to answer for it, and shown to nobody else."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="tellers")
    key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("person who told by link")
        verbose_name_plural = _("people who told by link")
        constraints = [
            models.UniqueConstraint(fields=["pledge", "key"], name="teller_once_per_submission"),
            models.CheckConstraint(condition=models.Q(key__gt=""), name="teller_has_key"),
        ]

    def __str__(self) -> str:
        return self.name or self.key
