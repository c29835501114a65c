"""The question before a person's data are erased."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form


class EraseForm(Form):
    """One tick: nobody erases themselves by a slip of the finger."""

    is_sure = forms.BooleanField(
        label=_("Erase my data. I know that this cannot be undone."),
        error_messages={"required": _("Please tick this box if you are sure; otherwise nothing is erased.")},
    )
