"""`manage.py receive_mail`: a mail server hands over one mail on standard input; the exit code says what to do next.

0: taken. 65: not a mail, or too large: the server bounces it with the words of this command. 75: try again later.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

from alliance.content.actions.inbound import keep_broken, take_mail
from alliance.content.incoming import MAX_MAIL_BYTES

# sysexits.h; Python has them on Unix only.
EX_DATAERR, EX_TEMPFAIL = 65, 75


class Command(BaseCommand):
    help = "Take one mail (RFC 5322) from standard input into the inbox of the desk."
    # Checks ask the database; a database that is away must end in 75.
    requires_system_checks: list[str] = []
    stdin: Any = None

    def handle(self, **_options: Any) -> None:
        raw = (self.stdin or sys.stdin.buffer).read(MAX_MAIL_BYTES + 1)
        if not raw.strip():
            self._end(EX_DATAERR, "The mail is empty.")
        if len(raw) > MAX_MAIL_BYTES:
            limit = MAX_MAIL_BYTES // (1024 * 1024)
            self._end(EX_DATAERR, f"The mail is larger than {limit} MB. Please send fewer or smaller files.")
        try:
            try:
                take_mail(raw)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001  kept as it came: the desk looks at it
                keep_broken(raw, why=type(error).__name__)
        except (OperationalError, InterfaceError):
            self._end(EX_TEMPFAIL, "The portal cannot take mail at the moment. Please try again later.")

    def _end(self, code: int, words: str) -> None:
        self.stderr.write(words)
        sys.exit(code)
