"""Links to the files of a list of needs and offers, for the pages that show the list."""

from django.http import QueryDict
from django.urls import reverse

from alliance.core import lists

FORMS = {"xlsx": "XLSX (Excel)", "csv": "CSV", "json": "JSON"}


def sheet_links(base: str, params: QueryDict | None = None) -> list[dict[str, str]]:
    """For `partnerships/_sheets.html`: the list ``base`` as it is filtered, in each form."""
    query = lists.address(params).removesuffix("?") if params is not None else ""
    return [
        {"label": label, "url": reverse(f"partnerships:{base}_sheet", args=[form]) + query}
        for form, label in FORMS.items()
    ]
