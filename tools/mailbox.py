"""The local mail server: takes every mail, sends none, keeps each as a file for the page /mailbox/.

Run with the environment's Python (it needs aiosmtpd): python mailbox.py PORT FOLDER
"""

import asyncio
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

LARGEST = 30_000_000  # bytes


class Keep:
    """Writes <time>-<n>.eml, whole or not at all, before the server says 250."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        name = f"{stamp}-{os.getpid()}{next(self.numbers):06d}.eml"
        part = self.folder / f".{name}.part"
        part.write_bytes(envelope.original_content)
        part.replace(self.folder / name)
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        lambda: SMTP(
            Keep(folder), hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST, loop=loop
        ),
        host="127.0.0.1",
        port=port,
    )
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
