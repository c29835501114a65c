"""The home page: the promise, find-my-place, figures computed from rows, and the newest needs and offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "content/home.html")
