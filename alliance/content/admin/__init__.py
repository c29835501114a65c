"""The desk's pages of what mixes apps or belongs to the public face, one module a noun."""

from alliance.content.admin import inbox, pages, people, tickets, translations

__all__ = ["inbox", "pages", "people", "tickets", "translations"]
