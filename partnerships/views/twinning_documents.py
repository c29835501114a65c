"""Documents that the parties of a twinning share: their page, and the view that serves one."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.audience import visible
from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.core.uploads import attachment
from alliance.users.decorators import login_kept_form
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import twinning_life as actions
from partnerships.forms.twinning_life import DocumentForm
from partnerships.models import Twinning, TwinningDocument, TwinningParty
from partnerships.names_shown import party_named
from partnerships.permissions import audience_of_twinning, can_see_kept
from partnerships.permissions.twinning_life import can_keep_twinning
from partnerships.refusals import LifeRefused
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_keeping import crumb_of, own_twinning, seen_twinning, too_late

FILES_PER_HOUR, HOUR = 120, 3600


def document_rows(twinning: Twinning, own: TwinningParty | None) -> list[dict[str, Any]]:
    """For `_twinning_documents.html`; one query, since the parties are there already. ``may_remove``: its own party's,
    anybody's once that one has left."""
    parties = {party.pk: party for party in twinning.parties.all()}
    return [
        {
            "slug": row.slug,
            "caption": row.caption,
            "language": row.language,
            "format": row.format,
            "size": row.size,
            "day": facts.day(row.created_at),
            "who": party_named(parties[row.party_id]),
            "may_remove": own is not None
            and (row.party_id == own.pk or parties[row.party_id].left_at is not None),
        }
        for row in twinning.documents.all()
    ]


@require_safe
@never_cache
@login_kept_form
def twinning_document(request: HttpRequest, slug: str, document: str) -> FileResponse:
    """One document, to be saved; for everyone but the parties and the desk it does not exist."""
    twinning = seen_twinning(request, slug)
    viewer = audience_of_twinning(request.user, twinning)
    if not visible(twinning, "documents", viewer) or not can_see_kept(request.user, twinning):
        raise Http404
    row = get_object_or_404(twinning.documents, slug=document)
    return attachment(row.file, filename=row.original_filename, content_type=row.content_type)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_documents(request: HttpRequest, slug: str) -> HttpResponse:
    """What is shared, for all of a party; the form, for those who write."""
    twinning, own = own_twinning(request, slug, to_write=request.method == "POST")
    form = DocumentForm(*sent(request))
    if not form.is_valid():
        return _page(request, twinning, own, form, 422 if form.is_bound else 200)
    if not allow("twinning-document", str(request.member.pk), FILES_PER_HOUR, HOUR):
        form.add_error("file", _("Your member sent many files in the last hour. Please try again later."))
        return _page(request, twinning, own, form, 429)
    data = form.cleaned_data
    try:
        actions.share_document(
            twinning,
            member=request.member,
            upload=data["file"],
            caption=data["caption"],
            language=data["language"],
            by=request.user,
        )
    except LifeRefused as refused:
        form.add_error("file", str(refused))
        return _page(request, twinning, own, form, 409)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Shared. The other parties are told by e-mail."))
    return redirect("partnerships:twinning_documents", twinning.slug)


def _page(
    request: HttpRequest, twinning: Twinning, own: TwinningParty, form: DocumentForm, status: int
) -> HttpResponse:
    may_write = can_keep_twinning(request.user, request.member, twinning)
    rows = document_rows(twinning, own if may_write else None)
    context = {
        "form": form,
        "rows": rows,
        "may_write": may_write,
        "has_room": len(rows) < actions.MOST_DOCUMENTS,
        **crumb_of(twinning),
    }
    return render(request, "partnerships/twinning_documents.html", context, status=status)


@require_POST
@member_page(role_of)
def twinning_document_remove(request: HttpRequest, slug: str, document: str) -> HttpResponse:
    twinning, _party = own_twinning(request, slug)
    rows = TwinningDocument.objects.filter(twinning=twinning).select_related("twinning", "party")
    row = get_object_or_404(rows, slug=document)
    try:
        actions.remove_document(row, member=request.member, by=request.user)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Removed."))
    return redirect("partnerships:twinning_documents", twinning.slug)
