"""Mails about a delivery on its way: the receiver's link, asked for anew; the report that imported goods need."""

from datetime import date

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.links import absolute
from alliance.core.mail import send
from partnerships.emails.pledges import confirm_link, inert
from partnerships.emails.readers import Reader, confirmers_of, people_of
from partnerships.import_report import days_left, is_overdue, last_day
from partnerships.models import Pledge, Transport


def delivery_link(pledge: Pledge, reader: Reader, *, key: str) -> None:
    """A new link for one mailbox of the receiver; it alone is a right, so the mail is secret."""
    with translation.override(reader.language):
        context = {
            "giver": pledge.giver.shown_name,
            "receiver": pledge.receiver.shown_name,
            "title": inert(pledge.title),
            "why": _("You get this because letters to %(member)s go to this address.")
            % {"member": pledge.receiver.shown_name},
            **confirm_link(pledge, reader),
        }
    send("partnerships/delivery_link", reader.email, reader.language, context, key=key, is_secret=True)


def report_due(transport: Transport, *, today: date, days: int) -> None:
    """Before the last day, and once when it has passed: those who write for the receiver."""
    pledge, cleared_on = transport.pledge, transport.cleared_on
    readers = confirmers_of(pledge.receiver) or people_of(pledge.receiver, who_write=True)
    for reader in readers:
        with translation.override(reader.language):
            context = {
                "giver": pledge.giver.shown_name,
                "receiver": pledge.receiver.shown_name,
                "title": inert(pledge.title),
                "number": transport.number,
                "cleared": date_format(cleared_on, "DATE_FORMAT"),
                "last_day": date_format(last_day(cleared_on), "DATE_FORMAT"),
                "days": max(0, days_left(cleared_on, today)),
                "is_overdue": is_overdue(cleared_on, today),
                "state_code": inert(transport.state_code),
                "action_url": absolute(
                    reverse("partnerships:transport_detail", args=[pledge.slug, transport.number])
                ),
                "action_label": _("Open the transport"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": pledge.receiver.shown_name},
            }
        key = f"report_due:{transport.slug}:{cleared_on:%Y%m%d}:{days}"
        send("partnerships/report_due", reader.email, reader.language, context, key=key)
