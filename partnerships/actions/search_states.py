"""What the ledger and handshakes change in search rows: the state of cover, and that a member has a partner now. In the
transaction that changes it, so that lists and counts are exact."""

from collections.abc import Iterable

from django.db import connection, transaction

from partnerships.actions.search_facets import COVERS, NEVER, covers_of
from partnerships.models import ListingSearch
from partnerships.models.partners import had_partners
from partnerships.search_text import FOR_MEMBERS, quoted


@transaction.atomic
def refresh_cover(listings: Iterable[int]) -> None:
    """Let search rows say how their needs stand by the ledger. The rows are locked first: of two who write to the
    ledger at once, the later one counts what the earlier one wrote."""
    rows = ListingSearch.objects.filter(pk__in=list(listings)).order_by("pk").select_for_update()
    facets = dict(rows.values_list("pk", "facets"))
    covers = covers_of(facets) if facets else {}
    for pk, token in covers.items():
        old = [each for each in facets[pk] if each.removeprefix(FOR_MEMBERS) in COVERS]
        # Nothing where nobody but partners reads the lines.
        new = [f"{FOR_MEMBERS}{token}" if each.startswith(FOR_MEMBERS) else token for each in old]
        if old != new:
            _replace([pk], old, new)


@transaction.atomic
def note_partners(members: Iterable[int]) -> None:
    """These members have a partner from now on, and keep it: nobody finds them as without one any more."""
    marked = [NEVER, f"{FOR_MEMBERS}{NEVER}"]
    rows = ListingSearch.objects.filter(member__in=list(members), facets__overlap=marked)
    if found := list(rows.order_by("pk").select_for_update().values_list("pk", flat=True)):
        _replace(found, marked, [])


def heal_partners() -> None:
    """For the sweep: a listing may be published in the very moment in which its member finds a partner."""
    marked = [NEVER, f"{FOR_MEMBERS}{NEVER}"]
    rows = ListingSearch.objects.filter(facets__overlap=marked).order_by()
    if found := had_partners(rows.values("member")):
        note_partners(found)


def _replace(rows: list[int], old: list[str], new: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE partnerships_listingsearch SET
                facets = ARRAY(SELECT f FROM unnest(facets) f WHERE f <> ALL(%s::varchar[])) || %s::varchar[],
                vector = ts_delete(vector, %s::text[]) || %s::tsvector
            WHERE listing_id = ANY(%s)""",
            [old, new, old, " ".join(map(quoted, new)), rows],
        )
