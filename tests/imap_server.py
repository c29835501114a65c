"""An IMAP server of one mailbox for tests: real sockets, and just the commands that `content.imap` uses (RFC 9051)."""

import re
import socketserver
import threading
from dataclasses import dataclass, field

from tests.live import LOOPBACK

USER, PASSWORD = "desk@example.org", "p@ss word"
CAPABILITIES = "IMAP4rev1 UIDPLUS MOVE"


@dataclass
class Kept:
    uid: int
    content: bytes
    is_seen: bool = False


@dataclass
class ImapServer:
    """Set the attributes to misbehave: ``drop_before_move``: how many times the line is cut instead of a MOVE."""

    folders: dict[str, list[Kept]] = field(default_factory=lambda: {"INBOX": []})
    drop_before_move: int = 0
    logins: int = 0
    next_uid: int = 1

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.server: socketserver.ThreadingTCPServer | None = None

    @property
    def url(self) -> str:
        return f"imap://desk%40example.org:p%40ss%20word@{LOOPBACK}:{self.port}/INBOX?taken=Taken"

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def drop(self, content: bytes) -> None:
        """A mail arrives."""
        with self.lock:
            self.folders["INBOX"].append(Kept(self.next_uid, content))
            self.next_uid += 1

    def start(self) -> "ImapServer":
        owner = self

        class Line(_Line):
            mailbox = owner

        self.server = socketserver.ThreadingTCPServer((LOOPBACK, 0), Line)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Line(socketserver.StreamRequestHandler):
    mailbox: ImapServer

    def handle(self) -> None:
        self.folder, self.is_in = "INBOX", False
        self.say("* OK ready")
        while line := self.rfile.readline().decode():
            tag, command, rest = (*line.strip().split(" ", 2), "")[:3]
            answer = getattr(self, f"do_{command.lower()}", None)
            if answer is None:
                self.say(f"{tag} BAD unknown")
            elif answer(tag, rest) is False:
                return

    def say(self, line: str, literal: bytes | None = None) -> None:
        if literal is None:
            self.wfile.write(line.encode() + b"\r\n")
        else:
            self.wfile.write(line.encode() + b" {%d}\r\n" % len(literal) + literal + b")\r\n")

    def do_capability(self, tag: str, _rest: str) -> None:
        self.say(f"* CAPABILITY {CAPABILITIES}")
        self.say(f"{tag} OK done")

    def do_login(self, tag: str, rest: str) -> None:
        self.is_in = rest in (f'{USER} "{PASSWORD}"', f'"{USER}" "{PASSWORD}"')
        self.mailbox.logins += self.is_in
        self.say(f"{tag} OK done" if self.is_in else f"{tag} NO who are you")

    def do_select(self, tag: str, rest: str) -> None:
        self.folder = rest.strip('"')
        known = self.is_in and self.folder in self.mailbox.folders
        if known:
            self.say(f"* {len(self.mailbox.folders[self.folder])} EXISTS")
        self.say(f"{tag} OK [READ-WRITE]" if known else f"{tag} NO unknown")

    def do_create(self, tag: str, rest: str) -> None:
        name = rest.strip('"')
        self.say(f"{tag} NO it is there" if name in self.mailbox.folders else f"{tag} OK done")
        self.mailbox.folders.setdefault(name, [])

    def do_logout(self, tag: str, _rest: str) -> bool:
        self.say("* BYE then")
        self.say(f"{tag} OK done")
        return False

    def do_uid(self, tag: str, rest: str) -> bool | None:
        command, _space, rest = rest.partition(" ")
        with self.mailbox.lock:
            return getattr(self, f"uid_{command.lower()}")(tag, rest)

    def uid_search(self, tag: str, rest: str) -> None:
        rows = self.mailbox.folders[self.folder]
        found = [row.uid for row in rows if rest == "ALL" or not row.is_seen]
        self.say("* SEARCH " + " ".join(map(str, found)))
        self.say(f"{tag} OK done")

    def row(self, uid: str) -> Kept:
        return next(row for row in self.mailbox.folders[self.folder] if row.uid == int(uid))

    def uid_fetch(self, tag: str, rest: str) -> None:
        uid, _space, what = rest.partition(" ")
        row = self.row(uid)
        if "SIZE" in what:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(row.content)})")
        else:
            content = row.content
            if "HEADER" in what:
                content = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0] + b"\r\n\r\n"
            self.say(f"* 1 FETCH (UID {uid} BODY[]", content)
        self.say(f"{tag} OK done")

    def uid_store(self, tag: str, rest: str) -> None:
        self.row(rest.split(" ")[0]).is_seen = True
        self.say(f"{tag} OK done")

    def uid_move(self, tag: str, rest: str) -> bool | None:
        if self.mailbox.drop_before_move:
            self.mailbox.drop_before_move -= 1
            return False
        uid, _space, folder = rest.partition(" ")
        row = self.row(uid)
        self.mailbox.folders[self.folder].remove(row)
        self.mailbox.folders[folder.strip('"')].append(row)
        self.say(f"{tag} OK done")
        return None
