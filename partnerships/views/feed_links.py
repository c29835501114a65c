"""Where the feed of a list is: lists link to it, `views.feeds` answers there."""

from alliance.core.links import address_of
from partnerships.views.filters import Filters

FEEDS = {"need": "need_feed", "offer": "offer_feed", "": "listing_feed"}


def feed_link(filters: Filters) -> str:
    """The feed of exactly this list, as everyone may read it; empty while a filter makes no sense."""
    if filters.refused:
        return ""
    query = f"?{filters.address}" if filters.address else ""
    return address_of(f"partnerships:{FEEDS[filters.kind]}") + query
