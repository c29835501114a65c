"""What changed in public since the last look, whatever caused it: a sweep compares what everyone may read now with what
it saw. So an expiry, a member on hold, or a name that is no longer shown cannot be forgotten."""

from typing import Any

from django.contrib.postgres.aggregates import BoolOr, StringAgg
from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from alliance.content.models import Document, DocumentFile, PublicRecord
from alliance.core.audience import Audience
from alliance.core.languages import LANGUAGES
from members.models import Member, Place
from partnerships.models import Appeal, Listing, PledgeLine, Twinning

LOCK = 0x0DA7A
TABLE = PublicRecord._meta.db_table
NONE = Value("", output_field=TextField())


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
    """Kind → what everyone may read now: its `key`, `told`, which is another text when it changed, and the `project` of
    DREAM that everyone may read of it."""
    public = Audience.PUBLIC
    listings = Listing.objects.open().for_audience(public)
    project = Case(When(is_member_hidden=False, then=F("dream_id")), default=NONE, output_field=TextField())
    words = _told("updated_at", "search__indexed_at", *_names("member"))
    standing = Q(parties__left_at=None) & (Q(parties__agreed_at__isnull=False) | Q(parties__member=None))
    return {
        "member": Member.objects.listed().annotate(told=_told("updated_at")),
        "need": listings.needs().annotate(told=words, project=project),
        "offer": listings.offers().annotate(told=words),
        "appeal": _appeals(),
        "twinning": Twinning.objects.public()
        .annotate(n=Count("parties", filter=standing), seen=Max("parties__member__updated_at"))
        .annotate(told=_told("updated_at", "status", "n", "seen")),
        "delivery": _deliveries(),
        "place": _places(),
        "document": _documents(),
    }


def _appeals() -> QuerySet:
    """How far one is counts: each event of what is promised for it, and which needs and offers belong to it."""
    of_this = {"counted_appeal": OuterRef("pk")}
    appeals = Appeal.objects.public()
    lines = PledgeLine.objects.of_appeals(appeals).for_audience(Audience.PUBLIC).filter(**of_this).order_by()
    listings = Listing.objects.open().for_audience(Audience.PUBLIC).filter(appeal=OuterRef("pk")).order_by()
    return appeals.annotate(
        event=Subquery(lines.values("counted_appeal").annotate(n=Max("events__id")).values("n")),
        listed=Subquery(listings.values("appeal").annotate(n=Count("pk")).values("n")),
        is_over=Q(deadline__lt=timezone.localdate()),
    ).annotate(told=_told("updated_at", "status", "is_over", "event", "listed"))


def _deliveries() -> QuerySet:
    """Who is named, and whose project it is, depends on each need behind the promise, so their changes count."""
    hidden = BoolOr("pledge__lines__listing_line__listing__is_member_hidden")
    is_named = Q(pledge__is_receiver_hidden=False, is_hidden=False) & (
        Q(pledge__listing=None) | Q(pledge__listing__is_member_hidden=False)
    )
    lines = PledgeLine.objects.for_audience(Audience.PUBLIC).annotate(
        event=Max("events__id"),
        behind=Max("pledge__lines__listing_line__listing__updated_at"),
        is_hidden=Coalesce(hidden, Value(False)),
    )
    parts = ("event", "behind", "pledge__updated_at", "pledge__listing__updated_at")
    return lines.annotate(
        told=_told(*parts, *_names("pledge__giver"), *_names("pledge__receiver")),
        project=Case(
            When(is_named, then=F("listing_line__listing__dream_id")), default=NONE, output_field=TextField()
        ),
    )


def _places() -> QuerySet:
    """A register has no moments of change, so all that is told of a place counts, and who stands for it."""
    members = Member.objects.listed().filter(place=OuterRef("pk")).order_by("pk")
    own = ("level", "category", "country", "official_name", "region", "parent", "lat", "lon")
    return Place.objects.selectable().annotate(
        key=Concat("register", Value("/"), "code"),
        held=Subquery(members.values("slug")[:1]),
        told=_told(*own, "population", "population_year", "held", *(f"name_{code}" for code in LANGUAGES)),
    )


def _documents() -> QuerySet:
    """With the files that readers are offered, and whether they are still handed out."""
    files = DocumentFile.objects.offered().filter(document=OuterRef("pk")).order_by()
    each = _told("language", "title", "current", "current__is_withheld")
    joined = files.values("document").annotate(n=StringAgg(each, Value("|"), order_by="pk")).values("n")
    return Document.objects.public().annotate(
        files_told=Subquery(joined), told=_told("updated_at", "status_changed_at", "files_told")
    )


def _names(member: str) -> list[str]:
    return [f"{member}__official_name", *(f"{member}__name_{code}" for code in LANGUAGES)]


def _told(*columns: str) -> Concat:
    parts: list[Any] = [Value("")]
    for column in columns:
        parts += [Coalesce(Cast(column, TextField()), NONE), Value("|")]
    return Concat(*parts, output_field=TextField())


def _note(cursor: Any, kind: str, rows: QuerySet) -> int:
    named = rows if "key" in rows.query.annotations else rows.annotate(key=F("slug"))
    known = named if "project" in named.query.annotations else named.annotate(project=NONE)
    sql, params = known.order_by().values("key", "told", "project").query.sql_with_params()
    now = timezone.now()
    # Names from constants; every value is a parameter.
    statement = f"""WITH readable AS MATERIALIZED (
            SELECT s.key, md5(s.told) AS version, nullif(s.project, '') AS project FROM ({sql}) s),
        last AS (SELECT coalesce(max(number), 0) AS number FROM {TABLE}),
        news AS (
            SELECT coalesce(r.key, p.key) AS key, coalesce(r.version, p.version) AS version,
                r.key IS NULL AS is_withdrawn,
                array(SELECT DISTINCT e FROM unnest(p.dream_ids || r.project::varchar) e WHERE e > '') AS dream_ids,
                row_number() OVER (ORDER BY p.id NULLS LAST, r.key) AS nth
            FROM readable r FULL JOIN (SELECT * FROM {TABLE} WHERE kind = %s) p ON p.key = r.key
            WHERE p.key IS NULL OR (r.key IS NULL AND NOT p.is_withdrawn)
                OR (r.key IS NOT NULL AND (p.is_withdrawn OR p.version <> r.version)))
        INSERT INTO {TABLE} (kind, key, version, number, is_withdrawn, dream_ids, first_at, changed_at)
        SELECT %s, n.key, n.version, l.number + n.nth, n.is_withdrawn, n.dream_ids, %s, %s FROM news n, last l
        ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, number = excluded.number,
            is_withdrawn = excluded.is_withdrawn, dream_ids = excluded.dream_ids, changed_at = excluded.changed_at"""  # noqa: S608
    cursor.execute(statement, [*params, kind, kind, now, now])
    return cursor.rowcount
