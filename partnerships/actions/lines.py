"""Lines of a listing as rows. A line keeps its slug and row for life, so that promises go on pointing at it."""

from collections.abc import Sequence

from partnerships.drafts import Line
from partnerships.models import ItemTemplate, Listing, ListingLine

SAME = [
    "item",
    "quantity",
    "unit",
    "currency",
    "range_min",
    "range_max",
    "range_unit",
    "condition",
    "needed_by",
    "available_from",
    "available_until",
]


class LineInUse(Exception):
    """A line that something was promised for cannot go, nor become another item; ``lines`` are its rows."""

    def __init__(self, lines: list[ListingLine]) -> None:
        super().__init__(", ".join(line.slug for line in lines))
        self.lines = lines


def write_lines(listing: Listing, lines: Sequence[Line]) -> None:
    """Make the rows of ``listing`` what ``lines`` say, in their order: changed in place, added, removed.

    Precondition: in a transaction that holds the lock of the listing. Raises `LineInUse` when a line with promises
    would go, or would become another item or unit.
    """
    there = {line.slug: line for line in listing.lines.select_for_update(of=("self",))}
    templates = {
        row.code: row for row in ItemTemplate.objects.filter(code__in={line.template for line in lines})
    }
    named = {line.slug for line in lines}
    gone = [there.pop(slug) for slug in list(there) if slug not in named]
    _refuse_promised(gone)
    for row in gone:
        row.delete()
    changed = []
    for position, line in enumerate(lines):
        # A slug that comes twice, or is another listing's, makes a new row.
        row = there.pop(line.slug, None) or ListingLine(listing=listing)
        template = templates[line.template] if line.template else None
        if row.pk and (row.unit, row.template, row.currency) != (line.unit, template, line.currency):
            changed.append(row)
        for name in SAME:
            setattr(row, name, getattr(line, name))
        row.position, row.template, row.specs = position, template, dict(line.specs)
        row.save()
    _refuse_promised(changed)


def _refuse_promised(rows: list[ListingLine]) -> None:
    promised = [row for row in rows if row.pledge_lines.exists()]
    if promised:
        raise LineInUse(promised)
