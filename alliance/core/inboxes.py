"""Which inbox a message reaches, and in which language: addresses by topic, country and language in the settings."""

from django.conf import settings

from alliance.core.languages import DEFAULT_LANGUAGE


def inbox(topic: str = "", language: str = "", country: str = "") -> str:
    """The address for a topic, a country (``UA``) and a language (``uk``).

    The most particular setting wins: ``topic:COUNTRY:language``, ``topic:COUNTRY``, ``topic:language``, ``topic``,
    ``COUNTRY``, ``language``, ``default``. Countries are written in capitals, so they are never taken for languages.
    """
    return settings.INBOXES[_key(topic, language.lower(), country.upper())]


def inbox_language(topic: str = "", language: str = "", country: str = "") -> str:
    """The language of the portal's mails to that inbox: its own when it is kept for one language; an inbox that
    serves senders of every language reads English."""
    language = language.lower()
    names_it = _key(topic, language, country.upper()).rpartition(":")[2] == language
    return language if names_it else DEFAULT_LANGUAGE


def _key(topic: str, language: str, country: str) -> str:
    keys = (
        f"{topic}:{country}:{language}",
        f"{topic}:{country}",
        f"{topic}:{language}",
        topic,
        country,
        language,
        "default",
    )
    for key in keys:
        if settings.INBOXES.get(key):
            return key
    raise LookupError("INBOXES has no default")
