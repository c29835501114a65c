"""Rows of needs and offers for files, chunk by chunk, each a statement of its own: no transaction stays open while
somebody reads slowly, and memory holds one chunk and the ids (eight bytes each).

What a reader sees of a row is asked of `core.audience` and handed to the statement as bits.
"""

import io
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from alliance.core.audience import visible
from alliance.core.languages import reader_language
from alliance.core.sheets import as_csv, as_json, as_xlsx
from partnerships.exports import sheets
from partnerships.models.listings import Listing
from partnerships.names_shown import named

CHUNK = 1_500
# JSON in lines as they are: COPY's quoting is moved to characters that JSON always escapes.
CSV = "FORMAT csv"
LINES = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"

Audience = Callable[[Any], str]


@dataclass
class SheetRows:
    """``ids`` of listings in the order of the file; of these only those still in ``rows`` are written, each as the
    audience that ``audience_of`` a row says. ``prefix`` stands before a slug in an address."""

    rows: QuerySet
    ids: Sequence[int]
    audience_of: Audience
    prefix: str
    size: int = CHUNK
    _masks: dict[tuple, int] = field(default_factory=dict)

    def file(self, kind: str, form: str, about: Mapping[str, Any]) -> Iterator[bytes]:
        """The whole as ``form``: csv, xlsx or json."""
        names = [column.name for column in sheets.columns_of(kind)]
        if form == "csv":
            return as_csv(self.copied(kind, form), names)
        if form == "json":
            return as_json(self.copied(kind, form), dict(about), "listings")
        return as_xlsx(self.fetched(kind), names, about.items(), "listings")

    def copied(self, kind: str, form: str) -> Iterator[bytes]:
        """The chunks as COPY writes them: ``form`` csv or json."""
        columns, options = (sheets.cells(kind), CSV) if form == "csv" else (sheets.json_object(kind), LINES)
        for chunk in self._chunks():
            out = io.BytesIO()
            with connection.cursor() as cursor:
                # COPY takes no parameters of its own: the driver quotes them into the statement.
                sql = cursor.mogrify(*self._select(chunk, columns, has_lines=form == "csv")).decode()
                cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH ({options})", out)
            yield out.getvalue()

    def fetched(self, kind: str) -> Iterator[list[tuple]]:
        """The chunks as tuples of the same cells."""
        for chunk in self._chunks():
            with connection.cursor() as cursor:
                cursor.execute(*self._select(chunk, sheets.cells(kind), has_lines=True))
                yield cursor.fetchall()

    def _chunks(self) -> Iterator[Sequence[int]]:
        for start in range(0, len(self.ids), self.size):
            yield self.ids[start : start + self.size]

    def _select(self, chunk: Sequence[int], columns: str, *, has_lines: bool) -> tuple[str, tuple]:
        wanted = self._wanted(chunk)
        order = sheets.LINES if has_lines else "ORDER BY w.place"
        # Names of columns and tables from constants; every value is a parameter.
        sql = f"""WITH site AS (SELECT %s::text AS prefix), wanted AS MATERIALIZED (
                SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[]) WITH ORDINALITY w(id, mask, name, place)),
                sectors AS MATERIALIZED ({sheets.SECTORS})
            SELECT {columns} {sheets.TABLES} {order}"""  # noqa: S608
        sql = sql.replace("%(prefix)s", "(SELECT prefix FROM site)").replace(
            "%(language)s", reader_language()
        )
        return sql, (self.prefix, *wanted)

    def _wanted(self, chunk: Sequence[int]) -> tuple[str, str, list[str | None]]:
        """Ids, bits of what is seen, and the words in place of names that are not; in the order of the chunk."""
        parts = Cast("field_audiences", TextField())
        found = self.rows.filter(_among(chunk)).order_by()
        asked = found.raw_values("pk", "member_id", "audience", "is_member_hidden", parts=parts)
        # Tuples as they come: making rows of the ORM out of them took longer than all the rest.
        with connection.cursor() as cursor:
            cursor.execute(*asked.query.sql_with_params())
            seen = {pk: self._mask(pk, *facts) for pk, *facts in cursor.fetchall()}
        masks = {pk: seen[pk] for pk in chunk if pk in seen}
        member = sheets.mask_of(["member"])
        nameless = [pk for pk, mask in masks.items() if not mask & member]
        names = self._names(nameless) if nameless else {}
        # Where all names are seen, none is sent: `unnest` fills up with nothing.
        return _array(masks), _array(masks.values()), [names.get(pk) for pk in masks] if names else []

    def _mask(self, pk: int, member: int, audience: str, is_hidden: bool, parts: str) -> int:
        """Rows of one kind are asked about once."""
        viewer = self.audience_of(SimpleNamespace(pk=pk, member_id=member))
        key = (viewer, audience, is_hidden, parts)
        if key not in self._masks:
            row = Listing(audience=audience, is_member_hidden=is_hidden, field_audiences=json.loads(parts))
            seen = [name for name in sheets.FIELDS if visible(row, name, viewer)]
            self._masks[key] = sheets.mask_of(seen)
        return self._masks[key]

    def _names(self, pks: list[int]) -> dict[int, str]:
        rows = Listing.objects.filter(pk__in=pks).select_related("member__place__region")
        return {row.pk: named(row, "member", self.audience_of(row)).name.text for row in rows}


def _among(ids: Sequence[int]) -> RawSQL:
    """One parameter, however many ids."""
    sql = "partnerships_listing.id = ANY(%s::bigint[])"
    return RawSQL(sql, [_array(ids)], output_field=BooleanField())  # noqa: S611 - a constant


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes an array: the driver would quote thousands of numbers one by one."""
    return f"{{{','.join(map(str, numbers))}}}"


def ids_of(rows: QuerySet) -> array:
    """The ids of ``rows`` in the order in which they were made: two files can be compared line by line."""
    return array("q", rows.order_by("id").values_list("id", flat=True).iterator(chunk_size=20_000))
