"""What the figures of the desk's week are called."""

from django.utils.translation import gettext_lazy as _

HAPPENED = {
    "received": _("Applications received"),
    "approved": _("Applications approved"),
    "returned": _("Applications returned with a question"),
    "refused": _("Applications refused"),
    "published": _("Needs and offers published"),
    "asked": _("First contacts asked for"),
    "accepted": _("First contacts accepted"),
    "declined": _("First contacts declined"),
    "opened": _("Partnerships opened"),
    "written": _("Messages to the Alliance"),
    "closed": _("Messages dealt with"),
    "committed": _("Entries “firmly promised”"),
    "dispatched": _("Entries “sent”"),
    "arrived": _("Entries “accepted by the receiver”"),
}
WAITS = {
    "applications": _("Applications that await a decision"),
    "conflicts": _("Places with several claims"),
    "listings": _("Needs and offers to be read before they are published"),
    "reports": _("Reports of members"),
    "matches": _("Matches that wait for a coordinator"),
    "calls": _("Calls for help"),
    "disputed": _("Deliveries where the figures of giver and receiver differ"),
    "late": _("Promises past their day"),
    "tickets": _("Open tickets"),
}
