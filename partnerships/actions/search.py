"""The search rows of listings: written with their listings, rebuilt in bulk, regrouped as they grow older."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from alliance.core.audience import Audience, visible
from alliance.core.languages import LANGUAGES
from alliance.core.models import MachineText
from members.models import Place
from members.names_shown import is_its_region
from partnerships.models import Listing, ListingSearch
from partnerships.models.search import AGE_SIZES, tokens_of
from partnerships.search_text import FOR_MEMBERS, lexemes, quoted

BATCH = 500
# Fields whose words are in the index.
INDEXED = frozenset({"text", "lines", "member"})
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
    rows = iter(listings.with_words().order_by("-published_at", "-id").iterator(chunk_size=BATCH))
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
        vector = " ".join(quoted(lexeme) for lexeme in [*facets, *sorted(words_of(listing))])
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


def words_of(listing: Listing) -> set[str]:
    """Lexemes of what everyone may read, and marked as such those that only members read. What is kept for partners
    or the desk is in no index: nobody finds a listing by it. A listing for members has no row in public searches,
    so its words need no mark."""
    widest = Audience(listing.audience)
    words = lexemes(texts_of(listing, widest), LANGUAGES)
    if widest == Audience.MEMBERS or not (listing.narrowed.keys() & INDEXED):
        return words
    more = lexemes(texts_of(listing, Audience.MEMBERS), LANGUAGES) - words
    return words | {f"{FOR_MEMBERS}{lexeme}" for lexeme in more}


def texts_of(listing: Listing, viewer: str) -> dict[str, str]:
    """What each language finds: the listing in it, names and keywords of its sectors, of its member and place."""
    parts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    fields = [field for field in ("title", "text") if visible(listing, field, viewer)]
    member_names = visible(listing, "member", viewer)
    place = listing.member.place if member_names else None
    region = region_of(listing, viewer)
    for code in LANGUAGES:
        found = parts[code]
        found += [getattr(listing, f"{field}_{code}") or "" for field in fields]
        # Where there is no text in a language, the words of its sectors stand in for it. Where there is one,
        # they would only add what the text does not speak of (precision in Ukrainian: 0.92 with, 0.97 without).
        for sector in [] if listing_speaks(listing, code, viewer) else listing.sectors.all():
            found += [getattr(sector, f"name_{code}"), getattr(sector, f"keywords_{code}")]
            if sector.parent_id:
                found.append(getattr(sector.parent, f"name_{code}"))
        if member_names:
            found.append(getattr(listing.member, f"name_{code}") or listing.member.official_name)
        found += [getattr(known, f"name_{code}") for known in (place, region) if known]
    written_in = listing.original_language or LANGUAGES[0]
    parts.setdefault(written_in, []).extend(listing.original_texts.get(field, "") for field in fields)
    for line in listing.lines.all() if visible(listing, "lines", viewer) else []:
        parts[written_in].append(line.item)
        if line.template:
            for code in LANGUAGES:
                parts[code].append(getattr(line.template, f"name_{code}"))
    return {code: "\n".join(found) for code, found in parts.items()}


def region_of(listing: Listing, viewer: str) -> Place | None:
    """The oblast or NUTS 2 region that lists filter by: the place itself when it is one, unless that would name a
    member that is not named."""
    member = listing.member
    if member.place is None or (is_its_region(member) and not visible(listing, "member", viewer)):
        return None
    return member.place if member.place.level == Place.Level.REGION else member.place.region


def listing_speaks(listing: Listing, code: str, viewer: str) -> bool:
    """Whether a reader of one of our languages reads title or text in it."""
    fields = ["title", *(["text"] if visible(listing, "text", viewer) else [])]
    return any(getattr(listing, f"{field}_{code}") for field in fields)


def languages_of(listing: Listing, viewer: str) -> list[str]:
    """The languages in which a reader finds title or text."""
    ours = [code for code in LANGUAGES if listing_speaks(listing, code, viewer)]
    return ours or [listing.original_language]


def facets_of(listing: Listing) -> list[str]:
    """Facet values as lexemes: kind, both levels of sectors, country, region, languages; of what all its readers
    see."""
    widest = Audience(listing.audience)
    sectors = dict.fromkeys(
        code
        for sector in listing.sectors.all()
        for code in (sector.code, sector.parent.code if sector.parent_id else None)
        if code
    )
    region = region_of(listing, widest)
    return [
        *tokens_of([listing.kind], "k"),
        *tokens_of(list(sectors), "s"),
        *tokens_of([listing.member.country], "c"),
        *tokens_of([str(region.pk)] if region else [], "r"),
        *tokens_of(languages_of(listing, widest), "l"),
    ]
