"""Forms as a page holds them, and values that no form expects. Seeded: the same requests in every run."""

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.core.forms import shown_at_token
from tests.core.upload_samples import pdf, png

TAG = "<x-reflected>"  # raw in a page, it would be somebody's script
PRODUCT = "36863"  # what {{ 191*193 }} would become

TEXTS = [
    "\0",
    "a\0b",
    "я" * 10_240,
    "👩‍👩‍👧‍👦🇺🇦" * 20,
    "\u202e\u2066gpj.exe\u2069",
    "\ud800",
    "a\udfffb",
    "\ufeff\u200b\u2028\u2029\x85",
    "'; DROP TABLE members_member; --",
    "' OR 1=1)) UNION SELECT null,null--",
    "%' AND pg_sleep(5)--",
    f"{TAG}alert(1)</x-reflected>",
    f'"><img src=x onerror=alert(1)>{TAG}',
    f"</title></textarea></script>{TAG}",
    "{{ 191*193 }}{% debug %}{{ settings.SECRET_KEY }}",
    "${191*193}#{191*193}<%= 191*193 %>",
    "a\r\nX-Injected: yes\r\n\r\n",
    "a\nBcc: victim@example.org",
    '=HYPERLINK("http://evil.example.org")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//evil.example.org/",
    "http://[::1",
    "http://127.0.0.1:63790/",
    "a@b@c",
    f"{'a' * 300}@example.org",
    "\u0430dmin@ex\u0430mple.org",
]
NUMBERS = [
    "-1", "0", "1e400", "-1e400", "NaN", "Infinity", "9" * 400, "99999999999999999999", "2147483648",
    "9223372036854775808", "1,5", "1.000.000", "٣", "²", "0x10", "1_000", "+1", " 1", "-0.0001",
]  # fmt: skip
DATES = [
    "0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30", "1-1-1", "2026-13-01", "-2026-01-01", "31.12.2026",
    "today", "2026-01-01T00:00:00Z", "٢٠٢٦-٠١-٠١",
]  # fmt: skip
VALUES = [*TEXTS, *NUMBERS, *DATES, "", " ", "on", "[]", "None", "true", "1" * 5000]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
FILES = [
    ("../../evil.pdf", pdf(), "application/pdf"),
    ("evil\0.pdf", pdf(), "application/pdf"),
    ("a" * 400 + ".pdf", pdf(), "application/pdf"),
    ("\u202efdp.exe", pdf(), "application/pdf"),
    ('"><x-reflected>.pdf', pdf(), "application/pdf"),
    ("picture.svg", SVG, "image/svg+xml"),
    ("picture.png", SVG, "image/png"),
    ("both.pdf", pdf() + b"\nPK\x03\x04" + SVG, "application/pdf"),
    ("html.pdf", b"<html><script>alert(1)</script>" + pdf(), "application/pdf"),
    ("cut.png", png()[:30], "image/png"),
    ("entities.xml", ENTITIES, "text/xml"),
    ("bomb.docx", b"PK\x03\x04" + b"\0" * 2000, "application/zip"),
    ("empty.pdf", b"", "application/pdf"),
    ("list.csv", "name;email\n=1+1;a@b\n\0;\ud83d".encode("utf-8", "surrogatepass"), "text/csv"),
    ("list.csv", b"\xff\xfe\x00\x01" * 50, "text/csv"),
]
# Bodies that are no form at all.
BODIES = [
    (b'{"a": "\\u0000"}', "application/json"),
    (b"[" * 5000, "application/json"),
    (b"+ADw-script+AD4-", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"a=%", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"--", "multipart/form-data"),
    (ENTITIES, "text/xml"),
    (b"\x00\xff" * 100, "application/octet-stream"),
    (b"a=1", ""),
]


@dataclass
class FoundForm:
    """One form of a page: where it goes, and its controls with what they hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, bool] = field(default_factory=dict)  # in the order of the page

    @property
    def key(self) -> tuple:
        return (self.method, urlsplit(self.action).path, tuple(sorted({*self.fields, *self.files})))


class FormReader(HTMLParser):
    """The forms of a page, and the parameters of its links as one more form each."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.links = address, [], {}
        self.form: FoundForm | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, pairs: list) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self.form = FoundForm(action, given.get("method", "get").lower())
            self.forms.append(self.form)
        elif tag == "a" and given.get("href", "").startswith(("?", "/")) and "?" in given["href"]:
            target = urlsplit(urljoin(self.address, given["href"]))
            self.links.setdefault(target.path, {}).update(parse_qsl(target.query, keep_blank_values=True))
        elif self.form is not None and given.get("name"):
            self._control(tag, given)
        elif tag == "option" and self.select and "selected" in given and self.form is not None:
            self.form.fields[self.select] = given.get("value", "")

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name = given["name"]
        if given.get("type") == "file":
            self.form.files[name] = True
        elif tag == "select":
            self.select = name
            self.form.fields.setdefault(name, "")
        elif tag in ("input", "textarea", "button"):
            if given.get("type") in ("radio", "checkbox") and name in self.form.fields:
                return
            self.form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms_of(address: str, text: str) -> list[FoundForm]:
    reader = FormReader(address)
    reader.feed(text)
    links = [FoundForm(path, "get", dict(fields)) for path, fields in reader.links.items()]
    found = [*reader.forms, *links]
    for one in found:
        one.fields.pop("csrfmiddlewaretoken", None)
    return [one for one in found if urlsplit(one.action).netloc in ("", "testserver")]


@dataclass
class Attempt:
    method: str
    address: str
    pairs: list[tuple[str, str]]
    files: dict[str, SimpleUploadedFile]
    body: tuple[bytes, str] | None = None

    @property
    def encoded(self) -> str:
        return "&".join(
            f"{quote_from_bytes(name.encode())}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}"
            for name, value in self.pairs
        )


EVERYWHERE = 2  # attempts of a form in which every control is wrong


class Deck:
    """The values in an order of chance; none comes again before all have come."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.left = dice, []

    def draw(self) -> str:
        self.left = self.left or self.dice.sample(VALUES, len(VALUES))
        return self.left.pop()


def attempts(form: FoundForm, dice: random.Random, number: int) -> list[Attempt]:
    """``number`` ways to send a form wrongly: at first everywhere at once; then in one to three controls, the others as
    they were, so that what is typed gets past the form."""
    path = urlsplit(form.action).path
    deck = Deck(dice)
    return [_attempt(form, path, dice, deck, is_whole=nth < EVERYWHERE) for nth in range(number)]


def _attempt(form: FoundForm, path: str, dice: random.Random, deck: Deck, *, is_whole: bool) -> Attempt:
    if form.method == "post" and not is_whole and dice.random() < 0.15:
        return Attempt("post", path, [], {}, dice.choice(BODIES))
    fields = dict(form.fields)
    if "shown_at" in fields:
        fields["shown_at"] = shown_at_token(60)
    names = [name for name in fields if name not in ("shown_at", "homepage")] or ["q"]
    for name in names if is_whole else dice.sample(names, min(len(names), dice.randint(1, 3))):
        fields[name] = deck.draw()
    pairs = list(fields.items())
    if dice.random() < 0.2:
        pairs += [(dice.choice(names), deck.draw()) for _ in range(3)]
    files = {}
    for name in form.files:
        if dice.random() < 0.8:
            filename, content, kind = dice.choice(FILES)
            files[name] = SimpleUploadedFile("x", content, kind)
            files[name].name = filename  # past the cleaning of its constructor
    return Attempt(form.method, path, pairs, files)
