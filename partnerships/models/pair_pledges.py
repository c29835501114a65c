"""What the parties of a twinning promised and delivered to each other: a mixin of `PledgeQuerySet`."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef

from alliance.core.audience import Audience
from members.models import Member


class PairQuerySet(models.QuerySet):
    def between(self, members: Iterable[Member]):
        """Giver and receiver are both among ``members``."""
        sides = list(members)
        return self.filter(giver__in=sides, receiver__in=sides)

    def shown_to(self, viewer: str):
        """Of `between()`, on a page that names both sides: to the public only what names both anyway. A promise that
        hides one of them would be found out by standing there."""
        if viewer != Audience.PUBLIC:
            return self
        lines = self.model._meta.get_field("lines").related_model.objects
        hiding = lines.filter(pledge=OuterRef("pk"), listing_line__listing__is_member_hidden=True)
        return (
            self.public()
            .filter(is_receiver_hidden=False)
            .exclude(listing__is_member_hidden=True)
            .exclude(Exists(hiding))
        )
