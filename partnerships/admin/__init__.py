"""The desk of partnerships: needs and offers, and the handshakes about them."""

from partnerships.admin.listings import ListingAdmin
from partnerships.admin.matches import MatchAdmin

__all__ = ["ListingAdmin", "MatchAdmin"]
