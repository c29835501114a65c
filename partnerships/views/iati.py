"""IATI files: what was promised, committed and accepted, for the whole Alliance and for each member."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.core import files, lists
from members.models import Member
from partnerships.exports import iati
from partnerships.exports.iati_pledges import activity_of
from partnerships.models import Pledge

CHUNK = 200
CONTENT_TYPE = "application/xml; charset=utf-8"


@require_safe
def iati_alliance(request: HttpRequest) -> HttpResponse:
    """All public pledges as IATI activities 2.03, each once, as the giver's. What nobody may count is not there."""
    return _file(request, Pledge.objects.countable_in_public(), "iati-alliance.xml", None)


@require_safe
def iati_member(request: HttpRequest, slug: str) -> HttpResponse:
    """What one member gave and received; its incoming flows are written as incoming. A receiver that is not named in
    public has the pledge in no file of its own."""
    member = get_object_or_404(Member.objects.listed(), slug=slug)
    return _file(
        request, Pledge.objects.countable_in_public().publicly_of(member), f"iati-{slug}.xml", member
    )


def _file(request: HttpRequest, rows: QuerySet, name: str, member: Member | None) -> HttpResponse:
    if refused := files.refused(request):
        return refused
    count = lists.capped_count(rows, files.WHOLE_UP_TO)
    if not count:
        raise Http404  # the schema asks for at least one activity
    content = iati.as_file(
        _activities(rows, member), generated_at=timezone.now(), licence=settings.SITE_LICENCE
    )
    return files.answer(
        request, content, name=name, content_type=CONTENT_TYPE, is_long=count > files.WHOLE_UP_TO
    )


def _activities(rows: QuerySet, member: Member | None) -> Iterator[iati.Activity]:
    for pledge in rows.with_ledger().with_sectors().order_by("id").iterator(chunk_size=CHUNK):
        yield activity_of(pledge, of_receiver=member is not None and pledge.receiver_id == member.pk)
