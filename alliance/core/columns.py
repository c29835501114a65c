"""What the desk calls columns whose model has no word for them: Django would show their names in English."""

from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import pgettext_lazy
from modeltranslation.fields import TranslationField

from alliance.core.languages import NATIVE_NAMES

WORDS = {
    "actor": pgettext_lazy("column at the desk", "who"),
    "actor_kind": pgettext_lazy("column at the desk", "who acted"),
    "agreed_at": pgettext_lazy("column at the desk", "agreed on"),
    "appeal": pgettext_lazy("column at the desk", "appeal"),
    "author": pgettext_lazy("column at the desk", "author"),
    "corrects": pgettext_lazy("column at the desk", "corrects"),
    "created_at": pgettext_lazy("column at the desk", "created on"),
    "created_by": pgettext_lazy("column at the desk", "created by"),
    "left_at": pgettext_lazy("column at the desk", "left on"),
    "listing": pgettext_lazy("column at the desk", "need or offer"),
    "match": pgettext_lazy("column at the desk", "match"),
    "matching_round": pgettext_lazy("column at the desk", "matching round"),
    "member": pgettext_lazy("column at the desk", "member"),
    "object_id": pgettext_lazy("column at the desk", "number of the row"),
    "slug": pgettext_lazy("column at the desk", "code in the address"),
    "status_changed_at": pgettext_lazy("column at the desk", "status since"),
    "template": pgettext_lazy("column at the desk", "template"),
    "twinning": pgettext_lazy("column at the desk", "partnership"),
    "updated_at": pgettext_lazy("column at the desk", "last changed"),
}


def name_columns(model: type[Model]) -> None:
    """Only for people: what a migration sees of the fields stays as it is."""
    for field in model._meta.fields:
        if isinstance(field, TranslationField):  # “title [en]” of the package is nobody's word
            words = field.translated_field.verbose_name
            field.verbose_name = format_lazy("{} – {}", words, NATIVE_NAMES[field.language])
        elif field.name in WORDS and field.verbose_name == field.name.replace("_", " "):
            field.verbose_name = WORDS[field.name]
