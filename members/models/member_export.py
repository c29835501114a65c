"""Rows of the register for files, chunk by chunk: each chunk is one COPY (or SELECT) of its own, by key.

No transaction stays open while somebody reads slowly, and memory holds one chunk. Rows come in the order in which
members were entered: two downloads can be compared line by line, and a chunk lies together on the disk (the reader's
alphabet costs twice a plain COPY, this order 1.1 times). Knows no model of its own.
"""

import io
from collections.abc import Iterator

from django.db import connection
from django.db.models import QuerySet

from members import exports

CHUNK = 5_000
# JSON in lines as they are: COPY's quoting is moved to characters that JSON always escapes.
CSV = "FORMAT csv"
LINES = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"

_NEEDED = [
    *(
        "id",
        "slug",
        "kind",
        "tier",
        "official_name",
        "name_en",
        "name_pl",
        "name_uk",
        "country",
        "population",
    ),
    *("languages_spoken", "website", "place_id", "parent_id", "approved_at"),
]


def copied(rows: QuerySet, columns: str, options: str, prefix: str, size: int = CHUNK) -> Iterator[bytes]:
    """The chunks of ``rows`` as COPY writes ``columns``; ``prefix`` stands before a slug in an address."""
    for chunk in _chunks(rows, size):
        out = io.BytesIO()
        with connection.cursor() as cursor:
            # COPY takes no parameters of its own: the driver quotes them into the statement.
            sql = cursor.mogrify(*_select(chunk, columns, prefix)).decode()
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH ({options})", out)
        yield out.getvalue()


def fetched(rows: QuerySet, columns: str, prefix: str, size: int = CHUNK) -> Iterator[list[tuple]]:
    """The chunks of ``rows`` as tuples."""
    for chunk in _chunks(rows, size):
        with connection.cursor() as cursor:
            cursor.execute(*_select(chunk, columns, prefix))
            yield cursor.fetchall()


def _chunks(rows: QuerySet, size: int) -> Iterator[QuerySet]:
    """Querysets that part ``rows``: what comes or goes meanwhile neither doubles nor drops another row."""
    rest = rows = rows.order_by("id")
    while (last := rest.values_list("id", flat=True)[size - 1 : size].first()) is not None:
        yield rest.filter(id__lte=last)
        rest = rows.filter(id__gt=last)
    yield rest


def _select(chunk: QuerySet, columns: str, prefix: str) -> tuple[str, tuple]:
    """The statement of one chunk: its members by one walk along the key, then what belongs to them."""
    members, params = chunk.values(*_NEEDED).query.sql_with_params()
    wanted = columns.replace("%(prefix)s", "(SELECT prefix FROM site)")
    # Names of columns and tables from constants; every value is a parameter.
    sql = f"""WITH site AS (SELECT %s::text AS prefix), chosen AS MATERIALIZED ({members})
        SELECT {wanted} FROM chosen m {exports.TABLES} ORDER BY m.id"""  # noqa: S608
    return sql, (prefix, *params)
