"""Plain progress lines: one a step, with the seconds since the start; nothing clever, readable in a log."""

import time

BEGAN = time.monotonic()
HEARTBEAT = 10.0  # seconds of silence after which a long step says that it is alive


def step(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:6.1f} s] {text}", flush=True)
