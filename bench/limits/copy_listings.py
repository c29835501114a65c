"""The limit of the listings' export: one COPY TO STDOUT of the same columns and lines, thrown away as it comes."""

import time

from django.db import connection

from bench.limits.copy_out import Sink
from partnerships.exports import sheets

TABLES = """FROM partnerships_listing l JOIN members_member m ON m.id = l.member_id
    LEFT JOIN members_place p ON p.id = m.place_id
    LEFT JOIN members_place r ON r.id = p.region_id
    LEFT JOIN members_place h ON h.id = l.handover_id
    LEFT JOIN partnerships_appeal a ON a.id = l.appeal_id
    LEFT JOIN partnerships_listingline n ON n.listing_id = l.id
    LEFT JOIN partnerships_itemtemplate t ON t.id = n.template_id
    CROSS JOIN LATERAL (
        SELECT string_agg(c.code, ' ' ORDER BY c.code) AS codes,
            string_agg(c.name_%(language)s, '; ' ORDER BY c.code) AS names
        FROM partnerships_listing_sectors x JOIN members_sector c ON c.id = x.sector_id WHERE x.listing_id = l.id
    ) s
    CROSS JOIN (SELECT NULL::text AS name) w"""


def seconds(prefix: str, language: str) -> tuple[float, int]:
    """Seconds and bytes for all public listings."""
    columns = ", ".join(column.sql for column in sheets.columns_of(sheets.PUBLIC))
    sql = (
        f"COPY (SELECT {columns} {TABLES} WHERE l.status = 'published' AND l.audience = 'public')"
        " TO STDOUT WITH (FORMAT csv)"
    )
    sql = sql.replace("%(prefix)s", "%s").replace("%(language)s", language)
    started = time.perf_counter()
    sink = Sink()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.copy_expert(cursor.mogrify(sql, [prefix]).decode(), sink)
        cursor.execute("RESET statement_timeout")
    return time.perf_counter() - started, sink.size
