from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class UsersConfig(AppConfig):
    default = True
    name = "alliance.users"
    label = "users"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin with our site: second factor, our look, our queue."""

    default = False
    default_site = "alliance.users.admin_site.DeskSite"
