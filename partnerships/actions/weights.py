"""What the parts of a score are worth: the first version from our own table, every later one from the desk."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from partnerships.models import MatchWeights
from partnerships.models.suggestions import PARTS

TABLE = Path(__file__).resolve().parent.parent / "data" / "match_weights.json"


def load_match_weights() -> bool:
    """The first version, unless there is one. Journal: `match_weights.loaded`."""
    if MatchWeights.objects.exists():
        return False
    first = _of_table()
    values = {name: getattr(first, name) for name in [*PARTS, "attention_cap"]}
    with transaction.atomic():
        row, is_new = MatchWeights.objects.get_or_create(version=first.version, defaults=values)
        if is_new:
            record("match_weights.loaded", row, by=SYSTEM, version=row.version)
    return is_new


def current_weights() -> MatchWeights:
    """The newest version; the first one is loaded where there is none."""
    load_match_weights()
    return MatchWeights.objects.newest_first()[0]


def weights_to_show() -> MatchWeights:
    """For a page, which writes nothing: the newest version, or our own table where none was loaded yet."""
    return MatchWeights.objects.newest_first().first() or _of_table()


def _of_table() -> MatchWeights:
    values = json.loads(TABLE.read_text(encoding="utf-8"))
    return MatchWeights(version=values["version"], attention_cap=values["attention_cap"], **values["points"])


@transaction.atomic
def change_match_weights(*, points: dict[str, int], attention_cap: int, by: Any) -> MatchWeights:
    """A new version, by which all lists are made anew in the background; the one before stays. The same values again
    are no new version. Journal: `match_weights.changed` with what changed."""
    newest = MatchWeights.objects.select_for_update().newest_first().first()
    now = {**points, "attention_cap": attention_cap}
    before = {name: getattr(newest, name) for name in [*PARTS, "attention_cap"]} if newest else {}
    changed = {name: [before.get(name), value] for name, value in now.items() if before.get(name) != value}
    if newest and not changed:
        return newest
    row = MatchWeights.objects.create(
        **now, version=newest.version + 1 if newest else 1, created_by=by, created_at=timezone.now()
    )
    record("match_weights.changed", row, by=by, version=row.version, changed=changed)
    return row
