"""A PDF of the assistant as pages and as a tagged document: where pages end, and what is read in which language."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from partnerships.agreement_text import SIGNATURES, Block
from partnerships.exports.agreements import SIGN_HERE, SIGNING, Document, Signature, as_pdf

SENTENCE = "Сторони спільно дбають про відновлення громад і щороку підбивають підсумки. "
PARTIES = [Signature((f"Громада {n}", f"Gmina {n}"), (f"голова {n}", f"wójt {n}")) for n in range(1, 5)]


def document(text, **changes):
    about = {
        "title": "Угода",
        "languages": ["uk", "pl"],
        "texts": [text, text],
        "made_at": datetime(2026, 11, 26, tzinfo=UTC),
        "version": {"uk": "Проєкт, версія 1.", "pl": "Projekt, wersja 1."},
        "signatures": PARTIES,
        "in_columns": True,
    }
    return Document(**(about | changes))


def long_text(lines):
    """Chapters until about so many lines are full, each with what leads to a list; the signatures come last."""
    text = [Block("title", "", "Угода"), *[Block("paragraph", "", "Рядок.")] * (lines % 9)]
    for n in range(1, lines // 9 + 1):
        text += [
            Block("heading", f"{n}.", f"Розділ {n}"),
            Block("clause", f"{n}.1.", SENTENCE * (1 + n % 3)),
            Block("clause", f"{n}.2.", "Сторони співпрацюють у таких сферах:"),
            Block("item", "1)", "енергетика та освіта."),
        ]
    return [*text, Block(SIGNATURES, "", "")]


def pages_of(pdf):
    """The lines of each page, those of its foot left out."""
    for page in PdfReader(BytesIO(pdf)).pages:
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        yield [line for line in lines if not re.search(r"Портал Альянсу|Portal Sojuszu|^\d+ / \d+$", line)]


@pytest.mark.parametrize("in_columns", [True, False], ids=["columns", "after"])
@pytest.mark.parametrize("lines", range(56, 75, 2))
def test_no_page_ends_below_a_heading_or_between_a_name_and_its_line(lines, in_columns):
    pages = list(pages_of(as_pdf(document(long_text(lines), in_columns=in_columns))))
    for page in pages:
        assert not re.match(r"\d+\. Розділ|Підписи", page[-1]), page[-1]
        assert not page[-1].endswith(":"), page[-1]
        names = [line for line in page if line.startswith("Громада")]
        assert len(names) == "\n".join(page).count(SIGN_HERE["uk"]), page
    last = next(page for page in pages if any(line.startswith(SIGNING["uk"]) for line in page))
    assert any(line.startswith("Громада 1") for line in last)


@pytest.mark.parametrize("before", range(0, 40, 2))
def test_the_number_of_a_law_is_never_divided(before):
    text = [
        Block("title", "", "T"),
        Block("paragraph", "", "ж" * before + " від 24 квітня 2024 року № 3668-IX, далі"),
    ]
    words = "\n".join("\n".join(page) for page in pages_of(as_pdf(document(text, signatures=()))))
    # A soft hyphen is the same sign to whoever takes the words out again.
    assert words.replace("\u00ad", "-").count("№\u00a03668-IX") == 2, words


def test_it_is_tagged_and_each_language_says_which_it_is():
    text = long_text(40)
    reader = PdfReader(BytesIO(as_pdf(document(text))))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "uk"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    found = list(tags_of(root["/StructTreeRoot"], root["/Lang"]))
    headings = len([block for block in text if block.kind == "heading"])
    for code in ("uk", "pl"):
        kinds = [kind for kind, language in found if language == code]
        assert kinds.count("/H1") == 1, code
        assert kinds.count("/H2") >= headings, code
        assert kinds.count("/P") > headings, code


def tags_of(node, language):
    """What each part is and in which language, down the tree: a part speaks as the one around it."""
    if isinstance(node, list):
        for child in node:
            yield from tags_of(child.get_object(), language)
    elif isinstance(node, dict):
        language = node.get("/Lang", language)
        if "/S" in node:
            yield node["/S"], language
        if "/K" in node:
            yield from tags_of(node["/K"].get_object(), language)


def test_a_language_without_templates_signs_in_its_own_words_and_is_told_that_this_is_no_advice():
    text = [Block("title", "", "T"), Block(SIGNATURES, "", "")]
    made = document(
        text, languages=["uk", "de"], in_columns=False, version={"uk": "V1.", "en": "Draft, version 1."}
    )
    words = " ".join(PdfReader(BytesIO(as_pdf(made))).pages[0].extract_text().split())
    last = " ".join(PdfReader(BytesIO(as_pdf(made))).pages[-1].extract_text().split())
    assert "Підписи Сторін / Unterschriften der Parteien" in last
    assert "підпис, дата, печатка / Unterschrift, Datum, Siegel" in last
    assert "юридичних консультацій не надає" in words
    assert "Draft, version 1. The Alliance’s portal stores and reminds; it gives no legal advice." in words
