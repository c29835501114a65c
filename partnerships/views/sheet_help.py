"""What stands in a file of needs and offers, column by column, with every code that a cell may hold."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core.units import Unit
from members.models import Sector
from partnerships.exports.sheets import COLUMNS, FULL, PUBLIC
from partnerships.models import ItemTemplate
from partnerships.sheet_help import ABOUT
from partnerships.specs import LABELS, SPECS


@require_safe
def sheet_help(request: HttpRequest) -> HttpResponse:
    context = {
        "columns": _table(
            [pgettext("column of a file", "Column"), _("What it says"), _("Where it is")],
            [[column.name, ABOUT[column.name], _where(column.since, column.is_read)] for column in COLUMNS],
        ),
        "items": _table(
            [pgettext("column of a file", "Code"), _("Item"), _("Usual unit"), _("Size in"), _("Properties")],
            [
                [item.code, item.name, item.unit, item.range_unit, ", ".join(item.specs)]
                for item in ItemTemplate.objects.current().in_order()
            ],
        ),
        "units": _table(
            [pgettext("column of a file", "Code"), _("Unit")], [[unit.value, unit.label] for unit in Unit]
        ),
        "specs": _table(
            [pgettext("column of a file", "Column"), pgettext("column of a file", "Code"), _("What it says")],
            [
                [name, value, f"{LABELS[name]}: {label}"]
                for name, choices in SPECS.items()
                for value, label in choices.choices
            ],
        ),
        "sectors": _table(
            [pgettext("column of a file", "Code"), _("Sector")],
            [[sector.code, sector.name] for sector in Sector.objects.in_order()],
        ),
    }
    return render(request, "partnerships/sheet_help.html", context)


def _where(since: str, is_read: bool) -> str:
    """Which files have the column, and whether it is read when a file comes back."""
    files = {PUBLIC: _("all files"), FULL: _("your own file")}.get(since, _("files for members"))
    if is_read:
        return files
    return _("%(files)s; not read when the file comes back") % {"files": files}


def _table(labels: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    """Parameters of `components/table.html`."""
    return {"columns": [{"label": label} for label in labels], "rows": rows}
