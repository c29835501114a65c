"""What a refused POST carried, so that a page can send it again: no typed text is lost with a session."""

from dataclasses import dataclass

from django.http import HttpRequest

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field; the page that keeps the others has its own
SECRET = "password"  # noqa: S105 - in the name of a field that no page repeats


@dataclass(frozen=True)
class Kept:
    fields: list[tuple[str, str]]
    has_files: bool


def kept(request: HttpRequest) -> Kept:
    """Every field of the form in its order, those with several values too. Passwords are left out."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN and SECRET not in name.lower()
    ]
    return Kept(fields, bool(request.FILES))


def has_secret(request: HttpRequest) -> bool:
    return any(SECRET in name.lower() for name in request.POST)
