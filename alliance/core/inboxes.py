"""Which inbox a message reaches: addresses by topic, country and language in the settings."""

from django.conf import settings


def inbox(topic: str = "", language: str = "", country: str = "") -> str:
    """The address for a topic, a country (``UA``) and a language (``uk``).

    The most particular setting wins: ``topic:COUNTRY:language``, ``topic:COUNTRY``, ``topic:language``, ``topic``,
    ``COUNTRY``, ``language``, ``default``. Countries are written in capitals, so they are never taken for languages.
    """
    country, language = country.upper(), language.lower()
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
        if address := settings.INBOXES.get(key):
            return address
    raise LookupError("INBOXES has no default")
