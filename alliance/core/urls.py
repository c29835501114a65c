"""URLs of the kernel: stopping notices, and the mailbox of a local run."""

from django.urls import path

from alliance.core import views

app_name = "core"
urlpatterns = [
    path("mail/stop/<str:token>/", views.mail_stop, name="mail_stop"),
]
