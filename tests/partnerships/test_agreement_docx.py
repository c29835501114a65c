"""A DOCX of the assistant as a package: what an office program asks of one before it opens it without a repair."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

import docx
import pytest

from partnerships.agreement_text import SIGNATURES, Block
from partnerships.exports.agreements import Document, Signature
from partnerships.exports.agreements_docx import LEVELS, STYLES, as_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = [
    ("title", "", "Угода"),
    ("heading", "1.", "Сторони"),
    ("clause", "1.1.", "Сторони співпрацюють."),
    ("item", "1)", "енергетика"),
    ("check", "", "Рішення ради"),
    ("apart", "", "Кінець"),
    ("paragraph", "", "Ґрунт & «вода» <і> повітря"),
    (SIGNATURES, "", ""),
]
TEXTS = [[Block(*row) for row in TEXT], [Block(kind, number, f"PL {text}") for kind, number, text in TEXT]]


def made(*, in_columns):
    return as_docx(
        Document(
            title="Угода",
            languages=["uk", "pl"],
            texts=TEXTS,
            made_at=datetime(2026, 11, 26, tzinfo=UTC),
            version="Проєкт, версія 1",
            signatures=[Signature(("Суми", "Sumy"), ("міський голова", "mer"))],
            in_columns=in_columns,
        )
    )


@pytest.fixture(params=[False, True], ids=["after", "columns"])
def package(request):
    content = made(in_columns=request.param)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(package, name):
    return ElementTree.fromstring(package[name])


def test_every_part_is_well_formed_has_a_type_and_is_there_where_another_names_it(package):
    assert next(iter(package)) == "[Content_Types].xml"
    types = read(package, "[Content_Types].xml")
    named = {each.get("PartName", "").lstrip("/") for each in types}
    endings = {each.get("Extension", "").lower() for each in types}
    for name in package:
        if name.endswith((".xml", ".rels")):
            read(package, name)
        assert name == "[Content_Types].xml" or name in named or name.rpartition(".")[2].lower() in endings
    for name in (each for each in package if each.endswith(".rels")):
        for relation in read(package, name):
            if relation.get("TargetMode") != "External":
                target = relation.get("Target")
                base = "" if target.startswith("/") else dirname(dirname(name))
                assert normpath(join(base, target.lstrip("/"))) in package, (name, target)
    assert named - {""} <= set(package)


def test_styles_numberings_and_languages_that_the_text_uses_are_defined(package):
    body, styles = read(package, "word/document.xml"), read(package, "word/styles.xml")
    defined = {each.get(f"{W}styleId"): each for each in styles.iter(f"{W}style")}
    used = {each.get(f"{W}val") for each in body.iter(f"{W}pStyle")}
    assert used <= set(defined)
    assert {name.replace(" ", "") for name in STYLES.values()} - {"Address"} <= used
    # A heading is one to a screen reader and in the outline.
    assert defined["Heading1"].find(f"{W}pPr/{W}outlineLvl").get(f"{W}val") == "0"
    numbering = read(package, "word/numbering.xml")
    numbers = {each.get(f"{W}numId"): each for each in numbering.iter(f"{W}num")}
    abstract = {each.get(f"{W}abstractNumId") for each in numbering.iter(f"{W}abstractNum")}
    asked = {each.get(f"{W}val") for each in body.iter(f"{W}numId")}
    assert asked <= set(numbers)
    assert len(asked) == 2, "each language counts for itself"
    assert {numbers[each].find(f"{W}abstractNumId").get(f"{W}val") for each in asked} <= abstract
    order = [each.tag for each in numbering]
    assert order.index(f"{W}num") > max(n for n, tag in enumerate(order) if tag == f"{W}abstractNum")
    assert {each.get(f"{W}val") for each in body.iter(f"{W}ilvl")} == {str(n) for n in range(len(LEVELS))}
    for run in body.iter(f"{W}r"):
        words = "".join(node.text or "" for node in run.iter(f"{W}t")).strip(" /_☐")
        codes = {each.get(f"{W}val") for each in run.iter(f"{W}lang")}
        assert not words or codes in ({"uk-UA"}, {"pl-PL"}), words
    # A cell without a paragraph is what Word repairs.
    for cell in body.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"


def parts_of(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("in_columns", [False, True])
def test_it_opens_and_says_what_it_is(in_columns):
    opened = docx.Document(BytesIO(made(in_columns=in_columns)))
    about = opened.core_properties
    assert (about.title, about.language) == ("Угода", "uk-UA")
    cells = [cell for table in opened.tables for row in table.rows for cell in row.cells]
    paragraphs = [*opened.paragraphs, *(each for cell in cells for each in cell.paragraphs)]
    words = [each.text for each in paragraphs]
    for text in ("Сторони співпрацюють.", "PL Сторони співпрацюють.", "Ґрунт & «вода» <і> повітря"):
        assert words.count(text) == 1
    assert [each.text for each in paragraphs if each.style.name == "Title"] == ["Угода", "PL Угода"]
    footer = [each.text for each in opened.sections[0].footer.paragraphs]
    assert any("Проєкт, версія 1" in text for text in footer)
    # The same parts again; the archive says when it was packed.
    one, again = (parts_of(made(in_columns=in_columns)) for _time in range(2))
    assert one == again
