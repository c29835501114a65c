"""One name in many spellings finds the same place; what is stored and what is asked are made alike."""

import csv
import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.core import spelling
from alliance.core.spelling import clean_name, fold, latin, place_query, skeleton, spellings

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


# --- A small reading of PostgreSQL: prefix terms, AND, OR --------------------------------------------------------


def finds(query: str, column: str) -> bool:
    """Whether a tsquery string is true for the words of a search column."""
    words = column.split()

    def holds(match: re.Match) -> str:
        term = match[0]
        stem = term.removesuffix(":*")
        return str(any(word.startswith(stem) if term.endswith(":*") else word == stem for word in words))

    expression = re.sub(r"\w+(?::\*)?", holds, query)
    return bool(query) and eval(expression.replace("&", "and").replace("|", "or"))  # noqa: S307 - True, False, brackets


# --- Spellings ---------------------------------------------------------------------------------------------------

SAME = [
    "Житомир Zhytomyr Żytomierz Schytomyr Jitomir Zhitomir",
    "Львів Lviv Lwów Lwow Lwiw Львов Lvov",
    "Łódź Lodz Лодзь",
    "Харків Kharkiv Charków Charkiw Kharkov Харьков",
    "Чернівці Chernivtsi Czerniowce Czernowitz Tschernowitz",
    "Київ Kyiv Kijów Kiew Kiev Kyjiv",
    "Вінниця Vinnytsia Winnica Winnyzja Vinnitsa",
    "Запоріжжя Zaporizhzhia Zaporoże Saporischschja Запорожье",
    "Луцьк Lutsk Łuck Luzk Loutsk",
    "Чернігів Chernihiv Czernihów Tschernihiw Tchernihiv Chernigov",
    "Херсон Kherson",
    "Івано-Франківськ Ivano-Frankivsk Iwano-Frankiwsk",
    "Брацлав Bracław Bratslav",
    "Αθήνα Athina Ateny",
]
APART = (
    "Житомир Львів Харків Чернівці Київ Вінниця Запоріжжя Луцьк Чернігів Рівне Суми Одеса Łódź Gdańsk Lublin"
)


@pytest.mark.parametrize("spelled", [line.split() for line in SAME], ids=lambda spelled: spelled[0])
def test_spellings_of_one_name_sound_alike(spelled):
    assert {skeleton(name): name for name in spelled}.keys() == {skeleton(spelled[0])}


def test_distinct_cities_sound_apart():
    keys = [skeleton(name) for name in APART.split()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        *((line.split()[0], name) for line in SAME for name in line.split()),
        ("Херсон", "Cherson"),
        ("Часів Яр", "Chasiv Yar"),
        ("Ужгород", "uzhhor"),
        ("Кам’янець-Подільський", "kamianets-podil"),
        ("Кам’янець-Подільський", "Kamieniec Podolski"),
        ("Кам’янець-Подільський", "камянец"),
        ("Біла Церква", "Belaja Cer"),
        ("Біла Церква", "bilatserkva"),
        ("Rzeszów", "Жешув"),
        ("Saint-Étienne", "saint etienne"),
        ("Østre Toten", "ostre"),
        ("Großenhain", "GROSSENHAIN"),
    ],
)
def test_a_spelling_finds_the_name(stored, typed):
    assert finds(place_query(typed), spellings([stored]))


def test_another_root_needs_another_name():
    assert not finds(place_query("Lemberg"), spellings(["Львів"]))
    assert finds(place_query("Lemberg"), spellings(["Львів", "Lemberg"]))


def test_every_word_is_wanted_and_only_the_last_may_be_unfinished():
    assert place_query("Біла Ц") == "(біла | bila | 0bl) & (ц:* | ts:*) | 0bls:*"
    assert not finds(place_query("Біла Церква"), spellings(["Біла Криниця"]))
    assert not finds(place_query("Жит", unfinished=False), spellings(["Житомир"]))
    assert finds(place_query("Жит"), spellings(["Житомир"]))


@pytest.mark.parametrize(
    ("stored", "column"),
    [
        ("Біла Церква", "біла церква bila tserkva 0bl 0srkv 0blsrkv"),
        ("Велико Търново", "велико търново veliko tarnovo 0vlk 0trnv 0vlktrnv"),
        ("Крушевац Јагодина", "крушевац јагодина krusevac jagodina 0krsvs 0ahdn 0krsvsahdn"),
        ("Αθήνα", "αθηνα athina 0atn"),
        ("Łódź", "lodz 0lds"),
        ("L’Aquila", "laquila 0lkl"),
        ("Osnabrück 10a", "osnabruck 10a 0asnbrsk 0asnbrk"),
        ("Jihlava Rzeszów", "jihlava rzeszow 0shlv 0ahlv 0rsv 0ssv 0shlvrsv"),
        ("Straße am Müllroser See", "strasse am mullroser see 0strs 0am 0mlrsr 0strsammlrsrs"),
        ("Sankt Chrzanów", "sankt chrzanow 0snkt 0hrnv 0hsnv 0srnv 0snv 0snkthrnv"),
    ],
)
def test_format_of_the_column(stored, column):
    assert spellings([stored]) == column


# --- Latin forms and cleaning ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "romanised"),
    [
        ("Згорани", "Zghorany"),
        ("Щастя", "Shchastia"),
        ("Йосипівка, Єнакієве, Їжаківка", "Yosypivka, Yenakiieve, Yizhakivka"),
        ("Камʼянець-Подільський", "Kamianets-Podilskyi"),
        ("Велико Търново", "Veliko Tarnovo"),
        ("Мытищи", "Mytishchi"),
        ("Крушевац Јагодина", "Krusevac Jagodina"),
        ("Πειραιάς", "Peiraias"),
        ("Łódź", "Łódź"),
    ],
)
def test_latin(text, romanised):
    assert latin(text) == romanised


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Kиїв", "Київ"),  # Latin K
        ("Івaно-Фрaнківська", "Івано-Франківська"),  # Latin a
        ("Wаrsаw", "Warsaw"),  # Cyrillic а
        ("  Нова\u00a0 Каховка \t", "Нова Каховка"),
        ("Кам'янка-Бузька", "Камʼянка-Бузька"),
        ('Прип"ять', "Припʼять"),
        ("L'Aquila", "L’Aquila"),
        ("Ново\u00adград\u200b", "Новоград"),
        ("Ки\u0438\u0306в\x00", "Кийв"),
        ("IT-парк", "IT-парк"),  # two words, each in its own alphabet
        ("ПриватBank", "ПриватBank"),  # truly mixed: nobody can say which
        ("’s-Hertogenbosch", "’s-Hertogenbosch"),
    ],
)
def test_clean_name(raw, clean):
    assert clean_name(raw) == clean
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Łódź ", "lodz"),
        ("KAM’YANETS`-Podílskyi", "kamyanets podilskyi"),
        ("Straße, Þórshöfn; Ærø & Œuvre", "strasse thorshofn aero oeuvre"),
        ("İstanbul Diyarbakır", "istanbul diyarbakir"),
        ("ҐАНОК Йорж Їжак", "ганок йорж їжак"),
        ("за́мок", "замок"),
        ("«Ой» „Nie” “x_y”", "ой nie x y"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


# --- Properties --------------------------------------------------------------------------------------------------

anything = st.text(max_size=60) | st.sampled_from(
    ["", "\x00", "🏳️‍🌈 x", "\u202eשלום", "a' | b & !c:* <-> (", "\\", "İſ", "ŉ"]
)
name = st.text(
    st.characters(categories=["Ll", "Lu", "Zs", "Pd"], min_codepoint=32, max_codepoint=0x4FF),
    min_size=1,
    max_size=40,
)


@given(anything)
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(name)
def test_every_name_finds_itself(text):
    query = place_query(text)
    assert not query or finds(query, spellings([text]))


@given(anything | name)
def test_words_sound_alone_as_they_do_in_their_text(text):
    alone = [spelling._words(part) for part in spelling._parts(text)]
    written, sounding = spelling._words(text)
    assert {word for words, _ in alone for word in words} == set(written)
    assert tuple(sounds for _, sounded in alone for sounds in sounded) == sounding


@given(anything)
def test_no_text_breaks_a_query_or_a_column(text):
    terms = r"(?:\(*\w+(?::\*)?\)*)"
    assert re.fullmatch(rf"(?:{terms}(?: [&|] {terms})*)?", place_query(text))
    assert re.fullmatch(r"(?:\w+(?: \w+)*)?", spellings([text, text]))
    assert "\x00" not in clean_name(text)
    skeleton(text)


def test_a_long_query_is_cut():
    assert len(place_query("тернопіль " * 2000)) < 600


# --- Real names --------------------------------------------------------------------------------------------------

alphabets = re.compile(r"[\W\dA-Za-zÀ-ɏЀ-ӿ]+")


@pytest.mark.skipif(not DATA.is_dir(), reason="shared data absent")
def test_names_of_the_register():
    """Every seat is found by its Ukrainian and its English name, and most other spellings of the same root find it."""
    with (DATA / "ua" / "ua_hromadas.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["seat_uk"]]
    columns = {row["katottg"]: spellings([row["seat_uk"]]) for row in rows}
    for row in rows:
        assert finds(place_query(row["seat_uk"], unfinished=False), columns[row["katottg"]])
        assert finds(place_query(row["seat_en"], unfinished=False), columns[row["katottg"]]), row["seat_en"]
    keys = [skeleton(seat) for seat in {row["seat_uk"] for row in rows}]
    shared = sum(keys.count(key) > 1 for key in keys) / len(keys)
    assert shared < 0.16, "too many different names sound alike"

    folded = {row["katottg"]: fold(row["seat_en"]) for row in rows}
    asked = found = 0
    with gzip.open(DATA / "places_aliases.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            alias, seat = row["alias"], folded.get(row["place_id"], "")
            if (
                seat
                and alphabets.fullmatch(alias)
                and len(alias.split()) == len(seat.split())
                and alike(alias, seat)
            ):
                asked += 1
                found += finds(place_query(alias, unfinished=False), columns[row["place_id"]])
    assert asked > 5000
    assert found / asked > 0.88


def alike(alias: str, seat: str) -> bool:
    """The same root: two thirds of the letters in the same order (the rest are exonyms and transcribed Chinese)."""
    fuzz = pytest.importorskip("rapidfuzz.fuzz")
    return fuzz.ratio(fold(latin(alias)), seat) >= 75
