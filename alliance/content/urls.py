"""URLs of the public face."""

from django.urls import path

from alliance.content import views

app_name = "content"
urlpatterns = [
    path("", views.home, name="home"),
]
