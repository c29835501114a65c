"""Documents of the assistant as DOCX, to be worked on: real styles and numbering, a language for each run."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from partnerships.agreement_text import SIGNATURES, Block
from partnerships.exports.agreements import AUTHOR, SIGN_HERE, SIGNING, Document, with_address

# Languages as office programs write them, for spelling and hyphenation.
REGIONS = {"uk": "uk-UA", "pl": "pl-PL", "en": "en-GB"}
STYLES = {
    "title": "Title",
    "heading": "Heading 1",
    "clause": "Clause",
    "item": "Item",
    "check": "Check",
    "apart": "Apart",
    "address": "Address",
}
# Level of each numbered style: how its number is written, and how far its text is indented (twentieths of a point).
LEVELS = {"heading": ("%1.", 0), "clause": ("%1.%2.", 0), "item": ("%3)", 360)}
FONT = "Times New Roman"


def as_docx(document: Document) -> bytes:
    """The document, its texts in two columns of a table or one after the other."""
    import docx

    made = docx.Document()
    _set_up(made, document)
    numberings = [_numbering(made) for _code in document.languages]
    if document.in_columns:
        _side_by_side(made, document, numberings)
    else:
        for position, (code, text) in enumerate(zip(document.languages, document.texts, strict=True)):
            if position:
                made.add_page_break()
            for block in _shown(text):
                _write(made.add_paragraph(), block, code, numberings[position])
    if document.is_signed:
        _signatures(made, document)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _shown(text: Sequence[Block]) -> list[Block]:
    return [block for block in with_address(text) if block.kind != SIGNATURES]


def _set_up(made: Any, document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    about = made.core_properties
    about.title, about.author, about.language = document.title, AUTHOR, _region(document.languages[0])
    about.created = about.modified = document.made_at.replace(tzinfo=None)
    about.comments = ""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name in ("Clause", "Item", "Check", "Apart", "Address"):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = made.styles["Normal"]
    for name, size, is_bold in (("Normal", 11, False), ("Title", 13, True), ("Heading 1", 11, True)):
        _dress(made.styles[name], size, is_bold)
    made.styles["Normal"].paragraph_format.space_after = Pt(4)
    made.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.styles["Heading 1"].paragraph_format.space_before = Pt(8)
    made.styles["Apart"].paragraph_format.space_before = Pt(30)
    made.styles["Address"].paragraph_format.left_indent = Cm(8.5)
    for code, words in document.footer:
        paragraph = section.footer.add_paragraph()
        _run(paragraph, words, code).font.size = Pt(8)


def _dress(style: Any, size: int, is_bold: bool) -> None:
    """One plain font everywhere: the colours and theme fonts of the library's own template are taken out."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), is_bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    border = style.element.pPr.find(qn("w:pBdr")) if style.element.pPr is not None else None
    if border is not None:
        style.element.pPr.remove(border)


def _numbering(made: Any) -> int:
    """A numbering of its own for one language: chapters, clauses, items."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    root = made.part.numbering_part.element
    number = len(root.findall(qn("w:abstractNum"))) + 100
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{shape}"/>'
        f'<w:suff w:val="space"/><w:pPr><w:ind w:left="{indent}" w:hanging="0"/></w:pPr></w:lvl>'
        for level, (shape, indent) in enumerate(LEVELS.values())
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
        f"{levels}</w:abstractNum>"
    )
    # Definitions stand before their uses.
    first_use = root.find(qn("w:num"))
    if first_use is None:
        root.append(abstract)
    else:
        first_use.addprevious(abstract)
    return root.add_num(number).numId


def _write(paragraph: Any, block: Block, code: str, numbering: int) -> None:
    paragraph.style = STYLES.get(block.kind, "Normal")
    if block.kind in LEVELS:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = list(LEVELS).index(block.kind)
        properties.get_or_add_numId().val = numbering
    _run(paragraph, f"☐ {block.text}" if block.kind == "check" else block.text, code)


def _run(paragraph: Any, words: str, code: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(words)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _region(code))
    run._r.get_or_add_rPr().append(language)
    return run


def _region(code: str) -> str:
    return REGIONS.get(code, code)


def _side_by_side(made: Any, document: Document, numberings: Sequence[int]) -> None:
    """A table without lines: one row for each pair of paragraphs, so that they stay side by side."""
    rows = list(zip(*(_shown(text) for text in document.texts), strict=True))
    table = made.add_table(rows=len(rows), cols=2)
    table.autofit = True
    for row, pair in zip(table.rows, rows, strict=True):
        for cell, block, code, numbering in zip(row.cells, pair, document.languages, numberings, strict=True):
            _write(cell.paragraphs[0], block, code, numbering)


def _signatures(made: Any, document: Document) -> None:
    heading = made.add_paragraph(style="Heading 1")
    _joined(heading, document.words(SIGNING), document.languages)
    table = made.add_table(rows=0, cols=2)
    for position, party in enumerate(document.signatures):
        cells = table.add_row().cells if position % 2 == 0 else table.rows[-1].cells
        cell = cells[position % 2]
        paragraph = cell.paragraphs[0]
        for name, person, code in zip(party.names, party.people, document.languages, strict=True):
            _run(paragraph, name, code).bold = True
            if person:
                paragraph = cell.add_paragraph()
                _run(paragraph, person, code)
            paragraph = cell.add_paragraph()
        paragraph.add_run("\n______________________________")
        _joined(cell.add_paragraph(), document.words(SIGN_HERE), document.languages)


def _joined(paragraph: Any, words: Sequence[str], codes: Sequence[str]) -> None:
    for position, (word, code) in enumerate(zip(words, codes, strict=True)):
        if position:
            paragraph.add_run(" / ")
        _run(paragraph, word, code)
