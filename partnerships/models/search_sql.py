"""The statements behind `ListingSearch`: one place decides what a reader may find, in which order, by which index."""

from typing import TYPE_CHECKING, Any, NamedTuple

from alliance.core.languages import LANGUAGES
from alliance.core.lists import Cursor, Key
from members.models import Member

if TYPE_CHECKING:
    from partnerships.models.search import Criteria

# So many rows are read in order before the indexes are asked: enough where a filter keeps one row in forty.
PROBE = 1_000
# The planner counts no cost for reading vectors that lie out of line, and would read the whole table.
PLAN = "SET LOCAL enable_seqscan = off; "
TABLE = "partnerships_listingsearch"
NOT_APPROVED = ", ".join(f"'{status}'" for status in Member.Status if status != Member.Status.APPROVED)
# What every hit holds: which listing, when it was published, and which version its card is.
ALWAYS = ("listing_id", "published_at", "indexed_at")

Statement = tuple[str, list[Any]]


class Order(NamedTuple):
    """An order of the lists: its name in addresses, and its keys, which an index holds and all point one way."""

    name: str
    keys: tuple[Key, ...]

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys([*ALWAYS, *(column for column, _way in self.keys)]))

    def sql(self, cursor: Cursor | None) -> str:
        backwards = bool(cursor and cursor.is_backwards)
        return ", ".join(
            f"{column} {'ASC' if (way == 'asc') != backwards else 'DESC'}" for column, way in self.keys
        )

    def beyond(self, cursor: Cursor, prefix: str = "") -> str:
        """Past the cursor, as one comparison of rows."""
        sign = ">" if (self.keys[0][1] == "asc") != cursor.is_backwards else "<"
        columns = ", ".join(f"{prefix}{column}" for column, _way in self.keys)
        return f"({columns}) {sign} ({', '.join(['%s'] * len(self.keys))})"


NEWEST = Order("", (("published_at", "desc"), ("listing_id", "desc")))
ENDING = Order("ending", (("expires_on", "asc"), ("listing_id", "asc")))
URGENT = Order("urgent", (("urgency", "desc"), ("published_at", "desc"), ("listing_id", "desc")))
# By the place that a card shows, in each reader's alphabet.
BY_PLACE = {code: Order("place", ((f"sort_{code}", "asc"), ("listing_id", "asc"))) for code in LANGUAGES}


def order_named(name: str, language: str) -> Order:
    """The newest first where nobody knows the name."""
    orders = (ENDING, URGENT, BY_PLACE.get(language, BY_PLACE[LANGUAGES[0]]))
    return next((order for order in orders if order.name == name), NEWEST)


def conditions(criteria: "Criteria", cursor: Cursor | None = None, order: Order = NEWEST) -> Statement:
    """The WHERE of every statement here, about the row ``s``."""
    parts = [
        "s.expires_on >= %s",
        # Derived, never stored: a member on hold takes its listings along.
        f"s.member_id NOT IN (SELECT id FROM members_member WHERE status IN ({NOT_APPROVED}))",
    ]
    params: list[Any] = [max(criteria.valid_until or criteria.today, criteria.today)]
    if not criteria.for_members:
        parts.append("s.is_public")
    if criteria.kind:
        parts.append("s.kind = %s")
        params.append(criteria.kind)
    if query := criteria.tsquery:
        parts.append("s.vector @@ %s::tsquery")
        params.append(query)
    if criteria.lines:
        about_line, line_params = criteria.lines.condition(for_members=criteria.for_members)
        parts.append(f"EXISTS (SELECT FROM partnerships_searchline l WHERE {about_line})")
        params += line_params
    if cursor:
        parts.append(order.beyond(cursor, "s."))
        params += cursor.values
    return " AND ".join(parts), params


def ids_sql(criteria: "Criteria") -> Statement:
    """The ids of all hits, the newest first."""
    condition, params = conditions(criteria)
    return f"SELECT s.listing_id FROM {TABLE} s WHERE {condition} ORDER BY {NEWEST.sql(None)}", params


def walk_sql(criteria: "Criteria", cursor: Cursor | None, size: int, order: Order) -> Statement:
    condition, params = conditions(criteria, cursor, order)
    sql = f"""SELECT {_columns(order, "s.")} FROM {TABLE} s WHERE {condition}
        ORDER BY {order.sql(cursor)} LIMIT %s"""
    return PLAN + sql, [*params, size + 1]


def probe_sql(criteria: "Criteria", cursor: Cursor | None, size: int, order: Order) -> Statement:
    """The next rows in order, filtered as they come: what common words and filters need, at any depth."""
    condition, params = conditions(criteria)
    start, start_params = "TRUE", []
    if cursor:
        start, start_params = order.beyond(cursor), list(cursor.values)
    sql = f"""SELECT {_columns(order, "s.")} FROM (
            SELECT * FROM {TABLE} WHERE {start} ORDER BY {order.sql(cursor)} LIMIT {PROBE}) s
        WHERE {condition} ORDER BY {order.sql(cursor)} LIMIT %s"""
    return PLAN + sql, [*start_params, *params, size + 1]


def group_sql(criteria: "Criteria", cursor: Cursor | None, size: int, age: int) -> Statement:
    """The newest hits of one group, through its own index: MATERIALIZED keeps the ordered index out of it."""
    condition, params = conditions(criteria, cursor)
    sql = f"""WITH hits AS MATERIALIZED (
            SELECT {_columns(NEWEST, "s.")} FROM {TABLE} s WHERE s.age = {int(age)} AND {condition})
        SELECT {_columns(NEWEST)} FROM hits ORDER BY {NEWEST.sql(cursor)} LIMIT %s"""
    return PLAN + sql, [*params, size + 1]


def everything_sql(
    criteria: "Criteria", cursor: Cursor | None, size: int, order: Order, ages: range
) -> Statement:
    """All hits of all groups, each through its own index, then in order: for few hits that the probe did not meet."""
    condition, params = conditions(criteria, cursor, order)
    groups = " UNION ALL ".join(
        f"SELECT {_columns(order, 's.')} FROM {TABLE} s WHERE s.age = {int(age)} AND {condition}"
        for age in ages
    )
    sql = f"""WITH hits AS MATERIALIZED ({groups})
        SELECT {_columns(order)} FROM hits ORDER BY {order.sql(cursor)} LIMIT %s"""
    return PLAN + sql, [*params * len(ages), size + 1]


def facets_sql(criteria: "Criteria", most: int, ages: range) -> Statement:
    """How many of the first ``most`` hits carry each facet value; ``*`` counts them. Each group through its own
    index, the newest first, so common words end early and rare ones read no row that lacks them."""
    condition, params = conditions(criteria)
    if criteria.tsquery:
        groups = " UNION ALL ".join(
            f"SELECT s.facets FROM {TABLE} s WHERE s.age = {int(age)} AND {condition}" for age in ages
        )
        params = params * len(ages)
    else:
        groups = f"SELECT s.facets FROM {TABLE} s WHERE {condition}"
    sql = f"""WITH hits AS MATERIALIZED (SELECT facets FROM ({groups}) every LIMIT %s)
        SELECT facet, count(*) FROM hits, unnest(facets || '*'::text) facet GROUP BY facet"""
    return PLAN + sql, [*params, most]


def _columns(order: Order, prefix: str = "") -> str:
    return ", ".join(f"{prefix}{column}" for column in order.columns)
