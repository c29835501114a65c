"""Everything that waits for the desk as one list, the longest wait first: rows of many kinds merged by their moment.
Read by the desk's page; which kinds there are, each app says by `DeskSite.watch`."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import DateField, F, ForeignKey, Min, Q, QuerySet
from django.utils import timezone

from alliance.users.models import HeldRow, User

PAGE_SIZE = 50
MINE, FREE = "mine", "free"


@dataclass(frozen=True)
class Waiting:
    """One kind of row that wants something of the desk, and since when."""

    label: Any
    rows: Callable[[], QuerySet]
    moment: str
    query: dict[str, str]
    position: int
    # The field that names the coordinator, where the table has one; else `HeldRow` knows.
    holder: str = ""
    # Relations that the words of a row are made of, beside those that no row is without.
    related: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Stands in addresses: ``match-42``."""
        return f"{self.rows().model._meta.model_name}-{self.position}"


@dataclass(frozen=True)
class Item:
    """One thing that waits. ``since`` is a moment also where the table knows the day alone."""

    kind: Waiting
    row: models.Model
    since: datetime
    holder: User | None = None

    @property
    def place(self) -> "Place":
        return self.since, self.kind.code, self.row.pk


Place = tuple[datetime, str, int]


@dataclass(frozen=True)
class QueuePage:
    items: list[Item]
    after: str = ""


def queue_page(
    kinds: Sequence[Waiting],
    *,
    after: str = "",
    whose: str = "",
    user: User | None = None,
    size: int = PAGE_SIZE,
) -> QueuePage:
    """One page of all ``kinds``, oldest first. Queries: one for each kind, one for who has them.

    :param after: the key of the page before; one that is broken leads to the first page
    :param whose: `MINE` or `FREE`, else everybody's
    """
    place = read_place(after)
    items = merged(kinds, place, whose, user, size + 1)
    more, items = len(items) > size, items[:size]
    return QueuePage(with_holders(items), write_place(items[-1].place) if more else "")


def next_item(kinds: Sequence[Waiting], *, after: Place) -> Item | None:
    """What stands behind a place of the queue; from its beginning when nothing does."""
    for place in (after, None):
        if found := merged(kinds, place, "", None, 1):
            return found[0]
    return None


def merged(
    kinds: Sequence[Waiting], place: Place | None, whose: str, user: User | None, size: int
) -> list[Item]:
    items: list[Item] = []
    for kind in kinds:
        rows = held_by(dated(kind), kind, whose, user)
        if place:
            rows = rows.filter(behind(kind, place))
        items += [Item(kind, row, moment_of(row.queued_since)) for row in rows[:size]]
    items.sort(key=lambda item: item.place)
    return items[:size]


def counts_of(kinds: Sequence[Waiting], *, whose: str = "", user: User | None = None) -> dict[str, int]:
    """Code of each kind → how many of it wait: everybody's, one's own or what nobody has."""
    counts = {}
    for kind in kinds:
        rows = held_by(kind.rows().order_by(), kind, whose, user).filter(**{f"{kind.moment}__isnull": False})
        # By their keys: a row is there once for each moment of a related one.
        counts[kind.code] = rows.values("pk").distinct().count()
    return counts


def dated(kind: Waiting) -> QuerySet:
    """The rows of a kind with ``queued_since``, the longest wait first, and what their names are made of."""
    rows = kind.rows().order_by()
    # A moment of a related row is there once for each of them.
    moment = Min(kind.moment) if "__" in kind.moment else F(kind.moment)
    rows = rows.annotate(queued_since=moment).filter(queued_since__isnull=False)
    names = [field.name for field in rows.model._meta.fields if is_part_of_name(field)]
    names += [*kind.related, *([kind.holder] if kind.holder else [])]
    if names and "__" not in kind.moment:
        rows = rows.select_related(*names)
    return rows.order_by("queued_since", "pk")


def is_part_of_name(field: models.Field) -> bool:
    return isinstance(field, ForeignKey) and not field.null


def held_by(rows: QuerySet, kind: Waiting, whose: str, user: User | None) -> QuerySet:
    if whose not in (MINE, FREE):
        return rows
    if kind.holder:
        return rows.filter(**({kind.holder: user} if whose == MINE else {f"{kind.holder}__isnull": True}))
    held = HeldRow.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
    if whose == MINE:
        return rows.filter(pk__in=held.filter(coordinator=user).values("object_id"))
    return rows.exclude(pk__in=held.values("object_id"))


def behind(kind: Waiting, place: Place) -> Q:
    """Rows of ``kind`` after ``place`` in the order (moment, kind, row)."""
    moment, code, pk = place
    day_alone = (
        isinstance(last_field(kind), DateField) and last_field(kind).get_internal_type() == "DateField"
    )
    value: Any = timezone.localdate(moment) if day_alone else moment
    later = Q(queued_since__gt=value)
    if moment_of(value) != moment:  # a day that began before that moment
        return later
    if kind.code > code:
        return later | Q(queued_since=value)
    return later | Q(queued_since=value, pk__gt=pk) if kind.code == code else later


def last_field(kind: Waiting) -> models.Field:
    model, field = kind.rows().model, None
    for name in kind.moment.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


def moment_of(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return value
    return timezone.make_aware(datetime.combine(value, time.min))


def with_holders(items: Iterable[Item]) -> list[Item]:
    """Each item with who has it, by one query for those whose table does not say."""
    items = list(items)
    wanted = Q(pk__in=[])
    for item in items:
        if not item.kind.holder:
            kind = ContentType.objects.get_for_model(item.row)
            wanted |= Q(content_type=kind, object_id=item.row.pk)
    held = {
        (row.content_type_id, row.object_id): row.coordinator
        for row in HeldRow.objects.filter(wanted).select_related("coordinator")
    }
    return [Item(item.kind, item.row, item.since, holder_of(item, held)) for item in items]


def holder_of(item: Item, held: dict[tuple[int, int], User]) -> User | None:
    if item.kind.holder:
        return getattr(item.row, item.kind.holder)
    return held.get((ContentType.objects.get_for_model(item.row).pk, item.row.pk))


def write_place(place: Place) -> str:
    moment, code, pk = place
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), code, pk]).encode()).decode().rstrip("=")


def read_place(text: str) -> Place | None:
    """The place of a key that `write_place` made; None for anything else."""
    try:
        moment, code, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        since = datetime.fromisoformat(moment)
    except (ValueError, TypeError, binascii.Error):
        return None
    is_ours = isinstance(code, str) and isinstance(pk, int) and 0 <= pk < 2**63 and since.tzinfo
    return (since, code, pk) if is_ours else None
