"""`Meaning`: what a field of the open data says beside its type; in three languages for people, else in English.

The dictionary page, the description of the interface (OpenAPI) and the tests read the same annotation.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import override


@dataclass(frozen=True)
class Meaning:
    """``of``: the model's field whose audience decides, as “members.Member.kind”; empty where it is a reference, a sum
    or an address. ``standard``: the code list or norm that the value follows."""

    text: Any
    of: str = ""
    standard: str = ""
    unit: Any = ""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        schema = handler(core_schema)
        with override("en"):
            parts = [str(self.text), f"Unit: {self.unit}." if self.unit else ""]
            standard = f"Standard: {self.standard}." if self.standard else ""
            return {**schema, "description": " ".join(filter(None, [*parts, standard]))}


def meaning_of(field: Any) -> Meaning | None:
    """Of a field of a schema (`model_fields`)."""
    return next((part for part in field.metadata if isinstance(part, Meaning)), None)
