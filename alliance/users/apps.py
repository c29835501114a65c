from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    default = True
    name = "alliance.users"
    label = "users"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alliance.users import history, receivers  # noqa: F401  models exist only now; connects itself

        history.register()


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin with our site: second factor, our look, our queue."""

    default = False
    default_site = "alliance.users.admin_site.DeskSite"
