"""The contact person of a member, and the people of a party, as one reader may see them: pages and mails of a handshake
and of a twinning ask here, nothing else."""

from typing import Any

from alliance.core.audience import visible

FIELDS = ("contact_name", "contact_role", "contact_email", "contact_phone")


def contact_of(member: Any, viewer: str) -> dict[str, str]:
    """Name, position, address and telephone number by their fields' names: those that a reader of the audience
    ``viewer`` may see and that there are."""
    shown = {name: getattr(member, name) for name in FIELDS if visible(member, name, viewer)}
    return {name: _written(value) for name, value in shown.items() if value}


def _written(value: Any) -> str:
    """A telephone number in groups, with its country's code."""
    return getattr(value, "as_international", None) or str(value)


def people_of_party(party: Any) -> list[dict[str, str]]:
    """Name and address of those who look after a twinning for ``party`` and can be reached, the second one behind the
    first; for the other parties' people alone. Of `TwinningPartyQuerySet.with_reach()`."""
    named = [(party.contact, party.contact_acts), (party.second_contact, party.second_acts)]
    return [{"name": person.name, "email": person.email} for person, acts in named if acts]
