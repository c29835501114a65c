"""`request.member`: the active membership that the logged-in person acts for, or None."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from members.models import Representative

SESSION_KEY = "member"


class ActingMember:
    """Sets `request.representative` and `request.member`, read only when something asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.representative = SimpleLazyObject(lambda: acting_representative(request))
        request.member = SimpleLazyObject(lambda: getattr(acting_representative(request), "member", None))
        return self.get_response(request)


def acting_representative(request: HttpRequest) -> Representative | None:
    """The representation that the session chose, else the oldest active one; remembered for the request."""
    if not hasattr(request, "_representative"):
        request._representative = None
        if request.user.is_authenticated:
            rows = list(Representative.objects.active().of(request.user).select_related("member")[:50])
            chosen = request.session.get(SESSION_KEY)
            request._representative = next(
                (r for r in rows if r.member_id == chosen), rows[0] if rows else None
            )
    return request._representative
