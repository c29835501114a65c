"""What the desk writes of a document, and the files that it adds and replaces."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.file_refusals import FilesRefused
from alliance.content.forms.publications import DAY, PublicationForm, text_widgets
from alliance.content.models import Document, DocumentFile
from alliance.core.languages import LANGUAGES
from alliance.core.uploads import AttachmentField


class DocumentForm(PublicationForm):
    class Meta:
        model = Document
        fields = ["kind", "dated_on", "slug", "original_language"]
        fields += [f"{name}_{code}" for name in ("title", "summary", "why_missing") for code in LANGUAGES]
        widgets = {"dated_on": DAY, **text_widgets(title=1, summary=3, why_missing=2)}


class DocumentFileForm(forms.ModelForm):
    """A file in one language: a new row sends one, a stored one may send a newer version."""

    upload = AttachmentField(
        label=_("File"),
        required=False,
        help_text=_(
            "PDF, DOCX or XLSX of at most 10 MB. A new file takes the place of the one that is there."
        ),
    )
    withholds_older = forms.BooleanField(
        label=_("Older versions must not be read any more"),
        required=False,
        help_text=_("Tick it with a new file when something in the old one must not be known."),
    )

    class Meta:
        model = DocumentFile
        fields = ["language", "title", "is_offered"]
        widgets = {"title": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Links lead to a language: it never becomes another one.
        self.fields["language"].disabled = bool(self.instance.pk)

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if not upload and not self.instance.pk:
            raise forms.ValidationError(_("Choose the file."))
        current = self.instance.current
        if upload and current and current.digest == hashlib.sha256(upload.content).hexdigest():
            raise forms.ValidationError(FilesRefused.WORDS[FilesRefused.SAME])
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("withholds_older") and not cleaned.get("upload") and "upload" not in self.errors:
            self.add_error("upload", _("Choose the new file that takes their place."))
        return cleaned


class DocumentFileFormSet(forms.BaseInlineFormSet):
    """The files; of a published document at least one is offered."""

    def clean(self) -> None:
        super().clean()
        offered = [form for form in self.forms if form.has_changed() or form.instance.pk]
        offered = [form for form in offered if form.cleaned_data.get("is_offered", False)]
        if self.instance.status == Document.Status.PUBLISHED and not offered:
            raise forms.ValidationError(FilesRefused.WORDS[FilesRefused.LAST_FILE])
