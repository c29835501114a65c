"""Links from mails. Those to a handshake, a listing or a twinning name it and the side and let nobody in: a login comes
first. Those to a delivery, those that ask whether a listing or a twinning still holds, and those by which a successor
takes a contact's place are rights of their own: whoever holds one answers. Emails build them, views read them back.
"""

from typing import Any, NamedTuple

from django.urls import reverse

from alliance.core.links import mark, sign, unsign

PURPOSE = "match"
DELIVERY = "delivery"
# Goods may be long on the road; every dispatch and every reminder brings a fresh link.
DELIVERY_DAYS = 60
LISTING, HOLDS, CLUSTER, TWINNING = "listing", "listing-holds", "cluster", "twinning"


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


def listing_path(listing: Any, member: Any) -> str:
    """Where ``member`` reads its need or offer and acts; in the active language."""
    return reverse("partnerships:listing_open", args=[sign(LISTING, listing.slug, member.slug)])


def listing_parts(token: str) -> tuple[str, str] | None:
    """The slugs of the listing and of its member; None when the link is not ours."""
    parts = unsign(LISTING, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


def cluster_path(cluster: Any, member: Any) -> str:
    """Where ``member`` reads of a cluster and answers; in the active language."""
    return reverse("partnerships:cluster_open", args=[sign(CLUSTER, cluster.slug, member.slug)])


def cluster_parts(token: str) -> tuple[str, str] | None:
    """The slugs of the cluster and of the member; None when the link is not ours."""
    parts = unsign(CLUSTER, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


class HoldsLink(NamedTuple):
    """What a link “does it still hold?” carries: the listing, the person it was sent to, what was asked, and how the
    listing stood then, so that an old link does nothing twice."""

    slug: str
    person: str
    asks: str
    stood: str


# What such a link asks: valid beyond its last day, or still needed (or given).
LAST_DAY, STILL = "day", "still"


def stands(listing: Any, asks: str) -> str:
    """What an answer changes: the last day, or the moment of the last confirmation."""
    value = listing.expires_on if asks == LAST_DAY else listing.last_confirmed_at
    return value.isoformat()


def holds_path(listing: Any, person: Any, asks: str) -> str:
    """Where ``person`` says whether the listing still holds, without a login; in the active language."""
    token = sign(HOLDS, listing.slug, person.pk, asks, stands(listing, asks))
    return reverse("partnerships:listing_holds", args=[token])


def holds_parts(token: str) -> HoldsLink | None:
    """None when the link is not ours."""
    parts = unsign(HOLDS, token)
    return HoldsLink(*parts) if parts and len(parts) == len(HoldsLink._fields) else None


def twinning_path(twinning: Any, member: Any) -> str:
    """Where ``member``, a party, reads and answers; in the active language."""
    return reverse("partnerships:twinning_open", args=[sign(TWINNING, twinning.slug, member.slug)])


def twinning_parts(token: str) -> tuple[str, str] | None:
    """The slugs of the twinning and of the party; None when the link is not ours."""
    parts = unsign(TWINNING, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


RIGHT, HAND_OVER = "twinning-right", "twinning-hand-over"


class RightLink(NamedTuple):
    """What a link “is this still right?” carries: the twinning, the person it was sent to, and when it was asked, so
    that an old link does nothing twice."""

    slug: str
    person: str
    asked: str


def right_path(twinning: Any, person: Any) -> str:
    """Where ``person`` says that a twinning is still right, without a login; in the active language."""
    token = sign(RIGHT, twinning.slug, person.pk, twinning.asked_if_right_at.isoformat())
    return reverse("partnerships:twinning_right", args=[token])


def right_parts(token: str) -> RightLink | None:
    """None when the link is not ours."""
    parts = unsign(RIGHT, token)
    return RightLink(*parts) if parts and len(parts) == len(RightLink._fields) else None


def hand_over_path(row: Any) -> str:
    """Where a successor takes a contact's place, with or without an account; in the active language."""
    token = sign(HAND_OVER, row.slug, mark(HAND_OVER, row.invitation.email))
    return reverse("partnerships:twinning_hand_over_take", args=[token])


def hand_over_parts(token: str) -> tuple[str, str] | None:
    """The slug of the hand-over and the mark of the mailbox that it was sent to; None when the link is not ours."""
    parts = unsign(HAND_OVER, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


def hand_over_mark(email: str) -> str:
    return mark(HAND_OVER, email)
