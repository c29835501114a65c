"""Names of countries as offices write them, from the Unicode list where it says the same."""

import pytest

from alliance.core.countries import COUNTRIES, country_name
from members.registers import nuts


@pytest.mark.parametrize(
    ("code", "english", "polish", "ukrainian"),
    [
        ("UA", "Ukraine", "Ukraina", "Україна"),
        ("NL", "Netherlands", "Niderlandy", "Нідерланди"),
        ("MK", "North Macedonia", "Macedonia Północna", "Північна Македонія"),
        ("CZ", "Czechia", "Czechy", "Чехія"),
    ],
)
def test_a_country_has_its_official_short_name(code, english, polish, ukrainian):
    assert [country_name(code, language) for language in ("en", "pl", "uk")] == [english, polish, ukrainian]


def test_the_register_of_places_and_the_forms_say_the_same():
    for code in set(COUNTRIES):
        row = nuts.country(code)
        assert (row.name_en, row.name_pl, row.name_uk) == tuple(
            country_name(code, language) for language in ("en", "pl", "uk")
        )
