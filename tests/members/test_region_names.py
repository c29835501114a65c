"""Regions of Europe under the names that readers of the three languages know, and under their own for the search."""

from collections import Counter

import pytest

from members.registers import nuts, own, tables
from members.registers.balkan import romanised


@pytest.mark.parametrize(
    ("code", "official", "english", "polish", "ukrainian"),
    [
        ("PL51", "Dolnośląskie", "Lower Silesian Voivodeship", "województwo dolnośląskie", "Нижньосілезьке воєводство"),
        ("EL30", "Aττική", "Attica", "Attyka", "Аттика"),
        ("DE2", "Bayern", "Bavaria", "Bawaria", "Баварія"),
        ("BE23", "Prov. Oost-Vlaanderen", "East Flanders", "Flandria Wschodnia", "Східна Фландрія"),
        ("BG421", "Пловдив", "Plovdiv Province", "obwód Płowdiw", "Пловдивська область"),
    ],
)  # fmt: skip
def test_a_region_is_named_in_the_readers_language_and_found_by_its_own(
    code, official, english, polish, ukrainian
):
    row = next(row for row in nuts.read().rows if row.code == code)
    assert (row.official_name, row.name_en, row.name_pl, row.name_uk) == (
        official,
        english,
        polish,
        ukrainian,
    )
    assert any(own.is_latin(alias) and alias != code for alias in row.aliases)


def test_every_large_region_has_a_name_in_ukrainian_letters_and_no_two_of_a_country_the_same():
    rows = [row for row in nuts.read().rows if row.category in ("1", "2") and row.country != "TR"]
    assert len(rows) > 350
    assert [row.code for row in rows if own.is_latin(row.name_uk)] == []
    for language in ("en", "pl", "uk"):
        names = Counter((row.country, row.category, getattr(row, f"name_{language}")) for row in rows)
        assert [name for name, count in names.items() if count > 1] == []


def test_the_table_of_regions_names_only_what_the_register_has():
    codes = {row.code for row in nuts.read().rows}
    assert set(tables.regions()) <= codes
    assert len(tables.regions()) == sum(len(line["codes"].split()) for line in tables.table("regions"))
    assert all(all(line.values()) for line in tables.table("regions"))


@pytest.mark.parametrize(
    ("text", "country", "latin"),
    [
        ("Велико Търново", "BG", "Veliko Tarnovo"),
        ("Кюстендил", "BG", "Kyustendil"),
        ("Јужнобачка област", "RS", "Južnobačka oblast"),
        ("Пчињска област", "RS", "Pčinjska oblast"),
        ("Југоисточен", "MK", "Jugoistočen"),
        ("Црна Гора", "ME", "Crna Gora"),
        ("Чернігів", "UA", "Чернігів"),
        ("Bahía", "RS", "Bahía"),
    ],
)
def test_each_state_writes_its_letters_in_its_own_way(text, country, latin):
    assert romanised(text, country) == latin
