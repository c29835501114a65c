"""The form that sends a partner's file of profiles."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form
from alliance.core.tables import Unreadable
from members.models import Member
from members.profile_import import Profile, read_profiles

MAX_BYTES = 2 * 1024 * 1024


class ProfilesForm(Form):
    """Reads the file; what its lines would do is looked at next."""

    file = forms.FileField(
        label=_("The partner’s file"),
        help_text=_("CSV, XLSX or JSON, at most 2 MB. You see every line before anything is written."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json,text/csv,application/json"}),
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=120,
        help_text=_("For example “CEMR, 27 November 2026”. It is kept in the history of each member."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    profiles: list[Profile]

    def clean_file(self) -> Any:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Please send a smaller one.")
                % {"limit": MAX_BYTES // (1024 * 1024)}
            )
        try:
            self.profiles = read_profiles(file.read(), Member)
        except Unreadable as error:
            raise forms.ValidationError(error.message) from error
        return file
