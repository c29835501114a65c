"""URLs of the public face."""

from django.urls import path

from alliance.content.views import contact, dashboard, documents, home, pages, personal_data, videos
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
]

# Machines' addresses: without a language.
api_urlpatterns = api_urls()
