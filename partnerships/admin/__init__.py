"""The desk of partnerships: needs and offers, appeals, the handshakes about them, calls for help, reports."""

from partnerships.admin.appeals import AppealAdmin
from partnerships.admin.help_requests import HelpRequestAdmin
from partnerships.admin.listings import ListingAdmin
from partnerships.admin.matches import MatchAdmin
from partnerships.admin.reports import ReportAdmin

__all__ = ["AppealAdmin", "HelpRequestAdmin", "ListingAdmin", "MatchAdmin", "ReportAdmin"]
