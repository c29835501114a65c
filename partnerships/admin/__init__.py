"""The desk of partnerships: needs and offers, appeals, and the handshakes about needs and offers."""

from partnerships.admin.appeals import AppealAdmin
from partnerships.admin.listings import ListingAdmin
from partnerships.admin.matches import MatchAdmin

__all__ = ["AppealAdmin", "ListingAdmin", "MatchAdmin"]
