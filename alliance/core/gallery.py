"""The gallery: every component in every state on one page, for builders and tests. Never in production."""

import datetime

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core.forms import BotTrap, Form
from alliance.core.gallery_samples import samples
from alliance.core.languages import reader_language


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.LOCAL_RUN):
        raise Http404
    sample = samples(reader_language())
    words = sample["words"]
    context = {
        **sample,
        "calm_form": sample_form(words),
        "wrong_form": sample_form(words, data={"name": "", "email": "Житомир", "kind": "city"}),
        "short_form": short_form(words),
        "saved_at": datetime.datetime(2026, 11, 23, 14, 2, tzinfo=datetime.UTC),
        "numbers": {"accepted": 7, "underway": 4, "promised": 3, "open": 9},
        "buttons": [("", ""), ("primary", ""), ("secondary", ""), ("quiet", ""), ("danger", "")],
        "pill_tones": ["", "need", "offer", "ok", "info", "wait", "warn", "stop"],
        "notice_tones": ["info", "ok", "warn", "error"],
        "icons": ["menu", "up", "search", "close", "check", "alert", "info", "left", "right", "file", "copy"],
        "languages": ["pl", "uk", "de", "xx"],
        "bars": [
            {"accepted": 20, "underway": 0, "promised": 0, "open": 0},
            {"accepted": 7, "underway": 4, "promised": 3, "open": 9},
            {"accepted": 0, "underway": 12, "promised": 0, "open": 108},
            {"accepted": "1250.5", "underway": 0, "promised": 40000, "open": 40003},
            {"accepted": 0, "underway": 0, "promised": 0, "open": 35},
            {"accepted": 14, "underway": 6, "promised": 0, "open": 0, "over": 2},
        ],
    }
    return render(request, "gallery.html", context)


class Stored:
    """Stands for an uploaded file."""

    url = "#"

    def __str__(self) -> str:
        return "uchwala-rady-XII-118-2026.pdf"


def sample_form(words: dict[str, str], data: dict | None = None) -> Form:
    """Every kind of control, with or without errors."""

    class SampleForm(BotTrap, Form):
        autocomplete = {"name": "organization"}

        name = forms.CharField(label=words["name"], help_text=words["name_hint"], max_length=200)
        email = forms.EmailField(label=words["email"])
        kind = forms.ChoiceField(
            label=words["kind"],
            help_text=words["kind_hint"],
            widget=forms.RadioSelect,
            choices=[
                ("town", words["town"]),
                ("region", words["region"]),
                ("association", words["association"]),
            ],
        )
        sectors = forms.MultipleChoiceField(
            label=words["sectors"],
            widget=forms.CheckboxSelectMultiple,
            choices=[("energy", words["energy"]), ("local", words["local"]), ("school", words["school"])],
            required=False,
        )
        country = forms.ChoiceField(label=words["country"], choices=[("", "—"), ("PL", words["poland"])])
        text = forms.CharField(label=words["text"], widget=forms.Textarea, required=False)
        amount = forms.DecimalField(label=words["amount"], required=False)
        until = forms.DateField(label=words["until"], widget=forms.DateInput, required=False)
        decision = forms.FileField(label=words["decision"], help_text=words["decision_hint"], required=False)
        agree = forms.BooleanField(label=words["agree"])

    prefix = "wrong" if data is not None else "calm"
    if data is None:
        return SampleForm(prefix=prefix, initial={"decision": Stored(), "kind": "town"})
    form = SampleForm(
        {f"wrong-{name}": value for name, value in data.items()},
        {"wrong-decision": ContentFile(b"", name="empty.pdf")},
        prefix=prefix,
    )
    form.is_valid()
    return form


def short_form(words: dict[str, str]) -> Form:
    """Two fields for the components that take some fields of a form."""

    class ShortForm(Form):
        low = forms.IntegerField(label=words["from"], required=False)
        high = forms.IntegerField(label=words["to"], required=False)

    return ShortForm(prefix="short")
