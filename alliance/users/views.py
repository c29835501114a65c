"""Views of a person's own pages."""

from typing import Any

from allauth.account import views as account_views
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.users import actions
from alliance.users.decorators import login_kept_form
from alliance.users.forms import SettingsForm


@require_safe
@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Where a login leads: coordinators to the desk, everyone else to their page, in their language."""
    if request.user.is_coordinator:
        return redirect("admin:index")
    with translation.override(request.user.language):
        return redirect("content:dashboard")


def send_again(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """Where the detour of `users.step_up` ends: the form as it was, sent by one press; or the page asked for.

    One that was left half way is over when the person is asked for another reason: that has an address to go on to.
    """
    if elsewhere := get_next_redirect_url(request):
        return redirect(elsewhere)
    if not state["fields"]:
        return redirect(state["path"])
    return render(request, "users/send_again.html", state)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        # The form wrote into request.user; the action compares with what is stored.
        actions.update_settings(request.user, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your settings are saved."))
            return redirect(reverse("users:settings"))
    return render(request, "users/settings.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def email_addresses(request: HttpRequest) -> HttpResponse:
    """allauth's page. It takes the old main address away before it finds that the new one is another account's:
    here both happen or neither."""
    try:
        with transaction.atomic():
            return account_views.email(request)
    except IntegrityError:
        messages.error(
            request,
            _("This address cannot be your main address at the moment. Please write to the desk."),
        )
        return redirect("account_email")
