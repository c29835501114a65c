"""Tables of partnerships: needs and offers, appeals, the handshake, the ledger, twinnings, matching rounds."""

from partnerships.models.agreements import AgreementDraft, AgreementTemplate, AgreementWording
from partnerships.models.appeals import Appeal, AppealLine
from partnerships.models.clusters import Cluster, ClusterMember
from partnerships.models.due_days import DayChange
from partnerships.models.facets import FacetDelta, FacetPair
from partnerships.models.files import ListingFile
from partnerships.models.items import ItemTemplate
from partnerships.models.lines import ListingLine
from partnerships.models.listings import Listing
from partnerships.models.matches import Match
from partnerships.models.messages import HelpRequest, Meeting, Message
from partnerships.models.pledges import Evidence, Pledge, PledgeEvent, PledgeLine, Transport
from partnerships.models.review import ReviewRule
from partnerships.models.rounds import CountryQuota, MatchingRound, RoundParticipant, RoundProposal
from partnerships.models.safety import Block, Report
from partnerships.models.saved_searches import SavedSearch, SavedSearchHit
from partnerships.models.search import ListingSearch
from partnerships.models.search_lines import SearchLine
from partnerships.models.stage_proposals import StageProposal
from partnerships.models.suggestions import (
    CandidateColumns,
    MatchScore,
    MatchWeights,
    Suggestion,
    SuggestionList,
)
from partnerships.models.tellers import LinkTeller
from partnerships.models.twinning_events import TwinningConsent, TwinningStep
from partnerships.models.twinning_life import Milestone, StaffHandOver, TwinningDocument, TwinningNews
from partnerships.models.twinnings import Twinning, TwinningParty
from partnerships.models.unsaved import UnsavedListing
from partnerships.models.uploaded_sheets import UploadedSheet
from partnerships.models.wishes import PartnerVeto, PartnerWish

__all__ = [
    "AgreementDraft",
    "AgreementTemplate",
    "AgreementWording",
    "Appeal",
    "AppealLine",
    "Block",
    "CandidateColumns",
    "Cluster",
    "ClusterMember",
    "CountryQuota",
    "DayChange",
    "Evidence",
    "FacetDelta",
    "FacetPair",
    "HelpRequest",
    "ItemTemplate",
    "LinkTeller",
    "Listing",
    "ListingFile",
    "ListingLine",
    "ListingSearch",
    "Match",
    "MatchScore",
    "MatchWeights",
    "MatchingRound",
    "Meeting",
    "Message",
    "Milestone",
    "PartnerVeto",
    "PartnerWish",
    "Pledge",
    "PledgeEvent",
    "PledgeLine",
    "Report",
    "ReviewRule",
    "RoundParticipant",
    "RoundProposal",
    "SavedSearch",
    "SavedSearchHit",
    "SearchLine",
    "StaffHandOver",
    "StageProposal",
    "Suggestion",
    "SuggestionList",
    "Transport",
    "Twinning",
    "TwinningConsent",
    "TwinningDocument",
    "TwinningNews",
    "TwinningParty",
    "TwinningStep",
    "UnsavedListing",
    "UploadedSheet",
]
