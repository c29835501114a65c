"""What every template may read beside its own context: the house's name and the switch of languages."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from alliance.core.inboxes import inbox
from alliance.core.languages import NATIVE_NAMES, reader_language
from alliance.core.lists import PAGE_KEYS

# As Open Graph names them.
LOCALES = {"en": "en_GB", "pl": "pl_PL", "uk": "uk_UA"}


def site(request: HttpRequest) -> dict:
    languages = language_links(request)
    here = next(link["absolute_url"] for link in languages if link["is_current"])
    return {"site": {**house(), "languages": languages, "page_url": here}}


def house() -> dict:
    """Name and addresses; also the context of mails and error pages, which have no request."""
    return {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_SHORT_NAME,
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
            "locale": LOCALES[code],
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
