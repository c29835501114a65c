"""Prepared answers: the placeholders that editors may type, and what becomes of them. Pure."""

import re

PLACEHOLDER = re.compile(r"\{([^{}\s]{0,40})\}")
KNOWN = ("name", "number")


def filled(text: str, *, name: str, number: str) -> str:
    """``text`` with the name of the person and the number of the ticket in their places."""
    values = {"name": name, "number": number}
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unknown(text: str) -> list[str]:
    """Placeholders that nothing fills in: a slip of the finger that a reader would see."""
    return [found for found in PLACEHOLDER.findall(text or "") if found not in KNOWN]
