"""Readers of the registers: seats, levels, bad lines, names in three languages, and the Polish transcription."""

import gzip

import pytest

from members.registers import geonames, katotth, lau, nuts, own, polish, same
from members.registers.rows import UnknownFile

HEAD = "Перший рівень,Другий рівень,Третій рівень,Четвертий рівень,Додатковий рівень,Категорія об’єкта,Назва об’єкта"
OBLAST, RAION = "UA46000000000026241", "UA46060000000042587"
HROMADA, SEAT, VILLAGE = "UA46060250000012345", "UA46060250010054321", "UA46060250020011111"
TREE = [
    f"{OBLAST},,,,,O,Львівська",
    f"{OBLAST},{RAION},,,,P,Львівський",
    f"{OBLAST},{RAION},{HROMADA},,,H,Львівська ",
    f"{OBLAST},{RAION},{HROMADA},{VILLAGE},,C,Рудне",
    f"{OBLAST},{RAION},{HROMADA},{SEAT},,M,Львів",
]


def read_katotth(tmp_path, *lines: str) -> katotth.Reading:
    path = tmp_path / "codifier.csv"
    path.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
    return katotth.read(path, edition="2026-01-01")


def read_lau(
    tmp_path, *lines: str, head="gisco_id,country,nuts3_2024,name,name_latin,population_2020,lat,lon"
):
    path = tmp_path / "lau.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return lau.read(path)


def test_hromada_is_shown_by_its_seat_and_keeps_its_official_name(tmp_path):
    row = read_katotth(tmp_path, *TREE).rows[-1]
    assert (row.name_uk, row.name_en, row.name_pl) == ("Львів", "Lviv", "Lwów")
    assert row.official_name == "Львівська міська територіальна громада"
    assert {"Львівська", "Lemberg"} <= row.aliases
    assert (row.parent, row.region) == (("katotth", RAION), ("katotth", OBLAST))
    assert (row.level, row.country) == ("municipality", "UA")


def test_oblast_and_raion_have_names_in_three_languages(tmp_path):
    oblast, raion, _hromada = read_katotth(tmp_path, *TREE).rows
    assert (oblast.name_uk, oblast.name_en, oblast.name_pl) == (
        "Львівська область",
        "Lviv Oblast",
        "obwód lwowski",
    )
    assert (raion.name_uk, raion.name_en, raion.name_pl) == (
        "Львівський район",
        "Lvivskyi Raion",
        "rejon lwiwski",
    )
    assert (oblast.parent, raion.region) == (("nuts", "UA"), oblast.key)


def test_city_with_special_status_is_a_municipality_and_its_own_region(tmp_path):
    (kyiv,) = read_katotth(tmp_path, "UA80000000000093317,,,,,K,Київ").rows
    assert (kyiv.level, kyiv.region, kyiv.name_pl) == ("municipality", kyiv.key, "Kijów")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{OBLAST},{RAION},UA4606,,,H,Белзька", "code is not UA and 17 digits"),
        (f"{OBLAST},{RAION},UA46060990000012345,,,Z,Белзька", "unknown category"),
        (f"{OBLAST},{RAION},UA46060990000012345,,,H, ", "no name"),
        (f"{OBLAST},{RAION},{HROMADA},,,H,Львівська", "twice"),
        (f"{OBLAST},UA46990000000042587,UA46060990000012345,,,H,Белзька", "does not have"),
        (f"{OBLAST},{RAION}", "fewer than seven columns"),
    ],
)
def test_katotth_bad_line_is_named_and_skipped(tmp_path, line, reason):
    reading = read_katotth(tmp_path, *TREE, line)
    assert len(reading.rows) == 3
    assert [fault.line for fault in reading.bad] == [7]
    assert reason in reading.bad[0].reason


def test_katotth_mends_lookalikes_spaces_and_apostrophes(tmp_path):
    seat = f"{OBLAST},{RAION},{HROMADA},{SEAT},,М,Кам'янкa \u00a0"  # Cyrillic М as the category, Latin a in the name
    row = read_katotth(tmp_path, *TREE[:3], seat).rows[-1]
    assert (row.name_uk, row.name_en) == ("Камʼянка", "Kamianka")


def test_katotth_refuses_another_table(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(UnknownFile):
        katotth.read(path)


def test_installed_codifier_has_all_of_ukraine():
    reading = katotth.read(katotth.installed_workbook())
    hromadas = [row for row in reading.rows if row.category == "H"]
    crimea = [row for row in hromadas if row.code.startswith("UA01")]
    assert (reading.edition, reading.bad) == ("2024-01-19", [])
    assert (len(hromadas) - len(crimea), len(crimea)) == (1469, 303)
    assert len([row for row in reading.rows if row.category in "OK"]) == 27
    assert {row.country for row in reading.rows} == {"UA"}
    assert not [row for row in hromadas if row.name_uk.endswith("громада")]


def test_nuts_of_the_installed_package_and_countries_beside_it():
    reading = nuts.read()
    rows = {row.code: row for row in reading.rows}
    assert reading.bad == []
    assert (rows["UA"].name_pl, rows["UA"].level) == ("Ukraina", "country")
    assert {"MD", "GE", "BA", "XK", "GB"} <= set(rows)
    assert rows["EL"].country == "GR"
    assert rows["PL711"].region == ("nuts", "PL71")
    assert (rows["PL71"].level, rows["PL711"].level, rows["FRK26"].level) == ("region", "district", "region")
    assert not [code for code in rows if code.startswith("UA") and len(code) > 2]
    assert "Deutschland" in rows["DE"].aliases


def test_nuts_file_reports_bad_lines(tmp_path):
    path = tmp_path / "nuts.csv"
    lines = [
        "nuts_id,name,lat,lon",
        "PL,Polska,,",
        "PL2,,,",
        "PL3,Wschód,99,20",
        "PL411,Sam,,",
        "PL4,Północ,53,16",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    reading = nuts.read(path)
    assert {fault.line: fault.reason.split()[0].strip(":") for fault in reading.bad} == {
        3: "PL2",
        4: "PL3",
        5: "PL411",
    }
    assert [row.code for row in reading.rows if row.depth > 0] == ["PL4"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kiel, Landeshauptstadt", "Kiel"), ("Lichtenau, Stadt", "Lichtenau"), ("Feuchtwangen, St", "Feuchtwangen"),
        ("Municipiul Suceava", "Suceava"), ("Haapsalu linn", "Haapsalu"), ("Elva vald", "Elva vald"),
        ("Stadtlohn, Stadt", "Stadtlohn"), ("Franqueses del Vallès, Les", "Franqueses del Vallès, Les"),
    ],
)  # fmt: skip
def test_lau_shows_names_without_their_kind(name, shown):
    assert lau.short_name(name) == shown


def test_lau_names_known_cities_in_the_readers_languages(tmp_path):
    reading = read_lau(
        tmp_path,
        '"DE_09162000",DE,DE212,"München, Landeshauptstadt",,1484226,48.14,11.57',
        "BG_BGS04,BG,BG341,Айтос,Aytos,27000,42.7,27.25",
        "DE_1,DE,DE212,Andechs,,3500,47.97,11.18",
    )
    munich, aytos, andechs = reading.rows
    assert (munich.name_en, munich.name_pl, munich.name_uk) == ("Munich", "Monachium", "Мюнхен")
    assert (aytos.name_uk, aytos.official_name) == ("Aytos", "Айтос")
    assert andechs.name_uk == "Andechs"  # no invented transliteration


@pytest.mark.parametrize(
    "line",
    ["PL_1,PL,PL711,,,5,51,19", "PL_1,Poland,PL711,A,,5,51,19", ",PL,PL711,A,,5,51,19", "PL_1,PL,PL711,A,,many,51,19",
     "PL_1,PL,PL711,A,,5,151,19", "PL_1,PL,PL711,A,,5,51,", "PL_1,PL,PL711,A,,-5,51,19"],
)  # fmt: skip
def test_lau_bad_line_is_named_and_skipped(tmp_path, line):
    reading = read_lau(tmp_path, "PL_0,PL,PL711,Aleksandrów,,5,51,19", line)
    assert (len(reading.rows), [fault.line for fault in reading.bad]) == (1, [3])


def test_own_table_is_whole():
    reading = own.read()
    codes = [row.code for row in reading.rows]
    assert reading.bad == []
    assert len(set(codes)) == len(codes) >= 200
    eu = {row.country for row in nuts.read().rows} - {"AM", "AZ", "UA"}
    candidates = {"AL", "BA", "GE", "MD", "ME", "MK", "RS", "TR"}
    assert eu | candidates <= {row.country for row in reading.rows}
    assert len(eu) > 35
    known = {row.code for row in nuts.read().rows}
    assert {row.parent[1] for row in reading.rows} <= known


def test_same_place_by_name_or_by_size(tmp_path):
    rows = read_lau(
        tmp_path,
        "LT_1,LT,LT011,Vilniaus miesto savivaldybė,,580000,54.69,25.27",
        "PL_1,PL,PL214,Bochnia,,30000,49.97,20.43",
        "PL_2,PL,PL214,Bochnia,,19000,49.95,20.40",
        "PL_3,PL,PL911,Bochnia,,40000,53.9,14.2",
    ).rows
    pairs = {city.code: row.code for city, row in same.known_cities_among(rows)}
    assert pairs == {"LT-vilnius": "LT_1", "PL-bochnia": "PL_1"}


@pytest.mark.parametrize(
    ("ukrainian", "in_polish"),
    [
        ("Юріївка", "Jurijiwka"), ("Полянка", "Polanka"), ("Знамʼянка", "Znamjanka"), ("Сьомаки", "Siomaky"),
        ("Льотниче", "Lotnycze"), ("Левченкове", "Łewczenkowe"), ("Згурівка", "Zhuriwka"), ("Щастя", "Szczastia"),
        ("Люботин", "Lubotyn"), ("Єланець", "Jełaneć"), ("Пʼятихатки", "Pjatychatky"), ("Ґоронда", "Goronda"),
        ("Новий Буг", "Nowyj Buh"), ("Івано-Франківськ", "Iwano-Frankiwśk"), ("НОВИЙ", "NOWYJ"), ("", ""),
    ],
)  # fmt: skip
def test_polish_transcription(ukrainian, in_polish):
    assert polish.transcribe(ukrainian) == in_polish


@pytest.mark.parametrize(
    ("ukrainian", "in_polish"),
    [("Бахчисарайський", "bachczysarajski"), ("Вінницький", "winnycki"), ("Дрогобицький", "drohobycki")],
)
def test_polish_adjective(ukrainian, in_polish):
    assert polish.adjective(ukrainian) == in_polish


def test_geonames_reads_only_the_wanted_countries_and_alphabets(tmp_path):
    path = tmp_path / "cities.json"
    path.write_text(
        '{"1": {"name": "Lviv", "latitude": 49.8, "longitude": 24.0, "countrycode": "UA", "population": 7, '
        '"admin1code": "15", "alternatenames": ["Lemberg", "Львів", "LWO", "לבוב"]}, '
        '"2": {"name": "Lima", "latitude": -12, "longitude": -77, "countrycode": "PE", "population": 9, '
        '"admin1code": "15", "alternatenames": []}}',
        encoding="utf-8",
    )
    (city,) = geonames.cities(path, {"UA"})
    assert city.names == {"Lviv", "Lemberg", "Львів"}
    facts = geonames.facts_of_seats([city])(HROMADA, "Львів")
    assert (facts.lat, "Lemberg" in facts.aliases) == (49.8, True)
    assert geonames.facts_of_seats([city])("UA51", "Львів").lat is None


def test_listed_spellings(tmp_path):
    path = tmp_path / "aliases.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("place_id,alias\nPL_1,Lodsch\nPL_1,羅茲\nPL_2,Posen\n")
    assert geonames.listed_spellings(path) == {"PL_1": {"Lodsch"}, "PL_2": {"Posen"}}
