"""The desk of partnerships: needs and offers, appeals, handshakes, promises and deliveries, calls for help, reports."""

from partnerships.admin.agreement_templates import AgreementTemplateAdmin, AgreementWordingAdmin
from partnerships.admin.appeals import AppealAdmin
from partnerships.admin.clusters import ClusterAdmin
from partnerships.admin.help_requests import HelpRequestAdmin
from partnerships.admin.listings import ListingAdmin
from partnerships.admin.matches import MatchAdmin
from partnerships.admin.pledges import PledgeAdmin, PledgeLineAdmin
from partnerships.admin.reports import ReportAdmin
from partnerships.admin.review_rules import ReviewRuleAdmin
from partnerships.admin.round_rows import RoundParticipantAdmin, RoundProposalAdmin
from partnerships.admin.rounds import MatchingRoundAdmin
from partnerships.admin.twinning_parties import TwinningPartyAdmin
from partnerships.admin.twinnings import TwinningAdmin
from partnerships.admin.weights import MatchWeightsAdmin

__all__ = [
    "AgreementTemplateAdmin",
    "AgreementWordingAdmin",
    "AppealAdmin",
    "ClusterAdmin",
    "HelpRequestAdmin",
    "ListingAdmin",
    "MatchAdmin",
    "MatchWeightsAdmin",
    "MatchingRoundAdmin",
    "PledgeAdmin",
    "PledgeLineAdmin",
    "ReportAdmin",
    "ReviewRuleAdmin",
    "RoundParticipantAdmin",
    "RoundProposalAdmin",
    "TwinningAdmin",
    "TwinningPartyAdmin",
]
