"""The field for a project in DREAM: its id, or the address of its page as people copy it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships import dream


class DreamFields(forms.Form):
    """For forms of needs; what is no id is refused in words."""

    dream_id = forms.CharField(
        label=_("Project in DREAM"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_(
            "If the need is part of a project there: its number or the address of its page. Everyone who reads the "
            "need then finds the project, and who follows the project finds the need. That page names your community."
        ),
    )

    def clean_dream_id(self) -> Any:
        typed = self.cleaned_data["dream_id"]
        project = dream.read(typed)
        if typed and not project:
            raise forms.ValidationError(
                _("This is no number of a project in DREAM. It looks like %(example)s.")
                % {"example": dream.EXAMPLE}
            )
        return project
