"""What a table of needs and offers is compared with: what its sender may change, as a file of today has it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from alliance.core.audience import Audience
from alliance.core.languages import LANGUAGES
from members.models import Member
from partnerships import permissions
from partnerships.exports.sheets import FULL, columns_of
from partnerships.models import Listing, ListingLine
from partnerships.models.sheet_rows import SheetRows
from partnerships.sheet_reading import BY_NAME, Entry, written


@dataclass(frozen=True)
class Scope:
    """In whose name somebody sends a table, and what it may change."""

    user: Any
    listings: QuerySet
    members: QuerySet
    own: Member | None
    audience_of: Callable[[Any], str]

    @classmethod
    def of_member(cls, user: Any, member: Member) -> "Scope":
        listings, members = (
            permissions.listings_in_sheet(user, member),
            permissions.members_in_sheet(user, member),
        )
        return cls(user, listings, members, member, lambda row: permissions.audience_of(user, row))

    @classmethod
    def of_desk(cls, user: Any) -> "Scope":
        listings, members = permissions.listings_at_desk(user), permissions.members_at_desk(user)
        return cls(user, listings, members, None, lambda row: Audience.COORDINATORS)


class Stored:
    """Read in a fixed number of queries, however long the table is."""

    def __init__(self, entries: Sequence[Entry], scope: Scope) -> None:
        self.scope = scope
        rows = self.scope.listings.filter(slug__in=[entry.id for entry in entries if entry.id])
        rows = rows.with_words().select_related("handover", "member__place__region")
        self.listings = {row.slug: row for row in rows}
        ids = [row.pk for row in self.listings.values()]
        self.cells = self._cells(ids)
        self.promised = frozenset(
            ListingLine.objects.promised().filter(listing__in=ids).values_list("slug", flat=True)
        )
        self.members = self._named_members(entries)
        self.titles = self._titles({member.pk for member in self.members.values()})

    def _cells(self, ids: list[int]) -> dict[str, list[dict[str, str]]]:
        """Slug of a listing → its rows, as its own people would download them now."""
        names = [column.name for column in columns_of(FULL)]
        found: dict[str, list[dict[str, str]]] = {}
        rows = SheetRows(self.scope.listings, ids, lambda row: permissions.OWN, prefix="")
        for chunk in rows.fetched(FULL):
            for values in chunk:
                cells = {name: _text(name, value) for name, value in zip(names, values, strict=True)}
                found.setdefault(cells["id"], []).append(cells)
        return found

    def _named_members(self, entries: Iterable[Entry]) -> dict[str, Member]:
        """Slug or folded name → member, of those that the new rows name."""
        typed = {
            entry.cell(name)[1] for entry in entries for name in ("member", "member_name") if not entry.id
        }
        named = Q(slug__in=typed) | Q(official_name__in=typed)
        for code in LANGUAGES:
            named |= Q(**{f"name_{code}__in": typed})
        found = list(self.scope.members.filter(named).select_related("place__region"))
        if self.scope.own:
            found.append(self.scope.own)
        by_name: dict[str, Member] = {}
        for member in found:
            names = [
                member.slug,
                member.official_name,
                *(getattr(member, f"name_{code}") for code in LANGUAGES),
            ]
            by_name |= {name.casefold(): member for name in names if name}
        return by_name

    def _titles(self, members: set[int]) -> set[tuple[int, str, str]]:
        """Member, kind and folded title of what is there: a table without codes is not written twice."""
        names = [f"title_{code}" for code in LANGUAGES]
        rows = Listing.objects.filter(member__in=members).values_list(
            "member_id", "kind", "original_texts", *names
        )
        return {
            (member, kind, title.casefold())
            for member, kind, other, *titles in rows
            for title in [*titles, (other or {}).get("title")]
            if title
        }


def _text(name: str, value: Any) -> str:
    """A value of the database as the file writes it, without the apostrophe before formulas."""
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return written(name, text) if BY_NAME[name].kind == "text" else text
