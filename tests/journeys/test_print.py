"""Pages on paper, as a browser prints them: nothing is cut off, heads of tables come again, and pages have numbers."""

import io

import pytest
from django.conf import settings
from pypdf import PdfReader

CODES = "HOU EDU HEA SOC ENE WAT MUN TRN DIG CIV DEM GOV URB ECO AGR CUL ENV JUS".split()  # noqa: SIM905
STYLES = settings.BASE_DIR / "alliance" / "core" / "static" / "css"
POINTS = 72 / 25.4


def table():
    heads = "".join(f'<th scope="col" class="number">{code}</th>' for code in [*CODES, "Усього"])
    cells = "".join(f'<td class="number">{number}</td>' for number in [*["124"] * len(CODES), "1 843"])
    row = f'<th scope="row">Дніпропетровська область</th>{cells}'
    body = f"<tr>{row}</tr>" * 60
    head = f'<tr><th scope="col">Область</th>{heads}</tr>'
    return f'<table class="table"><thead>{head}</thead><tbody>{body}</tbody></table>'


@pytest.mark.django_db
def test_a_wide_table_is_whole_on_paper(browser):
    css = "".join((STYLES / f"{name}.css").read_text("utf-8") for name in ("base", "components", "print"))
    page = browser.new_page()
    page.set_content(f'<style>{css}</style><main class="main"><div class="wrap">{table()}</div></main>')
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages
    page.close()
    assert len(printed) >= 2
    for number, sheet in enumerate(printed, 1):
        text = sheet.extract_text()
        for word in ("Область", *CODES, "Усього"):
            assert word in text, (number, word)
        assert f"{number} / {len(printed)}" in text
        found = []
        sheet.extract_text(
            visitor_text=lambda text, cm, tm, _font, size, found=found: found.append(
                (text.strip(), cm[0] * tm[4] + cm[4], abs(size * tm[0] * cm[0]))
            )
        )
        found = [each for each in found if each[0]]
        assert max(x for _text, x, _size in found) < (210 - 16) * POINTS
        assert min(size for _text, _x, size in found) > 6.9
