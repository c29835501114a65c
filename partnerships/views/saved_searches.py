"""Saved searches: keep the filters of a list and be told by mail; change or stop them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.languages import reader_language
from alliance.core.links import unsign
from alliance.users.decorators import login_kept_form
from partnerships.actions import saved_searches as actions
from partnerships.emails.digests import LIST, STOP
from partnerships.forms.saved_searches import SavedSearchForm
from partnerships.models import Listing, SavedSearch
from partnerships.views.browse import is_member
from partnerships.views.filters import Filters
from partnerships.views.fragments import filter_panel

LONGEST_QUERY = 1000


@require_safe
@login_kept_form
def saved_search_list(request: HttpRequest) -> HttpResponse:
    """The person's own searches; at most `MOST_PER_PERSON`, so one page."""
    rows = request.user.saved_searches.filter(stopped_at=None).order_by("name", "id")
    context = {"rows": [_row(search) for search in rows[: actions.MOST_PER_PERSON]]}
    return render(request, "partnerships/saved_search_list.html", context)


def _row(search: SavedSearch) -> dict[str, str]:
    query = f"?{search.query}" if search.query else ""
    return {
        "name": search.name,
        "href": reverse(f"partnerships:{LIST[search.kind]}") + query,
        "frequency": search.get_frequency_display(),
        "last": _last(search),
        "edit_url": reverse("partnerships:saved_search_edit", args=[search.slug]),
        "end_url": reverse("partnerships:saved_search_end", args=[search.slug]),
    }


def _last(search: SavedSearch) -> str:
    if search.last_sent_at is None:
        return _("No mail sent yet")
    return _("Last mail: %(day)s") % {"day": date_format(localtime(search.last_sent_at), "DATE_FORMAT")}


WITHOUT_MARKS = str.maketrans("", "", "“”„«»")


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def saved_search_create(request: HttpRequest) -> HttpResponse:
    """The filters stand in the address, as in the list; what makes no sense there is ignored here, too."""
    kind = request.GET.get("list", "")
    if kind not in ("", *Listing.Kind.values):
        raise Http404
    filters = Filters.of(request.GET, kind=kind, for_members=is_member(request))
    if len(filters.address) > LONGEST_QUERY:
        raise Http404
    chips = filters.chips(QueryDict(filters.address), filter_panel(filters).facets)
    words = ", ".join(chip["label"] for chip in chips) or str(_heading(kind))
    # Pages and mails put the name between quotation marks.
    form = SavedSearchForm(request.POST or None, initial={"name": words.translate(WITHOUT_MARKS)[:100]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            _search, is_new = actions.save_search(
                user=request.user,
                kind=kind,
                asked=filters,
                language=reader_language(),
                **form.cleaned_data,
            )
        except actions.TooMany:
            form.add_error(
                None, _("You keep as many searches as one person can. Stop one of them first, please.")
            )
            status = 409
        else:
            messages.success(
                request, _("Saved. You get a mail when something new fits.") if is_new else _("Saved.")
            )
            return redirect("partnerships:saved_search_list")
    context = {"form": form, "heading": _heading(kind), "chips": [chip["label"] for chip in chips]}
    return render(request, "partnerships/saved_search_form.html", context, status=status)


def _heading(kind: str) -> str:
    return {"need": _("Needs"), "offer": _("Offers"), "": _("Needs and offers")}[kind]


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def saved_search_edit(request: HttpRequest, slug: str) -> HttpResponse:
    search = _own(request, slug)
    initial = {"name": search.name, "frequency": search.frequency}
    form = SavedSearchForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.change_search(search, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("partnerships:saved_search_list")
    context = {"form": form, "heading": _heading(search.kind), "chips": []}
    status = 422 if form.is_bound else 200
    return render(request, "partnerships/saved_search_form.html", context, status=status)


@require_POST
@login_kept_form
def saved_search_end(request: HttpRequest, slug: str) -> HttpResponse:
    actions.stop_search(_own(request, slug), by=request.user)
    messages.success(request, _("Stopped: you get no more mails for this search."))
    return redirect("partnerships:saved_search_list")


def _own(request: HttpRequest, slug: str) -> SavedSearch:
    """Somebody else's search does not exist here."""
    return get_object_or_404(request.user.saved_searches.filter(stopped_at=None), slug=slug)


@csrf_exempt  # From a mail, without a cookie; the signed token is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def saved_search_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a digest. A GET only asks, since mail scanners follow links; the button stops."""
    parts = unsign(STOP, token)
    if parts is None or len(parts) != 1:
        raise Http404
    search = SavedSearch.objects.filter(slug=parts[0]).first()
    if search and request.method == "POST":
        actions.stop_search(search)
        search.refresh_from_db()
    # One that was forgotten since, or went with its person, tells nothing any more.
    context = {
        "name": search.name if search else "",
        "stopped": search is None or search.stopped_at is not None,
    }
    return render(request, "partnerships/saved_search_stop.html", context)
