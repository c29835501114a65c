"""DREAM, Ukraine's public system of reconstruction projects: what its ids look like, and where everyone reads of a
project. Pure."""

import re

ID = re.compile(r"DREAM-UA-\d{6}(?:\d{2})?-[0-9A-F]{8}", re.ASCII)
EXAMPLE = "DREAM-UA-131222-4F8C5A35"
LONGEST = 30
SITE = "https://dream.gov.ua"
# Its pages are Ukrainian under /ua/ and English without it.
_PREFIXES = {"uk": "/ua"}
_ADDRESS = re.compile(rf"(?:HTTPS?://)?DREAM\.GOV\.UA/(?:[A-Z-]+/)*({ID.pattern})(?:[/?#].*)?", re.ASCII)


def read(text: str) -> str:
    """The id that somebody typed, or that stands in the address of a project's page; empty where it is neither."""
    typed = "".join(text.split()).upper()
    if ID.fullmatch(typed):
        return typed
    found = _ADDRESS.fullmatch(typed)
    return found[1] if found else ""


def page_of(project: str, language: str) -> str:
    """The public page of a project, in the language of its reader as far as DREAM speaks it."""
    return f"{SITE}{_PREFIXES.get(language, '')}/project/{project}/profile"
