"""Forms of the documents and photos of a need or an offer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form
from alliance.core.uploads import AttachmentField

LONGEST_CAPTION = 200


class CaptionForm(Form):
    """What a file shows; needed, since not everybody sees the picture."""

    caption = forms.CharField(
        label=_("What it shows"),
        max_length=LONGEST_CAPTION,
        help_text=_("One sentence. It is read out where the picture cannot be seen."),
    )


class FileForm(CaptionForm):
    """One file more. ``must_show_no_site``: everyone will see it, and its sector is guarded."""

    field_order = ["file", "caption", "shows_no_site"]

    file = AttachmentField(
        label=_("Photo or document"),
        help_text=_(
            "PDF, DOCX, XLSX, PNG, JPEG or WebP, at most 10 MB. We take out what a file says of its author and of "
            "the place where a photo was taken."
        ),
    )
    shows_no_site = forms.BooleanField(
        label=_("It shows no site, no route and no date of delivery"),
        help_text=_(
            "Everyone will see it, and it belongs to energy, shelter, civil protection or demining. A photo can show "
            "a target: the building, its surroundings, a sign."
        ),
        error_messages={"required": _("Confirm that it shows no site, or choose another file.")},
    )

    def __init__(self, *args: Any, must_show_no_site: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not must_show_no_site:
            del self.fields["shows_no_site"]
