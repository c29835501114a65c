"""Members, wishes, needs, offers, vetoes and partnerships in rows: the same for the same size. One row of each kind is
made as the portal makes it, and copied in the database with what differs: a hundred thousand take a minute."""

import io
import random
import sys
import time
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from alliance.users.models import User
from members.models import Member, Place, Representative, Sector
from partnerships.models import (
    ItemTemplate,
    Listing,
    ListingLine,
    PartnerVeto,
    PartnerWish,
    Twinning,
    TwinningParty,
)

HROMADAS, LINKS, VETOES = 1_469, 1_000, 5_000
SEED = 20261126
COUNTRIES = ("PL", "DE", "FR", "IT", "ES", "CZ", "SK", "LT", "RO", "NL")
LANGUAGES = ("en", "de", "fr", "pl", "it", "es", "cs", "sk", "lt", "ro")
ITEMS = 34
# What differs from member to member; ``id`` and ``place_id`` are filled in when these are there.
ONES = (
    "n int, country text, lat float, lon float, region text, population int, spoken text[], capacity int,"
    " musts text[]"
)


def seed(size: int) -> None:
    started = time.monotonic()
    call_command("load_sectors", verbosity=0)
    call_command("load_items", verbosity=0)
    run("SET statement_timeout = 0")
    run("SET idle_in_transaction_session_timeout = 0")
    run("TRUNCATE members_member, members_place, users_user, core_outgoingmail CASCADE")
    rng = random.Random(SEED)
    seed_members(size, rng)
    seed_wishes(size, rng)
    seed_listings(size, rng)
    seed_links(size, rng)
    run("VACUUM ANALYZE")
    run("RESET statement_timeout")
    print(f"made in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def put(table: str, columns: str, rows: list[tuple]) -> None:
    """A table of this session, of plain values and {a,b} for arrays."""
    run(f"DROP TABLE IF EXISTS {table}")
    run(f"CREATE TEMP TABLE {table} ({columns})")
    lines = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN", lines)
    run(f"ANALYZE {table}")


def copies(row: models.Model, source: str, **changed: str) -> None:
    """One copy of ``row`` (``t``) for each row of ``source``, with these columns by SQL; ``row`` itself goes."""
    row.save()
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    run(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} t, {source} AND t.id = {row.pk}"
    )
    run(f"DELETE FROM {table} WHERE id = {row.pk}")


def array(values: Any) -> str:
    return "{" + ",".join(sorted(values)) + "}"


def one(n: int, rng: random.Random) -> tuple:
    is_ours = n < HROMADAS
    country = "UA" if is_ours else rng.choice(COUNTRIES)
    lat, lon = (
        (rng.uniform(46, 52), rng.uniform(23, 38)) if is_ours else (rng.uniform(37, 60), rng.uniform(-9, 27))
    )
    spoken = {"uk", "en"} if is_ours else {rng.choice(LANGUAGES), *(["en"] if rng.random() < 0.6 else [])}
    musts = ["UA"] if not is_ours and rng.random() < 0.02 else []
    return (
        n, country, lat, lon, f"{country}{rng.randrange(24):02}", int(2 ** rng.uniform(9, 20)), array(spoken),
        rng.choice([1, 1, 1, 2, 3]), array(musts),
    )  # fmt: skip


def seed_members(size: int, rng: random.Random) -> None:
    """Hromadas first; each with a place and a person who signs for it."""
    codes = [f"{country}{n:02}" for country in (*COUNTRIES, "UA") for n in range(24)]
    regions = [
        Place(
            register="own", code=code, level="region", country=code[:2], official_name=code, name_en=code,
            name_pl=code, name_uk=code,
        )
        for code in codes
    ]  # fmt: skip
    Place.objects.bulk_create(regions)
    put("ones", ONES, [one(n, rng) for n in range(HROMADAS + size)])
    run("ALTER TABLE ones ADD place_id bigint, ADD id bigint")
    now = timezone.now()
    place = Place(
        register="own", code="x", level="municipality", country="UA", official_name="x", name_en="x", name_pl="x",
        name_uk="x", verified_at=now,
    )  # fmt: skip
    name = "'Municipality ' || n"
    copies(
        place, "ones o JOIN members_place r ON r.code = o.region WHERE true", code="'bench-' || n", country="o.country",
        official_name=name, name_en=name, name_pl=name, name_uk=name, region_id="r.id", lat="o.lat", lon="o.lon",
        population="o.population",
    )  # fmt: skip
    run("UPDATE ones SET place_id = p.id FROM members_place p WHERE p.code = 'bench-' || n")
    member = Member(
        kind="municipality", status="approved", reference="x", slug="x", country="UA", official_name="x",
        name_en="x", contact_name="x", contact_email="bench@example.org", email_confirmed_at=now,
        principles_accepted_at=now, submitted_at=now, approved_at=now, place=regions[-1],
    )  # fmt: skip
    sort = "lpad(n::text, 7, '0')"
    copies(
        member, "ones o WHERE true", reference="'B' || n", slug="'b' || n", country="o.country", official_name=name,
        name_en=name, sort_en=sort, sort_pl=sort, sort_uk=sort, spellings="'municipality ' || n",
        languages_spoken="o.spoken", place_id="o.place_id",
    )  # fmt: skip
    run("UPDATE ones SET id = m.id FROM members_member m WHERE m.reference = 'B' || n")
    run("CREATE INDEX ON ones (n)")
    run("ANALYZE ones")
    seed_people()
    seed_sectors(size, rng)


def seed_people() -> None:
    language = "CASE country WHEN 'UA' THEN 'uk' WHEN 'PL' THEN 'pl' ELSE 'en' END"
    copies(
        User(email="x@example.org", name="x"), "ones o WHERE true",
        email="'bench' || n || '@example.org'", name="'Person ' || n", language=language,
    )  # fmt: skip
    other = User.objects.order_by("-pk").first()  # of another member
    member = Member.objects.order_by("pk").first()
    copies(
        Representative(member=member, user=other, role="signatory"),
        "ones o JOIN users_user u ON u.email = 'bench' || n || '@example.org' WHERE true",
        member_id="o.id", user_id="u.id",
    )  # fmt: skip


def seed_sectors(size: int, rng: random.Random) -> None:
    sectors = list(Sector.objects.order_by("pk").values_list("pk", flat=True))
    put("links", "n int, sector int", [
        (n, pk) for n in range(HROMADAS + size) for pk in rng.sample(sectors, rng.randint(0, 6))
    ])  # fmt: skip
    run(
        "INSERT INTO members_member_sectors (member_id, sector_id) SELECT id, sector FROM links JOIN ones USING (n)"
    )


def seed_wishes(size: int, rng: random.Random) -> None:
    first, second = (Member.objects.get(reference=f"B{n}") for n in range(2))
    copies(
        PartnerWish(member=first, looking_since=timezone.now(), capacity=1),
        "ones o WHERE o.n > 0", member_id="o.id", capacity="o.capacity", must_countries="o.musts",
    )  # fmt: skip
    PartnerWish.objects.create(member=first, looking_since=timezone.now(), capacity=1)
    pairs = {(rng.randrange(HROMADAS), rng.randrange(HROMADAS, HROMADAS + size)) for _ in range(VETOES)}
    put("pairs", "one int, other int", sorted(pairs))
    between = "pairs JOIN ones a ON a.n = one JOIN ones b ON b.n = other WHERE true"
    copies(PartnerVeto(member=first, other=second), between, member_id="a.id", other_id="b.id")


def seed_listings(size: int, rng: random.Random) -> None:
    now, last = timezone.now(), timezone.localdate() + timedelta(days=60)
    items = list(ItemTemplate.objects.exclude(unit="money").order_by("pk")[:ITEMS])
    rows = []
    for n in range(HROMADAS + size):
        for number, kind in enumerate(["need"] * 2 if n < HROMADAS else ["offer"] * (rng.random() < 0.33)):
            item = rng.choice(items)
            rows.append((n, kind, f"{kind[0]}{n}-{number}", item.pk, item.unit, rng.randint(1, 90)))
    put("listings", "n int, kind text, slug text, item int, unit text, quantity int", rows)
    listing = Listing(
        kind="need", status="published", slug="x", member=Member.objects.order_by("pk").first(), title_en="x",
        text_en="x", original_language="en", published_at=now, expires_on=last,
    )  # fmt: skip
    copies(
        listing, "listings JOIN ones o USING (n) WHERE true", kind="listings.kind", slug="listings.slug",
        member_id="o.id",
    )  # fmt: skip
    line = ListingLine(
        listing=Listing.objects.order_by("pk").first(),
        template=items[0],
        item="",
        quantity=1,
        unit=items[0].unit,
    )
    copies(
        line, "listings JOIN partnerships_listing l ON l.slug = listings.slug WHERE true", slug="'l' || l.slug",
        listing_id="l.id", template_id="listings.item", quantity="listings.quantity", unit="listings.unit",
    )  # fmt: skip


def seed_links(size: int, rng: random.Random) -> None:
    sides = [(rng.randrange(HROMADAS), rng.randrange(HROMADAS, HROMADAS + size)) for _ in range(LINKS)]
    put("links", "k int, position int, n int", [
        (k, position, n) for k, pair in enumerate(sides) for position, n in enumerate(pair)
    ])  # fmt: skip
    twinning = Twinning(
        origin="imported", source_note="bench", source_language="en", public_since=timezone.now(),
        needs_registration=False,
    )  # fmt: skip
    copies(twinning, "links WHERE position = 0", slug="'bt' || k")
    place = Place.objects.filter(level="region").order_by("pk").first()
    party = TwinningParty(
        twinning=Twinning.objects.order_by("pk").first(), place=place, country="UA", position=9
    )
    copies(
        party, "links JOIN ones o USING (n) JOIN partnerships_twinning w ON w.slug = 'bt' || k WHERE true",
        twinning_id="w.id", place_id="o.place_id", country="o.country", position="links.position",
    )  # fmt: skip
