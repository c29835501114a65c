"""What the portal writes into its log: no address of a person, wherever the line or the traceback came from."""

import logging
import re

ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN = "<address>"


class DiscreetFormatter(logging.Formatter):
    """The database, for one, quotes the row that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return ADDRESS.sub(HIDDEN, super().format(record))
