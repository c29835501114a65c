"""Search of places by any spelling: what `PlaceQuerySet.search()` and `.similar()` do. Knows no model of its own.

The index on `spellings` finds; `keys` ranks. `keys` holds folded whole names, those that are shown between bars and
other spellings between broken bars: "|lviv|lwow|львів|¦lemberg¦leopolis¦".
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from rapidfuzz import fuzz, process

from alliance.core import spelling

SHORTEST = 2
# A word that names a region or a country narrows the search; these many words at the end may.
MOST_WORDS_OF_REGION = 3
# “similar”: how many letters must be right, how alike the rest, how many candidates are compared.
SURE_LETTERS = 3
ALIKE_PERCENT = 78
CANDIDATES = 2000

EXACT, EXACT_OTHER, BEGINS, INSIDE, BY_SOUND = range(5)


def make_keys(names: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """The column `keys` for the names that are shown and the spellings that are not."""
    shown = dict.fromkeys(filter(None, map(spelling.fold, names)))
    others = dict.fromkeys(key for key in map(spelling.fold, aliases) if key and key not in shown)
    tail = f"{'¦'.join(['', *others, ''])}" if others else ""
    return f"|{'|'.join(shown)}|{tail}"


def search(rows: QuerySet, text: str) -> QuerySet:
    """The rows that fit, best first. Two queries: which regions the last words may name, and the answer."""
    folded = spelling.fold(text).replace("|", " ").replace("¦", " ").strip()
    tsquery = spelling.place_query(text)
    if len(folded) < SHORTEST or not tsquery:
        return rows.none()
    found = _matches(tsquery)
    inside, rest = _inside(rows.model, text)
    if inside is not None:
        found |= _matches(spelling.place_query(rest)) & inside
    cities_first = Case(When(level="municipality", then=0), default=1, output_field=IntegerField())
    return (
        rows.annotate(_words=_words(), rank=_rank(folded, spelling.fold(rest) if rest else ""))
        .filter(found)
        .order_by("rank", cities_first, F("population").desc(nulls_last=True), "code")
    )


def _words() -> SearchVector:
    return SearchVector("spellings", config="simple")


def _matches(tsquery: str) -> Q:
    return Q(_words=SearchQuery(tsquery, config="simple", search_type="raw"))


def _rank(folded: str, rest: str) -> Case:
    """How well a row's names answer; a name that is followed by its region counts like the name alone."""
    whens = []
    for key in filter(None, dict.fromkeys([folded, rest])):
        whens += [
            (Q(keys__contains=f"|{key}|"), EXACT),
            (Q(keys__contains=f"¦{key}¦"), EXACT_OTHER),
            (Q(keys__contains=f"|{key}"), BEGINS),
            (Q(keys__contains=f" {key}") | Q(keys__contains=f"¦{key}"), INSIDE),
        ]
    whens.sort(key=lambda when: when[1])
    return Case(
        *(When(q, then=Value(rank)) for q, rank in whens), default=BY_SOUND, output_field=IntegerField()
    )


def _inside(model: Any, text: str) -> tuple[Q | None, str]:
    """Whether the text ends with a region or country, and what stands before it: (condition, rest)."""
    words = text[: spelling.MAX_QUERY].replace(",", " ").replace("(", " ").replace(")", " ").split()
    splits = [
        (" ".join(words[:at]), " ".join(words[at:]))
        for at in range(max(1, len(words) - MOST_WORDS_OF_REGION), len(words))
    ]
    queries = [query for _rest, tail in splits if (query := spelling.place_query(tail))]
    if not queries:
        return None, ""
    wide = model.objects.annotate(_words=_words()).filter(
        _matches(" | ".join(f"({query})" for query in queries)), level__in=("country", "region")
    )
    folds = {spelling.fold(tail): rest for rest, tail in splits}
    names: dict[str, list[tuple]] = {}
    for pk, level, country, keys in wide.values_list("id", "level", "country", "keys")[:200]:
        for tail, rest in folds.items():
            if _names_region(tail, keys):
                names.setdefault(rest, []).append((pk, level, country))
    if not names:
        return None, ""
    # The longest tail that names a region leaves the shortest rest.
    rest = min(names, key=len)
    regions = [pk for pk, level, _country in names[rest] if level == "region"]
    countries = [country for _pk, level, country in names[rest] if level == "country"]
    return Q(region_id__in=regions) | Q(country__in=countries), rest


def _names_region(tail: str, keys: str) -> bool:
    """A whole name of it, or a whole word of one: “одеська” for “одеська область”."""
    parts = keys.replace("¦", "|").split("|")
    return tail != "" and any(tail == part or f" {tail} " in f" {part} " for part in parts)


def similar(rows: QuerySet, text: str, limit: int) -> list:
    """Names a slip or two away, compared among the largest places that begin with the same letters."""
    folded = spelling.fold(text)
    start = spelling.place_query(folded[:SURE_LETTERS])
    if len(folded) <= SURE_LETTERS or not start:
        return []
    candidates = rows.annotate(_words=_words()).filter(_matches(start))
    keys = dict(
        candidates.order_by(F("population").desc(nulls_last=True)).values_list("id", "keys")[:CANDIDATES]
    )
    names = [(name, pk) for pk, key in keys.items() for name in key.replace("¦", "|").split("|") if name]
    scored = process.extract(
        folded, [name for name, _pk in names], scorer=fuzz.ratio, score_cutoff=ALIKE_PERCENT, limit=4 * limit
    )
    best = list(dict.fromkeys(names[position][1] for _name, _score, position in scored))[:limit]
    found = rows.in_bulk(best)
    return [found[pk] for pk in best]
