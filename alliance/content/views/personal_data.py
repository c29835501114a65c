"""A person's own data: what is stored, as a file to take along, and erasing it for good."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.content.actions.people import erase_person
from alliance.content.forms.people import EraseForm
from alliance.content.permissions import why_not_erase
from alliance.content.views.takeout import takeout
from alliance.core import errors
from alliance.core.forms import sent
from alliance.core.refusals import Refused
from alliance.core.throttle import allow
from alliance.users.decorators import login_kept_form

FILES_PER_PERSON, HOUR = 10, 3600


@never_cache
@require_safe
@login_required
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "content/personal_data.html")


@never_cache
@require_safe
@login_required
@reauthentication_required
def personal_data_file(request: HttpRequest) -> HttpResponse:
    """Everything about the person in one JSON file. Whoever finds an open session does not get it."""
    if not allow("personal-data", str(request.user.pk), FILES_PER_PERSON, HOUR):
        return errors.too_many(request, seconds=HOUR)
    options = {"ensure_ascii": False, "indent": 2}
    response = JsonResponse(takeout(request.user), DjangoJSONEncoder, json_dumps_params=options)
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
@reauthentication_required(allow_get=True)
def personal_data_erase(request: HttpRequest) -> HttpResponse:
    """Says what will happen, asks once more, does it; then nobody is logged in."""
    form, reasons = EraseForm(*sent(request)), why_not_erase(request.user)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            erase_person(request.user, by=request.user)
        except Refused as refusal:  # also what came up a moment ago
            reasons, status = why_not_erase(request.user) or [refusal], 409
        else:
            logout(request)
            return redirect("content:personal_data_erased")
    context = {"form": form, "reasons": reasons}
    return render(request, "content/personal_data_erase.html", context, status=status)


@require_safe
def personal_data_erased(request: HttpRequest) -> HttpResponse:
    return render(request, "content/personal_data_erased.html")
