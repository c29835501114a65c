"""URLs of needs, offers, appeals and matches."""

from django.urls import path

from partnerships.views import (
    appeals,
    browse,
    files,
    hints,
    iati,
    listing,
    matches,
    own,
    saved_searches,
    writing,
)

app_name = "partnerships"
urlpatterns = [
    path("iati/activities.xml", iati.iati_alliance, name="iati_alliance"),
    path("iati/members/<slug:slug>.xml", iati.iati_member, name="iati_member"),
    path("needs/", browse.need_list, name="need_list"),
    path("offers/", browse.offer_list, name="offer_list"),
    path("listings/", browse.listing_list, name="listing_list"),
    path("listings/new/<slug:kind>/", writing.listing_create, name="listing_create"),
    path("listings/new/<slug:kind>/keep/", writing.listing_create_keep, name="listing_create_keep"),
    path("listings/new/<slug:kind>/hints/", hints.listing_hints, name="listing_hints"),
    path("listings/<slug:slug>/", listing.listing_detail, name="listing_detail"),
    path("listings/<slug:slug>/edit/", writing.listing_edit, name="listing_edit"),
    path("listings/<slug:slug>/keep/", writing.listing_edit_keep, name="listing_edit_keep"),
    path("listings/<slug:slug>/files/", files.listing_files, name="listing_files"),
    path("listings/<slug:slug>/files/<slug:file>/", files.listing_file, name="listing_file"),
    path(
        "listings/<slug:slug>/files/<slug:file>/change/",
        files.listing_file_change,
        name="listing_file_change",
    ),
    path("listings/<slug:slug>/publish/", own.listing_publish, name="listing_publish"),
    path("listings/<slug:slug>/withdraw/", own.listing_withdraw, name="listing_withdraw"),
    path("listings/<slug:slug>/renew/", own.listing_renew, name="listing_renew"),
    path("listings/<slug:slug>/interest/", matches.match_request, name="match_request"),
    path("my/listings/", own.my_listings, name="my_listings"),
    path("searches/", saved_searches.saved_search_list, name="saved_search_list"),
    path("searches/new/", saved_searches.saved_search_create, name="saved_search_create"),
    path("searches/<slug:slug>/", saved_searches.saved_search_edit, name="saved_search_edit"),
    path("searches/<slug:slug>/end/", saved_searches.saved_search_end, name="saved_search_end"),
    path("searches/stop/<str:token>/", saved_searches.saved_search_stop, name="saved_search_stop"),
    path("appeals/", appeals.appeal_list, name="appeal_list"),
    path("appeals/<slug:slug>/", appeals.appeal_detail, name="appeal_detail"),
    path("appeals/<slug:slug>/needs/", appeals.appeal_needs, name="appeal_needs"),
    path("appeals/<slug:slug>/offers/", appeals.appeal_offers, name="appeal_offers"),
    path("appeals/<slug:slug>/pledges/", appeals.appeal_pledges, name="appeal_pledges"),
    path("matches/", matches.match_list, name="match_list"),
    path("matches/<slug:slug>/", matches.match_detail, name="match_detail"),
]
