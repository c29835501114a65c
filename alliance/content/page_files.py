"""The pages that a fresh portal begins with, as files of words: one for each page and language. Pure: `actions.seeding`
stores them, and a page that nobody stored yet is shown from them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from alliance.core.languages import DEFAULT_LANGUAGE, LANGUAGES
from alliance.core.languages import fingerprint as mark_of

FOLDER = Path(__file__).parent / "data" / "pages"
# Slug, kind, and the page that it belongs under; other pages of the portal lead to each of them.
PAGES = {
    "about": ("about", ""),
    "partners": ("about", "about"),
    "joining": ("about", ""),
    "accessibility": ("legal", ""),
    "privacy": ("legal", ""),
    "legal-notice": ("legal", ""),
    "languages": ("legal", ""),
}
HEADING = re.compile(r"^## (?P<title>.*?) ?\{#(?P<anchor>[a-z0-9-]+)(?: (?P<kind>[a-z]+))?\}$", re.M)


@cache
def seed_data(slug: str) -> dict[str, Any]:
    """A page of a fresh portal in the shape of a revision's data.

    :raises KeyError: for a page that has no file
    """
    if slug not in PAGES:
        raise KeyError(slug)
    files = {code: _parse((FOLDER / f"{slug}.{code}.md").read_text(encoding="utf-8")) for code in LANGUAGES}
    page = _part({code: file["page"] for code, file in files.items()})
    originals = files[DEFAULT_LANGUAGE]["sections"]
    sections = [
        _part({code: file["sections"][anchor] for code, file in files.items()})
        | {"anchor": anchor, "kind": kind}
        for anchor, kind in ((one["anchor"], one["kind"]) for one in originals.values())
    ]
    return page | {"sections": sections}


def _part(texts: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The texts of one part by field and language, each translation made from the English as it stands."""
    fields = [name for name in ("title", "summary", "text") if name in texts[DEFAULT_LANGUAGE]]
    by_field = {name: {code: words[name] for code, words in texts.items() if words[name]} for name in fields}
    made_from = {
        name: {
            code: mark_of(words[DEFAULT_LANGUAGE], DEFAULT_LANGUAGE)
            for code in words
            if code != DEFAULT_LANGUAGE
        }
        for name, words in by_field.items()
    }
    return {
        "texts": by_field,
        "original_language": DEFAULT_LANGUAGE,
        "made_from": {name: marks for name, marks in made_from.items() if marks},
    }


def _parse(text: str) -> dict[str, Any]:
    head, *_rest = re.split(r"^## ", text, maxsplit=1, flags=re.M)
    title, _blank, summary = head.partition("\n")
    found = list(HEADING.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    sections = {
        match["anchor"]: {
            "anchor": match["anchor"],
            "kind": match["kind"] or "text",
            "title": match["title"].strip(),
            "text": text[match.end() : end].strip(),
        }
        for match, end in zip(found, ends, strict=True)
    }
    page = {"title": title.removeprefix("# ").strip(), "summary": summary.strip().removeprefix("> ")}
    return {"page": page, "sections": sections}
