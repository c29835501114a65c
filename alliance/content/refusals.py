"""Why an action of the public face says no, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from alliance.core.refusals import Refused


class PublishingRefused(Refused):
    """Something of the Alliance's own words cannot be published, withdrawn or restored."""

    CHANGED, FIXED, EMPTY, NO_REVISION = "changed", "fixed", "empty", "no revision"
    WORDS = {
        CHANGED: _(
            "Somebody else saved this meanwhile. Nothing was changed: please look at what they wrote."
        ),
        FIXED: _("Other pages of the portal lead here, so it cannot be withdrawn. You can change its words."),
        EMPTY: _("Please write the title in the original language first."),
        NO_REVISION: _("There is no such version."),
    }
