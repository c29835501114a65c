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
from partnerships.actions.search_facets import (
    covers_of,
    facets_of,
    listing_speaks,
    order_of,
    region_of,
    search_lines_of,
    size_tokens_of,
)
from partnerships.actions.search_states import heal_partners
from partnerships.models import Listing, ListingSearch, SearchLine
from partnerships.models.partners import had_partners
from partnerships.models.search import AGE_SIZES
from partnerships.search_text import FOR_MEMBERS, lexemes, quoted

BATCH = 500
# Fields whose words are in the index.
INDEXED = frozenset({"text", "lines", "member"})
UPSERT = """
    INSERT INTO partnerships_listingsearch
        (listing_id, member_id, published_at, expires_on, indexed_at, age, is_public, kind, urgency, sort_en, sort_pl,
        sort_uk, facets, vector)
    VALUES {rows}
    ON CONFLICT (listing_id) DO UPDATE SET (member_id, published_at, expires_on, indexed_at, age, is_public, kind,
        urgency, sort_en, sort_pl, sort_uk, facets, vector) = (excluded.member_id, excluded.published_at,
        excluded.expires_on, excluded.indexed_at, excluded.age, excluded.is_public, excluded.kind, excluded.urgency,
        excluded.sort_en, excluded.sort_pl, excluded.sort_uk, excluded.facets, excluded.vector)
"""
ROW = f"({', '.join(['%s'] * 12)}, %s::varchar[], %s::tsvector)"


@transaction.atomic
def index_listing(listing: Listing) -> None:
    """Write the search row of one published listing, in the caller's transaction where there is one."""
    _write([listing], [_age_of(listing.published_at)])


def unindex_listing(listing: Listing) -> None:
    ListingSearch.objects.filter(listing=listing).delete()
    SearchLine.objects.filter(listing=listing).delete()


def reindex_listings(listings: QuerySet | None = None, *, say: Callable[[int], None] = lambda n: None) -> int:
    """Rebuild the rows of all published listings (or of ``listings``) and drop the others; returns how many."""
    if listings is None:
        ListingSearch.objects.exclude(listing__status=Listing.Status.PUBLISHED).delete()
        SearchLine.objects.filter(listing__search__isnull=True).delete()
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
    heal_partners()
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
    # First the locks, then what the ledger says: it may be written to at this moment (`search_states`).
    found = [listing.pk for listing in listings]
    list(ListingSearch.objects.filter(pk__in=found).order_by("pk").select_for_update().values_list("pk"))
    covers, partners = covers_of(found), had_partners({listing.member_id for listing in listings})
    params: list = []
    for listing, age in zip(listings, ages, strict=True):
        has_partner = listing.member_id in partners
        facets = facets_of(listing, cover=covers.get(listing.pk, ""), has_partner=has_partner)
        order = order_of(listing)
        lexemes_found = [*facets, *size_tokens_of(listing), *sorted(words_of(listing))]
        params += [
            listing.pk,
            listing.member_id,
            listing.published_at,
            listing.expires_on,
            now,
            age,
            listing.audience == "public",
            listing.kind,
            order["urgency"],
            *(order[f"sort_{code}"] for code in LANGUAGES),
            facets,
            " ".join(map(quoted, lexemes_found)),
        ]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(rows=", ".join([ROW] * len(listings))), params)
    SearchLine.objects.filter(listing__in=found).delete()
    SearchLine.objects.bulk_create([line for listing in listings for line in search_lines_of(listing)])


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
