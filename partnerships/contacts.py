"""The contact person of a member as one reader may see it: pages and mails of a handshake ask here, nothing else."""

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
