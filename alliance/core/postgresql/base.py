"""`DatabaseWrapper`: Django's, but a connection that answered a moment ago is not asked `SELECT 1` with every request.

A server that goes away closes the connection, and a closed one can be read from: the system says so without a question.
What gives no sign, such as a firewall that forgot the connection, is found out by asking after a pause.
"""

import select
import time

from django.db.backends.postgresql import base

# As long as pages follow each other faster than this, none of them asks.
PAUSE_SECONDS = 5


class DatabaseWrapper(base.DatabaseWrapper):
    answered_at = float("-inf")

    def is_usable(self) -> bool:
        now = time.monotonic()
        if now - self.answered_at < PAUSE_SECONDS and not self._has_something_to_read():
            return True
        if usable := super().is_usable():
            self.answered_at = now
        return usable

    def _has_something_to_read(self) -> bool:
        """An end, a farewell, or a notice: whatever it is, the server must be asked."""
        try:
            return self.connection is None or bool(select.select([self.connection], [], [], 0)[0])
        except (OSError, ValueError, base.Database.Error):
            return True
