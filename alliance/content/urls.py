"""URLs of the public face."""

from django.urls import path

from alliance.content.views import contact, dashboard, home, pages, personal_data
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
]

# Machines' addresses: without a language.
api_urlpatterns = api_urls()
