"""Seeded listings in three languages, loaded by COPY: the same rows for the same size, whoever asks."""

import io
import random
import time
from collections.abc import Iterator
from datetime import timedelta

from django.core.management import call_command
from django.db import connections, models
from django.utils import timezone

from alliance.core.search import index_terms
from members.models import Member, Place, Sector
from partnerships.actions.facets import fold_facets
from partnerships.models import ItemTemplate, Listing, ListingLine, ListingSearch, SearchLine
from partnerships.models.search import AGE_SIZES, quoted

SEED = 20261123
LANGUAGES = ("en", "pl", "uk")
MEMBERS_SHARE = 10  # listings of one member
WORDS_PER_TEXT = (
    45  # with three languages the vector passes two kilobytes and lies out of line, as real ones do
)
# Shares of the texts that hold a word, and the word in each language.
MARKERS = {
    0.46: ("school", "szkoła", "школа"),
    0.11: ("hospital", "szpital", "лікарня"),
    0.012: ("ambulance", "karetka", "котельня"),
    0.0012: ("footbridge", "kładka", "понтон"),
}
ABSENT = ("zeppelin", "sterowiec", "дирижабль")
RARE_SHARE = 0.001  # listings of the rare country, and of the rare sector
RARE_COUNTRY, RARE_SECTOR = "MT", "DEM-02"
LETTERS = {"en": "aeioubcdfghlmnprst", "pl": "aeiouybcdghklmnprstwz", "uk": "аеиоубвгдзклмнпрст"}
CHUNK = 5_000
ITEMS = 34  # as many as the catalogue has


def ensure_listings(alias: str, size: int) -> None:
    """Exactly ``size`` published listings in the database ``alias``, made anew unless they are there."""
    rows = ListingSearch.objects.using(alias)
    if rows.count() == size and rows.filter(age=0).count() == min(size, AGE_SIZES[0]):
        return
    started = time.monotonic()
    print(f"{alias}: making {size:,} listings", flush=True)
    _sectors(alias)
    with connections[alias].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("TRUNCATE partnerships_listing, members_member, members_place CASCADE")
    rng = random.Random(SEED)
    indexes = [index for index in ListingSearch._meta.indexes if index.fields == ["vector"]]
    with connections[alias].schema_editor() as editor:
        for index in indexes:
            editor.remove_index(ListingSearch, index)
    members = _members(alias, max(size // MEMBERS_SHARE, 10), rng)
    _listings(alias, size, members, rng)
    fold_facets(alias)
    print(f"{alias}: indexing", flush=True)
    for index in indexes:
        with connections[alias].schema_editor() as editor:
            editor.add_index(ListingSearch, index)
    with connections[alias].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    print(f"{alias}: made in {time.monotonic() - started:.0f} s", flush=True)


def _sectors(alias: str) -> None:
    """The taxonomy, loaded into the default database and copied with its ids."""
    call_command("load_sectors", stdout=io.StringIO())
    rows = list(Sector.objects.using("default").order_by("parent_id", "id"))
    with connections[alias].cursor() as cursor:
        cursor.execute("TRUNCATE members_sector CASCADE")
    Sector.objects.using(alias).bulk_create(sorted(rows, key=lambda row: row.parent_id is not None))


def _members(alias: str, count: int, rng: random.Random) -> list[tuple[int, str]]:
    now = timezone.now()
    countries = ["UA", "PL", "DE", "FR", "IT", "LT", "CZ", "ES"]
    places = [
        Place(
            id=n, register="own", code=f"bench-{n}", level="municipality", country="PL",
            official_name=f"Place {n}", name_en=f"Place {n}", name_pl=f"Place {n}", name_uk=f"Place {n}",
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    Place.objects.using(alias).bulk_create(places, batch_size=2_000)
    members = []
    for n in range(1, count + 1):
        country = RARE_COUNTRY if n % int(1 / RARE_SHARE) == 0 or n == 1 else rng.choice(countries)
        members.append(
            Member(
                id=n, kind="association", status="approved", reference=f"B{n}", slug=f"b{n:09}", country=country,
                official_name=f"Member {n}", name_en=f"Member {n}", place_id=n,
                contact_name="x", contact_email="bench@example.org", email_confirmed_at=now,
                principles_accepted_at=now, submitted_at=now, approved_at=now, sort_en=f"{n:07}",
                sort_pl=f"{n:07}", sort_uk=f"{n:07}", spellings=f"member {n}",
            )
        )  # fmt: skip
    Member.objects.using(alias).bulk_create(members, batch_size=2_000)
    return [(member.pk, member.country) for member in members]


def _vocabulary(language: str, rng: random.Random) -> list[str]:
    letters = LETTERS[language]
    return ["".join(rng.choices(letters, k=rng.randint(5, 11))) for _ in range(20_000)]


def _listings(alias: str, size: int, members: list[tuple[int, str]], rng: random.Random) -> None:
    sectors = {sector.code: sector for sector in Sector.objects.using(alias).select_related("parent")}
    common = [code for code in sectors if "-" in code and code != RARE_SECTOR]
    vocabularies = {code: _vocabulary(code, rng) for code in LANGUAGES}
    marked = {
        (share, n): [f"{LANGUAGES[n]}:{term}" for term in index_terms(word, LANGUAGES[n]).split()]
        for share, words in MARKERS.items()
        for n, word in enumerate(words)
    }
    now, today = timezone.now(), timezone.localdate()
    copies = {
        model: _Copy(alias, model)
        for model in (Listing, ListingLine, Listing.sectors.through, ListingSearch, SearchLine)
    }
    for rank in range(size):
        pk, (member, country) = size - rank, members[rng.randrange(len(members))]
        sector = sectors[RARE_SECTOR if rng.random() < RARE_SHARE else rng.choice(common)]
        kind = "need" if rng.random() < 0.5 else "offer"
        holds = [share for share in MARKERS if rng.random() < share]
        texts, lexemes = {}, set()
        for n, code in enumerate(LANGUAGES):
            vocabulary = vocabularies[code]
            # Squared: some words are much more common than others.
            words = [vocabulary[int(rng.random() ** 2 * 20_000)] for _ in range(WORDS_PER_TEXT)]
            lexemes.update(f"{code}:{word}" for word in words)
            for share in holds:
                lexemes.update(marked[share, n])
                words.append(MARKERS[share][n])
            texts[code] = " ".join(words)
        facets = [f"k:{kind}", f"s:{sector.code}", f"s:{sector.parent.code}", f"c:{country}"]
        facets += [f"l:{code}" for code in LANGUAGES]
        urgency = (rank % 10 == 0) + (rank % 50 == 0)
        facets += [f"u:{Listing.Urgency.values[urgency]}", *_help_of(rank, kind)]
        published, expires = now - timedelta(seconds=20 * rank), today + timedelta(days=1 + rank % 360)
        is_public = rng.random() < 0.95
        copies[Listing].add(
            id=pk, slug=f"b{pk}", kind=kind, member_id=member, status="published", status_changed_at=published,
            original_language="en", original_texts="{}", title="", text="",
            audience="public" if is_public else "members",
            expires_on=expires, published_at=published, created_at=published, updated_at=published,
            field_audiences="{}", is_member_hidden="f", urgency="normal", transport_by="",
            partner_note="", desk_note="", desk_message="",
            **{f"title_{code}": text[:60] for code, text in texts.items()},
            **{f"text_{code}": text for code, text in texts.items()},
        )  # fmt: skip
        copies[ListingLine].add(
            id=pk, listing_id=pk, position=0, item=texts["en"][:20], quantity=rank % 90 + 1, unit="piece",
            slug=f"b{pk}", currency="", range_unit="", specs="{}", condition="",
        )  # fmt: skip
        copies[Listing.sectors.through].add(id=pk, listing_id=pk, sector_id=sector.pk)
        copies[ListingSearch].add(
            listing_id=pk, member_id=member, published_at=published, expires_on=expires, indexed_at=now,
            age=_age(rank), is_public="t" if is_public else "f", kind=kind, urgency=urgency,
            **{f"sort_{code}": f"{country.lower()} {member % 997}" for code in LANGUAGES},
            facets="{" + ",".join(facets) + "}", vector=" ".join(map(quoted, [*facets, *lexemes])),
        )  # fmt: skip
        copies[SearchLine].add(
            id=pk, listing_id=pk, line_id=pk, seen_by=0, item=f"item-{rank % ITEMS}", group="energy",
            dimension="kw" if rank % 3 == 0 else "", low=rank % 700 + 1 if rank % 3 == 0 else None,
            high=rank % 700 + 50 if rank % 3 == 0 else None,
            needed_by=today + timedelta(days=rank % 200) if kind == "need" else None,
        )  # fmt: skip
        if rank % CHUNK == CHUNK - 1 or rank == size - 1:
            for copy in copies.values():
                copy.flush()
        if rank % 50_000 == 49_999:
            print(f"{alias}: {rank + 1:,} of {size:,}", flush=True)


def _help_of(rank: int, kind: str) -> list[str]:
    """Facets of an item, of who pays its transport, of its cover and of its member's partners, as unevenly as life."""
    facets = [f"g:{ItemTemplate.Group.values[rank % 8]}", f"i:item-{rank % ITEMS}"]
    facets += ["p:never"] if rank % 5 else []
    facets += [f"t:{Listing.TransportBy.values[rank % 4]}"] if rank % 2 else []
    return facets + ([("o:open", "o:open", "o:partly", "o:covered")[rank % 4]] if kind == "need" else [])


def _age(rank: int) -> int:
    for age, last in enumerate(_ends()):
        if rank < last:
            return age
    return len(AGE_SIZES)


def _ends() -> Iterator[int]:
    total = 0
    for size in AGE_SIZES:
        total += size
        yield total


class _Copy:
    """Rows of one table, sent by COPY in text format."""

    def __init__(self, alias: str, model: type[models.Model]) -> None:
        self.alias, self.table, self.lines = alias, model._meta.db_table, io.StringIO()
        self.columns: list[str] = []

    def add(self, **row: object) -> None:
        self.columns = self.columns or list(row)
        self.lines.write("\t".join(map(_escaped, row.values())) + "\n")

    def flush(self) -> None:
        self.lines.seek(0)
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connections[self.alias].cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.table}" ({names}) FROM STDIN', self.lines)
        self.lines = io.StringIO()


def _escaped(value: object) -> str:
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")
