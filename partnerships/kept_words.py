"""Which promises were kept, in words: the name of each figure and what exactly it counts. Pure."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.ledger import Verdict

# Figure → its name; in the order in which pages show them.
FIGURE_LABELS: dict[str, Any] = {
    "promised": pgettext_lazy("figure of promises", "announced, not firm"),
    "committed": pgettext_lazy("figure of promises", "firmly promised"),
    "delivered": pgettext_lazy("figure of promises", "arrived, in full or in part"),
    "accepted": pgettext_lazy("figure of promises", "accepted, in full or in part"),
    "late": pgettext_lazy("figure of promises", "late now"),
    "cancelled": pgettext_lazy("figure of promises", "cancelled, in full or in part"),
    "counted": pgettext_lazy("figure of promises", "with a known outcome"),
    "kept": pgettext_lazy("figure of promises", "kept"),
    "kept_late": pgettext_lazy("figure of promises", "kept, but late"),
    "not_kept": pgettext_lazy("figure of promises", "not kept"),
    "unconfirmed": pgettext_lazy("figure of promises", "arrived, not yet accepted"),
}
FIGURE_MEANINGS: dict[str, Any] = {
    "promised": _("Announced, and binding for nobody yet. Shown apart and part of no other figure."),
    "committed": _(
        "Committed by somebody who may sign for the giver. What was cancelled afterwards still counts here."
    ),
    "delivered": _("Has arrived, as the receiver says."),
    "accepted": _("The receiver found what arrived to be what was promised."),
    "late": _(
        "The agreed day has passed and something is still awaited. What was lost, returned or cancelled is no "
        "longer awaited."
    ),
    "cancelled": _("Taken back by the giver after it was firm."),
    "counted": _(
        "Firm promises whose agreed day has passed, and those that were accepted in full or cancelled altogether "
        "before it; without those that arrived in full and wait for the receiver to accept them."
    ),
    "kept": _(
        "Of those with a known outcome: accepted in full, as much as was firmly promised. What was cancelled, lost "
        "or returned is not kept."
    ),
    "kept_late": _("Of the kept ones: all of it had arrived only after the agreed day."),
    "not_kept": _("Of those with a known outcome: something of it is missing, be it only a part."),
    "unconfirmed": _(
        "The agreed day has passed and all of it has arrived, as the receiver says, but the receiver has not said yet "
        "whether it accepts it. Neither kept nor not kept, and without a known outcome until then."
    ),
}
# The same, short enough for the head of a column of amounts.
AMOUNT_LABELS: dict[str, Any] = {
    "promised": pgettext_lazy("column of promises", "Announced"),
    "committed": pgettext_lazy("column of promises", "Firmly promised"),
    "delivered": pgettext_lazy("column of promises", "Arrived"),
    "accepted": pgettext_lazy("column of promises", "Accepted"),
    "late": pgettext_lazy("column of promises", "Late now"),
}
RATE_MEANING = _(
    "The rate is the kept promises divided by those with a known outcome, in whole per cent, rounded down. One promise "
    "is one line: so much of one item, for one receiver, by one day: the one on which both sides agreed last. "
    "Quantities of different items are never added up; money is, each currency apart."
)
WHAT_COUNTS = _(
    "Counted and listed are all promises whose items and quantities everyone may read. Promises for needs that only "
    "members of the Alliance read are in no figure and no list here. A receiver that is not named in public is "
    "counted, and listed as “a hromada in … oblast”."
)
VERDICTS: dict[Verdict, Any] = {
    Verdict.KEPT: pgettext_lazy("what became of a promise", "kept"),
    Verdict.KEPT_LATE: pgettext_lazy("what became of a promise", "kept, but late"),
    Verdict.NOT_KEPT: pgettext_lazy("what became of a promise", "not kept"),
    Verdict.UNCONFIRMED: pgettext_lazy("what became of a promise", "arrived, not yet accepted"),
}
