"""What an application consists of: its steps, in order, and what each of them needs. Pure."""

from typing import Any

STEPS = ("authority", "people", "principles", "decision", "check")


def missing_steps(member: Any) -> list[str]:
    """The steps that still lack something required, in their order."""
    complete = {
        "authority": bool(member.official_name and member.country and has_name(member)),
        "people": bool(member.contact_name and member.contact_email and member.signatory_name),
        "principles": bool(member.principles_accepted_at),
        "decision": not needs_decision(member) or hasattr(member, "mandate"),
    }
    return [step for step, is_complete in complete.items() if not is_complete]


def has_name(member: Any) -> bool:
    return bool(member.name_en or member.name_pl or member.name_uk)


def needs_decision(member: Any) -> bool:
    """A council decides for an authority; associations and institutions have their own rules."""
    return member.is_authority


def first_open_step(member: Any) -> str:
    """Where somebody who comes back goes on."""
    return next(iter(missing_steps(member)), "check")
