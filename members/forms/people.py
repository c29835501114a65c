"""Forms about the people of a member, its own page, and the list by which an association brings members in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.forms import Form
from alliance.core.languages import NATIVE_NAMES, reader_language
from members.csv_import import MAX_BYTES
from members.forms.authority import AuthorityForm
from members.forms.joining import PeopleForm
from members.models.people import Role

ROLE_WORDS = {
    Role.SIGNATORY: pgettext_lazy(
        "role explained", "Signatory: may commit the member and decides who acts for it"
    ),
    Role.EDITOR: pgettext_lazy("role explained", "Editor: keeps the page, needs and offers up to date"),
    Role.VIEWER: pgettext_lazy("role explained", "Viewer: reads only"),
}


class InviteForm(Form):
    """Who shall act for the member, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The invitation works for two weeks."), max_length=254
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("of a representative", "Role"),
        choices=list(ROLE_WORDS.items()),
        widget=forms.RadioSelect,
        initial=Role.EDITOR,
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=list(NATIVE_NAMES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", reader_language())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class AcceptForm(Form):
    """The invited person's name, which the others at the member will see."""

    autocomplete = {"name": "name"}
    name = forms.CharField(label=_("Your name"), max_length=150, required=False)


class ProfileForm(AuthorityForm):
    """The member's own page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Name, country and association were part of the decision: the desk changes them.
        for name in ("official_name", "country", "parent"):
            self.fields.pop(name, None)


class ContactForm(PeopleForm):
    """Whom letters go to. A new address is confirmed by a link and looked at before it counts."""

    class Meta(PeopleForm.Meta):
        fields = ["contact_name", "contact_role", "contact_phone", "contact_language"]
        help_texts = {"contact_phone": PeopleForm.Meta.help_texts["contact_phone"]}

    new_email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "If you change it, we mail a link to the new address, and then the desk takes a second look."
            " Until then the old one counts."
        ),
        max_length=254,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("new_email", self.instance.contact_email)

    def clean_new_email(self) -> str:
        return self.cleaned_data["new_email"].strip().lower()


class ImportForm(Form):
    """The association's list."""

    file = forms.FileField(
        label=_("Your list"),
        help_text=_("A CSV file as spreadsheets save it, at most 500 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large. Please send at most 500 rows at once."))
        return file.read()
