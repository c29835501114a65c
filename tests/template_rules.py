"""Rules of the templates, as functions from a text to a list of faults; `test_templates.py` applies them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

SOURCES = ("alliance", "members", "partnerships")
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.S)
TRANSLATED = re.compile(r"\{%-? blocktrans(?:late)?\b.*?\{%-? endblocktrans(?:late)?\b.*?%\}", re.S)
# Blocks and variables that hold names of classes, not words.
CODE = re.compile(
    r"\{% (?:block|setvar) (?:width|bodyclass|kind|tone) %\}.*?\{% end(?:block|setvar)\b.*?%\}", re.S
)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
INCLUDE = re.compile(r"\{% include ([\"']components/.*?) ?%\}", re.S)
QUOTED = re.compile(r"""["']([\w./{}-]+)["']""")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Written alike in every language.
NAMES = {
    "PDF",
    "CSV",
    "JSON",
    "XLSX",
    "DOCX",
    "GeoJSON",
    "RSS",
    "Atom",
    "API",
    "EUPL",
    "CC",
    "BY",
    "kW",
    "kWh",
    "SVG",
}
READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "label"}
DATA_SCRIPTS = {"application/json", "application/ld+json"}


def include_faults(source: str) -> list[str]:
    """Components get what they need and nothing else, so that they mean the same everywhere."""
    return [text for text in INCLUDE.findall(COMMENTS.sub("", source)) if text.split()[-1] != "only"]


def comment_faults(source: str) -> list[str]:
    """A component says on its first lines which parameters it takes."""
    head = "\n".join(source.splitlines()[:3])
    return (
        [] if re.search(r"\{# \S.{8,} #\}", head) else ["no comment with the parameters on the first lines"]
    )


class _Page(HTMLParser):
    """Collects what the strict CSP refuses and what a reader sees without translation."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.text: list[str] = []
        self.skipping = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.inline += [
            f"{tag} {name}" for name in values if name == "style" or re.match(r"on[a-z]{3,}$", name)
        ]
        if tag == "style":
            self.inline.append("style element")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_SCRIPTS:
            self.inline.append("script without src")
        self.inline += [
            f"{tag} {name}" for name, value in attrs if (value or "").strip().startswith("javascript:")
        ]
        if tag in ("script", "style"):
            self.skipping = tag
        self.text += [
            f"{name}={value}" for name, value in attrs if name in READ_ALOUD and is_wording(value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipping:
            self.skipping = ""

    def handle_data(self, data: str) -> None:
        if not self.skipping and is_wording(data):
            self.text.append(" ".join(data.split()))


def is_wording(text: str) -> bool:
    """Whether there are words in it that a translator would have to see."""
    return bool(set(LETTERS.findall(text)) - NAMES)


def _page(source: str) -> _Page:
    page = _Page()
    page.feed(TAGS.sub("", CODE.sub("", TRANSLATED.sub("", COMMENTS.sub("", source)))))
    page.close()
    return page


def inline_faults(source: str) -> list[str]:
    """The policy of the site allows no style, script or handler inside HTML."""
    return _page(source).inline


def wording_faults(source: str) -> list[str]:
    """Every visible word goes through gettext."""
    return _page(source).text


def token_faults(source: str) -> list[str]:
    """A form that is sent has the token without which the portal refuses it."""
    forms = re.findall(r"<form\b[^>]*\bmethod=\"post\".*?</form>", COMMENTS.sub("", source), re.DOTALL)
    return [form.split(">")[0] for form in forms if "csrf" not in form]


def references(root: Path) -> Iterator[str]:
    """Every quoted word of the sources that may name a template or the stem of a mail."""
    for folder in SOURCES:
        for path in (root / folder).rglob("*.py"):
            yield from QUOTED.findall(path.read_text(encoding="utf-8"))
    for path in (root / "templates").rglob("*.*"):
        yield from QUOTED.findall(COMMENTS.sub("", path.read_text(encoding="utf-8")))


def unused(names: set[str], referred: set[str], packaged: set[str]) -> list[str]:
    """Templates that nothing names: not by path, not as a mail, not as a page for a status, not by a package."""
    families = [
        re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(word)) for word in referred if "{" in word and "." in word
    ]
    return sorted(
        name
        for name in names
        if name not in referred | packaged
        and not any(re.fullmatch(family, name) for family in families)
        and not re.fullmatch(r"\d{3}\.html", name)
        and not (referred | packaged) & _mail_names(name)
    )


def _mail_names(name: str) -> set[str]:
    """What may ask for a mail: our `send("members/member_approved")`, or allauth by the stem it gives."""
    match = re.fullmatch(r"(\w+)/email/(\w+)_(?:subject|body)\.(?:txt|html)", name)
    if not match:
        return set()
    app, stem = match.groups()
    return {f"{app}/{stem}", stem, f"account/email/{stem}_message.txt", f"mfa/email/{stem}_message.txt"}
