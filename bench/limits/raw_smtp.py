"""The limit of `bench.mail`: the standard library's client, one kept connection, the same bytes again and again."""

import smtplib
import time


def send(port: int, content: bytes, count: int) -> float:
    """Seconds for ``count`` mails, without connecting."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench", timeout=30) as smtp:
        smtp.ehlo()
        start = time.perf_counter()
        for _ in range(count):
            smtp.sendmail("portal@alliance.example", ["reader@example.org"], content)
        return time.perf_counter() - start
