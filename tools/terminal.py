"""Ctrl-C for the launcher alone: make, which would die of it and report a failure, then sees a clean end."""

import contextlib
import os
import signal
from collections.abc import Iterator

TERMINAL = 0  # standard input


def is_ours_to_take() -> bool:
    """We are make's child in the foreground of a terminal; in any other case signals reach us as they should."""
    try:
        return os.isatty(TERMINAL) and os.tcgetpgrp(TERMINAL) == os.getpgrp() != os.getpid()
    except OSError:
        return False


@contextlib.contextmanager
def foreground() -> Iterator[None]:
    """Be the terminal's foreground group for a while, as a shell does with its jobs."""
    if not is_ours_to_take():
        yield
        return
    before = os.getpgrp()
    # Moving the terminal from the background asks for SIGTTOU; a stop (Ctrl-Z) would freeze make as well.
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    with contextlib.suppress(OSError):
        os.tcsetpgrp(TERMINAL, os.getpgrp())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # the terminal may be gone, or somebody else's by now
            if os.tcgetpgrp(TERMINAL) == os.getpgrp():
                os.tcsetpgrp(TERMINAL, before)
