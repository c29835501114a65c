"""Documents of the assistant as DOCX, to be worked on: real styles and numbering, a language for each run."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from partnerships.agreement_text import SIGNATURES, Block
from partnerships.exports.agreements import (
    AUTHOR,
    SIGN_HERE,
    SIGNING,
    Document,
    Signature,
    tied,
    with_address,
)

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
# How the number of each numbered style is written, and how its text is indented (twentieths of a point). Chapters and
# their clauses count through a text. Items are a list of their own wherever they begin: as a third level of the
# same list they would count on, and office programs would begin the chapters with 2 below the list of parties.
CHAPTERS = {"heading": ("%1.", "space", 0), "clause": ("%1.%2.", "space", 0)}
ITEMS = {"item": ("%1)", "tab", 340)}
ITEM_INDENT = 700
SIGN = "Sign here"
# What stands after borders among the properties of a paragraph.
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
FONT = "Times New Roman"
WIDTH_CM = 17  # of the text


def as_docx(document: Document) -> bytes:
    """The document, its texts in two columns of a table or one after the other."""
    import docx

    made = docx.Document()
    _set_up(made, document)
    numberings = [Numbering(made) for _code in document.languages]
    if document.in_columns:
        _side_by_side(made, document, numberings)
    else:
        for position, (code, text) in enumerate(zip(document.languages, document.texts, strict=True)):
            for number, block in enumerate(_shown(text)):
                paragraph = made.add_paragraph()
                _write(paragraph, block, code, numberings[position])
                if position and not number:
                    paragraph.paragraph_format.page_break_before = True
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
    for name in ("Clause", "Item", "Check", "Apart", "Address", SIGN):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = made.styles["Normal"]
    for name, size, is_bold in (("Normal", 11, False), ("Title", 13, True), ("Heading 1", 11, True)):
        _dress(made.styles[name], size, is_bold)
    looks = {name: made.styles[name].paragraph_format for name in ("Normal", *STYLES.values())}
    looks["Normal"].space_after = Pt(4)
    looks["Title"].alignment, looks["Title"].space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(12)
    looks["Heading 1"].space_before, looks["Heading 1"].space_after = Pt(8), Pt(3)
    looks["Check"].left_indent, looks["Check"].first_line_indent = Cm(0.7), Cm(-0.7)
    looks["Item"].space_after = looks["Check"].space_after = Pt(2)
    looks["Apart"].space_before, looks["Apart"].keep_with_next = Pt(30), True
    looks["Address"].left_indent = Cm(8.5)
    _line_to_sign_on(made.styles[SIGN])
    _foot(made, document)


def _line_to_sign_on(style: Any) -> None:
    """A rule above the words, with room for a signature and a seal above it."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Cm, Pt

    style.font.size = Pt(8)
    style.paragraph_format.space_before, style.paragraph_format.right_indent = Pt(36), Cm(0.5)
    rule = '<w:top w:val="single" w:sz="6" w:space="2" w:color="auto"/>'
    style.element.get_or_add_pPr().insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{rule}</w:pBdr>"), *AFTER_BORDERS
    )


def _foot(made: Any, document: Document) -> None:
    """What each page says below, and which page of how many it is."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Cm, Pt

    stops = made.styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Cm(WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)
    footer = made.sections[0].footer
    for position, (code, words) in enumerate(document.footer):
        paragraph = footer.add_paragraph() if position else footer.paragraphs[0]
        paragraph.style = made.styles["Footer"]
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, words, code).font.size = Pt(8)
    paragraph.add_run("\t").font.size = Pt(8)
    for field, between in (("PAGE", " / "), ("NUMPAGES", "")):
        shown = '<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:t>1</w:t></w:r>'
        simple = f'<w:fldSimple {nsdecls("w")} w:instr="{field}">{shown}</w:fldSimple>'
        paragraph._p.append(parse_xml(simple))
        paragraph.add_run(between).font.size = Pt(8)


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


class Numbering:
    """The numbers of one text: which list, and which level of it, its next paragraph belongs to."""

    def __init__(self, made: Any) -> None:
        self.root = made.part.numbering_part.element
        self.chapters = self._begun(self._shapes(CHAPTERS))
        self.shapes_of_items = self._shapes(ITEMS)
        self.items: int | None = None

    def next(self, kind: str) -> tuple[int, int] | None:
        """None where a paragraph has no number. Items after anything else begin with 1."""
        if kind not in ITEMS:
            self.items = None
            return (self.chapters, list(CHAPTERS).index(kind)) if kind in CHAPTERS else None
        if self.items is None:
            self.items = self._begun(self.shapes_of_items)
        return self.items, 0

    def _shapes(self, levels: dict[str, tuple[str, str, int]]) -> int:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls, qn

        number = len(self.root.findall(qn("w:abstractNum"))) + 100
        rows = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="{after}"/>'
            f'<w:lvlText w:val="{shape}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{ITEM_INDENT if hanging else 0}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
            for level, (shape, after, hanging) in enumerate(levels.values())
        )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
            f"{rows}</w:abstractNum>"
        )
        # Definitions stand before their uses.
        first_use = self.root.find(qn("w:num"))
        if first_use is None:
            self.root.append(abstract)
        else:
            first_use.addprevious(abstract)
        return number

    def _begun(self, shapes: int) -> int:
        num = self.root.add_num(shapes)
        num.add_lvlOverride(ilvl=0).add_startOverride(1)
        return num.numId


def _write(paragraph: Any, block: Block, code: str, numbering: Numbering) -> None:
    paragraph.style = STYLES.get(block.kind, "Normal")
    if place := numbering.next(block.kind):
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = place[1]
        properties.get_or_add_numId().val = place[0]
    words = tied(block.text, code)
    _run(paragraph, f"☐\t{words}" if block.kind == "check" else words, code)
    # What says that something follows stays on its page.
    if block.text.endswith(":"):
        paragraph.paragraph_format.keep_with_next = True


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


def _side_by_side(made: Any, document: Document, numberings: Sequence[Numbering]) -> None:
    """A table without lines: one row for each pair of paragraphs, so that they stay side by side."""
    rows = list(zip(*(_shown(text) for text in document.texts), strict=True))
    table = made.add_table(rows=len(rows), cols=2)
    table.autofit = True
    for row, pair in zip(table.rows, rows, strict=True):
        _keep_whole(row)
        for cell, block, code, numbering in zip(row.cells, pair, document.languages, numberings, strict=True):
            _write(cell.paragraphs[0], block, code, numbering)


def _keep_whole(row: Any) -> None:
    """No page ends inside of it."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _signatures(made: Any, document: Document) -> None:
    """Two beside each other sign on one line, and no page ends between a name and its line."""
    from docx.shared import Pt

    heading = made.add_paragraph(style="Heading 1")
    heading.paragraph_format.space_before = Pt(16)
    _joined(heading, document.words(SIGNING), document.languages)
    table = made.add_table(rows=0, cols=2)
    for first in range(0, len(document.signatures), 2):
        pair = document.signatures[first : first + 2]
        names, lines = table.add_row(), table.add_row()
        for row in (names, lines):
            _keep_whole(row)
        for cell, party in zip(names.cells, pair, strict=False):
            _named(cell, party, document.languages)
        for cell, _party in zip(lines.cells, pair, strict=False):
            cell.paragraphs[0].style = SIGN
            _joined(cell.paragraphs[0], document.words(SIGN_HERE), document.languages)


def _named(cell: Any, party: Signature, languages: Sequence[str]) -> None:
    """Each line keeps the next one on its page, the last one that to sign on."""
    from docx.shared import Pt

    for position, (name, person, code) in enumerate(zip(party.names, party.people, languages, strict=True)):
        paragraph = cell.add_paragraph() if position else cell.paragraphs[0]
        _run(paragraph, name, code).bold = True
        if person:
            _run(cell.add_paragraph(), person, code)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.keep_with_next = True
    cell.paragraphs[0].paragraph_format.space_before = Pt(14)


def _joined(paragraph: Any, words: Sequence[str], codes: Sequence[str]) -> None:
    for position, (word, code) in enumerate(zip(words, codes, strict=True)):
        if position:
            paragraph.add_run(" / ")
        _run(paragraph, word, code)
