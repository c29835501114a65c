"""What every template may read beside its own context: the house's name and the switch of languages."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from alliance.core.inboxes import inbox
from alliance.core.languages import NATIVE_NAMES, reader_language
from alliance.core.lists import PAGE_KEYS

# As Open Graph names them.
LOCALES = {"en": "en_GB", "pl": "pl_PL", "uk": "uk_UA"}


class Alternate(NamedTuple):
    """The page in one language, as search engines are told of it: without any query."""

    code: str
    locale: str
    absolute_url: str
    is_current: bool


def site(request: HttpRequest) -> dict:
    languages = language_links(request)
    alternates = tuple(
        Alternate(link["code"], LOCALES[link["code"]], link["absolute_url"], link["is_current"])
        for link in languages
    )
    here = next(each.absolute_url for each in alternates if each.is_current)
    about = {**house(), "languages": languages, "alternates": alternates, "page_url": here}
    # What base.html asks of a page that may not have it: a name that nobody knows costs more than one that is empty.
    return {"site": about, "form": None, "og_type": ""}


def house() -> dict:
    """Name and addresses; also the context of mails and error pages, which have no request."""
    return {
        # Translated once, and not wherever a template asks.
        "name": str(settings.SITE_NAME),
        "short_name": str(settings.SITE_SHORT_NAME),
        "inbox": inbox(language=reader_language()),
        "url": settings.PUBLIC_URL,
        "licence": settings.SITE_LICENCE,
        "is_local_run": settings.LOCAL_RUN,
        "has_mailbox": bool(settings.MAILBOX_DIR),
    }


def language_links(request: HttpRequest) -> list[dict]:
    """This page in each language, filters kept. Lists drop their page key: it sorts in one alphabet only."""
    current = reader_language()
    query = [(name, values) for name, values in request.GET.lists() if name not in PAGE_KEYS]
    tail = f"?{urlencode(query, doseq=True)}" if query else ""
    paths = {code: in_language(request, code) for code in NATIVE_NAMES}
    return [
        {
            "code": code,
            "native_name": name,
            "url": paths[code] + tail,
            "absolute_url": settings.PUBLIC_URL + paths[code],
            "is_current": code == current,
        }
        for code, name in NATIVE_NAMES.items()
    ]


def in_language(request: HttpRequest, code: str) -> str:
    """The address of this page in a language: our addresses differ in their first part alone. Others stay."""
    first, slash, rest = request.path_info[1:].partition("/")
    if not slash or first not in NATIVE_NAMES:
        return request.path
    return f"{request.path.removesuffix(request.path_info)}/{code}/{rest}"
