"""Writing a need or an offer: the form, the buttons that change the form itself, and what is kept while one types."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import errors
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships import permissions
from partnerships.actions import listings as actions
from partnerships.actions.lines import LineInUse
from partnerships.actions.unsaved import forget_typed, keep_typed
from partnerships.forms.listings import PRESSES, ListingForm
from partnerships.models import Listing, UnsavedListing
from partnerships.refusals import AppealRefused
from partnerships.views.readers import own_listing

# A form that saves itself at every pause of its writer stays far below.
KEEPS_PER_HOUR, HOUR = 2000, 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def listing_create(request: HttpRequest, kind: str) -> HttpResponse:
    _refuse_strangers(request, kind)
    if request.method != "POST":
        return _shown(request, kind=kind)
    if pressed := _pressed(request, kind=kind):
        return pressed
    form = ListingForm(request.POST, kind=kind, member=request.member)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        listing = actions.create_listing(
            member=request.member, kind=kind, content=form.content, by=request.user
        )
    except AppealRefused as refused:  # closed while one wrote
        form.add_error("appeal", str(refused))
        return _form_page(request, form, status=422)
    forget_typed(user=request.user, member=request.member, kind=kind, listing=None)
    messages.success(request, _("Saved as a draft. Check it and publish it."))
    return redirect("partnerships:listing_detail", listing.slug)


def _refuse_strangers(request: HttpRequest, kind: str) -> None:
    if kind not in Listing.Kind.values:
        raise Http404
    if not permissions.can_create_listing(request.user, request.member, kind):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def listing_edit(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_edit_listing)
    if request.method != "POST":
        return _shown(request, kind=listing.kind, listing=listing)
    if pressed := _pressed(request, kind=listing.kind, listing=listing):
        return pressed
    form = ListingForm(request.POST, **_about(request, listing.kind, listing))
    if request.POST.get("seen", _version(listing)) != _version(listing):
        form.add_error(
            None,
            _(
                "A colleague has changed this since you opened it. Your words are still here: save again to "
                "replace theirs."
            ),
        )
        return _form_page(request, form, status=409)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        actions.update_listing(listing, content=form.content, by=request.user)
    except LineInUse as refused:
        form.refuse_lines(line.slug for line in refused.lines)
        return _form_page(request, form, status=422)
    except AppealRefused as refused:
        form.add_error("appeal", str(refused))
        return _form_page(request, form, status=422)
    except actions.Incomplete:
        # A colleague published it meanwhile: now the form asks for what a published one needs.
        form = ListingForm(request.POST, **_about(request, listing.kind, listing) | {"is_draft": False})
        return _form_page(request, form, status=422)
    forget_typed(user=request.user, member=request.member, kind=listing.kind, listing=listing)
    messages.success(request, _("Saved."))
    return redirect("partnerships:listing_detail", listing.slug)


def _about(request: HttpRequest, kind: str, listing: Listing | None) -> dict[str, Any]:
    """What a form wants to know besides its data."""
    about = {"kind": kind, "member": request.member, "listing": listing}
    if listing:
        about["is_draft"] = listing.status not in (Listing.Status.PUBLISHED, Listing.Status.REVIEW)
        about["promised"] = listing.lines.promised().values_list("slug", flat=True)
    return about


def _version(listing: Listing) -> str:
    return listing.updated_at.isoformat()


def _shown(request: HttpRequest, *, kind: str, listing: Listing | None = None) -> HttpResponse:
    """The form as the row stands, or as this person left it without saving."""
    about = _about(request, kind, listing)
    unsaved = UnsavedListing.objects.of(request.user, request.member, kind, listing).first()
    form = ListingForm.typed(unsaved.data, **about) if unsaved else ListingForm(**about)
    if not listing and not unsaved:  # “Attach a need” on the page of an appeal leads here
        form.initial["appeal"] = request.GET.get("appeal", "")
    return _form_page(request, form, restored_at=unsaved.saved_at if unsaved else None)


def _pressed(request: HttpRequest, *, kind: str, listing: Listing | None = None) -> HttpResponse | None:
    """The answer to a button that changes the form itself; None when the form is to be saved."""
    if "start_afresh" in request.POST:
        forget_typed(user=request.user, member=request.member, kind=kind, listing=listing)
        return redirect(request.path)
    if not any(name in request.POST for name in PRESSES):
        return None
    form = ListingForm.typed(request.POST, **_about(request, kind, listing))
    form.press(request.POST)
    return _form_page(request, form)


def _form_page(request: HttpRequest, form: ListingForm, *, status: int = 200, **more: Any) -> HttpResponse:
    listing = form.listing
    slug = [listing.slug] if listing else [form.kind]
    context = {
        "form": form,
        "kind": form.kind,
        "listing": listing,
        "is_draft": form.is_draft,
        "has_translations": any(field.value() or field.errors for field in form.translations),
        "keep_url": reverse(f"partnerships:listing_{'edit' if listing else 'create'}_keep", args=slug),
        "seen": _version(listing) if listing else "",
        **more,
    }
    return render(request, "partnerships/listing_form.html", context, status=status)


@require_POST
@member_page(role_of)
def listing_create_keep(request: HttpRequest, kind: str) -> HttpResponse:
    """The page saves itself while one types, for this person alone."""
    _refuse_strangers(request, kind)
    return _keep(request, kind, None)


@require_POST
@member_page(role_of)
def listing_edit_keep(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_edit_listing)
    return _keep(request, listing.kind, listing)


def _keep(request: HttpRequest, kind: str, listing: Listing | None) -> HttpResponse:
    if not allow("listing-keep", str(request.user.pk), KEEPS_PER_HOUR, HOUR):
        return errors.too_many(request, seconds=HOUR)
    fields = dict(request.POST.lists())
    is_kept = keep_typed(user=request.user, member=request.member, kind=kind, listing=listing, data=fields)
    return HttpResponse(status=204 if is_kept else 413)
