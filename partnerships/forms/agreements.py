"""The form of a draft: who signs, about what, for how long; each answer in both languages of the text."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.alphabets import romanise
from alliance.core.countries import language_choices, language_name
from alliance.core.forms import Form
from members.models import Sector
from partnerships.actions.agreements import WITH_TEMPLATE
from partnerships.agreement_words import MOST_YEARS
from partnerships.business_names import looks_like_business
from partnerships.models import AgreementDraft, TwinningParty
from partnerships.names_shown import party_named
from partnerships.refusals import AgreementRefused

LONGEST_CLAUSES, LONGEST_TEXT = 6000, 30_000
MOST_AREAS = 12


def second_languages() -> list[tuple[str, str]]:
    """Polish and English first: for these there are templates."""
    rest = [(code, name) for code, name in language_choices() if code not in ("uk", *WITH_TEMPLATE)]
    return [(code, language_name(code)) for code in WITH_TEMPLATE] + rest


class LanguageForm(Form):
    """Which language stands beside the Ukrainian text."""

    language = forms.ChoiceField(
        label=gettext_lazy("Beside the Ukrainian text stands one in"),
        help_text=gettext_lazy(
            "For Polish and English there are templates; in any other language you bring your own text."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = second_languages()


class DraftForm(Form):
    """Fields of parties are made for each of them: `name_0_1` is the name of the first party in the second language."""

    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Areas of cooperation"), widget=forms.CheckboxSelectMultiple
    )
    years = forms.IntegerField(
        label=gettext_lazy("For how many years"),
        required=False,
        min_value=1,
        max_value=MOST_YEARS,
        help_text=gettext_lazy("Leave it empty for an indefinite period."),
    )
    note = forms.CharField(
        label=gettext_lazy("What is new in this version"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For the other parties; it does not stand in the text."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=30_000)

    def __init__(
        self,
        *args: Any,
        kind: str,
        language: str,
        parties: Sequence[TwinningParty],
        newest: AgreementDraft | None = None,
        **kwargs: Any,
    ) -> None:
        self.languages, self.parties, self.kind = ["uk", language], list(parties), kind
        self.has_template = language in WITH_TEMPLATE
        super().__init__(*args, **kwargs)
        sectors = list(Sector.objects.top().in_order())
        self.fields["areas"].choices = [(row.code, row.name) for row in sectors]
        self._add_fields()
        if not newest:
            del self.fields["note"]
        if kind == AgreementDraft.Kind.LETTER:
            del self.fields["years"]
        self.initial = self._first_answers(newest) | {"seen": newest.version if newest else 0} | self.initial
        last = ["note", "seen"]
        self.order_fields([name for name in self.fields if name not in last] + last)

    def _add_fields(self) -> None:
        both = range(2) if self.has_template else range(1)
        for index in both:
            self._add(f"place_{index}", _("Place of signing, in %(language)s"), index, 120, required=False)
        for number, _party in enumerate(self.parties):
            for index in range(2):
                self._add(f"name_{number}_{index}", _("Official name in %(language)s"), index, 200)
            for index in range(2):
                self._add(
                    f"role_{number}_{index}", _("Position, in %(language)s"), index, 120, required=False
                )
                label = _("Who signs: name in %(language)s")
                self._add(f"signatory_{number}_{index}", label, index, 150, required=False)
        for index in both:
            label = _("Further clauses in %(language)s")
            self._add(f"clauses_{index}", label, index, LONGEST_CLAUSES, required=False, is_long=True)
        if not self.has_template:
            self._add("own_text", _("The whole text in %(language)s"), 1, LONGEST_TEXT, is_long=True)
            self.fields["own_text"].help_text = _(
                "Its first line is the title. A line that begins with “# ” becomes a numbered heading, one with “+ ” a "
                "numbered clause, one with “* ” an item of a list."
            )

    def _add(
        self, name: str, label: str, index: int, longest: int, *, required: bool = True, is_long: bool = False
    ) -> None:
        code = self.languages[index]
        widget = forms.Textarea(attrs={"rows": 4}) if is_long else forms.TextInput()
        widget.attrs |= {"lang": code, "autocomplete": "off"}
        self.fields[name] = forms.CharField(
            label=label % {"language": _in_language(code)},
            max_length=longest,
            required=required,
            widget=widget,
        )

    # --- What stands in it first -------------------------------------------------------------------------------

    def _first_answers(self, newest: AgreementDraft | None) -> dict[str, Any]:
        """The answers of the version before where it was in the same languages; else what the portal knows."""
        if newest and newest.languages == self.languages and newest.terms["parties"]:
            return _answers(newest.terms, self.parties)
        found: dict[str, Any] = {"areas": _shared_sectors(self.parties), "years": 5}
        for number, party in enumerate(self.parties):
            for index, code in enumerate(self.languages):
                found[f"name_{number}_{index}"] = name_in(party, code)
                found[f"role_{number}_{index}"] = _role_in(party, code)
                found[f"signatory_{number}_{index}"] = _signatory_in(party, code)
        return found

    # --- Checks -------------------------------------------------------------------------------------------------

    def clean_areas(self) -> list[str]:
        areas = self.cleaned_data["areas"]
        if len(areas) > MOST_AREAS:
            raise forms.ValidationError(
                _("Choose at most %(n)d areas: an agreement on everything says little.") % {"n": MOST_AREAS}
            )
        return areas

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number, _party in enumerate(self.parties):
            for index in range(2):
                name = f"name_{number}_{index}"
                if looks_like_business(cleaned.get(name) or ""):
                    self.add_error(name, str(AgreementRefused(AgreementRefused.BUSINESS)))
        if self.has_template:
            self._check_pairs(cleaned)
        return cleaned

    def _check_pairs(self, cleaned: Mapping[str, Any]) -> None:
        """What stands in one language stands in the other, too."""
        for name in (
            "place",
            *(f"{what}_{n}" for n in range(len(self.parties)) for what in ("role", "signatory")),
        ):
            for index in range(2):
                if cleaned.get(f"{name}_{1 - index}") and not cleaned.get(f"{name}_{index}"):
                    words = _("It is filled in for the other language: please say it here, too.")
                    self.add_error(f"{name}_{index}", words)
        if self.errors.keys() & {"clauses_0", "clauses_1"}:
            return
        counts = [len(_lines(cleaned.get(f"clauses_{index}") or "")) for index in range(2)]
        if counts[0] != counts[1]:
            words = _(
                "Each clause is one line, and each needs its counterpart: there are %(n)d in the one language and"
                " %(m)d in the other."
            )
            self.add_error("clauses_1", words % {"n": counts[0], "m": counts[1]})

    def add_refusal(self, error: AgreementRefused, newest: AgreementDraft | None) -> None:
        """Why the action said no. After a newer version was read, the same form makes the next one."""
        self.add_error(None, str(error))
        if newest:
            self.data = self.data.copy()
            self.data["seen"] = str(newest.version)

    # --- What the action wants ----------------------------------------------------------------------------------

    @property
    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data

        def both(name: str) -> list[str]:
            return [data.get(f"{name}_{index}", "") or "" for index in range(2)]

        parties = [
            {
                "id": party.pk,
                "country": party.country,
                "names": both(f"name_{number}"),
                "roles": both(f"role_{number}"),
                "signatories": both(f"signatory_{number}"),
            }
            for number, party in enumerate(self.parties)
        ]
        return {
            "languages": self.languages,
            "areas": data["areas"],
            "years": data.get("years"),
            "places": both("place"),
            "clauses": ["\n".join(_lines(text)) for text in both("clauses")],
            "own_text": data.get("own_text", ""),
            "parties": parties,
        }

    # --- How the page shows it ----------------------------------------------------------------------------------

    @property
    def party_groups(self) -> list[dict[str, Any]]:
        return [
            {
                "legend": party_named(party).name.text,
                "fields": [
                    self[f"{what}_{number}_{index}"]
                    for what in ("name", "role", "signatory")
                    for index in range(2)
                ],
            }
            for number, party in enumerate(self.parties)
        ]

    @property
    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("areas", "years", "place_0", "place_1") if name in self.fields]

    @property
    def last(self) -> list[forms.BoundField]:
        return [self[name] for name in ("clauses_0", "clauses_1", "own_text", "note") if name in self.fields]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _in_language(code: str) -> str:
    """For labels: the language by its name in the reader's language."""
    return language_name(code)


def _answers(terms: Mapping[str, Any], parties: Sequence[TwinningParty]) -> dict[str, Any]:
    """What was answered before, by field; of parties those that are still there."""
    found: dict[str, Any] = {name: terms[name] for name in ("areas", "years", "own_text")}
    for index in range(2):
        found |= {f"place_{index}": terms["places"][index], f"clauses_{index}": terms["clauses"][index]}
    known = {party["id"]: party for party in terms["parties"]}
    for number, party in enumerate(parties):
        answered = known.get(party.pk)
        for index in range(2 if answered else 0):
            found |= {
                f"name_{number}_{index}": answered["names"][index],
                f"role_{number}_{index}": answered["roles"][index],
                f"signatory_{number}_{index}": answered["signatories"][index],
            }
    return found


def _shared_sectors(parties: Sequence[TwinningParty]) -> list[str]:
    """What interests every member among the parties."""
    wanted = [
        {sector.code.split("-")[0] for sector in party.member.sectors.all()}
        for party in parties
        if party.member
    ]
    return sorted(set.intersection(*wanted))[:MOST_AREAS] if wanted else []


def _speaks(party: TwinningParty, code: str) -> bool:
    """Whether its official name and people are written in this language."""
    return {"UA": "uk", "PL": "pl"}.get(party.country, party.country.lower()) == code


def name_in(party: TwinningParty, code: str) -> str:
    """The official name in its own language, else the name that the portal shows in this one."""
    if party.member:
        if _speaks(party, code):
            return party.member.official_name
        return (
            getattr(party.member, f"name_{code}", "")
            or _place_name(party, code)
            or party.member.official_name
        )
    return _place_name(party, code) or party.name


def _place_name(party: TwinningParty, code: str) -> str:
    place = party.place or (party.member.place if party.member else None)
    return getattr(place, f"name_{code}", "") or "" if place else ""


def _role_in(party: TwinningParty, code: str) -> str:
    return party.member.signatory_role if party.member and _speaks(party, code) else ""


def _signatory_in(party: TwinningParty, code: str) -> str:
    """A Ukrainian name in Latin letters as passports write it; a name in Latin letters stays."""
    if not party.member:
        return ""
    name = party.member.signatory_name
    if party.country == "UA" and code != "uk":
        return romanise(name)
    return name if _speaks(party, code) or party.country != "UA" else ""
