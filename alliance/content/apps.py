from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "alliance.content"
    label = "content"
    verbose_name = _("Public site")
    default_auto_field = "django.db.models.BigAutoField"
