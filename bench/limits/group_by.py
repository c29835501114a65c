"""The limit of facet counts: what a plain GROUP BY over all rows takes, exact and with nothing kept beside it."""

from typing import Any

from django.db import connections

from partnerships.models.search import Criteria


def counts(alias: str, asked: Criteria) -> tuple[int, dict[str, int]]:
    """Total and counts per facet value, for one filter at most."""
    parts = [
        "s.expires_on >= %s",
        "s.member_id NOT IN (SELECT id FROM members_member WHERE status <> 'approved')",
    ]
    params: list[Any] = [asked.today]
    if not asked.for_members:
        parts.append("s.is_public")
    if asked.kind:
        parts.append("s.kind = %s")
        params.append(asked.kind)
    for _name, tokens in asked.facets:
        parts.append("s.facets && %s::varchar[]")
        params.append(list(tokens))
    sql = (
        "SELECT facet, count(*) FROM partnerships_listingsearch s, unnest(s.facets || '*'::varchar) facet"
        f" WHERE {' AND '.join(parts)} GROUP BY facet"
    )
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        found = dict(cursor.fetchall())
    return found.pop("*", 0), found
