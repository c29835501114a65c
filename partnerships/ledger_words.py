"""The ledger in words: states with their tones, what waits, what columns mean. Pages, mails and the desk ask here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.ledger import Kind, State, Step

STATES: dict[State, Any] = {
    State.WITHDRAWN: pgettext_lazy("state of a pledge", "withdrawn"),
    State.PROMISED: pgettext_lazy("state of a pledge", "promised"),
    State.PARTLY_COMMITTED: pgettext_lazy("state of a pledge", "partly committed"),
    State.COMMITTED: pgettext_lazy("state of a pledge", "committed"),
    State.PARTLY_DISPATCHED: pgettext_lazy("state of a pledge", "partly dispatched"),
    State.DISPATCHED: pgettext_lazy("state of a pledge", "dispatched"),
    State.PARTLY_RECEIVED: pgettext_lazy("state of a pledge", "partly received"),
    State.RECEIVED: pgettext_lazy("state of a pledge", "received"),
    State.PARTLY_ACCEPTED: pgettext_lazy("state of a pledge", "partly accepted"),
    State.ACCEPTED: pgettext_lazy("state of a pledge", "accepted"),
    State.CANCELLED: pgettext_lazy("state of a pledge", "cancelled"),
    State.LOST: pgettext_lazy("state of a pledge", "lost"),
    State.RETURNED: pgettext_lazy("state of a pledge", "returned"),
    State.DISPUTED: pgettext_lazy("state of a pledge", "figures differ"),
}
TONES: dict[State, str] = {
    State.PROMISED: "",
    State.PARTLY_COMMITTED: "info",
    State.COMMITTED: "info",
    State.PARTLY_DISPATCHED: "info",
    State.DISPATCHED: "info",
    State.PARTLY_RECEIVED: "wait",
    State.RECEIVED: "wait",
    State.PARTLY_ACCEPTED: "ok",
    State.ACCEPTED: "ok",
    State.LOST: "warn",
    State.RETURNED: "warn",
    State.DISPUTED: "stop",
}
# Who follows a transport from outside must not see when it is on the road.
PUBLICLY = {
    State.PARTLY_DISPATCHED: State.COMMITTED,
    State.DISPATCHED: State.COMMITTED,
}
# What one of the sides has to do: said to it, and said of it to the other.
FOR_YOU: dict[Step, Any] = {
    Step.COMMIT: _("Make your promise firm, or withdraw it."),
    Step.DISPATCH: _("Send what you committed, and record it here."),
    Step.RECEIVE: _("Tell what arrived."),
    Step.ACCEPT: _("Tell whether what arrived is what was promised."),
}
FOR_THEM: dict[Step, Any] = {
    Step.COMMIT: _("%(name)s has to make the promise firm."),
    Step.DISPATCH: _("%(name)s has to send what it committed."),
    Step.RECEIVE: _("%(name)s has to tell what arrived."),
    Step.ACCEPT: _("%(name)s has to tell whether what arrived is what was promised."),
}
SHORT: dict[Step, Any] = {
    Step.RECONCILE: pgettext_lazy("what a pledge waits for", "reconciliation"),
    Step.COMMIT: pgettext_lazy("what a pledge waits for", "commitment"),
    Step.DISPATCH: pgettext_lazy("what a pledge waits for", "dispatch"),
    Step.RECEIVE: pgettext_lazy("what a pledge waits for", "receipt"),
    Step.ACCEPT: pgettext_lazy("what a pledge waits for", "acceptance"),
}
COLUMNS: dict[str, Any] = {
    Kind.PROMISED: pgettext_lazy("column of a pledge", "Promised"),
    Kind.COMMITTED: pgettext_lazy("column of a pledge", "Committed"),
    Kind.CANCELLED: pgettext_lazy("column of a pledge", "Cancelled"),
    Kind.OVER_DELIVERED: pgettext_lazy("column of a pledge", "Given on top"),
    Kind.DISPATCHED: pgettext_lazy("column of a pledge", "Dispatched"),
    Kind.RECEIVED: pgettext_lazy("column of a pledge", "Received"),
    Kind.ACCEPTED: pgettext_lazy("column of a pledge", "Accepted"),
    Kind.LOST: pgettext_lazy("column of a pledge", "Lost"),
    Kind.RETURNED: pgettext_lazy("column of a pledge", "Returned"),
    "outstanding": pgettext_lazy("column of a pledge", "Still open"),
}
MEANINGS: dict[str, Any] = {
    Kind.PROMISED: _("announced, binding for nobody and counted nowhere"),
    Kind.COMMITTED: _("firmly promised by somebody who may sign for the giver; counted"),
    Kind.DISPATCHED: _("has left the giver"),
    Kind.RECEIVED: _("has arrived, as the receiver says"),
    Kind.ACCEPTED: _("the receiver found it to be what was promised"),
    "outstanding": _("committed, and not yet accepted, lost or returned"),
}


def public_state(state: State) -> State:
    """The state as everyone may read it: nothing of transports under way."""
    return PUBLICLY.get(state, state)
