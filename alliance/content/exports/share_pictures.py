"""A picture for those who share a page, as PNG that typst sets. Pure; some 30 ms, the same bytes for the same card."""

import json
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from alliance.content.share_pictures import HEIGHT, WIDTH, Card

LAYOUT = Path(__file__).resolve().parent / "share_picture.typ"
MARK = Path(settings.BASE_DIR) / "alliance" / "core" / "static" / "img" / "mark.svg"
# More never fits; the layout cuts after the last word that does.
MOST_CHARACTERS = 400
# A word of such a length may be divided wherever it has to be; no dictionary helps with a code or a name of a file.
_LONG_WORD = re.compile(r"\S{30,}")
_PART = 15


def as_png(card: Card, language: str) -> bytes:
    import typst

    doc = {
        "title": _LONG_WORD.sub(_divisible, " ".join(card.title[:MOST_CHARACTERS].split())),
        "kind": card.kind,
        "name": str(settings.SITE_NAME),
        "language": language,
        "width": WIDTH,
        "height": HEIGHT,
    }
    return typst.compile(
        _layout(),
        sys_inputs={"doc": json.dumps(doc, ensure_ascii=False), "mark": _mark()},
        ignore_system_fonts=True,
        format="png",
        ppi=72,
    )


def _divisible(word: re.Match[str]) -> str:
    """With soft hyphens."""
    text = word[0]
    return "\u00ad".join(text[start : start + _PART] for start in range(0, len(text), _PART))


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return LAYOUT.read_bytes()


@lru_cache(maxsize=1)
def _mark() -> str:
    return MARK.read_text(encoding="utf-8")
