"""Why an action about members says no, in words for whoever asked."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.refusals import Refused


class PlaceTaken(Refused):
    """Another approved member holds the place: ``holder``, or None when it is not known which."""

    def __init__(self, holder: Any) -> None:
        super().__init__(holder)
        self.holder = holder

    def __str__(self) -> str:
        if self.holder is None:
            return _("The place is already held by another approved member. Nothing was changed.")
        return _(
            "The place is already held by %(name)s (%(reference)s). Nothing was changed. Refuse one of the two,"
            " or mark the other one as having left."
        ) % {"name": self.holder, "reference": self.holder.reference}


class StillNeeded(Refused):
    """A person whose data cannot be erased yet, because of ``member``."""

    LAST_SIGNATORY, APPLICATION = "last signatory", "application"
    WORDS = {
        LAST_SIGNATORY: gettext_lazy(
            "Nobody else can sign for %(name)s (%(reference)s). Invite another signatory first, or ask the desk to mark"
            " the member as having left."
        ),
        APPLICATION: gettext_lazy(
            "The application of %(name)s (%(reference)s) is being decided and needs a contact person. Ask the desk to"
            " close it first."
        ),
    }

    def __init__(self, reason: str, member: Any) -> None:
        super().__init__(reason)
        self.member = member

    def __str__(self) -> str:
        return super().__str__() % {"name": self.member, "reference": self.member.reference}
