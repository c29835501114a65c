"""Tables of partnerships: needs and offers, and the handshake."""

from partnerships.models.listings import Listing, ListingLine
from partnerships.models.matches import Match, Message
from partnerships.models.search import ListingSearch

__all__ = ["Listing", "ListingLine", "ListingSearch", "Match", "Message"]
