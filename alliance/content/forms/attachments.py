"""Files that go with a message: of the contact form, and of an answer of the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core.uploads import AttachmentField, CleanUpload, clean_attachment

MOST_FILES = 5
# Of an answer, all together: mail servers commonly refuse more than 25 MB, and a mail makes a third more of them.
MOST_ANSWER_BYTES = 15 * 1024 * 1024


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class AttachmentsField(AttachmentField):
    """Some documents or photos; cleans to a list of `CleanUpload`. One that cannot be taken is named.

    :param most_bytes: of all together, where they go out as a mail
    """

    def __init__(self, *, most_bytes: int = 0, **kwargs: Any) -> None:
        self.most_bytes = most_bytes
        super().__init__(widget=ManyFiles(attrs={"accept": self.accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[CleanUpload]:
        files = (
            [file for file in data or [] if file]
            if isinstance(data, list | tuple)
            else [data]
            if data
            else []
        )
        if len(files) > MOST_FILES:
            raise ValidationError(_("Please send at most five files."), code="too_many")
        taken, errors = [], []
        for file in files:
            try:
                taken.append(clean_attachment(file))
            except ValidationError as error:
                errors += [
                    ValidationError(f"{file.name}: {words}", code=error.code) for words in error.messages
                ]
        if errors:
            raise ValidationError(errors)
        if self.most_bytes and sum(upload.size for upload in taken) > self.most_bytes:
            limit = self.most_bytes // (1024 * 1024)
            words = _("Together the files are larger than %(limit)d MB. Please send fewer or smaller ones.")
            raise ValidationError(words % {"limit": limit}, code="too_large")
        return taken
