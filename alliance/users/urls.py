"""URLs of a person's own pages."""

from django.urls import path

from alliance.users import views

app_name = "users"
urlpatterns = [
    path("after-login/", views.after_login, name="after_login"),
    path("settings/", views.settings, name="settings"),
]
