"""A mail as it came over the wire, read: who wrote, what, in answer to what, and whether a program wrote it. Pure.

`actions.inbound` decides what becomes of it. Nothing here trusts a header.
"""

import email
import email.policy
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr

from alliance.content.mail_text import html_to_text, language_of, new_words, tidy

MAX_MAIL_BYTES = 30 * 1024 * 1024
# Longer than anything a person writes; what is cut is said.
MAX_TEXT = 200_000
MAX_SUBJECT = 200
MOST_REFERENCES = 50
MESSAGE_ID = re.compile(r"<[^<>\s]{3,248}>")
NUMBER = re.compile(r"\bTKT-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]{1,64}@[^\s<>()\[\],;:\\\"@]{3,189}")
# Signatures of programs are no files that somebody sent.
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
BULK = {"bulk", "junk", "list", "auto_reply"}
DAEMONS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


NO_SENDER = "no sender"


class Unreadable(ValueError):
    """This cannot be taken as a mail; the words say why."""


@dataclass(frozen=True)
class Attached:
    name: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of a mail of ours: it failed for good, or is still tried."""

    message_id: str
    words: str
    is_final: bool


@dataclass(frozen=True)
class Incoming:
    message_id: str
    references: tuple[str, ...]
    number: str  # of a ticket, from the subject
    from_name: str
    from_email: str
    subject: str
    text: str
    whole_text: str  # empty where nothing was quoted
    language: str
    automatic: str  # the header that says so; empty for what a person wrote
    bounce: Bounce | None = None
    files: tuple[Attached, ...] = ()
    left_out: tuple[str, ...] = field(default=())  # names of parts that are neither words nor files


def identifier(raw: bytes) -> str:
    """The Message-ID, or one made from the bytes: the same mail has the same, however often it is read."""
    head = raw[:200_000].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    found = re.search(rb"^message-id:\s*(<[^<>\s]{3,248}>)", head, re.IGNORECASE | re.MULTILINE)
    if found and found[1].isascii():
        return found[1].decode()
    return f"<{hashlib.sha256(raw).hexdigest()}@no-message-id.invalid>"


def read(raw: bytes) -> Incoming:
    """:raises Unreadable: when nobody can be named as its sender, or its parts cannot be told apart"""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        return _read(message, raw)
    except Unreadable:
        raise
    except Exception as error:  # the standard library raises anything on what spam programs write
        raise Unreadable(type(error).__name__) from error


def _read(message: EmailMessage, raw: bytes) -> Incoming:
    name, address = parseaddr(_header(message, "From"))
    automatic, bounce = why_automatic(message), _bounce(message)
    if not ADDRESS.fullmatch(address):
        raise Unreadable(NO_SENDER)
    whole = _words(message)
    files, left_out = _files(message)
    text = new_words(whole)[:MAX_TEXT]
    subject = _header(message, "Subject")
    number = NUMBER.search(subject)
    return Incoming(
        message_id=identifier(raw),
        references=_references(message),
        number=number[0].upper() if number else "",
        from_name=_line(name)[:150],
        from_email=address.lower(),
        subject=subject[:MAX_SUBJECT],
        text=text,
        whole_text=whole[:MAX_TEXT] if whole != text else "",
        language=language_of(text, _header(message, "Content-Language")),
        automatic=automatic,
        bounce=bounce,
        files=files,
        left_out=left_out,
    )


def _line(value: str) -> str:
    """One line without control characters: nothing that was sent to us can become a header."""
    return " ".join(tidy(str(value)).split())


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _line(message.get(name, ""))
    except (ValueError, IndexError, LookupError, AttributeError):  # what the library cannot parse
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return _line(str(raw).encode(errors="replace").decode(errors="replace"))


def _references(message: EmailMessage) -> tuple[str, ...]:
    """What it answers, the nearest first."""
    answered = MESSAGE_ID.findall(_header(message, "In-Reply-To"))
    earlier = MESSAGE_ID.findall(_header(message, "References"))
    return tuple(dict.fromkeys([*answered, *reversed(earlier)]))[:MOST_REFERENCES]


def why_automatic(message: EmailMessage) -> str:
    """The header by which a program says that it wrote this (RFC 3834 and what is usual beside it)."""
    if _header(message, "Auto-Submitted").lower().split(";")[0].strip() not in ("", "no"):
        return "Auto-Submitted"
    if _header(message, "Precedence").lower() in BULK:
        return "Precedence"
    # Not X-Auto-Response-Suppress: Exchange puts it on what people write, too.
    for name in ("X-Loop", "List-Id", "X-Autoreply", "X-Autorespond", "Feedback-ID"):
        if _header(message, name):
            return name
    if _header(message, "Return-Path") == "<>" or DAEMONS.match(parseaddr(_header(message, "From"))[1]):
        return "Return-Path"
    return ""


def _bounce(message: EmailMessage) -> Bounce | None:
    """RFC 3464; the mail it is about is attached, whole or by its headers."""
    if message.get_content_type() != "multipart/report":
        return None
    status, original = {}, ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.get_payload():
                status.update({key.lower(): _line(value) for key, value in block.items()})
        elif kind == "text/rfc822-headers":
            original = original or _first_id(part.get_payload(decode=True) or b"")
        elif kind == "message/rfc822":
            inner = part.get_payload()
            original = original or _first_id(bytes(inner[0]) if inner else b"")
    words = " ".join(filter(None, (status.get("status", ""), status.get("diagnostic-code", ""))))
    return Bounce(original, words[:300], status.get("action", "failed").lower() == "failed")


def _first_id(head: bytes) -> str:
    found = re.search(rb"^message-id:\s*(<[^<>\s]{3,248}>)", head, re.IGNORECASE | re.MULTILINE)
    return found[1].decode(errors="replace") if found else ""


def _words(message: EmailMessage) -> str:
    """The plain text; where a mail has HTML alone, its words."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = _decoded(part)
    if part.get_content_type() == "text/html":
        return html_to_text(text)
    text = tidy(text)
    html = message.get_body(preferencelist=("html",)) if not text else None
    return html_to_text(_decoded(html)) if html is not None else text


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True) or b""
    for charset in (part.get_content_charset(), "utf-8", "cp1251" if b"\xe8" in content else "cp1250"):
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(charset or "utf-8")
    return content.decode("utf-8", errors="replace")


def _files(message: EmailMessage) -> tuple[tuple[Attached, ...], tuple[str, ...]]:
    """Attachments and pictures within the text; a mail that is attached to a mail is named and not taken."""
    files, left_out = [], []
    body = {
        id(part) for part in (message.get_body(("plain",)), message.get_body(("html",))) if part is not None
    }
    stack = [message]
    while stack:
        part = stack.pop(0)
        kind = part.get_content_type()
        if kind == "message/rfc822":
            left_out.append(_line(part.get_filename() or "message.eml"))
        elif part.is_multipart():
            stack[:0] = list(part.iter_parts())
        elif id(part) not in body and kind not in SIGNATURES and not _is_word_of_a_server(kind):
            name = _line(part.get_filename() or "")
            if name or part.get_content_maintype() != "text":
                content = part.get_payload(decode=True) or b""
                files.append(Attached(name or f"file.{part.get_content_subtype()}", content))
    return tuple(files), tuple(left_out)


def _is_word_of_a_server(kind: str) -> bool:
    return kind in ("message/delivery-status", "text/rfc822-headers")
