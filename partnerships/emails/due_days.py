"""Mails about the day of a promise: the giver asks for another one, the receiver answers; both sides are told."""

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.links import absolute
from alliance.core.mail import send
from partnerships.emails.pledges import inert
from partnerships.emails.readers import people_of
from partnerships.models import DayChange


def day_asked(change: DayChange) -> None:
    _tell_both("day_asked", change)


def day_answered(change: DayChange) -> None:
    _tell_both("day_answered", change)


def _tell_both(stem: str, change: DayChange) -> None:
    pledge = change.pledge
    for member in (pledge.giver, pledge.receiver):
        for reader in people_of(member):
            with translation.override(reader.language):
                context = {
                    "giver": pledge.giver.shown_name,
                    "receiver": pledge.receiver.shown_name,
                    "title": inert(pledge.title),
                    "before": date_format(change.before, "DATE_FORMAT"),
                    "after": date_format(change.after, "DATE_FORMAT"),
                    "reason": inert(change.reason),
                    "is_agreed": change.answer == DayChange.Answer.AGREED,
                    "is_receiver": member.pk == pledge.receiver_id,
                    "action_url": absolute(reverse("partnerships:pledge_detail", args=[pledge.slug])),
                    "action_label": _("Open the promise"),
                    "why": _("You get this because you represent %(member)s in the Alliance.")
                    % {"member": member.shown_name},
                }
            key = f"{stem}:{change.pk}"
            send(f"partnerships/{stem}", reader.email, reader.language, context, key=key)
