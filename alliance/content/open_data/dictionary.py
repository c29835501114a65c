"""The dictionary of the open data: each field of a set, read from the schema that writes the answers. Pure."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.utils.translation import pgettext
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alliance.content.open_data.meaning import meaning_of
from alliance.core.audience import Audience, audience_of_field


class Field(NamedTuple):
    """``name`` with the names of what it stands in: ``lines.item``."""

    name: str
    text: str
    type: str
    unit: str
    standard: str
    audience: str


def fields_of(schema: type[BaseModel], within: str = "") -> Iterator[Field]:
    for name, field in schema.model_fields.items():
        meaning = meaning_of(field)
        if meaning is None:
            raise LookupError(f"{schema.__name__}.{name} has no meaning")
        whole = f"{within}{name}"
        yield Field(
            whole,
            str(meaning.text),
            type_words(field),
            str(meaning.unit),
            meaning.standard,
            str(audience_of(meaning.of).label),
        )
        for inner in schemas_in(field.annotation):
            yield from fields_of(inner, f"{whole}.")


def audience_of(field: str) -> Audience:
    """Of “members.Member.kind”; what is no field of a row is a sum or an address, for everyone."""
    if not field:
        return Audience.PUBLIC
    model, _dot, name = field.rpartition(".")
    return audience_of_field(apps.get_model(model), name)


def schemas_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The schemas that a type is made of: “list of lines, or nothing”."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from schemas_in(part)


def type_words(field: FieldInfo) -> str:
    """“text”, “list of texts”, “number or null”, in the reader's language; codes as they are."""
    words = {
        "str": pgettext("type of a field", "text"),
        "int": pgettext("type of a field", "whole number"),
        "float": pgettext("type of a field", "number"),
        "bool": pgettext("type of a field", "yes or no"),
        "date": pgettext("type of a field", "day"),
        "datetime": pgettext("type of a field", "moment"),
        "NoneType": "null",
        "dict": pgettext("type of a field", "object"),
        "list": pgettext("type of a field", "list"),
    }
    return " / ".join(dict.fromkeys(_names(field.annotation, words)))


def _names(annotation: Any, words: dict[str, str]) -> Iterator[str]:
    origin, parts = getattr(annotation, "__origin__", None), getattr(annotation, "__args__", ())
    if origin in (list, dict):
        inner = ", ".join(dict.fromkeys(name for part in parts[-1:] for name in _names(part, words)))
        yield f"{words[origin.__name__]} ({inner})"
    elif parts and all(isinstance(part, str) for part in parts):  # codes
        yield " | ".join(parts)
    elif hasattr(annotation, "__metadata__"):
        number = {int, float} <= set(getattr(annotation.__origin__, "__args__", ()))
        yield from [words["float"]] if number else _names(annotation.__origin__, words)
    elif parts:
        for part in parts:
            yield from _names(part, words)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield words["dict"]
    else:
        yield words.get(getattr(annotation, "__name__", ""), str(annotation))
