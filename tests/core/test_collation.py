"""Names in the order of the reader's alphabet."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.collation import sort_key

ORDERED = {
    "pl": """Aachen|Adamów|Ależ|Ałma|Ąkowo|Babice|Bąków|Bełchatów|Bełżec|Będzin|Biała|Chełm|Cieszyn|Ćmielów|Dębica
        Elbląg|Ełk|Gdańsk|Gdynia|Kielce|Kłodzko|Kołobrzeg|Lublin|Lwów|Łask|Łódź|Łuck|Nowy Sącz|Nowy Targ|Nysa|Olsztyn
        Ostrów|Ośno|Ożarów|Ópole|Pszczyna|Rzeszów|Sanok|Sącz|Słupsk|Śrem|Świdnica|Toruń|Zamość|Ząbki|Zduny|Źródła|Żary
        Żywiec|Київ""",
    "uk": """Авдіївка|Алчевськ|Бердянськ|Біла Церква|Вінниця|В’ячеслав|Гадяч|Ганнівка|Ґанок|Дніпро|Дубно|Енергодар
        Єнакієве|Жашків|Житомир|Запоріжжя|Збараж|Ирій|Івано-Франківськ|Ізмаїл|Їжаківка|Йосипівка|Кам’янець-Подільський|Камʼянське|Київ
        Ковель|Кривий Ріг|Луцьк|Львів|Миколаїв|Нікополь|Одеса|Полтава|Рівне|Суми|Тернопіль|Ужгород|Фастів|Харків
        Херсон|Хмельницький|Цюрупинськ|Черкаси|Чернівці|Чернігів|Шостка|Щастя|Южне|Яворів|Aachen|Warszawa|Żory""",
    "en": """1 May|2 May|10 May|Aachen|Ålborg|Gdansk|Gdańsk Stary|Kyiv|L’Aquila|Latvia|Lodz|Łuck|Lviv|New York
        Newark|O’Brien|Obuchow|Zürich|Київ|Львів|Αθήνα""",
}


def names(language: str) -> list[str]:
    return [name.strip() for line in ORDERED[language].splitlines() for name in line.split("|")]


@pytest.mark.parametrize("language", ORDERED)
def test_names_stand_in_the_readers_order(language):
    expected = names(language)
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=lambda name: sort_key(name, language)) == expected


def test_letters_of_the_whole_alphabets():
    assert "".join(sorted("źżabcąćłlónńo", key=lambda letter: sort_key(letter, "pl"))) == "aąbcćlłnńoóźż"
    ukrainian = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
    assert (
        "".join(sorted(random.Random(7).sample(ukrainian, 33), key=lambda letter: sort_key(letter, "uk")))
        == ukrainian
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ŁÓDŹ", "łódź"),
        ("Кам’янка", "Камʼянка"),
        ("Кам'янка", "камянка"),
        ("Nowy-Sącz", "Nowy  Sącz"),
        ("№ 007", "№ 7"),
    ],
)
def test_case_apostrophes_and_marks_do_not_matter(one, other):
    assert sort_key(one, "pl") == sort_key(other, "pl")


@given(st.text(), st.sampled_from(["pl", "uk", "en", "de"]))
def test_any_text_has_a_storable_key(text, language):
    key = sort_key(text, language)
    assert "\x00" not in key
    assert key == sort_key(text.strip(), language)
    key.encode("utf-8")


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_count_as_numbers(one, other):
    assert (sort_key(f"School {one}", "en") < sort_key(f"School {other}", "en")) == (one < other)
