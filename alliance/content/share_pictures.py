"""The picture that social networks and messengers show beside a link to a page: what it says, and the version in its
address. Pure; `exports.share_pictures` draws it."""

import hashlib
import html
from dataclasses import dataclass

from django.conf import settings

from alliance.core.languages import reader_language

WIDTH, HEIGHT = 1200, 630
# Raised by hand when the layout changes, so that those who keep pictures fetch the new ones.
LAYOUT = "1"


@dataclass(frozen=True)
class Card:
    """What a picture says beside the name of the Alliance."""

    title: str
    kind: str = ""


def page_title(title: str) -> str:
    """As base.html writes it."""
    return f"{title} – {settings.SITE_SHORT_NAME}"


def version_of(title: str) -> str:
    """A new one for each title of a page (a text or HTML), language, name of the Alliance and layout."""
    words = " ".join(html.unescape(title).split())
    told = "\0".join([LAYOUT, reader_language(), str(settings.SITE_NAME), words])
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
