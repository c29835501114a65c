"""The columns of the daily tables, by the fields of the interface that they show. Pure; the dictionary page shows them.

Columns that have the name of a field are that field; those of needs and offers have a page of their own.
"""

from collections.abc import Iterator, Sequence

from alliance.content.open_data import place_files, row_files
from alliance.content.open_data.datasets import BY_NAME
from alliance.content.open_data.dictionary import Field, fields_of
from members import exports as member_files
from partnerships.exports import kept_promises, twinnings

COLUMNS: dict[str, Sequence[str]] = {
    "members": member_files.NAMES,
    "places": place_files.COLUMNS,
    "partnerships": twinnings.COLUMNS,
    "promises": kept_promises.COLUMNS,
    "appeals": list(row_files.APPEALS),
    "documents": list(row_files.DOCUMENTS),
}
NAMES = {"name_en": "name.en", "name_pl": "name.pl", "name_uk": "name.uk"}
OTHERS: dict[str, dict[str, str]] = {
    "members": {
        **NAMES,
        "region_code": "place.region_code",
        "place_register": "place.place_register",
        "place_code": "place.place_code",
        "lat": "place.lat",
        "lon": "place.lon",
    },
    "places": NAMES,
    "appeals": row_files.APPEALS,
    "documents": row_files.DOCUMENTS,
    "partnerships": {
        "title": "title.text",
        "title_language": "title.language",
        "n_parties": "parties",
        "parties": "parties.name",
        "countries": "parties.country",
        "place_codes": "parties.place.place_code",
    },
    "promises": {
        "promise_url": "url",
        "giver": "giver.name",
        "giver_url": "giver.id",
        "receiver": "receiver.name",
        "receiver_url": "receiver.id",
        "item_code": "item",
        "item": "item_name",
    },
}


def columns_of(name: str) -> Iterator[tuple[str, Field]]:
    """Each column of a table with the field that it shows."""
    fields = {field.name: field for field in fields_of(BY_NAME[name].schema)}
    for column in COLUMNS.get(name, ()):
        yield column, fields[OTHERS[name].get(column, column)]
