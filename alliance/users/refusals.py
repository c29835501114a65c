"""Why an action about people says no, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from alliance.core.refusals import Refused


class CannotDeactivate(Refused):
    """Oneself, or a superuser by somebody who is none."""

    ONESELF, SUPERUSER = "oneself", "superuser"
    WORDS = {
        ONESELF: _("You cannot deactivate yourself."),
        SUPERUSER: _("Only a superuser can deactivate a superuser."),
    }
