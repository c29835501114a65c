"""The desk's pages of what mixes apps or belongs to the public face, one module a noun."""

from alliance.content.admin import (
    documents,
    evidence,
    inbox,
    pages,
    people,
    policy,
    stories,
    surveys,
    tickets,
    translations,
    videos,
)

__all__ = [
    "documents",
    "evidence",
    "inbox",
    "pages",
    "people",
    "policy",
    "stories",
    "surveys",
    "tickets",
    "translations",
    "videos",
]
