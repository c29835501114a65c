"""Views of a person's own pages."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Where a login leads: coordinators to the desk, everyone else to the home page."""
    return redirect("admin:index" if request.user.is_staff else "content:home")
