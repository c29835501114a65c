"""Facet counts: folding what triggers wrote into the summary, and building it anew."""

from django.db import connections, transaction

FOLD = """
    WITH gone AS (DELETE FROM partnerships_facetdelta RETURNING kind, is_public, facet, other, count)
    INSERT INTO partnerships_facetpair AS p (kind, is_public, facet, other, count)
    SELECT kind, is_public, facet, other, sum(count) FROM gone GROUP BY kind, is_public, facet, other
    HAVING sum(count) <> 0
    ON CONFLICT (facet, kind, is_public, other) DO UPDATE SET count = p.count + excluded.count
"""
# Two folds at once would only wait for each other's rows in different orders.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('facets.fold'))"


def fold_facets(using: str = "default") -> bool:
    """Move what changed into the summary; False when another worker is at it. Readers see the same sums throughout."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(FOLD)
        cursor.execute("DELETE FROM partnerships_facetpair WHERE count = 0")
    return True
