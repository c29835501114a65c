"""The words of a mail: HTML to plain text, quoted history apart from what is new, the language. Pure."""

import re
from html.parser import HTMLParser

# “On 2 November 2026 Anna wrote:” and its kin in the languages that offices write in: a date, a verb, a colon.
INTRODUCTION = re.compile(
    r"^[^\n>]{0,150}\d[^\n]{0,200}?(?:\n[^\n>]{0,150}?)?"
    r"(?:wrote|schrieb|écrit|escribió|scritto|napisał\(a\)|napisała?|pisze|napsala?|schreef|пише|написав|написала"
    r"|написал)[^\n]{0,100}:[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
# The line that programs of Microsoft and others put above what they quote whole.
DIVIDER = re.compile(
    r"^(?:_{20,}|-{2,}\s*(?:Original Message|Wiadomość oryginalna|Oryginalna wiadomość|Оригінальне повідомлення"
    r"|Вихідне повідомлення|Початкове повідомлення|Forwarded message|Ursprüngliche Nachricht|Message d'origine)"
    r"\s*-{2,})\s*$"
    r"|^(?:From|Od|Від|Von|De)\s*:[^\n]+\n(?:Sent|Wysłano|Data|Date|Надіслано|Дата|Gesendet|Envoyé)\s*:[^\n]+$",
    re.MULTILINE | re.IGNORECASE,
)
BLOCKS = {
    *(
        "p",
        "div",
        "br",
        "tr",
        "table",
        "ul",
        "ol",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
    ),
    *("section", "article", "header", "footer", "address", "dl", "dt", "dd"),
}
UNSEEN = {"script", "style", "head", "title", "template", "noscript"}
CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)])
POLISH = re.compile(r"[ąćęłńśźż]|\b(?:się|nie|jest|oraz|dzień|proszę|gmina|czy)\b", re.IGNORECASE)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.quotes = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n")
        if tag == "blockquote":
            self.quotes += 1
            self.parts.append("\0q+\n")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag == "blockquote" and self.quotes:
            self.quotes -= 1
            self.parts.append("\n\0q-\n")
        elif tag in BLOCKS or tag == "li":
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        if tag == "a" and self.links:
            target = self.links.pop()
            # Where a link leads is part of what somebody wrote, unless it is what it says.
            if target.startswith(("http://", "https://")) and target not in "".join(self.parts[-3:]):
                self.parts.append(f" <{target}>")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(re.sub(r"\s+", " ", data.replace("\0", "")))


def html_to_text(html: str) -> str:
    """What a reader of the HTML would read, with quotes marked by `>`; no markup, no styles, no hidden parts."""
    words = _Words()
    words.feed(html)
    words.close()
    depth, lines = 0, []
    for line in "".join(words.parts).split("\n"):
        if "\0q+" in line:
            depth, line = depth + 1, line.replace("\0q+", "")
        if "\0q-" in line:
            depth, line = max(0, depth - 1), line.replace("\0q-", "")
        lines.append(f"{'>' * depth} {line.strip()}" if depth and line.strip() else line.strip())
    return tidy("\n".join(lines))


def tidy(text: str) -> str:
    """One kind of line end, no control characters, no heap of empty lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def new_words(text: str) -> str:
    """What is new in an answer: without the quoted history at its end. Where nothing would be left, all of it."""
    cut = len(text)
    for pattern in (INTRODUCTION, DIVIDER):
        if found := pattern.search(text):
            cut = min(cut, found.start())
    lines = text[:cut].rstrip().split("\n")
    while lines and (lines[-1].startswith(">") or not lines[-1].strip()):
        lines.pop()
    return tidy("\n".join(lines)) or text


def language_of(text: str, header: str = "") -> str:
    """“uk”, “pl” or “en”: what the mail says of itself, else what its letters and commonest words show."""
    said = header.strip().lower()[:2]
    if said in ("uk", "pl", "en"):
        return said
    letters = [c for c in text if c.isalpha()][:5000]
    if letters and sum("\u0400" <= c <= "\u04ff" for c in letters) > len(letters) * 0.3:
        return "uk"
    return "pl" if len(POLISH.findall(text[:5000])) >= 2 else "en"
