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


class CannotErase(Refused):
    """Somebody of the desk: what they decided must be answered for by a name until the rights are taken away."""

    DESK = "desk"
    WORDS = {
        DESK: _("This person works at the desk. A superuser takes the rights of the desk away first."),
    }


class TakenAlready(Refused):
    """Another coordinator has what one wants to take, or nobody has what one wants to give back."""

    OTHER, NOBODY = "other", "nobody"
    WORDS = {
        OTHER: _("Somebody else took this a moment ago. Nothing was changed."),
        NOBODY: _("Nobody has this any more. Nothing was changed."),
    }
