"""The link by which a receiver confirms without a login: end all links of a pledge and mail new ones, or one again."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import LINK, record
from alliance.core.states import lock
from partnerships.emails import deliveries as mails
from partnerships.emails.readers import Reader, confirmers_of
from partnerships.models import Pledge

# Versions are counted in a small integer and begin anew after so many; links are long dead by then.
LAST_VERSION = 32_000


@transaction.atomic
def renew_links(pledge: Pledge, *, by: Any) -> list[Reader]:
    """Either side asks for a new link: those mailed so far end, each mailbox of the receiver that may confirm gets a
    new one. Returns whom it was mailed to.

    Journal: `pledge.links_renewed`. Mail: `delivery_link`.
    """
    stored = lock(pledge)
    stored.link_version = stored.link_version % LAST_VERSION + 1
    stored.save(update_fields=["link_version", "updated_at"])
    pledge.link_version = stored.link_version
    record("pledge.links_renewed", stored, by=by)
    readers = confirmers_of(stored.receiver)
    for reader in readers:
        mails.delivery_link(stored, reader, key=f"delivery_link:{stored.pk}:{stored.link_version}")
    return readers


@transaction.atomic
def mail_link_again(pledge: Pledge, *, reader: Reader) -> None:
    """Whoever holds a link that grew too old asks for a fresh one, to the mailbox that it was mailed to; once a day.

    Journal: `pledge.link_mailed`. Mail: `delivery_link`.
    """
    record("pledge.link_mailed", pledge, by=LINK)
    day = timezone.localdate().isoformat()
    mails.delivery_link(pledge, reader, key=f"delivery_link:{pledge.pk}:{pledge.link_version}:{day}")
