"""Pure rules of a twinning: which stage comes after which, which stages bind, and which legal step may be told when.
Stages and steps are named by their codes (`Twinning.Status`, `TwinningStep.Kind`)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FIRST_CONTACT, SOLIDARITY, LETTER, DRAFTED = "first_contact", "solidarity", "letter", "drafted"
IN_APPROVAL, IN_FORCE, ENDED = "in_approval", "in_force", "ended"

# Only a signatory says yes or no to these.
BINDING = (LETTER, DRAFTED, IN_APPROVAL, IN_FORCE, ENDED)
# What the parties agree to, from each stage: forward, or the end. (`in_approval` is reached by sending the text.)
_AHEAD = {
    FIRST_CONTACT: (SOLIDARITY, LETTER, DRAFTED, ENDED),
    SOLIDARITY: (LETTER, DRAFTED, ENDED),
    LETTER: (DRAFTED, ENDED),
    DRAFTED: (IN_FORCE, ENDED),
    IN_APPROVAL: (IN_FORCE, ENDED),
    IN_FORCE: (ENDED,),
}
# Until the text goes to the ministry somebody else can come in; a new party of an agreement needs a new agreement.
OPEN_TO_PARTIES = (FIRST_CONTACT, SOLIDARITY, LETTER, DRAFTED)
# Two clusters, each as large as one can be (`actions.clusters.MOST_MEMBERS`).
MOST_PARTIES = 24
# Partnerships older than this are not of our time: a slip of the keyboard.
FIRST_YEAR = 1945

COUNCIL, SENT, TO_JUSTICE, JUSTICE = (
    "council_decided",
    "sent_to_ministry",
    "sent_to_justice",
    "justice_answered",
)
AGREED, REFUSED, SIGNED, REGISTERED = "ministry_agreed", "ministry_refused", "signed", "registered"
AMENDED = "amended"
_ON_THE_WAY = (DRAFTED, IN_APPROVAL, IN_FORCE)
_STEPS = {
    COUNCIL: (SOLIDARITY, LETTER, *_ON_THE_WAY),
    SENT: (DRAFTED,),
    TO_JUSTICE: (IN_APPROVAL,),
    JUSTICE: (IN_APPROVAL,),
    AGREED: (IN_APPROVAL,),
    REFUSED: (IN_APPROVAL,),
    SIGNED: _ON_THE_WAY,
    REGISTERED: _ON_THE_WAY,
    AMENDED: (IN_FORCE,),
}
# What answers what: the later one is not older than the earlier one, and the earlier one is there.
_AFTER = {TO_JUSTICE: SENT, JUSTICE: TO_JUSTICE, AGREED: SENT, REFUSED: SENT}
# These have a day after which the agreement no longer holds.
WITH_END = (SIGNED, AMENDED)


def stages_ahead(stage: str) -> tuple[str, ...]:
    return _AHEAD.get(stage, ())


def steps_open(stage: str) -> list[str]:
    """Which steps may be told of a twinning at this stage, in the order in which they come."""
    return [kind for kind, stages in _STEPS.items() if stage in stages]


class Told(NamedTuple):
    kind: str
    day: date


def refusal_of_step(kind: str, day: date, *, stage: str, before: Iterable[Told], today: date) -> str:
    """Why a step cannot be told now, as a code of `refusals.TwinningRefused`; empty when it can. ``before``: the steps
    that count, without those that were withdrawn."""
    if kind not in steps_open(stage):
        return "not now"
    if day > today:
        return "future"
    if day.year < FIRST_YEAR:
        return "long ago"
    if kind not in _AFTER:
        return ""
    asked = [told.day for told in before if told.kind == _AFTER[kind]]
    if not asked:
        return "not asked"
    return "before asked" if day < max(asked) else ""


# --- Partnerships that exist already ---------------------------------------------------------------------------

# What may be declared of one: where it stands now.
DECLARED_STAGES = (SOLIDARITY, LETTER, IN_FORCE)


class NamedAs(TextChoices):
    """What somebody is who stands in no register of the portal. The law knows communities, bodies, associations."""

    COMMUNITY = "community", _("a municipality, city or district")
    REGION = "region", _("a region or province")
    ASSOCIATION = "association", _("an association of municipalities or regions")
    ORGANISATION = "organisation", _("an organisation of citizens, a foundation, a school or a hospital")
    BUSINESS = "business", _("a business")


REFUSED_AS = {NamedAs.BUSINESS: "business", NamedAs.ORGANISATION: "not a public body"}


class OtherSide(NamedTuple):
    """The other party of a declared partnership: a member, a place of the registers, or a name with its country."""

    member: Any = None
    place: Any = None
    name: str = ""
    country: str = ""
    named_as: str = ""


class Declared(NamedTuple):
    """What is known of it."""

    stage: str
    since_year: int | None = None
    signed_on: date | None = None
    registry_number: str = ""
    registered_on: date | None = None
    needs_registration: bool = False
