"""Which texts of a `Translated` object lack a translation, and which translation is older than its original. Actions
note, on each save, from which original a translation was made; nobody has to remember it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modeltranslation.manager import get_translatable_fields_for_model

from alliance.core.languages import LANGUAGES, NOTHING, Shown, fingerprint, reader_language


class State(StrEnum):
    MISSING = "missing"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class Finding:
    """One text in one language that somebody should write or look at."""

    field: str
    language: str
    state: State


def translated_fields(kind: Any) -> list[str]:
    """The fields of an object or a model that exist per language, in the order of the model."""
    model = kind if isinstance(kind, type) else type(kind)
    names = set(get_translatable_fields_for_model(model) or ())
    return [field.name for field in model._meta.fields if field.name in names]


def texts_of(obj: Any) -> dict[str, dict[str, str]]:
    """``{"title": {"en": "…", "pl": "…"}}``: what is written, field by field; empty languages are left out."""
    return {
        name: {code: text for code in LANGUAGES if (text := getattr(obj, f"{name}_{code}") or "")}
        for name in translated_fields(obj)
    }


def findings(obj: Any) -> list[Finding]:
    """What is missing or outdated, in the order of fields and languages. What nobody wrote at all lacks nothing."""
    found = []
    for name, texts in texts_of(obj).items():
        for code in LANGUAGES:
            if state := _state(obj, name, texts, code):
                found.append(Finding(name, code, state))
    return found


def _state(obj: Any, name: str, texts: Mapping[str, str], code: str) -> State | None:
    if not texts:
        return None
    if code not in texts:
        return State.MISSING
    original = texts.get(obj.original_language)
    if code == obj.original_language or original is None:
        return None
    mark = (obj.made_from.get(name) or {}).get(code)
    return None if mark == fingerprint(original, obj.original_language) else State.OUTDATED


def note_origins(obj: Any, stored: Any | None) -> None:
    """Note what each translation in ``obj`` was made from; changes `made_from` only and saves nothing.

    A text that differs from ``stored`` is taken as made from the original as it is now, one that stayed keeps its
    note. Another original language makes all texts equal: whoever changes it has both before their eyes.
    """
    before = texts_of(stored) if stored else {}
    is_same_original = bool(stored) and stored.original_language == obj.original_language
    known, made_from = (stored or obj).made_from, {}
    for name, texts in texts_of(obj).items():
        original = texts.get(obj.original_language)
        for code, text in texts.items():
            if code == obj.original_language or original is None:
                continue
            mark = known.get(name, {}).get(code)
            if not (is_same_original and mark and before.get(name, {}).get(code) == text):
                mark = fingerprint(original, obj.original_language)
            made_from.setdefault(name, {})[code] = mark
    obj.made_from = made_from


def confirm(obj: Any, language: str) -> int:
    """Note that the texts in ``language`` fit the original as it is now; returns how many were older than it."""
    outdated = [
        row.field for row in findings(obj) if row.language == language and row.state == State.OUTDATED
    ]
    for name in outdated:
        original = getattr(obj, f"{name}_{obj.original_language}")
        obj.made_from.setdefault(name, {})[language] = fingerprint(original, obj.original_language)
    return len(outdated)


def shown_text(part: Mapping[str, Any], field: str, language: str | None = None) -> Shown:
    """A text of a revision's part for a reader: in their language, else the original, else whatever there is."""
    texts = part.get("texts", {}).get(field, {})
    wanted = language or reader_language()
    for code in dict.fromkeys([wanted, part.get("original_language", ""), *LANGUAGES]):
        if text := texts.get(code):
            return Shown(text, code, code != wanted)
    return NOTHING
