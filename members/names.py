"""What a member's search and order columns are made of. Every action that changes names calls it. Pure."""

from typing import Any

from alliance.core.collation import sort_key
from alliance.core.languages import LANGUAGES
from alliance.core.spelling import spellings

COLUMNS = [*(f"sort_{code}" for code in LANGUAGES), "spellings"]


def derive_search(member: Any) -> list[str]:
    """Fill the order and search columns from the names; returns the columns, for `save(update_fields=…)`."""
    for code in LANGUAGES:
        name = getattr(member, f"name_{code}") or member.official_name
        setattr(member, f"sort_{code}", sort_key(name, code)[:400])
    names = [member.official_name, *(getattr(member, f"name_{code}") or "" for code in LANGUAGES)]
    words = spellings(list(dict.fromkeys(name for name in names if name))).split()
    if member.place:
        words += member.place.spellings.split()
    member.spellings = " ".join(dict.fromkeys(words))
    return COLUMNS
