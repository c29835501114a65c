"""The mail with the figures of the desk's week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance.core.links import absolute
from alliance.core.mail import send
from alliance.core.models import OutgoingMail
from alliance.users.models import User


def told(key: str) -> QuerySet:
    """The addresses that have the mail of a week already."""
    return OutgoingMail.objects.filter(key=key).values("to")


def desk_week(
    person: User, *, figures: Sequence[Any], queues: Sequence[Any], start: datetime, key: str
) -> OutgoingMail | None:
    """To one coordinator; it can be stopped like every notice to the desk."""
    first = timezone.localdate(start)
    return send(
        "content/desk_week",
        person.email,
        person.language,
        {
            "figures": figures,
            "queues": queues,
            "first_day": first,
            "last_day": first + timedelta(days=6),
            "action_url": absolute(reverse("admin:queue")),
            "action_label": _("Everything that waits"),
            "why": _("You get this message every Monday because you work at the desk of the Alliance."),
        },
        key=key,
        category=OutgoingMail.Category.DESK,
    )
