"""The bytes of a mail, read back by Python's own parser."""

import email
import email.policy
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alliance.core import mime

ANYTHING = st.text(max_size=300)


def build(**changes) -> bytes:
    fields = {
        "sender": "Alliance portal <portal@alliance.example>",
        "to": "reader@example.org",
        "subject": "A subject",
        "text": "Text\n",
        "html": "<p>Text</p>\n",
        "message_id": "<1@alliance.example>",
        "language": "en",
    }
    return mime.build(**(fields | changes))


def read(content: bytes):
    return email.message_from_bytes(content, policy=email.policy.default)


def body(message, kind: str) -> str:
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def assert_is_wire_ready(content: bytes) -> None:
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.isascii()


@given(subject=ANYTHING, text=ANYTHING, html=ANYTHING)
@example(subject="a\r\nBcc: x@example.org", text=".\r\n.", html="--=_alternatives--\n")
@example(subject="=?utf-8?q?x?=", text="x" * 2000, html=" \t\n \n")
@example(subject="Ї" * 200, text="\r\r\n\r", html="‏שלום 👩‍👩‍👧")
@example(subject="word " * 60, text="From here\n", html="=")
def test_build_keeps_every_text_and_lets_none_out_of_its_place(subject, text, html):
    content = build(subject=subject, text=text, html="<p>" + html)
    assert_is_wire_ready(content)
    message = read(content)
    assert message["Subject"] == mime.one_line(subject)
    assert [name.lower() for name in message] == [
        "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-language",
        "content-type",
    ]  # fmt: skip
    assert body(message, "plain") == lines(text)
    assert body(message, "html") == lines("<p>" + html)


def lines(text: str) -> str:
    readable = text.encode(errors="replace").decode()
    return readable.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("header", ["From", "To", "Date", "Message-ID", "Subject", "Auto-Submitted"])
def test_build_writes_each_header_once(header):
    assert len(read(build()).get_all(header)) == 1


def test_build_writes_text_alone():
    message = read(build(html=""))
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Text\r\n"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("portal@alliance.example", ""),
        ("Alliance portal <portal@alliance.example>", "Alliance portal"),
        ('"Alliance, the portal" <portal@alliance.example>', "Alliance, the portal"),
        ("Альянс міст <portal@alliance.example>", "Альянс міст"),
        ("Związek Ó <portal@alliance.example>", "Związek Ó"),
    ],
)
def test_build_writes_the_senders_name(sender, name):
    (address,) = read(build(sender=sender))["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "portal@alliance.example")
    assert mime.envelope_sender(sender) == "portal@alliance.example"


@pytest.mark.parametrize("character", list('\r\n\0\x0b\x85\u2028 ,<>"'))
@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_build_refuses_addresses_that_are_none(field, character):
    with pytest.raises(mime.Unwritable) as caught:
        build(**{field: f"a{character}b@example.org"})
    assert "example.org" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\r\nBcc: b@example.org", "a\nb", "ü", "x" * 1000])
@pytest.mark.parametrize("field", ["message_id", "language", "headers"])
def test_build_refuses_headers_that_would_spill(field, value):
    with pytest.raises(mime.Unwritable):
        build(**{field: {"X-Own": value} if field == "headers" else value})


@pytest.mark.parametrize("name", ["Subject", "bcc", "X Own", "X-Own:", "X\r\nBcc", ""])
def test_build_refuses_extra_headers_with_a_name_of_ours_or_none(name):
    with pytest.raises(mime.Unwritable):
        build(headers={name: "value"})


def test_long_addresses_of_pages_stay_whole():
    url = "https://portal.example.org/uk/mail/stop/" + "x" * 300 + "/"
    assert read(build(headers={"List-Unsubscribe": f"<{url}>"}))["List-Unsubscribe"] == f"<{url}>"


def test_cyrillic_travels_as_base64_and_latin_as_quoted_printable():
    message = read(build(text="Вітаємо\n", html="<p>Dzień dobry</p>"))
    encodings = [part["Content-Transfer-Encoding"] for part in message.iter_parts()]
    assert encodings == ["base64", "quoted-printable"]


@given(name=ANYTHING, content=st.binary(max_size=300))
@example(name='a"; filename=x.exe', content=b"--=_with-files\r\n")
@example(name="Ухвала сесії про співпрацю громад № 12 (остаточна редакція).pdf", content=b"\r\n.\r\n" * 50)
@example(name="plan 2027.pdf", content=b"")
def test_files_go_along_as_they_are_under_their_names(name, content):
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    mail = build(files=[mime.File(name, kind, content), mime.File("b.pdf", "application/pdf", b"%PDF")])
    assert_is_wire_ready(mail)
    first, second = list(read(mail).iter_attachments())
    assert first.get_content() == content
    assert (first.get_content_type(), second.get_content_type()) == (kind, "application/pdf")
    assert " ".join((first.get_filename() or "").split()) == mime.one_line(
        name.encode(errors="replace").decode()
    )
    assert body(read(mail), "plain") == "Text\n"
