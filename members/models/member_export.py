"""Rows of the register for files, chunk by chunk: each chunk is one COPY (or SELECT) of its own, by key.

No transaction stays open while somebody reads slowly, and memory holds one chunk. Called by the export view and by
the bench; knows no model of its own.
"""

import io
from collections.abc import Iterator, Sequence

from django.db import connection
from django.db.models import Q, QuerySet

from alliance.core import lists
from members import exports

CHUNK = 5_000
# JSON in lines as they are: COPY's quoting is moved to characters that JSON always escapes.
CSV = "FORMAT csv"
LINES = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"


def copied(
    rows: QuerySet, keys: Sequence[lists.Key], columns: str, options: str, prefix: str, size: int = CHUNK
) -> Iterator[bytes]:
    """The chunks of ``rows`` in the order of ``keys``, as COPY writes ``columns``."""
    for chunk in _chunks(rows, keys, size):
        sql, params = _select(chunk, keys, columns, prefix)
        out = io.BytesIO()
        with connection.cursor() as cursor:
            # COPY takes no parameters of its own.
            cursor.copy_expert(f"COPY ({_bound(cursor, sql, params)}) TO STDOUT WITH ({options})", out)
        yield out.getvalue()


def fetched(
    rows: QuerySet, keys: Sequence[lists.Key], columns: str, prefix: str, size: int = CHUNK
) -> Iterator[list[tuple]]:
    """The chunks of ``rows`` as tuples."""
    for chunk in _chunks(rows, keys, size):
        with connection.cursor() as cursor:
            cursor.execute(*_select(chunk, keys, columns, prefix))
            yield cursor.fetchall()


def _chunks(rows: QuerySet, keys: Sequence[lists.Key], size: int) -> Iterator[QuerySet]:
    """Querysets that part ``rows``: each begins after the last key of the one before it."""
    rows = rows.order_by(*lists.ordering(keys, None))
    names = [name for name, _way in keys]
    while True:
        # What comes or goes meanwhile can change a chunk, but never doubles or drops another row.
        last = rows.values_list(*names)[size - 1 : size].first()
        if last is None:
            yield rows
            return
        end = lists.beyond(rows.model, keys, lists.Cursor(last, False))
        yield rows.filter(~Q(end))[:size]
        rows = rows.filter(end)


def _select(
    chunk: QuerySet, keys: Sequence[lists.Key], columns: str, prefix: str
) -> tuple[str, tuple[str, ...]]:
    chosen, params = chunk.values("id").query.sql_with_params()
    table = chunk.model._meta.db_table
    order = ", ".join(f"m.{name} {way}" for name, way in keys)
    wanted = columns.replace("%(prefix)s", "(SELECT prefix FROM site)")
    # Names of columns and tables from the constants above; every value is a parameter.
    sql = f"""WITH site AS (SELECT %s::text AS prefix), chosen AS MATERIALIZED ({chosen})
        SELECT {wanted} FROM chosen JOIN {table} m ON m.id = chosen.id {exports.TABLES}
        ORDER BY {order}"""  # noqa: S608
    return sql, (prefix, *params)


def _bound(cursor, sql: str, params: tuple) -> str:
    """``sql`` with its parameters quoted by the driver."""
    return cursor.mogrify(sql, params).decode()
