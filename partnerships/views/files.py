"""Documents and photos of a need or an offer: the page where its people keep them, and the view that serves them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.audience import Audience, needed_for, visible
from alliance.core.forms import sent
from alliance.core.throttle import allow
from alliance.core.uploads import attachment, shown_picture, small_photo
from members.decorators import member_page
from members.permissions import role_of
from partnerships import permissions
from partnerships.actions import files as actions
from partnerships.actions.listings import Incomplete
from partnerships.forms.files import CaptionForm, FileForm
from partnerships.models import Listing, ListingFile
from partnerships.refusals import FileRefused
from partnerships.views.readers import acting_member, own_listing

# A busy officer with a folder of photos stays below.
FILES_PER_HOUR, HOUR = 120, 3600


@require_safe
def listing_file(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    """One file, to whoever may see the files of its listing; for everyone else it does not exist."""
    found = _seen_file(request, slug, file)
    try:
        response = (
            shown_picture(found.file)
            if found.is_photo
            else attachment(found.file, filename=found.original_filename, content_type=found.content_type)
        )
    except FileNotFoundError as error:  # taken away from the disk
        raise Http404 from error
    return _cached(response, found)


@require_safe
def listing_photo(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    """A photo small, for cards; drawn now where it was not drawn when it came."""
    found = _seen_file(request, slug, file)
    if not found.is_photo:
        raise Http404
    storage = found.file.storage
    try:
        if storage.exists(found.small_name):
            small = storage.open(found.small_name)
        else:
            with found.file.open("rb") as stored:
                small = ContentFile(small_photo(stored.read()), name=found.small_name)
    except (FileNotFoundError, ValidationError) as error:
        raise Http404 from error
    return _cached(shown_picture(small), found)


def _seen_file(request: HttpRequest, slug: str, file: str) -> ListingFile:
    rows = Listing.objects.visible_to(
        acting_member(request), viewer=permissions.reader_audience(request.user)
    )
    listing = get_object_or_404(rows.select_related("member"), slug=slug)
    if not visible(listing, "files", permissions.audience_of(request.user, listing)):
        raise Http404
    found = get_object_or_404(listing.files, slug=file)
    found.listing = listing
    return found


def _cached(response: HttpResponse, file: ListingFile) -> HttpResponse:
    is_public = file.listing.is_open and needed_for(file.listing, "files") == Audience.PUBLIC
    response.headers["Cache-Control"] = "private, max-age=300" if is_public else "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def listing_files(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_edit_listing)
    form = FileForm(*sent(request), must_show_no_site=actions.must_show_no_site(listing))
    if request.method != "POST":
        return _page(request, listing, form)
    if not form.is_valid():
        return _page(request, listing, form, status=422)
    if not allow("listing-file", str(request.member.pk), FILES_PER_HOUR, HOUR):
        form.add_error("file", _("Your member sent many files in the last hour. Please try again later."))
        return _page(request, listing, form, status=429)
    try:
        actions.add_file(
            listing,
            upload=form.cleaned_data["file"],
            caption=form.cleaned_data["caption"],
            names_no_site=form.cleaned_data.get("shows_no_site", False),
            by=request.user,
        )
    except FileRefused as refused:
        form.add_error("file", str(refused))
        return _page(request, listing, form, status=409)
    except Incomplete:
        # A colleague opened it to everyone meanwhile: now the form asks for the word.
        form = FileForm(request.POST, request.FILES, must_show_no_site=True)
        return _page(request, listing, form, status=422)
    messages.success(request, _("Added."))
    return redirect("partnerships:listing_files", listing.slug)


@require_POST
@member_page(role_of)
def listing_file_change(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    """What one file shows, said anew; or the file taken away."""
    listing = own_listing(request, slug, permissions.can_edit_listing)
    found = get_object_or_404(listing.files, slug=file)
    if "remove" in request.POST:
        actions.remove_file(found, by=request.user)
        messages.success(request, _("Removed."))
        return redirect("partnerships:listing_files", listing.slug)
    caption = CaptionForm(request.POST, prefix=found.slug)
    if not caption.is_valid():
        form = FileForm(must_show_no_site=actions.must_show_no_site(listing))
        return _page(request, listing, form, status=422, refused=caption)
    actions.caption_file(found, caption=caption.cleaned_data["caption"], by=request.user)
    messages.success(request, _("Saved."))
    return redirect("partnerships:listing_files", listing.slug)


def _page(
    request: HttpRequest,
    listing: Listing,
    form: FileForm,
    *,
    status: int = 200,
    refused: CaptionForm | None = None,
) -> HttpResponse:
    files = list(listing.files.all())
    room = actions.MOST_FILES - len(files)
    context: dict[str, Any] = {
        "listing": listing,
        "form": refused or form,
        "file_form": form,
        "files": [
            {
                "file": row,
                "caption": refused
                if refused and refused.prefix == row.slug
                else CaptionForm(initial={"caption": row.caption}, prefix=row.slug),
            }
            for row in files
        ],
        "room": room > 0,
        "room_words": ngettext("%(room)d more file fits.", "%(room)d more files fit.", room) % {"room": room},
        "who_sees": needed_for(listing, "files").label,
    }
    return render(request, "partnerships/listing_files.html", context, status=status)


def files_of(listing: Listing, viewer: str) -> dict[str, list[ListingFile]]:
    """Photos and documents that an audience sees; nothing is read where it sees none."""
    if not visible(listing, "files", viewer):
        return {"photos": [], "documents": []}
    files = list(listing.files.all())
    return {
        "photos": [file for file in files if file.is_photo],
        "documents": [file for file in files if not file.is_photo],
    }
