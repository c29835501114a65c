"""Every column that the desk shows has a word in the language of who works there."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.utils.translation import override

from alliance.core.columns import WORDS

# The same in every language.
ALIKE = {"id", "ID", "Message-ID", "English", "Polski", "Українська", "__str__", "status", "region"}


def shown(language: str) -> dict[tuple[str, str], str]:
    """What the desk calls the columns of its lists and the fields that it only reads."""
    with override(language):
        return {
            (model._meta.label, str(name)): str(label_for_field(name, model, row))
            for model, row in admin.site._registry.items()
            for name in (*row.list_display, *row.readonly_fields)
        }


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_no_column_is_called_by_its_english_name(language):
    english, here = shown("en"), shown(language)
    alike = {column for column, label in here.items() if label == english[column] and label not in ALIKE}
    assert alike == set()


def test_words_are_there_for_columns_that_exist():
    names = {field.name for model in admin.site._registry for field in model._meta.get_fields()}
    assert {name for name in WORDS if name not in names} <= {"corrects"}
