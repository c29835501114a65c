"""The search rows of listings: written with their listings, rebuilt in bulk, regrouped as they grow older."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from alliance.core.languages import LANGUAGES
from alliance.core.models import MachineText
from members.models import Place
from partnerships.models import Listing, ListingSearch
from partnerships.models.search import AGE_SIZES, quoted, tokens_of
from partnerships.search_text import lexemes

BATCH = 500
UPSERT = """
    INSERT INTO partnerships_listingsearch
        (listing_id, member_id, published_at, expires_on, indexed_at, age, is_public, kind, facets, vector)
    VALUES {rows}
    ON CONFLICT (listing_id) DO UPDATE SET (member_id, published_at, expires_on, indexed_at, age, is_public,
        kind, facets, vector) = (excluded.member_id, excluded.published_at, excluded.expires_on,
        excluded.indexed_at, excluded.age, excluded.is_public, excluded.kind, excluded.facets, excluded.vector)
"""


def index_listing(listing: Listing) -> None:
    """Write the search row of one published listing, in the caller's transaction."""
    _write([listing], [_age_of(listing.published_at)])


def unindex_listing(listing: Listing) -> None:
    ListingSearch.objects.filter(listing=listing).delete()


def reindex_listings(listings: QuerySet | None = None, *, say: Callable[[int], None] = lambda n: None) -> int:
    """Rebuild the rows of all published listings (or of ``listings``) and drop the others; returns how many."""
    if listings is None:
        ListingSearch.objects.exclude(listing__status=Listing.Status.PUBLISHED).delete()
        listings = Listing.objects.filter(status=Listing.Status.PUBLISHED)
    rows = iter(listings.with_facts().order_by("-published_at", "-id").iterator(chunk_size=BATCH))
    done = 0
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            _write(batch, [_age_of(listing.published_at) for listing in batch])
        done += len(batch)
        say(done)
    regroup()
    return done


def reindex_stale(limit: int = 5_000) -> int:
    """Rows whose member or listing changed after they were written, and published listings without a row."""
    published = Listing.objects.filter(status=Listing.Status.PUBLISHED)
    behind = Q(search__isnull=True) | Q(search__indexed_at__lt=F("updated_at"))
    behind |= Q(search__indexed_at__lt=F("member__updated_at"))
    if settings.MACHINE_TRANSLATION:  # cards show it from now on
        fresh = MachineText.objects.filter(
            content_type=ContentType.objects.get_for_model(Listing),
            object_id=OuterRef("pk"),
            done_at__gt=OuterRef("search__indexed_at"),
        )
        behind |= Exists(fresh)
    stale = published.filter(behind).values_list("id", flat=True)[:limit]
    return reindex_listings(Listing.objects.filter(id__in=list(stale)))


def regroup() -> None:
    """Move rows that grew too old for their group into the next one; newer groups always hold newer rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two at once would only do the same work twice, but could meet on one row in different orders.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('listing_search.regroup'))")
        for age, size in enumerate(AGE_SIZES):
            cursor.execute(
                """UPDATE partnerships_listingsearch SET age = age + 1 WHERE listing_id IN (
                    SELECT listing_id FROM partnerships_listingsearch WHERE age = %s
                    ORDER BY published_at DESC, listing_id DESC OFFSET %s)""",
                [age, size],
            )


def _write(listings: list[Listing], ages: list[int]) -> None:
    now = timezone.now()
    params: list = []
    for listing, age in zip(listings, ages, strict=True):
        facets = facets_of(listing)
        words = lexemes(texts_of(listing), LANGUAGES)
        vector = " ".join(quoted(lexeme) for lexeme in [*facets, *sorted(words)])
        params += [
            listing.pk,
            listing.member_id,
            listing.published_at,
            listing.expires_on,
            now,
            age,
            listing.audience == "public",
            listing.kind,
            facets,
            vector,
        ]
    row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s::tsvector)"
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(rows=", ".join([row] * len(listings))), params)


def _age_of(published_at: datetime) -> int:
    """The group of the next newer row, so that groups never overlap; 0 for the newest."""
    newer = ListingSearch.objects.filter(published_at__gt=published_at).order_by("published_at", "listing_id")
    return newer.values_list("age", flat=True).first() or 0


def texts_of(listing: Listing) -> dict[str, str]:
    """What each language finds: the listing in it, names and keywords of its sectors, of its member and place."""
    parts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    place = listing.member.place
    region = region_of(place)
    for code in LANGUAGES:
        found = parts[code]
        found += [getattr(listing, f"{field}_{code}") or "" for field in ("title", "text")]
        # Where there is no text in a language, the words of its sectors stand in for it. Where there is one,
        # they would only add what the text does not speak of (precision in Ukrainian: 0.92 with, 0.97 without).
        for sector in [] if listing_speaks(listing, code) else listing.sectors.all():
            found += [getattr(sector, f"name_{code}"), getattr(sector, f"keywords_{code}")]
            if sector.parent_id:
                found.append(getattr(sector.parent, f"name_{code}"))
        found.append(getattr(listing.member, f"name_{code}") or listing.member.official_name)
        found += [getattr(named, f"name_{code}") for named in (place, region) if named]
    written_in = listing.original_language or LANGUAGES[0]
    parts.setdefault(written_in, []).extend(listing.original_texts.values())
    for line in listing.lines.all():
        parts[written_in].append(line.item)
        if line.template:
            for code in LANGUAGES:
                parts[code].append(getattr(line.template, f"name_{code}"))
    return {code: "\n".join(found) for code, found in parts.items()}


def region_of(place: Place | None) -> Place | None:
    """The oblast or NUTS 2 region that lists filter by: the place itself when it is one."""
    if place is None:
        return None
    return place if place.level == Place.Level.REGION else place.region


def listing_speaks(listing: Listing, code: str) -> bool:
    """Whether a reader of one of our languages reads title or text in it."""
    return bool(getattr(listing, f"title_{code}") or getattr(listing, f"text_{code}"))


def languages_of(listing: Listing) -> list[str]:
    """The languages in which a reader finds title or text."""
    return [code for code in LANGUAGES if listing_speaks(listing, code)] or [listing.original_language]


def facets_of(listing: Listing) -> list[str]:
    """Facet values as lexemes: kind, both levels of sectors, country, region, languages."""
    sectors = dict.fromkeys(
        code
        for sector in listing.sectors.all()
        for code in (sector.code, sector.parent.code if sector.parent_id else None)
        if code
    )
    region = region_of(listing.member.place)
    return [
        *tokens_of([listing.kind], "k"),
        *tokens_of(list(sectors), "s"),
        *tokens_of([listing.member.country], "c"),
        *tokens_of([str(region.pk)] if region else [], "r"),
        *tokens_of(languages_of(listing), "l"),
    ]
