"""What changed in public since the last look, whatever caused it: a sweep compares what everyone may read now with what
it saw. So an expiry, a member on hold, or a name that is no longer shown cannot be forgotten."""

from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, Count, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from alliance.content.models import PublicRecord
from alliance.core.audience import Audience
from members.models import Member
from partnerships.models import Appeal, Listing, PledgeLine, Twinning

LOCK = 0x0DA7A
TABLE = PublicRecord._meta.db_table


def note_public_changes() -> int:
    """Each record that came, changed or went since gets the next numbers; how many. One at a time: numbers become
    visible in their order, so nobody who reads on from the last one misses any."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SET LOCAL statement_timeout = '120s'")
        return sum(_note(cursor, kind, rows) for kind, rows in _readable().items())


def _readable() -> dict[str, QuerySet]:
    """Kind → what everyone may read now, with `told`, which is another text when it changed."""
    public = Audience.PUBLIC
    listings = Listing.objects.open().for_audience(public)
    words = _told("updated_at", "search__indexed_at")
    standing = Q(parties__left_at=None) & (Q(parties__agreed_at__isnull=False) | Q(parties__member=None))
    return {
        "member": Member.objects.listed().annotate(told=_told("updated_at")),
        "need": listings.needs().annotate(told=words),
        "offer": listings.offers().annotate(told=words),
        "appeal": Appeal.objects.public().annotate(told=_told("updated_at", "status")),
        "twinning": Twinning.objects.public()
        .annotate(n=Count("parties", filter=standing), seen=Max("parties__member__updated_at"))
        .annotate(told=_told("updated_at", "status", "n", "seen")),
        # Who is named depends on each need behind the promise, so their changes count.
        "delivery": PledgeLine.objects.for_audience(public)
        .annotate(event=Max("events__id"), behind=Max("pledge__lines__listing_line__listing__updated_at"))
        .annotate(told=_told("event", "behind", "pledge__updated_at", "pledge__listing__updated_at")),
    }


def _told(*columns: str) -> Concat:
    parts: list[Any] = [Value("")]
    for column in columns:
        parts += [Cast(column, CharField()), Value("|")]
    return Concat(*parts, output_field=CharField())


def _note(cursor: Any, kind: str, rows: QuerySet) -> int:
    sql, params = rows.order_by().values("slug", "told").query.sql_with_params()
    now = timezone.now()
    # Names from constants; every value is a parameter.
    statement = f"""WITH readable AS MATERIALIZED (SELECT s.slug AS key, md5(s.told) AS version FROM ({sql}) s),
        last AS (SELECT coalesce(max(number), 0) AS number FROM {TABLE}),
        news AS (
            SELECT coalesce(r.key, p.key) AS key, coalesce(r.version, p.version) AS version,
                r.key IS NULL AS is_withdrawn,
                row_number() OVER (ORDER BY p.id NULLS LAST, r.key) AS nth
            FROM readable r FULL JOIN (SELECT * FROM {TABLE} WHERE kind = %s) p ON p.key = r.key
            WHERE p.key IS NULL OR (r.key IS NULL AND NOT p.is_withdrawn)
                OR (r.key IS NOT NULL AND (p.is_withdrawn OR p.version <> r.version)))
        INSERT INTO {TABLE} (kind, key, version, number, is_withdrawn, first_at, changed_at)
        SELECT %s, n.key, n.version, l.number + n.nth, n.is_withdrawn, %s, %s FROM news n, last l
        ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, number = excluded.number,
            is_withdrawn = excluded.is_withdrawn, changed_at = excluded.changed_at"""  # noqa: S608
    cursor.execute(statement, [*params, kind, kind, now, now])
    return cursor.rowcount
