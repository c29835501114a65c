"""A mailbox over IMAP, as `tasks.sweep_mailbox` needs it: what waits, one mail, done. Pure.

The address: imaps://user:password@host:993/INBOX?taken=Taken (letters that an address may not hold, as %40). With a
folder ``taken`` each mail is moved there once it is stored; without one it is marked as read, and only unread mails are
looked at. `imap://` is for a server in the same machine.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 30
MOST_AT_ONCE = 200


class Away(OSError):
    """The mailbox cannot be used now; what waits in it goes on waiting."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    is_safe: bool
    user: str
    password: str
    folder: str
    taken: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        parts = urlsplit(url)
        is_safe = parts.scheme != "imap"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (993 if is_safe else 143),
            is_safe=is_safe,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            taken=(parse_qs(parts.query).get("taken") or [""])[0],
        )


class Mailbox:
    """An open mailbox; a context manager. Every failure is `Away`."""

    def __init__(self, url: str) -> None:
        self.address = Address.parse(url)

    def __enter__(self) -> "Mailbox":
        one = self.address
        try:
            if one.is_safe:
                self.line = imaplib.IMAP4_SSL(
                    one.host, one.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
                )
            else:
                self.line = imaplib.IMAP4(one.host, one.port, timeout=TIMEOUT)
            self.line.login(one.user, one.password)
            if one.taken:
                self.line.create(_quoted(one.taken))  # refused where it is there already
            self._good(self.line.select(_quoted(one.folder)))
        except (imaplib.IMAP4.error, OSError) as error:
            raise Away(type(error).__name__) from error
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self.line.logout()
        except (imaplib.IMAP4.error, OSError):
            self.line.shutdown()

    def waiting(self) -> Iterator[tuple[str, int]]:
        """UID and size of what was not taken yet, oldest first; not more than a sweep does at once."""
        found = self._uid("SEARCH", "ALL" if self.address.taken else "UNSEEN")
        uids = (found[0] or b"").split()[:MOST_AT_ONCE]
        for uid in uids:
            answer = b" ".join(part for part in self._uid("FETCH", uid.decode(), "(RFC822.SIZE)") if part)
            size = re.search(rb"RFC822\.SIZE (\d+)", answer)
            yield uid.decode(), int(size[1]) if size else 0

    def fetch(self, uid: str, *, head_only: bool = False) -> bytes:
        """The bytes of a mail, which is not marked by this."""
        part = "BODY.PEEK[HEADER]" if head_only else "BODY.PEEK[]"
        for answer in self._uid("FETCH", uid, f"({part})"):
            if isinstance(answer, tuple):
                return answer[1]
        raise Away("the server does not give the mail")

    def done(self, uid: str) -> None:
        """It is stored: moved to the folder for what was taken, or marked as read."""
        taken = self.address.taken
        if not taken:
            self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        elif "MOVE" in self.line.capabilities:
            self._uid("MOVE", uid, _quoted(taken))
        else:
            self._uid("COPY", uid, _quoted(taken))
            self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            self._uid("EXPUNGE", uid) if "UIDPLUS" in self.line.capabilities else self.line.expunge()

    def _uid(self, command: str, *args: str) -> list:
        try:
            return self._good(self.line.uid(command, *args))
        except (imaplib.IMAP4.error, OSError) as error:
            raise Away(type(error).__name__) from error

    @staticmethod
    def _good(answer: tuple[str, list]) -> list:
        if answer[0] != "OK":
            raise Away("the server refuses")
        return answer[1]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
