"""What an address asks of the lists, as `Criteria`: pages, files, feeds and saved searches read addresses alike."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from alliance.core import lists
from alliance.core.languages import reader_language
from partnerships.models.search import Criteria, tokens_of
from partnerships.search_text import words_query

# Name in the address → prefix of its lexemes, and what a value looks like.
FACETS = {
    "kind": ("k", re.compile(r"need|offer")),
    "sector": ("s", re.compile(r"[A-Z]{3}(-\d{2})?|[A-Z0-9]{1,10}")),
    "country": ("c", re.compile(r"[A-Z]{2}")),
    "region": ("r", re.compile(r"\d{1,18}", re.ASCII)),
    "lang": ("l", re.compile(r"[a-z]{2,3}")),
}


@dataclass(frozen=True)
class Asked:
    """What one address asks for; anything that makes no sense is ignored, as if it were not there."""

    kind: str
    for_members: bool
    text: str
    until: date | None
    chosen: dict[str, list[str]] = field(default_factory=dict)
    # The language that the words were typed in; empty: the reader's.
    language: str = ""

    @classmethod
    def of(cls, params: QueryDict, *, kind: str, for_members: bool, language: str = "") -> Self:
        chosen = {}
        for name, (_prefix, shape) in FACETS.items():
            if kind and name == "kind":
                continue
            values = [value for value in lists.values_of(params, name) if shape.fullmatch(value)]
            if values:
                chosen[name] = values
        return cls(kind, for_members, lists.text_of(params), _date(params.get("until", "")), chosen, language)

    @property
    def criteria(self) -> Criteria:
        return Criteria(
            today=timezone.localdate(),
            for_members=self.for_members,
            kind=self.kind,
            words=self._words,
            facets=tuple((name, tokens_of(values, FACETS[name][0])) for name, values in self.chosen.items()),
            valid_until=self.until,
        )

    @property
    def _words(self) -> str | None:
        if not self.text:
            return None
        return words_query(self.text, self.language or reader_language(), for_members=self.for_members)

    @property
    def address(self) -> str:
        """The same question in one normal order, as an address writes it; empty when nothing is asked."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for name in FACETS:
            query.setlist(name, sorted(self.chosen.get(name, ())))
        if self.until:
            query["until"] = self.until.isoformat()
        return query.urlencode()


def _date(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
