"""The admin's site: who gets in, and what it calls itself."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class DeskSite(AdminSite):
    """Coordinators only, and only with a second factor (a local demo relaxes this visibly)."""

    site_header = _("Desk of the Alliance")
    site_title = _("Desk of the Alliance")
    index_title = _("What waits")

    def has_permission(self, request) -> bool:
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return not settings.SECOND_FACTOR_REQUIRED or is_mfa_enabled(user)
