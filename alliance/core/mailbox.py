"""The mailbox of a local run: reads the files that the launcher's mail server keeps. Views: `core.views`."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localtime

NEWEST = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}\.eml")
# What a mail's own HTML may do inside its frame: be styled, and open links in a tab of their own.
FRAME_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@dataclass(frozen=True)
class Kept:
    """One mail as the mailbox shows it."""

    name: str
    message: EmailMessage
    kept_at: datetime

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def language(self) -> str:
        return str(self.message["Content-Language"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""


def newest() -> tuple[list[Kept], int]:
    """The newest mails, at most `NEWEST`, and how many there are in all."""
    names = sorted((path.name for path in folder().glob("*.eml") if _NAME.fullmatch(path.name)), reverse=True)
    return [read(name, headers_only=True) for name in names[:NEWEST]], len(names)


def find(name: str) -> Kept | None:
    """The mail of that file name; None when there is none."""
    if not _NAME.fullmatch(name) or not (folder() / name).is_file():
        return None
    return read(name)


def read(name: str, *, headers_only: bool = False) -> Kept:
    path = folder() / name
    content = path.read_bytes()
    if headers_only:
        content = content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
    message = email.message_from_bytes(content, policy=email.policy.default)
    return Kept(name, message, localtime(datetime.fromtimestamp(path.stat().st_mtime).astimezone()))


def folder() -> Path:
    return Path(settings.MAILBOX_DIR)
