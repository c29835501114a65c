"""The portal's languages: which there are, which one the reader gets, and where a shown text comes from.

Templates and actions read translated fields through `shown()`; nothing relies on modeltranslation's fallbacks.
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import get_language

LANGUAGES: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES)
NATIVE_NAMES: dict[str, str] = dict(settings.LANGUAGES)
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Shown:
    """A text as one reader sees it: the text, its language, and whether that is another than the reader's."""

    text: str
    language: str
    is_other: bool
    # Made by a machine from `original`, which the page offers beside it.
    is_machine: bool = False
    original: "Shown | None" = None

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Shown("", "", False)


def reader_language() -> str:
    """The active language, as one of ours."""
    return as_ours(get_language() or "")


def as_ours(code: str) -> str:
    """One of our language codes for any code, e.g. ``pl-PL`` → ``pl``; English for what we do not have."""
    code = code.lower().replace("_", "-").split("-")[0]
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def shown(obj: models.Model, field: str, language: str | None = None) -> Shown:
    """The text of a translated ``field`` of ``obj`` for a reader of ``language`` (default: the active one).

    Order: the reader's language, the language it was written in, then English, Polish, Ukrainian. A text
    written in a language that the portal does not speak is kept in ``original_texts`` and comes last. A machine's
    translation stands in only for a language that nobody wrote.
    """
    wanted = language or reader_language()
    human = _human(obj, field, wanted)
    if human.is_other and (text := machine_text(obj, field, wanted, human)):
        return Shown(text, wanted, is_other=False, is_machine=True, original=human)
    return human


def _human(obj: models.Model, field: str, wanted: str) -> Shown:
    original = getattr(obj, "original_language", "")
    for code in dict.fromkeys([wanted, original, *LANGUAGES]):
        if code in LANGUAGES and (text := getattr(obj, f"{field}_{code}", "")):
            return Shown(text, code, code != wanted)
    text = (getattr(obj, "original_texts", None) or {}).get(field, "")
    return Shown(text, original, True) if text else NOTHING


def machine_text(obj: models.Model, field: str, language: str, original: Shown) -> str:
    """The machine's text for a reader of ``language``, when it was made from this very ``original``.

    Read from rows that the caller has prefetched (`machine_prefetch`), never by a query of its own.
    """
    rows = getattr(obj, "_prefetched_objects_cache", {}).get("machine_texts", ())
    made_from = fingerprint(original.text, original.language)
    for row in rows:
        if (row.field, row.language, row.status) == (
            field,
            language,
            "done",
        ) and row.fingerprint == made_from:
            return row.text
    return ""


def fingerprint(text: str, language: str) -> str:
    """What tells whether an original is still the one that was translated."""
    return hashlib.sha256(f"{language}\0{text}".encode()).hexdigest()


def machine_prefetch() -> list[str]:
    """What to prefetch so that `shown()` finds machine texts: nothing where no service is set up."""
    return ["machine_texts"] if settings.MACHINE_TRANSLATION else []


class WithOriginal(models.Model):
    """Abstract: remembers the language a text was written in, also when it is none of the portal's."""

    original_language = models.CharField(max_length=3, blank=True)
    # {"title": "…", "text": "…"}: only when the original language is not one of LANGUAGES.
    original_texts = models.JSONField(default=dict, blank=True)
    machine_texts = GenericRelation("core.MachineText")

    class Meta:
        abstract = True


def all_languages_filled(field: str) -> models.Q:
    """The check “written in each of our languages”, by people: for `Meta.constraints`."""
    filled = models.Q()
    for code in LANGUAGES:
        # A check lets pass what is unknown, and a language that nobody wrote is null.
        filled &= models.Q(**{f"{field}_{code}__isnull": False, f"{field}_{code}__gt": ""})
    return filled


def any_filled(field: str) -> models.Q:
    """The check “filled in at least one of our languages”, for texts that nobody writes in another."""
    filled = models.Q()
    for code in LANGUAGES:
        # A check lets pass what is unknown, and a language that nobody wrote is null.
        filled |= models.Q(**{f"{field}_{code}__isnull": False, f"{field}_{code}__gt": ""})
    return filled


def any_language_filled(field: str) -> models.Q:
    """The check “filled in at least one language”: for `Meta.constraints` of a `WithOriginal` model."""
    return models.Q(original_texts__has_key=field) | any_filled(field)
