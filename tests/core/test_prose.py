"""What editors type becomes markup of the allowed kinds, and nothing else."""

import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Template

from alliance.core.prose import html_of, is_safe_address, words_of

HOST = "portal.example.org"
ALLOWED = {"p", "h3", "h4", "ul", "ol", "li", "blockquote", "em", "strong", "a", "br"}


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict]]:
    return Elements(html_of(text, host=HOST)).found


def test_words_lists_headings_and_emphasis():
    html = html_of("One *and* **two**.\n\n# Heading\n\n## Below\n\n#### Deep\n\n- a\n- b\n\n3. c\n\n> said")
    assert "<p>One <em>and</em> <strong>two</strong>.</p>" in html
    assert "<h3>Heading</h3>" in html
    assert "<h4>Below</h4>" in html
    assert "<h4>Deep</h4>" in html
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in html
    assert '<ol start="3">' in html
    assert "<blockquote>\n<p>said</p>\n</blockquote>" in html


def test_links_that_lead_away_say_so():
    ours, theirs, mail = elements(
        f"[a](https://{HOST}/pl/) [b](https://cor.europa.eu/ 'hover') [c](mailto:a@example.org) "
    )[1:]
    assert ours == ("a", {"href": f"https://{HOST}/pl/"})
    assert theirs == ("a", {"href": "https://cor.europa.eu/", "rel": "noopener external"})
    assert mail == ("a", {"href": "mailto:a@example.org"})
    assert elements("[d](/en/contact/?topic=data#x)")[1] == ("a", {"href": "/en/contact/?topic=data#x"})


NASTY = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "![picture](https://example.org/tracker.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example.org/)",
    "[x](/\\evil.example.org/)",
    "[x](http://[::1)",
    '[x](https://example.org/"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://example.org/>",
    "```\ncode\n```",
    "| a | b |\n|---|---|\n| <b>c</b> | d |",
    "\x00<b>bold</b>",
    "*" * 3000 + "a",
    "[" * 3000,
    ">" * 500 + "deep",
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_else_comes_out(text):
    for tag, attrs in elements(text):
        assert tag in ALLOWED
        assert set(attrs) <= {"href", "rel", "start"}
        assert not re.match(r"\s*(javascript|data|vbscript|//|/\\)", attrs.get("href", ""), re.IGNORECASE)
    # What is not allowed is shown as typed, not swallowed.
    if "<b>" in text:
        assert "&lt;b&gt;" in html_of(text)


def test_which_addresses_are_safe():
    for address in (
        "https://a.example/",
        "http://a.example",
        "mailto:a@b.c",
        "tel:+380441234567",
        "/en/",
        "#x",
    ):
        assert is_safe_address(address)
    for address in (
        "javascript:x",
        "//a.example",
        "\\\\a.example",
        "/\\a.example",
        "ftp://a.example",
        "http://[x",
    ):
        assert not is_safe_address(address)


def test_the_words_alone():
    assert words_of("# About\n\nWe *stand* by [Ukraine](/en/).\nNext line\n\n- one\n- two") == (
        "About\nWe stand by Ukraine. Next line\none\ntwo"
    )
    assert words_of(None) == words_of("  \n ") == html_of(None) == ""


def test_the_filters_in_a_template():
    template = Template("{% load prose %}{{ text|prose }}|{{ text|words }}")
    assert template.render(Context({"text": "a *b* <i>"})) == "<p>a <em>b</em> &lt;i&gt;</p>\n|a b &lt;i&gt;"
