"""A DOCX of the assistant as a package: what an office program asks of one before it opens it without a repair."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

import docx
import pytest

from partnerships.actions.agreement_templates import FOLDER
from partnerships.agreement_text import SIGNATURES, Block, Facts, PartyFacts, fill
from partnerships.agreement_text import read as read_template
from partnerships.exports.agreements import Document, Signature, tied
from partnerships.exports.agreements_docx import STYLES, as_docx

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
            version={"uk": "Проєкт, версія 1.", "pl": "Projekt, wersja 1."},
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
    assert len(asked) == 4, "each language counts for itself, and its items begin anew"
    assert {numbers[each].find(f"{W}abstractNumId").get(f"{W}val") for each in asked} <= abstract
    order = [each.tag for each in numbering]
    assert order.index(f"{W}num") > max(n for n, tag in enumerate(order) if tag == f"{W}abstractNum")
    for run in body.iter(f"{W}r"):
        words = "".join(node.text or "" for node in run.iter(f"{W}t")).strip(" /_☐")
        codes = {each.get(f"{W}val") for each in run.iter(f"{W}lang")}
        assert not words or codes in ({"uk-UA"}, {"pl-PL"}), words
    # A cell without a paragraph is what Word repairs.
    for cell in body.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"


# --- Numbers as an office program counts them -----------------------------------------------------------------


def counted(content):
    """The number before each paragraph that has one. A list begins where its `w:num` says, a level begins anew below a
    higher one, and a level that was never written counts as begun: as LibreOffice does, and Word."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        body, root = (
            ElementTree.fromstring(archive.read(f"word/{name}.xml")) for name in ("document", "numbering")
        )
    shapes = {each.get(f"{W}abstractNumId"): each for each in root.iter(f"{W}abstractNum")}
    nums = {each.get(f"{W}numId"): each for each in root.iter(f"{W}num")}
    at, begun, found = {}, set(), []
    for paragraph in body.iter(f"{W}p"):
        place = paragraph.find(f"{W}pPr/{W}numPr")
        if place is None:
            continue
        level, num = int(place.find(f"{W}ilvl").get(f"{W}val")), place.find(f"{W}numId").get(f"{W}val")
        shape = nums[num].find(f"{W}abstractNumId").get(f"{W}val")
        if num not in begun and nums[num].find(f".//{W}startOverride") is not None:
            at[shape] = []
        begun.add(num)
        counts = at.get(shape, [])[: level + 1]
        counts += [1] * (level - len(counts))
        counts = [*counts[:level], counts[level] + 1 if len(counts) > level else 1]
        at[shape] = counts
        words = shapes[shape].findall(f"{W}lvl")[level].find(f"{W}lvlText").get(f"{W}val")
        for position, count in enumerate(counts, 1):
            words = words.replace(f"%{position}", str(count))
        found.append(words)
    return found


FACTS = Facts(
    parties=[
        PartyFacts(1, "Суми", "Україна", is_ukrainian=True),
        PartyFacts(2, "Gdynia", "Польща"),
        PartyFacts(3, "Львів", "Україна", is_ukrainian=True),
    ],
    areas=["енергетика", "освіта"],
    clauses=["Додатково."],
    words={"term": "5 років", "copies": "3"},
)


@pytest.mark.parametrize("name", ["agreement.uk", "letter.uk", "cover_letter.uk", "checklist.pl"])
@pytest.mark.parametrize("in_columns", [False, True])
def test_an_office_program_counts_as_the_pdf_prints(name, in_columns):
    """Also below a list of parties that stands before the first chapter."""
    text = fill(read_template((FOLDER / f"{name}.txt").read_text(encoding="utf-8")), FACTS)
    texts = [text, text] if in_columns else [text]
    content = as_docx(
        Document(
            "T", ["uk", "pl"][: len(texts)], texts, datetime(2026, 11, 26, tzinfo=UTC), in_columns=in_columns
        )
    )
    numbers = [block.number for block in text for _each in texts if block.number]
    assert counted(content) == numbers
    assert "1)" in numbers


def test_no_page_ends_inside_of_a_row_or_between_a_name_and_its_line():
    opened = docx.Document(BytesIO(made(in_columns=True)))
    for table in opened.tables:
        assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in table.rows)
    names, lines = opened.tables[-1].rows
    assert all(each.paragraph_format.keep_with_next for each in names.cells[0].paragraphs)
    # A rule above the words, and room for a pen: no row of underscores, no line that only makes room.
    here = lines.cells[0].paragraphs
    assert [(each.style.name, each.text) for each in here] == [
        ("Sign here", "підпис, дата, печатка / podpis, data, pieczęć")
    ]
    assert here[0].style.element.find(f".//{W}pBdr/{W}top") is not None
    assert here[0].style.paragraph_format.space_before.pt >= 30


def test_a_second_language_begins_a_page_without_an_empty_paragraph():
    opened = docx.Document(BytesIO(made(in_columns=False)))
    begins = [each.text for each in opened.paragraphs if each.paragraph_format.page_break_before]
    assert begins == ["PL Угода"]
    assert not [each for each in opened.element.body.iter(f"{W}br") if each.get(f"{W}type") == "page"]


def test_what_says_that_something_follows_stays_with_it():
    texts = [
        [
            Block("clause", "1.1.", "Сфери:"),
            Block("item", "1)", "освіта."),
            Block("apart", "", "Суми, голова"),
        ]
    ]
    opened = docx.Document(BytesIO(as_docx(Document("T", ["uk"], texts, datetime(2026, 11, 26, tzinfo=UTC)))))
    stays = [
        each.paragraph_format.keep_with_next or each.style.paragraph_format.keep_with_next
        for each in opened.paragraphs
    ]
    assert [bool(each) for each in stays] == [True, False, True]


def test_each_page_says_which_of_how_many_it_is():
    content = made(in_columns=True)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        name = next(each for each in archive.namelist() if "footer" in each and each.endswith(".xml"))
        footer = ElementTree.fromstring(archive.read(name))
    assert [each.get(f"{W}instr") for each in footer.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (
            "pl",
            "dalej – Strona 1, w imieniu i z Gminą",
            "dalej\u00a0– Strona\u00a01, w\u00a0imieniu i\u00a0z\u00a0Gminą",
        ),
        (
            "pl",
            "w ciągu 14 dni, art. 18 ust. 2 pkt 9a",
            "w\u00a0ciągu 14\u00a0dni, art.\u00a018 ust.\u00a02 pkt\u00a09a",
        ),
        (
            "uk",
            "від 24 квітня, № 3668-IX і в межах",
            "від 24\u00a0квітня, №\u00a03668-IX і\u00a0в\u00a0межах",
        ),
        ("uk", "«____» ____ 20___ р.", "«____» ____ 20___\u00a0р."),
        ("uk", "далі — Сторона 2, від", "далі\u00a0— Сторона\u00a02, від"),
        ("pl", "2024 r. nr 3668-IX", "2024\u00a0r. nr\u00a03668-IX"),
        (
            "en",
            "Party 2, of 24 April 2024 No. 3668-IX",
            "Party\u00a02, of 24\u00a0April 2024 No.\u00a03668-IX",
        ),
        ("en", "a term of 5 years", "a term of 5\u00a0years"),
    ],
)
def test_where_no_line_ends(code, text, expected):
    assert tied(text, code) == expected


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
    assert footer[0].startswith("Проєкт, версія 1. ")
    assert footer[1].startswith("Projekt, wersja 1. ")
    assert all(each.text for each in opened.paragraphs), "an empty paragraph that only makes room"
    # The same parts again; the archive says when it was packed.
    one, again = (parts_of(made(in_columns=in_columns)) for _time in range(2))
    assert one == again
