"""The parts of a score for a template, from rows: one query for the names of sectors and one for those of items."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alliance.core.languages import reader_language
from members.models import Member, Sector
from partnerships.match_words import Names, Told, codes_in, points_in_words, told
from partnerships.matching import mirrored
from partnerships.models import ItemTemplate, Match, MatchScore, Suggestion

# So many of the strongest parts stand on a card; the rest opens.
STRONGEST = 3
Parts = Sequence[Mapping[str, Any]]


def names_for(many: Iterable[Parts]) -> Names:
    """The names that the words of all these scores need."""
    sectors: set[str] = set()
    items: set[str] = set()
    for parts in many:
        more_sectors, more_items = codes_in(parts)
        sectors |= more_sectors
        items |= more_items
    name = f"name_{reader_language()}"
    return Names(
        dict(Sector.objects.filter(code__in=sectors).values_list("code", name)),
        dict(ItemTemplate.objects.filter(code__in=items).values_list("code", name)) if items else {},
    )


def score_context(total: int, parts: Parts, names: Names) -> dict[str, Any]:
    """For `_score_parts.html`: the total with its bar, all parts, and the strongest of them."""
    lines: list[Told] = told(parts, names)
    most = sum(part["most"] for part in parts)
    strongest = sorted((each for each in lines if each.tenths), key=lambda each: -each.tenths)
    return {
        "total": points_in_words(total),
        "most": points_in_words(most),
        "percent": round(100 * total / most) if most else 0,
        "parts": lines,
        "strongest": strongest[:STRONGEST],
    }


def score_of_match(match: Match, member: Member) -> dict[str, Any]:
    """What both sides of a handshake read, told to ``member``; empty where nobody was led here by a score."""
    row = MatchScore.objects.filter(match=match).first()
    return _told_to(member, row.first_id, row.total, row.parts) if row else {}


def score_between(member: Member, other: Member) -> dict[str, Any]:
    """Of the suggestion that names ``other`` to ``member``; empty where there is none."""
    row = Suggestion.objects.filter(member=member, other=other, dismissed_at=None).first()
    return _told_to(member, row.member_id, row.total, row.parts) if row else {}


def _told_to(member: Member, first: int, total: int, parts: Parts) -> dict[str, Any]:
    ours = list(parts) if member.pk == first else mirrored(parts)
    return score_context(total, ours, names_for([ours]))
