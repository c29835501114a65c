"""`Refused`: an action says no for a reason that the person who asked may read; the wording of the kernel's own."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Base of every such reason; `str()` is a sentence in the active language.

    A subclass lists its reasons in `WORDS`, and is raised with one of them.
    """

    WORDS: dict[str, Any] = {}

    def __str__(self) -> str:
        return str(self.WORDS[self.args[0]])


class MailCannotBeSent(Refused):
    """The mail is not in a state in which this makes sense."""

    WAITS, WAITS_NO_MORE, IS_SECRET = "waits", "waits no more", "is secret"
    COPY_WAITS, IS_BEING_SENT = "copy waits", "is being sent"
    WORDS = {
        WAITS: _("This mail is still waiting to be sent."),
        WAITS_NO_MORE: _("This mail does not wait any more."),
        IS_SECRET: _(
            "This mail held a sign-in code, a reset link or words between two members. It cannot be sent again."
        ),
        COPY_WAITS: _("A copy of this mail is already waiting to be sent."),
        IS_BEING_SENT: _("This mail is being sent at this moment."),
    }
