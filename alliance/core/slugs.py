"""Public ids: short random words, never counters. No letters or digits that are easily confused."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def make_slug(length: int = 10) -> str:
    """A random id; 10 characters of 31 are 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def make_reference(prefix: str) -> str:
    """A number that a person can read out on the phone, e.g. ``ALL-7F3K-9QXM`` (39 bits)."""
    code = make_slug(8).upper()
    return f"{prefix}-{code[:4]}-{code[4:]}"
