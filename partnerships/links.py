"""Links from mails. Those to a handshake name the match and the side and let nobody in: a login comes first. The one
to a delivery is a right of its own: whoever holds it tells what arrived. Emails build them, views read them back.
"""

from typing import Any, NamedTuple

from django.urls import reverse

from alliance.core.links import mark, sign, unsign

PURPOSE = "match"
DELIVERY = "delivery"
# Goods may be long on the road; every dispatch and every reminder brings a fresh link.
DELIVERY_DAYS = 60


def match_path(match: Any, member: Any) -> str:
    """Where ``member`` reads and answers; in the active language."""
    return reverse("partnerships:match_open", args=[sign(PURPOSE, match.slug, member.slug)])


def match_parts(token: str) -> tuple[str, str] | None:
    """The slugs of the match and of the side; None when the link is not ours."""
    parts = unsign(PURPOSE, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


class DeliveryLink(NamedTuple):
    """What a link to a delivery says: which pledge, in which version, mailed to which mailbox (its mark)."""

    slug: str
    version: str
    mailbox: str
    is_fresh: bool


def delivery_path(pledge: Any, email: str, transport: int | None = None) -> str:
    """Where the receiver tells what arrived, without a login; in the active language. It ends after `DELIVERY_DAYS`,
    with the next version of the pledge's links, and when the mailbox no longer speaks for the receiver."""
    token = sign(DELIVERY, pledge.slug, pledge.link_version, mark(DELIVERY, email))
    path = reverse("partnerships:delivery_open", args=[token])
    return f"{path}?transport={transport}" if transport else path


def delivery_link(token: str) -> DeliveryLink | None:
    """What the token says; None when it is not ours. One that is too old can still ask for a new one."""
    parts = unsign(DELIVERY, token)
    if not parts or len(parts) != 3:
        return None
    fresh = unsign(DELIVERY, token, max_age=DELIVERY_DAYS * 24 * 3600) is not None
    return DeliveryLink(*parts, fresh)


def mailbox_mark(email: str) -> str:
    return mark(DELIVERY, email)
