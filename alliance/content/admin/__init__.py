"""The desk's pages of what mixes apps or belongs to the public face, one module a noun."""

from alliance.content.admin import documents, people, tickets, videos

__all__ = ["documents", "people", "tickets", "videos"]
