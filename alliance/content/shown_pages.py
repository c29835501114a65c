"""A page as one reader sees it, made from the data of a revision or of the working copy: the same for readers and for
a preview."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alliance.content.points import Action, Points, action_of, points_of
from alliance.content.translations import shown_text
from alliance.core.languages import NOTHING, Shown

# Fewer headings are found without a list of them.
LONG_PAGE = 3


@dataclass(frozen=True)
class ShownSection:
    anchor: str
    kind: str
    title: Shown
    text: Shown
    points: Points | None = None
    action: Action | None = None
    documents: list[int] = field(default_factory=list)
    videos: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ShownPage:
    slug: str
    title: Shown
    summary: Shown
    sections: list[ShownSection]
    updated_at: datetime | None = None

    @property
    def contents(self) -> list[ShownSection]:
        """The list of headings that a long page begins with."""
        headed = [section for section in self.sections if section.title and section.kind != "action"]
        return headed if len(headed) >= LONG_PAGE else []


def shown_page(slug: str, data: Mapping[str, Any], *, updated_at: datetime | None = None) -> ShownPage:
    sections = [_section(part) for part in data.get("sections", [])]
    return ShownPage(slug, shown_text(data, "title"), shown_text(data, "summary"), sections, updated_at)


def _section(part: Mapping[str, Any]) -> ShownSection:
    kind, anchor, text = part["kind"], part["anchor"], shown_text(part, "text") or NOTHING
    return ShownSection(
        anchor=anchor,
        kind=kind,
        title=shown_text(part, "title"),
        text=text,
        points=points_of(text.text, anchor) if kind == "items" else None,
        action=action_of(text.text) if kind == "action" else None,
        documents=part.get("documents", []),
        videos=part.get("videos", []),
    )
