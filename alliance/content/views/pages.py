"""Pages that explain the Alliance and the portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.principles import PRINCIPLES


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "content/about.html", {"principles": PRINCIPLES})


@require_safe
def joining(request: HttpRequest) -> HttpResponse:
    return render(request, "content/joining.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "content/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "content/privacy.html")
