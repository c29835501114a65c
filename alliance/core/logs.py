"""What the portal writes into its log: no address of a person and no link that carries a right, wherever the line or
the traceback came from."""

import logging
import re

ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN = "<address>"
# One segment of a path. Django's own lines name the path of every request that was refused, and whoever reads it
# could use it: signed links (`core.links`, confirmations of an address), whole or cut short by a mail program, and
# links to choose a new password.
RIGHT = re.compile(
    r"""(?<=/)(?:
        [\w.%-]*(?::|%3A)[\w.:%-]{8,}
        | [0-9a-z]+-[0-9a-z]{5,}-[0-9a-f]{16,}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
HIDDEN_RIGHT = "<link>"


class DiscreetFormatter(logging.Formatter):
    """The database, for one, quotes the row that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return RIGHT.sub(HIDDEN_RIGHT, ADDRESS.sub(HIDDEN, super().format(record)))
