"""Links to the files of a list of needs and offers, for the pages that show the list."""

from collections.abc import Iterable

from django.http import QueryDict

from alliance.core import lists
from alliance.core.links import address_of

FORMS = {"xlsx": "XLSX (Excel)", "csv": "CSV", "json": "JSON"}


# What comes back.
TABLES = ("xlsx", "csv")


def sheet_links(
    base: str, params: QueryDict | None = None, forms: Iterable[str] = tuple(FORMS)
) -> list[dict[str, str]]:
    """For `partnerships/_sheets.html`: the list ``base`` as it is filtered, in each form."""
    query = lists.address(params).removesuffix("?") if params is not None else ""
    return [
        {"label": FORMS[form], "url": address_of(f"partnerships:{base}_sheet", form) + query}
        for form in forms
    ]
