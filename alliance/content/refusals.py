"""Why an action of the public face says no, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from alliance.core.refusals import Refused


class PublishingRefused(Refused):
    """Something of the Alliance's own words cannot be published, withdrawn or restored."""

    CHANGED, FIXED, EMPTY, NO_REVISION = "changed", "fixed", "empty", "no revision"
    SENT, LANGUAGES = "sent", "languages"
    WORDS = {
        CHANGED: _(
            "Somebody else saved this meanwhile. Nothing was changed: please look at what they wrote."
        ),
        FIXED: _("Other pages of the portal lead here, so it cannot be withdrawn. You can change its words."),
        EMPTY: _("Please write the title in the original language first."),
        NO_REVISION: _("There is no such version."),
        SENT: _("This issue was sent. What people have in their mailboxes does not change any more."),
        LANGUAGES: _(
            "Readers get the newsletter in their language: please write title and text in all three first."
        ),
    }


class TicketRefused(Refused):
    """What was asked does not fit the ticket as it is."""

    EMPTIED, SAID, NO_DESK, TURNED, NO_MEMBER, NO_RAW = (
        "emptied",
        "said",
        "no desk",
        "turned",
        "no member",
        "raw",
    )
    WORDS = {
        EMPTIED: _("The contact data of this ticket were erased: nobody can be answered."),
        SAID: _("These very words were sent a moment ago. Nothing was sent twice."),
        NO_DESK: _("This person does not work at the desk."),
        TURNED: _("This was done at this ticket already."),
        NO_MEMBER: _("Needs are written down for members that were accepted."),
        NO_RAW: _("The e-mail itself is not kept any more."),
    }
