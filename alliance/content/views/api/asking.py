"""What every list of the open interface takes and gives: filters that are checked, pages by key, the next address.
Filters mean what they mean on the pages: the same criteria answer."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Schema
from ninja.errors import ValidationError
from pydantic import BaseModel, StringConstraints

from alliance.core import lists
from alliance.core.links import absolute

MOST_ROWS, ROWS = 100, 50
LONGEST_CURSOR = 600
BY_ID = [("id", "asc")]


def shaped(shape: re.Pattern | str) -> Any:
    """A filter with several values, each of this shape."""
    pattern = shape if isinstance(shape, str) else shape.pattern
    one = Annotated[str, StringConstraints(pattern=f"^(?:{pattern})$")]
    return Annotated[list[one], Field(default_factory=list, max_length=lists.MAX_VALUES)]


class Paged(Schema):
    """The query of a list; each list adds its filters."""

    limit: int = Field(ROWS, ge=1, le=MOST_ROWS, description="How many rows, at most.")
    cursor: str = Field(
        "", max_length=LONGEST_CURSOR, description="Where to go on: taken from `next`, never made by hand."
    )


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


# What any address may answer beside 200; the reader's side of `core.problems`.
PROBLEMS = dict.fromkeys((400, 405, 422, 429, 500, 503), Problem)
MISSING = {404: Problem}


def wrong(name: str, detail: str) -> ValidationError:
    return ValidationError([{"loc": ["query", name], "msg": detail}])


def known(request: HttpRequest, asked: Paged) -> None:
    """A misspelled filter would give everything, and nobody would see it."""
    for name in request.GET:
        if name not in type(asked).model_fields:
            raise wrong(name, "There is no such parameter here.")


def cursor_of(source: Any, keys: Sequence[lists.Key], asked: Paged) -> lists.Cursor | None:
    cursor = lists.read_cursor(source, keys, {"after": asked.cursor})
    if asked.cursor and cursor is None:
        raise wrong("cursor", "This cursor was not made here.")
    return cursor


def page_of(
    request: HttpRequest, asked: Paged, rows: QuerySet, keys: Sequence[lists.Key] = BY_ID
) -> lists.Page:
    known(request, asked)
    cursor_of(rows, keys, asked)
    return lists.keyset_page(rows, keys, {"after": asked.cursor}, asked.limit)


def answer(request: HttpRequest, page: lists.Page, data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": data, "next": next_url(request, page.after)}


def next_url(request: HttpRequest, after: str) -> str | None:
    if not after:
        return None
    query = request.GET.copy()
    query["cursor"] = after
    return absolute(f"{request.path}?{query.urlencode()}")
