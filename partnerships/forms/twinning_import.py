"""The form that sends a table of existing partnerships."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form
from alliance.core.tables import Unreadable, read_table
from partnerships.twinning_import import MOST_ROWS, Row, read_rows

MAX_BYTES = 2 * 1024 * 1024


class TwinningTableForm(Form):
    """Reads the file as a table; what its rows say is looked at next."""

    file = forms.FileField(
        label=_("Your table"),
        help_text=_(
            "XLSX or CSV, at most 2,000 rows and 2 MB. You see every row before anything is written."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,text/csv"}),
    )

    rows: list[Row]

    def clean_file(self) -> Any:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Please send a smaller one.")
                % {"limit": MAX_BYTES // (1024 * 1024)}
            )
        try:
            self.rows = read_rows(read_table(file.read(), most_rows=MOST_ROWS))
        except Unreadable as error:
            raise forms.ValidationError(error.message) from error
        return file
