"""Why an action about members says no, in words for whoever asked."""

from typing import Any

from django.utils.translation import gettext as _

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
