"""URLs of the public face."""

from django.urls import path

from alliance.content.views import (
    contact,
    dashboard,
    documents,
    events,
    evidence,
    home,
    news,
    newsletter,
    open_data,
    pages,
    personal_data,
    policy,
    share_pictures,
    site_search,
    survey_answers,
    surveys,
    videos,
)
from alliance.content.views.api.interface import urls as api_urls

app_name = "content"
urlpatterns = [
    path("", home.home, name="home"),
    path("my/", dashboard.dashboard, name="dashboard"),
    path("my/data/", personal_data.personal_data, name="personal_data"),
    path("my/data/file/", personal_data.personal_data_file, name="personal_data_file"),
    path("my/data/erase/", personal_data.personal_data_erase, name="personal_data_erase"),
    path("my/data/erased/", personal_data.personal_data_erased, name="personal_data_erased"),
    # Pages that editors write.
    path("about/", pages.page, {"slug": "about"}, name="about"),
    path("joining/", pages.page, {"slug": "joining"}, name="joining"),
    path("accessibility/", pages.page, {"slug": "accessibility"}, name="accessibility"),
    path("privacy/", pages.page, {"slug": "privacy"}, name="privacy"),
    path("about/<slug:slug>/", pages.page, name="about_page"),
    path("legal/<slug:slug>/", pages.page, name="legal_page"),
    # Open data.
    path("data/", open_data.open_data, name="open_data"),
    path("data/dictionary/", open_data.data_dictionary, name="data_dictionary"),
    # Evidence for the institutions.
    path("evidence/", evidence.evidence_page, name="evidence"),
    path("evidence/figures.<slug:kind>", evidence.evidence_file, name="evidence_file"),
    # What a shared link shows.
    path("picture/<slug:version>.png", share_pictures.share_picture, name="share_picture"),
    path("picture/<slug:version>/<path:page>.png", share_pictures.share_picture, name="share_picture"),
    path("search/", site_search.site_search, name="site_search"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/<str:token>/", contact.contact_sent, name="contact_sent"),
    # Documents and videos
    path("documents/", documents.document_list, name="document_list"),
    path("documents/<slug:slug>/", documents.document_detail, name="document_detail"),
    path("documents/<slug:slug>/<slug:language>/", documents.document_file, name="document_file"),
    path(
        "documents/<slug:slug>/<slug:language>/<int:number>/",
        documents.document_version,
        name="document_version",
    ),
    path("videos/", videos.video_list, name="video_list"),
    path("videos/<slug:slug>/", videos.video_detail, name="video_detail"),
    path("videos/<slug:slug>/film/", videos.video_film, name="video_film"),
    path("videos/<slug:slug>/poster/", videos.video_poster, name="video_poster"),
    path("videos/<slug:slug>/captions/<slug:language>.vtt", videos.video_captions, name="video_captions"),
    # Policy dialogue
    path("policy/", policy.policy, name="policy"),
    path("policy/ours/", policy.policy_ours, name="policy_ours"),
    path("policy/raise/", policy.policy_raise, name="policy_raise"),
    path("policy/answer/<str:token>/", survey_answers.survey_answer, name="survey_answer"),
    path("policy/surveys/", surveys.survey_list, name="survey_list"),
    path("policy/surveys/<slug:slug>/", surveys.survey_detail, name="survey_detail"),
    path("policy/surveys/<slug:slug>/ours/", survey_answers.survey_ours, name="survey_ours"),
    path("policy/surveys/<slug:slug>/figures.<slug:kind>", surveys.survey_file, name="survey_file"),
    path("policy/<slug:slug>/", policy.policy_issue, name="policy_issue"),
    # News, events, newsletter
    path("news/", news.news_list, name="news_list"),
    path("news/feed.atom", news.news_feed, name="news_feed"),
    path("news/<slug:slug>/", news.news_detail, name="news_detail"),
    path("news/<slug:slug>/picture/<str:name>", news.news_picture, name="news_picture"),
    path("events/", events.event_list, name="event_list"),
    path("events/feed.atom", events.event_feed, name="event_feed"),
    path("events/calendar.ics", events.event_calendar, name="event_calendar"),
    path("events/<slug:slug>/", events.event_detail, name="event_detail"),
    path("events/<slug:slug>/event.ics", events.event_file, name="event_file"),
    path("newsletter/", newsletter.newsletter, name="newsletter"),
    path("newsletter/asked/", newsletter.newsletter_asked, name="newsletter_asked"),
    path("newsletter/confirm/<str:token>/", newsletter.newsletter_confirm, name="newsletter_confirm"),
    path("newsletter/<int:number>/", newsletter.newsletter_issue, name="newsletter_issue"),
]

# Machines' addresses: without a language.
api_urlpatterns = api_urls()
