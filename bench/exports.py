"""Export: all listed members as CSV, as the view streams them, against one COPY TO STDOUT of the same columns.

Data: ``size`` approved members with places in 200 regions, two languages, up to two sectors. The two sides alternate.
Shown beside it: the other formats, once each, and how far the process grew between the first tenth of the rows and
the last (the promise is 10 MB from 100,000 to 1,000,000).
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from bench.limits import copy_out
from bench.tables import median, show
from members import exports
from members.models import Member
from members.models.member_export import CSV, LINES, copied, fetched

ROUNDS = 5
PREFIX = "https://portal.example.org/en/members/"
XLSX_UP_TO = 100_000
FILL = """
TRUNCATE members_member, members_place CASCADE;
INSERT INTO members_sector (code, position, name_en, name_pl, name_uk, keywords_en, keywords_pl, keywords_uk,
        dac_codes, rdna_sector, ua_investment_sector, sdg)
    SELECT 'B' || n, n, 'Sector', 'Sektor', 'Сектор', '', '', '', '', '', '', '' FROM generate_series(1, 18) n
    ON CONFLICT DO NOTHING;
INSERT INTO members_place (id, register, code, level, category, country, region_id, official_name, name_en, name_pl,
        name_uk, sort_en, sort_pl, sort_uk, spellings, keys, lat, lon, edition)
    SELECT n, 'lau', 'XB_' || n, CASE WHEN n <= 200 THEN 'region' ELSE 'municipality' END, '', 'PL',
        CASE WHEN n > 200 THEN 1 + n %% 200 END, 'Miejscowość ' || n, 'Place ' || n, 'Miejsce ' || n, 'Місце ' || n,
        '', '', '', '', '', 40 + (n %% 3000) / 100.0, -10 + (n %% 5000) / 100.0, ''
    FROM generate_series(1, %(size)s + 200) n;
INSERT INTO members_member (slug, reference, kind, tier, status, status_changed_at, created_at, updated_at, place_id,
        official_name, name_en, name_pl, name_uk, description, country, population, languages_spoken, website, logo,
        contact_name, contact_role, contact_email, contact_phone, contact_language, signatory_name, signatory_role,
        link_version, email_confirmed_at, principles_accepted_at, submitted_at, approved_at, proof, desk_message,
        sort_en, sort_pl, sort_uk, spellings, original_language, original_texts, name, org_id)
    SELECT 'b' || lpad(n::text, 9, '0'), 'B' || n, 'municipality', 'associated', 'approved', now(), now(), now(),
        n + 200, 'Gmina Miejscowość ' || n, 'Place ' || n, 'Miejsce ' || n, 'Місце ' || n, '', 'PL', n %% 100000,
        ARRAY['pl', 'en'], 'https://gmina-' || n || '.example.org/', '', 'Person', '', 'p@example.org', '', 'pl', '',
        '', 1, now(), now(), now(), now() - n * interval '1 second', '', '', md5(n::text), md5(n::text),
        md5(n::text), '', 'pl', '{}', 'Place ' || n, ''
    FROM generate_series(1, %(size)s) n;
INSERT INTO members_member_sectors (member_id, sector_id)
    SELECT m.id, s.id FROM members_member m JOIN members_sector s
    ON s.code IN ('B' || (1 + m.id %% 18), 'B' || (1 + m.id %% 7));
"""


def run(size: int) -> None:
    fill(size)
    rounds = ROUNDS
    ours: list[float] = []
    limits: list[float] = []
    grown = 0
    for number in range(rounds):
        limit, limit_size = copy_out.seconds(PREFIX)
        spent, our_size, growth = streamed(as_csv)
        limits.append(limit)
        ours.append(spent)
        grown = max(grown, growth)
        print(f"round {number + 1} of {rounds}: {limit:.2f} s, {spent:.2f} s", flush=True)
    rows = [
        ["COPY TO STDOUT", median(limits), round(size / median(limits)), f"{limit_size / 1e6:.1f}", 1.0],
        [
            "csv",
            median(ours),
            round(size / median(ours)),
            f"{our_size / 1e6:.1f}",
            median(ours) / median(limits),
        ],
    ]
    for name, content in OTHERS.items():
        if name == "xlsx" and size > XLSX_UP_TO:
            continue
        spent, bytes_sent, _growth = streamed(content)
        rows.append([name, spent, round(size / spent), f"{bytes_sent / 1e6:.1f}", spent / median(limits)])
    show(
        f"{size} members, medians of {rounds} rounds",
        ["case", "seconds", "rows/s", "MB", "of the limit"],
        rows,
    )
    print(f"\nThe process grew by {grown / 1024:.1f} MB after the first tenth of the rows.")
    print(f"\nexport: {median(ours) / median(limits):.2f}")


def fill(size: int) -> None:
    if Member.objects.listed().count() == size and Member.objects.filter(slug=f"b{size:09}").exists():
        return
    started = time.monotonic()
    print(f"making {size:,} members", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FILL, {"size": size})
        cursor.execute("VACUUM ANALYZE members_member, members_place, members_member_sectors, members_sector")
        cursor.execute("RESET statement_timeout")
    print(f"made in {time.monotonic() - started:.0f} s", flush=True)


def streamed(content: Callable[[], Iterator[bytes]]) -> tuple[float, int, int]:
    """Seconds, bytes, and kB that the process grew after the first tenth of its chunks."""
    started = time.perf_counter()
    size, sizes = 0, []
    for chunk in content():
        size += len(chunk)
        sizes.append(resident())
    tenth = max(len(sizes) // 10, 2)
    return time.perf_counter() - started, size, max(sizes) - max(sizes[:tenth])


def resident() -> int:
    """kB of memory that this process holds now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def as_csv() -> Iterator[bytes]:
    return exports.as_csv(copied(Member.objects.listed(), exports.cells(), CSV, PREFIX))


def as_json() -> Iterator[bytes]:
    rows = copied(Member.objects.listed(), exports.json_object(), LINES, PREFIX)
    return exports.as_json(rows, {"licence": "CC BY 4.0"})


def as_geojson() -> Iterator[bytes]:
    rows = copied(Member.objects.listed(), exports.geojson_feature(), LINES, PREFIX)
    return exports.as_geojson(rows, {"licence": "CC BY 4.0"})


def as_xlsx() -> Iterator[bytes]:
    rows = fetched(Member.objects.listed(), exports.values(), PREFIX)
    return exports.as_xlsx(rows, {"licence": "CC BY 4.0"})


OTHERS = {"json": as_json, "geojson": as_geojson, "xlsx": as_xlsx}
