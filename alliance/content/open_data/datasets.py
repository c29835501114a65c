"""The sets of the open data: their titles, what stands in them, in which forms they exist. Pages, the catalogue and the
daily files read this table. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.appeals import AppealData
from alliance.content.open_data.changes import ChangeData
from alliance.content.open_data.deliveries import DeliveryData
from alliance.content.open_data.documents import DocumentData
from alliance.content.open_data.listings import ListingData
from alliance.content.open_data.members import MemberData
from alliance.content.open_data.places import PlaceData
from alliance.content.open_data.statistics import StatisticsData
from alliance.content.open_data.twinnings import TwinningData


@dataclass(frozen=True)
class Dataset:
    """``files``: the forms of its daily file; ``lists``: its lists in the interface; ``themes``: of the EU's table
    data-theme; ``feed``: the route of its Atom feed; ``page``: of its page."""

    name: str
    title: Any
    text: Any
    schema: type[BaseModel]
    page: str
    lists: tuple[str, ...]
    files: tuple[str, ...] = ()
    themes: tuple[str, ...] = ("GOVE", "REGI")
    feed: str = ""
    has_iati: bool = False


DATASETS = (
    Dataset(
        "members",
        _("Members of the Alliance"),
        _("Authorities, associations and institutions with their places, sectors of interest and languages."),
        MemberData,
        "members:member_list",
        ("members",),
        ("csv", "json", "geojson"),
    ),
    Dataset(
        "places",
        _("Territorial units"),
        _("Hromadas of Ukraine, municipalities and regions of Europe: official codes, and who is a member."),
        PlaceData,
        "members:place_search",
        ("places",),
        ("csv", "json", "geojson"),
    ),
    Dataset(
        "needs-and-offers",
        _("Needs and offers"),
        _(
            "What Ukrainian communities ask for and what members can give, in quantities, and how far needs are met."
        ),
        ListingData,
        "partnerships:listing_list",
        ("needs", "offers"),
        ("csv", "json"),
        themes=("REGI", "SOCI", "INTR"),
        feed="partnerships:listing_feed",
    ),
    Dataset(
        "appeals",
        _("Appeals"),
        _("Campaigns of the Alliance with their targets, and what was promised and delivered for them."),
        AppealData,
        "partnerships:appeal_list",
        ("appeals",),
        ("csv", "json"),
        themes=("REGI", "INTR"),
    ),
    Dataset(
        "partnerships",
        _("Partnerships"),
        _("Partnerships of Ukrainian communities with others, from first contact to agreement in force."),
        TwinningData,
        "partnerships:twinning_list",
        ("twinnings",),
        ("csv", "json", "geojson"),
        themes=("GOVE", "REGI", "INTR"),
    ),
    Dataset(
        "promises",
        _("Promises and deliveries"),
        _("What was promised, committed, received and accepted, line by line, and which promises were kept."),
        DeliveryData,
        "partnerships:kept_promises",
        ("deliveries",),
        ("csv", "json"),
        themes=("REGI", "INTR", "ECON"),
        has_iati=True,
    ),
    Dataset(
        "documents",
        _("Documents"),
        _("What the Alliance published, with a file in each language that it exists in."),
        DocumentData,
        "content:document_list",
        ("documents",),
        ("csv", "json"),
    ),
    Dataset(
        "statistics",
        _("Figures"),
        _("The Alliance in figures, each counted from rows that everyone may read and recount."),
        StatisticsData,
        "content:open_data",
        ("statistics",),
    ),
    Dataset(
        "changes",
        _("Changes"),
        _("What came, changed or was withdrawn in the other sets, for those who keep a copy."),
        ChangeData,
        "content:open_data",
        ("changes",),
    ),
)
BY_NAME = {dataset.name: dataset for dataset in DATASETS}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
}
