"""Which inbox a message reaches: addresses by topic and language in the settings."""

from django.conf import settings


def inbox(topic: str = "", language: str = "") -> str:
    """The address for a topic and language; the most particular setting wins, ``default`` always exists."""
    for key in (f"{topic}:{language}", topic, language, "default"):
        if address := settings.INBOXES.get(key):
            return address
    raise LookupError("INBOXES has no default")
