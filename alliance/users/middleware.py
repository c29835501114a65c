"""The reader's language where the URL does not say it: in the admin."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ReaderLanguage:
    """Activates the logged-in person's language in the admin, whose paths have no language prefix."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
