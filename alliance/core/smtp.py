"""One SMTP connection that carries many mails. `core.delivery` opens it and records what the server answered.

Commands travel together when the server offers PIPELINING (RFC 2920): a message and the envelope of the next share a
packet. Still nothing more is sent while the caller looks at an outcome, so it can write it down first.
"""

import enum
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

# A server may think long about a message before it takes it (RFC 5321 asks for ten minutes of patience). To leave
# earlier means a doubled mail if it does take it.
ANSWER_SECONDS = 120
LONGEST_LINE = 8192
WORDS = 300
GOODBYE_SECONDS = 2
# “You must log in first” and the like: our configuration, not the recipient.
LOGIN_CODES = frozenset({530, 534, 535, 538})
END = b".\r\n"


class Verdict(enum.Enum):
    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out: ``id`` is the row, addresses are as on the wire, ``content`` has CRLF lines and ends with one."""

    id: int
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    id: int
    verdict: Verdict
    words: str = ""


class Lost(OSError):
    """The connection, or the server behind it, is of no more use."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    words: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 400


class SmtpLine:
    """A connection, logged in and ready. Use `deliver()`, then `quit()`."""

    def __init__(self, while_waiting: Callable[[], None] = lambda: None) -> None:
        """Connect by the EMAIL_* settings; raises OSError or SMTPException.

        :param while_waiting: called every few seconds while the server thinks about a message
        """
        self.while_waiting = while_waiting
        self.timeout = settings.EMAIL_TIMEOUT or 30
        smtp = _connect(self.timeout)
        self.pipelining = smtp.has_extn("pipelining")
        self.smtputf8 = smtp.has_extn("smtputf8")
        self._smtp = smtp
        self._sock: socket.socket | None = smtp.sock
        self._buffer = b""

    @property
    def is_open(self) -> bool:
        return self._sock is not None

    def deliver(self, messages: Iterator[Message]) -> Iterator[Outcome]:
        """Send ``messages`` in order; one outcome each, as long as the connection lives.

        Lazy by contract: while the caller holds an outcome, the server has not been given the next message. When
        the connection breaks, the mail it broke on is put off and the iteration ends with `is_open` false. A caller
        that stops early makes the connection unusable.
        """
        message, following = next(messages, None), next(messages, None)
        is_ahead = False  # the envelope of `message` went out together with the message before
        try:
            while message:
                beyond = None
                try:
                    if not is_ahead:
                        self._write_envelope(message)
                    is_ahead = False
                    outcome = self._open_envelope(message)
                    if outcome is None:
                        is_ahead = self.pipelining and following is not None
                        self._write(_content(message) + (_envelope(following) if is_ahead else b""))
                        beyond = next(messages, None)  # composed while the server is busy
                        outcome = _judged(message.id, self._answer())
                    else:
                        beyond = next(messages, None)
                except OSError as error:
                    outcome = Outcome(message.id, Verdict.LATER, f"connection lost: {error}"[:WORDS])
                    self.drop()
                yield outcome
                if not self.is_open:
                    return
                message, following = following, beyond
        finally:
            if is_ahead:
                self.drop()

    def quit(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        if self._sock:
            with suppress(OSError):
                self._sock.settimeout(GOODBYE_SECONDS)
                self._sock.sendall(b"QUIT\r\n")
                self._sock.recv(512)
        self.drop()

    def drop(self) -> None:
        """Close without a word: what was not ended is not a mail."""
        self._smtp.close()
        self._sock = None

    def _write_envelope(self, message: Message) -> None:
        if self.pipelining:
            self._write(_envelope(message))

    def _open_envelope(self, message: Message) -> Outcome | None:
        """None when the server waits for the content; else why it does not, and the slate is clean again."""
        replies = []
        for command in _envelope(message).splitlines(keepends=True):
            if not self.pipelining:
                self._write(command)
            replies.append(self._read(self.timeout))
            if not self.pipelining and not replies[-1].is_good:
                break
        bad = next((number for number, reply in enumerate(replies) if not reply.is_good), None)
        if bad is None:
            return None
        if replies[-1].code == 354:  # a pipelining server may ask for content although nobody is to get it
            self._write(END)
            self._answer()
        self._write(b"RSET\r\n")
        self._read(self.timeout)
        # The sender is always ours: a refused MAIL FROM is about us, and the mail waits until that is mended.
        is_final = bad > 0 and replies[bad].code >= 500 and replies[bad].code not in LOGIN_CODES
        return Outcome(message.id, Verdict.REFUSED if is_final else Verdict.LATER, replies[bad].words)

    def _write(self, data: bytes) -> None:
        if data:
            self._sock.settimeout(self.timeout)
            self._sock.sendall(data)

    def _answer(self) -> Reply:
        """The server's word on a whole message."""
        return self._read(ANSWER_SECONDS)

    def _read(self, seconds: float) -> Reply:
        deadline = time.monotonic() + seconds
        lines = []
        while True:
            line = self._line(deadline)
            if not re.match(rb"\d\d\d([ -]|$)", line):
                raise Lost("the mail server does not speak SMTP")
            lines.append(line[4:])
            if line[3:4] != b"-":
                break
            if len(lines) > 100:
                raise Lost("the mail server does not stop talking")
        code = int(line[:3])
        if code < 400:
            return Reply(code)  # nobody reads a friendly server's words
        words = printable(line[:4] + b" ".join(lines))
        if code == 421:
            raise Lost(words)
        return Reply(code, words)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > LONGEST_LINE:
                raise Lost("the mail server does not speak SMTP")
            self._buffer += self._receive(deadline)
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def _receive(self, deadline: float) -> bytes:
        while (left := deadline - time.monotonic()) > 0:
            self._sock.settimeout(min(left, self.timeout))
            try:
                data = self._sock.recv(8192)
            except TimeoutError:
                self.while_waiting()
                continue
            if not data:
                raise Lost("the mail server closed the connection")
            return data
        raise Lost("the mail server did not answer in time")


def _connect(timeout: float) -> smtplib.SMTP:
    name = punctual_name()
    # Reading the certificates of the system takes longer than fifty mails.
    context = ssl.create_default_context() if settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS else None
    if settings.EMAIL_USE_SSL:
        smtp = smtplib.SMTP_SSL(
            settings.EMAIL_HOST, settings.EMAIL_PORT, name, timeout=timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, name, timeout=timeout)
    try:
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=context)
            smtp.ehlo()
        if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return smtp


def punctual_name() -> str:
    """How we introduce ourselves: a setting, since asking the machine for its full name can take seconds."""
    return settings.MAIL_DOMAIN.encode("idna").decode()


def _envelope(message: Message) -> bytes:
    extra = "" if message.recipient.isascii() else " SMTPUTF8"
    return f"MAIL FROM:<{message.sender}>{extra}\r\nRCPT TO:<{message.recipient}>\r\nDATA\r\n".encode()


def _content(message: Message) -> bytes:
    """The message and its end; lines that begin with a dot get another (RFC 5321, 4.5.2)."""
    return message.content.replace(b"\r\n.", b"\r\n..") + END


def _judged(mail_id: int, reply: Reply) -> Outcome:
    """What a reply to a whole message means."""
    if 200 <= reply.code < 300:
        return Outcome(mail_id, Verdict.ACCEPTED)
    is_final = reply.code >= 500 and reply.code not in LOGIN_CODES
    return Outcome(mail_id, Verdict.REFUSED if is_final else Verdict.LATER, reply.words)


def printable(words: bytes) -> str:
    """A server's words, short and harmless."""
    text = words.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text)[:WORDS]
