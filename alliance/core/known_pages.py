"""Pages of the portal by their addresses: which view answers one is found out once, not with every request."""

from functools import lru_cache

from django.urls import ResolverMatch, URLResolver
from django.utils.translation import get_language

# Addresses of one process; whoever invents others only makes it forget.
MOST = 1000


class KnownPages(URLResolver):
    """A resolver of `i18n_patterns` that remembers what it found, and nothing of addresses that lead nowhere."""

    def __init__(self, pages: URLResolver) -> None:
        self.__dict__.update(pages.__dict__)
        self.known = lru_cache(maxsize=MOST)(self._found)

    def resolve(self, path: str) -> ResolverMatch:
        return self.known(str(path), get_language())

    def _found(self, path: str, _language: str) -> ResolverMatch:
        match = super().resolve(path)
        match.tried = None  # all that did not match: long, and read by nobody
        return match
