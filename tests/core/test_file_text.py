"""The words of files, for the search."""

from alliance.core.file_text import text_of, tidy
from alliance.core.uploads import CONTENT_TYPES, DOCX, PDF, PNG
from tests.core.upload_samples import docx, pdf, png


def test_of_a_pdf_that_typst_made():
    import typst

    source = '#set text(lang: "uk")\nВідбудова громад\n#pagebreak()\nZażółć gęślą jaźń'
    content = typst.compile(source.encode(), ignore_system_fonts=True)
    assert text_of(content, CONTENT_TYPES[PDF]) == "Відбудова громад\nZażółć gęślą jaźń"


def test_of_a_docx():
    xml = "<w:document><w:p><w:t>Good &amp; new</w:t></w:p><w:p><w:t>Zweite</w:t></w:p></w:document>"
    content = docx(**{"word/document.xml": xml.encode()})
    assert text_of(content, CONTENT_TYPES[DOCX]) == "Good & new\nZweite"


def test_what_holds_no_words_has_none():
    assert text_of(png(), CONTENT_TYPES[PNG]) == ""
    assert text_of(pdf(), CONTENT_TYPES[PDF]) == ""
    assert text_of(b"PK nothing", CONTENT_TYPES[DOCX]) == ""


def test_lines_are_tidied():
    assert tidy("re-\nbuilding \x00 the\xad  city\n\n  now\ud800") == "rebuilding the city\nnow"
