"""How many published listings carry each facet value, alone and together with one other: exact, and read in a moment.

`FacetPair` holds for every two facet values of a listing (and for each with ``*``, which all have) how many rows of
`ListingSearch` carry both. A trigger writes what a statement changed to `FacetDelta`; a task folds that in. The sum of
both is exact at any moment, also within the transaction that changes a row.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connections, models

from members.models import Member

ALL = "*"
# Of these groups a listing carries one value at most: several values asked for simply add up.
SINGLE = frozenset(
    {"kind", "country", "region", "cover", "urgency", "transport", "appeal", "partner", "dream_id"}
)

# The last part takes off what has passed its last day but was not swept yet, and what belongs to a member that is not
# approved now: few rows, found by their own indexes.
_COUNTS = """
    SELECT other, sum(count)::int FROM (
        SELECT other, count FROM partnerships_facetpair
        WHERE kind = ANY(%(kinds)s) AND is_public = ANY(%(public)s) AND facet = ANY(%(asked)s)
        UNION ALL
        SELECT other, count FROM partnerships_facetdelta
        WHERE kind = ANY(%(kinds)s) AND is_public = ANY(%(public)s) AND facet = ANY(%(asked)s)
        UNION ALL
        SELECT other, -1 FROM partnerships_listingsearch s
            JOIN (
                SELECT listing_id FROM partnerships_listingsearch WHERE expires_on < %(today)s
                UNION
                SELECT listing_id FROM partnerships_listingsearch WHERE member_id IN (
                    SELECT id FROM members_member WHERE status = ANY(%(closed)s))
            ) closed USING (listing_id),
            unnest(s.facets || '*'::varchar) other
        WHERE s.kind = ANY(%(kinds)s) AND s.is_public = ANY(%(public)s)
            AND s.facets || '*'::varchar && %(asked)s::varchar[]
    ) counted GROUP BY other HAVING sum(count) > 0
"""


def exact_counts(
    using: str, *, today: date, kinds: Sequence[str], is_public_only: bool, asked: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """How many open listings carry one of ``asked`` (all of them when it is empty), and how many of those carry each
    facet value. Precondition: ``asked`` are values of one group, several of them only of a group in `SINGLE`; one
    value may stand twice, as everyone's and as members': no listing carries both."""
    params = {
        "today": today,
        "kinds": list(kinds),
        "public": [True] if is_public_only else [True, False],
        "asked": list(asked) or [ALL],
        # Named one by one: an index finds what a status is, none what it is not.
        "closed": [status.value for status in Member.Status if status != Member.Status.APPROVED],
    }
    with connections[using].cursor() as cursor:
        cursor.execute(_COUNTS, params)
        found = dict(cursor.fetchall())
    return found.pop(ALL, 0), found


class FacetCount(models.Model):
    """Abstract: ``count`` listings of this kind and audience carry both values."""

    kind = models.CharField(max_length=5)
    is_public = models.BooleanField()
    facet = models.CharField(max_length=40)
    other = models.CharField(max_length=40)
    count = models.IntegerField()

    class Meta:
        abstract = True


class FacetPair(FacetCount):
    """Folded counts. Written by `actions.facets` only."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facet", "kind", "is_public", "other"], name="facet_pair_once", include=["count"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.facet} & {self.other}: {self.count}"


class FacetDelta(FacetCount):
    """What statements changed since the last fold. Written by a trigger only."""

    class Meta:
        indexes = [models.Index(fields=["facet"], name="facet_delta_facet")]

    def __str__(self) -> str:
        return f"{self.facet} & {self.other}: {self.count:+}"
