"""The whole sets as files, made once a day: the exports of the pages without filters, written chunk by chunk."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from alliance.content.models import Document, Download, PublicRecord
from alliance.content.models.open_data import BY_NUMBER
from alliance.content.open_data import place_files, row_files
from alliance.content.open_data.appeals import appeal_row
from alliance.content.open_data.datasets import DATASETS
from alliance.content.open_data.documents import document_row
from alliance.content.open_data.places import place_row
from alliance.core import lists
from alliance.core.audience import Audience
from alliance.core.links import absolute
from members import exports as member_files
from members.models import Member, Place
from members.models.member_export import CSV, LINES, copied
from partnerships.exports import kept_promises, sheets, twinnings
from partnerships.models import Appeal, DayChange, Listing, PledgeLine, Twinning, TwinningParty
from partnerships.models.sheet_rows import SheetRows, ids_of
from partnerships.views.progress import progress_of

CHUNK = 1_000
Content = Iterator[bytes]


# Hour (UTC) from which the files of a day are made, while few people read.
BUILT_FROM = 2


def build_due_downloads() -> list[Download]:
    """The files of the day, once: also on a portal that has none yet, and after a night that nobody was awake."""
    now = timezone.now()
    wanted = {(dataset.name, form) for dataset in DATASETS for form in dataset.files}
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    fresh = Download.objects.filter(made_at__gte=today) if now.hour >= BUILT_FROM else Download.objects.all()
    return build_downloads() if wanted - set(fresh.values_list("name", "form")) else []


def build_downloads() -> list[Download]:
    """Every file anew, in English where a language is needed. A file is replaced when its successor is whole."""
    with override("en"):
        return [_build(dataset.name, form) for dataset in DATASETS for form in dataset.files]


def _build(name: str, form: str) -> Download:
    digest, size, now = hashlib.sha256(), 0, timezone.now()
    with tempfile.TemporaryFile() as file:
        for chunk in CONTENTS[name](form, _about(name)):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.seek(0)
        return _replace(name, form, File(file), {"sha256": digest.hexdigest(), "size": size, "made_at": now})


@transaction.atomic
def _replace(name: str, form: str, file: File, facts: dict[str, Any]) -> Download:
    old = Download.objects.select_for_update().filter(name=name, form=form).first()
    download = old or Download(name=name, form=form)
    outdated, download.older = download.older, download.file.name if old else ""
    for field, value in facts.items():
        setattr(download, field, value)
    download.file.save(f"{name}-{facts['made_at']:%Y%m%d%H%M%S}.{form}", file, save=False)
    download.save()
    if outdated:
        storage = download.file.storage
        transaction.on_commit(lambda: storage.delete(outdated), robust=True)
    return download


def _about(name: str) -> dict[str, Any]:
    """What a file says about itself."""
    newest = PublicRecord.objects.newest()
    return {
        "title": str(settings.SITE_NAME),
        "source": absolute(reverse("content:open_data")),
        "licence": settings.SITE_LICENCE,
        "generated_at": timezone.now().isoformat(timespec="seconds"),
        # Who begins with the file follows from here; what came meanwhile is told once more and never missed.
        "changes_cursor": lists.encode(newest, BY_NUMBER) if newest else "",
    }


# --- Each set ------------------------------------------------------------------------------------------------


def _members(form: str, about: dict[str, Any]) -> Content:
    rows, prefix = Member.objects.listed(), absolute(reverse("members:member_list"))
    if form == "csv":
        return member_files.as_csv(copied(rows, member_files.cells(), CSV, prefix))
    if form == "json":
        return member_files.as_json(copied(rows, member_files.json_object(), LINES, prefix), about)
    return member_files.as_geojson(copied(rows, member_files.geojson_feature(), LINES, prefix), about)


def _places(form: str, about: dict[str, Any]) -> Content:
    if form == "csv":
        return place_files.as_csv(_place_rows())
    write = place_files.as_json if form == "json" else place_files.as_geojson
    return write(_place_rows(), about)


def _place_rows() -> Iterator[list[dict[str, Any]]]:
    held = dict(Member.objects.listed().filter(place__isnull=False).values_list("place", "slug"))
    for places in _chunks(Place.objects.selectable().with_surroundings()):
        yield [place_row(place, held.get(place.pk)) for place in places]


def _listings(form: str, about: dict[str, Any]) -> Content:
    rows = Listing.objects.open().for_audience(Audience.PUBLIC)
    prefix = absolute(reverse("partnerships:listing_list"))
    return SheetRows(rows, ids_of(rows), lambda row: Audience.PUBLIC, prefix).file(sheets.PUBLIC, form, about)


def _appeals(form: str, about: dict[str, Any]) -> Content:
    rows = _appeal_rows()
    if form == "csv":
        return row_files.as_csv(rows, row_files.APPEALS, "target")
    return row_files.as_json(rows, about, "appeals")


def _appeal_rows() -> Iterator[list[dict[str, Any]]]:
    open_to_all = Listing.objects.open().for_audience(Audience.PUBLIC)
    for appeals in _chunks(Appeal.objects.public().with_target()):
        progress, counts = progress_of(appeals, Audience.PUBLIC), open_to_all.counts_by_appeal(appeals)
        yield [appeal_row(appeal, progress[appeal.pk], counts.get(appeal.pk, {})) for appeal in appeals]


def _documents(form: str, about: dict[str, Any]) -> Content:
    rows = _document_rows()
    if form == "csv":
        return row_files.as_csv(rows, row_files.DOCUMENTS, "files")
    return row_files.as_json(rows, about, "documents")


def _document_rows() -> Iterator[list[dict[str, Any]]]:
    for documents in _chunks(Document.objects.public().with_files()):
        yield [document_row(document) for document in documents]


def _twinnings(form: str, about: dict[str, Any]) -> Content:
    write: dict[str, Callable[..., Content]] = {"json": twinnings.as_json, "geojson": twinnings.as_geojson}
    rows = _twinning_rows()
    return twinnings.as_csv(rows) if form == "csv" else write[form](rows, about)


def _twinning_rows() -> Iterator[list[dict[str, Any]]]:
    prefixes = {
        "twinning": absolute(reverse("partnerships:twinning_list")),
        "member": absolute(reverse("members:member_list")),
    }
    parties = TwinningParty.objects.agreed().select_related("member__place__region", "place__region")
    rows = Twinning.objects.public().prefetch_related(Prefetch("parties", parties))
    for chunk in _chunks(rows):
        yield [
            twinnings.row_of(twinning, list(twinning.parties.all()), prefixes=prefixes) for twinning in chunk
        ]


def _promises(form: str, about: dict[str, Any]) -> Content:
    rows = _promise_rows()
    return kept_promises.as_csv(rows) if form == "csv" else kept_promises.as_json(rows, about)


def _promise_rows() -> Iterator[list[dict[str, Any]]]:
    today = timezone.localdate()
    prefixes = {
        "promise": absolute(reverse("partnerships:pledge_detail", args=["x"])).removesuffix("x/"),
        "member": absolute(reverse("members:member_list")),
    }
    for lines in _chunks(PledgeLine.objects.for_audience(Audience.PUBLIC).with_days()):
        yield [
            kept_promises.row_of(
                line,
                prefixes=prefixes,
                today=today,
                first_day=DayChange.first_day_of(line.pledge) or line.pledge.due_on,
            )
            for line in lines
        ]


def _chunks(rows: Any) -> Iterator[list[Any]]:
    """By key, each its own few queries: memory holds one chunk, and no transaction stays open."""
    rows, last = rows.order_by("id"), 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        yield chunk


CONTENTS: dict[str, Callable[[str, dict[str, Any]], Content]] = {
    "members": _members,
    "places": _places,
    "needs-and-offers": _listings,
    "appeals": _appeals,
    "documents": _documents,
    "partnerships": _twinnings,
    "promises": _promises,
}
