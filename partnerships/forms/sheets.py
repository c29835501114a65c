"""The form that sends a table of needs and offers."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.core.forms import Form
from alliance.core.tables import Row, Unreadable, read_table
from alliance.core.uploads import MAX_DOCUMENT_BYTES
from partnerships.sheet_reading import read_sheet

MOST_ROWS = 5_000
# Characters of all cells together; a table of so many rows with long texts stays below.
MOST_CHARACTERS = 12_000_000
LONGEST_NAME = 150


class SheetForm(Form):
    """Reads the file as a table; what its rows say is looked at next."""

    file = forms.FileField(
        label=_("Your table"),
        help_text=_(
            "XLSX or CSV, at most 5,000 rows and 10 MB. You see every row before anything is written."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,text/csv"}),
    )
    is_publishing = forms.BooleanField(
        label=_("Publish new needs and offers at once instead of keeping them as drafts"), required=False
    )

    table: list[Row]

    def clean_file(self) -> Any:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size > MAX_DOCUMENT_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Please send a smaller one.")
                % {"limit": MAX_DOCUMENT_BYTES // (1024 * 1024)}
            )
        try:
            self.table = read_table(file.read(), most_rows=MOST_ROWS)
            read_sheet(self.table)
        except Unreadable as error:
            raise forms.ValidationError(error.message) from error
        if sum(len(cell) for _number, cells in self.table for cell in cells) > MOST_CHARACTERS:
            raise forms.ValidationError(_("The table holds too much text. Please send it in parts."))
        return file

    @property
    def name(self) -> str:
        return (self.cleaned_data["file"].name or "")[-LONGEST_NAME:]


def done_words(created: int, changed: int) -> str:
    """“3 new, 2 changed.”"""
    new = ngettext("%(count)d new entry", "%(count)d new entries", created) % {"count": created}
    other = ngettext("%(count)d changed", "%(count)d changed", changed) % {"count": changed}
    return gettext("Written: %(new)s, %(changed)s.") % {"new": new, "changed": other}
