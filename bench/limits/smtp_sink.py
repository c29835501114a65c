"""The mail server of `bench.mail`, in a process of its own: takes every mail, remembers Message-IDs, keeps no body.

Run as `python -m bench.limits.smtp_sink PORT DELAY_MS`; it says on its standard output how many mails came, each time
a line comes in, and at the end of its input the Message-IDs that came.
"""

import asyncio
import json
import logging
import re
import sys
from collections import Counter

from aiosmtpd.smtp import SMTP

taken: Counter = Counter()


class Handler:
    def __init__(self, delay: float) -> None:
        self.delay = delay

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802  aiosmtpd's names
        session.host_name = hostname
        return ["250-PIPELINING", *responses]

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.delay:
            await asyncio.sleep(self.delay)
        found = re.search(rb"(?im)^message-id: (\S+)", envelope.original_content[:2000])
        taken[found[1].decode()] += 1
        return "250 Taken"


async def serve(port: int, delay: float) -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    handler = Handler(delay)
    server = await loop.create_server(lambda: SMTP(handler, hostname="sink", loop=loop), "127.0.0.1", port)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("ready", flush=True)
    while await reader.readline():
        print(taken.total(), flush=True)
    print(json.dumps(taken), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
