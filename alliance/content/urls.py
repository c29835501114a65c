"""URLs of the public face."""

from django.urls import path

from alliance.content.views import contact, dashboard, home, pages

app_name = "content"
urlpatterns = [
    path("", home.home, name="home"),
    path("my/", dashboard.dashboard, name="dashboard"),
    path("about/", pages.about, name="about"),
    path("joining/", pages.joining, name="joining"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/<str:token>/", contact.contact_sent, name="contact_sent"),
]
