from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "alliance.core"
    label = "core"
    verbose_name = _("Mails and journal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alliance.core import checks  # noqa: F401  registers the deployment checks
