"""The list of what waits for a translator, kept in step with the texts by whoever saves them."""

from collections import Counter
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from alliance.content.models import TranslationGap
from alliance.content.refusals import PublishingRefused
from alliance.content.translations import State, confirm, findings
from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.states import lock


@transaction.atomic
def keep_gaps(obj: Any) -> None:
    """Write anew what ``obj`` (a `Translated`) and its parts lack in each language; what was withdrawn lacks nothing.

    In the transaction of whoever saved the texts.
    """
    kind = ContentType.objects.get_for_model(obj)
    rows = {row.language: row for row in TranslationGap.objects.filter(content_type=kind, object_id=obj.pk)}
    found = Counter() if getattr(obj, "is_withdrawn", False) else _counted(obj)
    for code in LANGUAGES:
        counts = {"missing": found[code, State.MISSING], "outdated": found[code, State.OUTDATED]}
        row = rows.get(code)
        if not any(counts.values()):
            if row:
                row.delete()
        elif row is None:
            TranslationGap.objects.create(content_type=kind, object_id=obj.pk, language=code, **counts)
        elif (row.missing, row.outdated) != (counts["missing"], counts["outdated"]):
            row.missing, row.outdated = counts["missing"], counts["outdated"]
            row.save(update_fields=["missing", "outdated"])


def _counted(obj: Any) -> Counter:
    parts = obj.translated_parts()
    return Counter((row.language, row.state) for part in parts for row in findings(part))


@transaction.atomic
def confirm_translations(obj: Any, *, languages: list[str], by: Any, seen: str = "") -> int:
    """The texts in ``languages`` still fit the original, though it changed; returns how many that were.

    Journal: `<noun>.translation_confirmed`. Raises `PublishingRefused` when somebody saved meanwhile.
    """
    stored = lock(obj)
    if seen and stored.version != seen:
        raise PublishingRefused(PublishingRefused.CHANGED)
    count = 0
    for part in stored.translated_parts():
        confirmed = sum(confirm(part, code) for code in languages)
        if confirmed:
            part.save(update_fields=["made_from"])
        count += confirmed
    if count:
        record(f"{obj._meta.model_name}.translation_confirmed", obj, by=by, languages=", ".join(languages))
        keep_gaps(stored)
    return count
