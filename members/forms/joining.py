"""Forms of the application: the first claim and one form per step. They check and hand over; actions save."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.core.countries import country_choices
from alliance.core.forms import BotTrap, Form
from alliance.core.languages import NATIVE_NAMES
from alliance.core.slugs import make_slug
from alliance.core.uploads import DocumentField
from members.application import needs_decision
from members.forms.authority import StepForm
from members.models import Member, Place

PROMISE_DAYS = 365
PAGE_KEY_SALT = "alliance.join.page"

KINDS_OF_LEVEL = {
    Place.Level.MUNICIPALITY: [Member.Kind.MUNICIPALITY],
    Place.Level.REGION: [Member.Kind.REGION, Member.Kind.MUNICIPALITY],
}
AUTHORITIES = [Member.Kind.MUNICIPALITY, Member.Kind.REGION]


class StartForm(BotTrap, Form):
    """Who joins, and where the link goes."""

    autocomplete = {"contact_name": "name", "official_name": "organization", "country": "country"}

    kind = forms.ChoiceField(label=_("Who is joining?"), widget=forms.RadioSelect)
    official_name = forms.CharField(
        label=_("Official name"),
        help_text=_("As it stands in your statute or in official letters, in your own language."),
        max_length=200,
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: [("", pgettext("a list of countries", "Please choose")), *country_choices()],
    )
    region_text = forms.CharField(
        label=_("Region"),
        help_text=_(
            "Oblast, voivodeship, state … Leave it empty if you join as an association or institution."
        ),
        max_length=100,
        required=False,
    )
    contact_name = forms.CharField(label=_("Your name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "We mail you a link with which you can go on at any time. An official address helps us decide."
        ),
        max_length=254,
    )
    page_key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, place: Place | None, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place, self.confirmed_email = place, email
        self.initial["page_key"] = signing.dumps(make_slug(), salt=PAGE_KEY_SALT)
        if place:
            kinds = KINDS_OF_LEVEL.get(place.level, AUTHORITIES)
            for name in ("official_name", "country", "region_text"):
                del self.fields[name]
        else:
            kinds = Member.Kind.values
        self.fields["kind"].choices = [(k, _KIND_WORDS[k]) for k in kinds]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        self.initial.setdefault("kind", kinds[0] if place else None)
        if email:
            del self.fields["email"]

    @property
    def slug(self) -> str:
        """The id minted with the page: the same page sent twice means the same application."""
        try:
            return signing.loads(self.cleaned_data.get("page_key", ""), salt=PAGE_KEY_SALT, max_age=24 * 3600)
        except signing.BadSignature:
            return ""

    @property
    def claim(self) -> dict[str, Any]:
        """What `start_application` wants to know."""
        data = {
            name: self.cleaned_data[name]
            for name in ("kind", "official_name", "country", "region_text", "contact_name")
            if name in self.cleaned_data
        }
        return data | {
            "email": self.confirmed_email or self.cleaned_data["email"],
            "email_is_confirmed": bool(self.confirmed_email),
            "place": self.place,
            "slug": self.slug,
        }


_KIND_WORDS = {
    Member.Kind.MUNICIPALITY: pgettext_lazy("who is joining", "A municipality: city, town, hromada, gmina …"),
    Member.Kind.REGION: pgettext_lazy("who is joining", "A region: oblast, voivodeship, county, state …"),
    Member.Kind.ASSOCIATION: pgettext_lazy("who is joining", "An association of municipalities or regions"),
    Member.Kind.INSTITUTION: pgettext_lazy(
        "who is joining", "An institution, such as a bank or an international body"
    ),
}


class ResumeForm(BotTrap, Form):
    """“Send me the link again”."""

    who = forms.CharField(
        label=_("Your e-mail address or reference number"),
        help_text=_("The reference number looks like ALL-7F3K-9QXM."),
        max_length=254,
    )


class PeopleForm(StepForm):
    """Step 2: whom we write to, and who signs."""

    autocomplete = {
        "contact_name": "name",
        "contact_role": "organization-title",
        "contact_phone": "tel",
        "contact_email": "email",
    }

    class Meta:
        model = Member
        fields = [
            "contact_name",
            "contact_role",
            "contact_email",
            "contact_phone",
            "contact_language",
            "signatory_name",
            "signatory_role",
        ]
        labels = {
            "contact_name": _("Contact person"),
            "contact_role": _("Position"),
            "contact_email": _("E-mail address"),
            "contact_phone": _("Telephone"),
            "contact_language": _("Language of our letters to you"),
            "signatory_name": _("Who signs for you"),
            "signatory_role": _("Their position"),
        }
        help_texts = {
            "contact_email": _("Shown to a partner only after both sides have agreed."),
            "contact_phone": _("With the country code, for example +380 44 123 45 67."),
            "signatory_name": _("The mayor, head or director who may commit you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"contact_name", "contact_email", "signatory_name"} & set(self.fields):
            self.fields[name].required = True
        self.fields["contact_language"] = forms.ChoiceField(
            label=self.fields["contact_language"].label, choices=list(NATIVE_NAMES.items())
        )
        self.fields["contact_phone"].error_messages["invalid"] = _(
            "Please enter the number with its country code, for example +380 44 123 45 67."
        )
        if self.instance.status != Member.Status.DRAFT:
            # The address is confirmed; the desk answers to it. After approval it can be changed by a link.
            self.fields.pop("contact_email", None)

    def clean_contact_email(self) -> str:
        return self.cleaned_data["contact_email"].strip().lower()


class PrinciplesForm(StepForm):
    """Step 3: adherence to the principles."""

    accepts_principles = forms.BooleanField(
        label=_("We share these principles and will act by them."),
        error_messages={
            "required": _("Please confirm that you share the principles: without it nobody can join.")
        },
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("accepts_principles", bool(self.instance.principles_accepted_at))


class DecisionForm(Form):
    """Step 4: the council's decision as a file, or the day by which it follows."""

    class How:
        FILE, PROMISE, NONE = "file", "promise", "none"

    how = forms.ChoiceField(label=_("Do you have the decision already?"), widget=forms.RadioSelect)
    file = DocumentField(
        label=_("The decision"),
        help_text=_("PDF, DOCX, XLSX or a picture of the page; at most 10 MB."),
        required=False,
    )
    promised_by = forms.DateField(
        label=_("By when"),
        help_text=_("The day on which you expect to have the decision, within a year."),
        widget=forms.DateInput,
        required=False,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.mandate = member, getattr(member, "mandate", None)
        choices = [
            (self.How.FILE, _("Yes, we attach it")),
            (self.How.PROMISE, _("Not yet, it will follow")),
        ]
        if not needs_decision(member):
            choices.append((self.How.NONE, _("We do not need one")))
        self.fields["how"].choices = choices
        self.initial.setdefault("how", self._known_way())
        if self.mandate and self.mandate.promised_by:
            self.initial.setdefault("promised_by", self.mandate.promised_by)
        day = timezone.localdate()
        self.fields["promised_by"].widget.attrs |= {
            "min": f"{day + timedelta(days=1):%Y-%m-%d}",
            "max": f"{day + timedelta(days=PROMISE_DAYS):%Y-%m-%d}",
        }

    def _known_way(self) -> str:
        if self.mandate and self.mandate.file:
            return self.How.FILE
        if self.mandate:
            return self.How.PROMISE
        return "" if needs_decision(self.member) else self.How.NONE

    def clean_promised_by(self) -> Any:
        day, today = self.cleaned_data["promised_by"], timezone.localdate()
        if day and self.data.get(self.add_prefix("how")) == self.How.PROMISE:
            if day <= today:
                raise forms.ValidationError(_("Please choose a day in the future."), code="past")
            if day > today + timedelta(days=PROMISE_DAYS):
                raise forms.ValidationError(_("Please choose a day within the coming year."), code="far")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        how = cleaned.get("how")
        has_file = cleaned.get("file") or (self.mandate and self.mandate.file)
        if how == self.How.FILE and not has_file and "file" not in self.errors:
            self.add_error("file", _("Please choose the file with the decision."))
        if how == self.How.PROMISE and not cleaned.get("promised_by") and "promised_by" not in self.errors:
            self.add_error("promised_by", _("Please enter the day by which the decision follows."))
        return cleaned

    @property
    def changes(self) -> dict[str, Any]:
        """What `save_mandate` wants to know; empty when there is nothing to keep."""
        how = self.cleaned_data.get("how")
        if how == self.How.FILE and self.cleaned_data.get("file"):
            return {"upload": self.cleaned_data["file"]}
        if how == self.How.PROMISE and self.cleaned_data.get("promised_by"):
            return {"promised_by": self.cleaned_data["promised_by"]}
        return {}
