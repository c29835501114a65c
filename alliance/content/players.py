"""Video services whose films a page may embed after a click: how their addresses are read, what the player's frame is,
and who gets to know the visitor. Nothing here asks them anything."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

YOUTUBE_ID = re.compile(r"[\w-]{11}", re.A)
VIMEO_ID = re.compile(r"\d{5,12}", re.A)
EU_ID = re.compile(r"I-\d{4,9}(?:-[A-Z0-9]+)?", re.A)


@dataclass(frozen=True)
class Service:
    """One of them: its name, who runs it from where, the host of its frame, its own words about privacy."""

    name: Any
    operator: Any
    frame_host: str
    privacy_url: str
    frame: str
    page: str

    def frame_url(self, foreign_id: str) -> str:
        return f"https://{self.frame_host}{self.frame.format(id=foreign_id)}"

    def page_url(self, foreign_id: str) -> str:
        """Where the film is watched on the service itself."""
        return self.page.format(id=foreign_id)


SERVICES: dict[str, Service] = {
    "youtube": Service(
        name="YouTube",
        operator=_("Google Ireland Limited, Dublin, Ireland; also Google LLC in the United States"),
        frame_host="www.youtube-nocookie.com",
        privacy_url="https://policies.google.com/privacy",
        frame="/embed/{id}?rel=0",
        page="https://www.youtube.com/watch?v={id}",
    ),
    "vimeo": Service(
        name="Vimeo",
        operator=_("Vimeo.com, Inc., New York, United States"),
        frame_host="player.vimeo.com",
        privacy_url="https://vimeo.com/privacy",
        frame="/video/{id}?dnt=1",
        page="https://vimeo.com/{id}",
    ),
    "eu": Service(
        name=pgettext_lazy("video service", "Audiovisual Service"),
        operator=_("European Commission, Brussels, Belgium"),
        frame_host="audiovisual.ec.europa.eu",
        privacy_url="https://audiovisual.ec.europa.eu/en/privacy-policy",
        frame="/embed/index.html?ref={id}&lg=EN",
        page="https://audiovisual.ec.europa.eu/en/video/{id}",
    ),
}


def read_address(address: str) -> tuple[str, str] | None:
    """(service, what it calls the film) of an address as people copy it; None for any other."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    steps = [step for step in parts.path.split("/") if step]
    query = parse_qs(parts.query)
    if host in ("youtube.com", "youtube-nocookie.com"):
        found = (
            query.get("v", [""])[0] if steps[:1] == ["watch"] else _behind(steps, "embed", "shorts", "live")
        )
        return _known("youtube", found, YOUTUBE_ID)
    if host == "youtu.be":
        return _known("youtube", steps[0] if steps else "", YOUTUBE_ID)
    if host in ("vimeo.com", "player.vimeo.com"):
        return _known("vimeo", _behind(steps, "video") or (steps[0] if steps else ""), VIMEO_ID)
    if host == "audiovisual.ec.europa.eu":
        return _known("eu", query.get("ref", [""])[0] or _behind(steps, "video"), EU_ID)
    return None


def _behind(steps: list[str], *names: str) -> str:
    """The step of a path that follows one of ``names``."""
    return next((then for step, then in pairwise(steps) if step in names), "")


def _known(service: str, found: str, shape: re.Pattern) -> tuple[str, str] | None:
    return (service, found) if shape.fullmatch(found) else None
