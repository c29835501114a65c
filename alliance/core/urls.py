"""URLs of the kernel: stopping notices, and the mailbox of a local run (included by `alliance.urls` on its own)."""

from django.urls import path

from alliance.core import views

app_name = "core"
urlpatterns = [
    path("mail/stop/<str:token>/", views.mail_stop, name="mail_stop"),
    path("machine-text/<str:token>/", views.machine_text, name="machine_text"),
]
mailbox_urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<str:name>/", views.mailbox_mail, name="mailbox_mail"),
    path("<str:name>/html/", views.mailbox_html, name="mailbox_html"),
]
