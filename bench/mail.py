"""Mail: from the outbox to a mail server, against raw smtplib with one kept connection and fixed bytes.

Data: mails of 1,000 words in Ukrainian as text and HTML (some 9 kB each on the wire), put into the outbox by one
INSERT … SELECT. Both sides deliver to one server process. Then a sender is killed in the middle of a batch.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection
from django.test import override_settings

from alliance.core import delivery, mime
from alliance.core.models import OutgoingMail
from bench.limits import raw_smtp
from tools.network import any_free

ROUNDS = 5
LARGEST_ROUND = 20_000
KILL_BATCH = 2000
TEXT = "Доброго дня, громада відповіла на вашу пропозицію. "
HTML = f'<p style="margin:0 0 1em">{TEXT}</p>'
SEED = """
INSERT INTO core_outgoingmail (key, name, "to", reply_to, language, category, subject, text, html, headers,
    message_id, is_secret, status, created_at, due_at, attempts, last_error)
SELECT 'bench:' || n, 'bench/mail', 'reader' || n || '@example.org', '', 'uk', 'transactional',
    'Відповідь на пропозицію ' || n, repeat(%s, 20), repeat(%s, 25), '{}', '<bench' || n || '@alliance.example>',
    false, 'queued', now(), now(), 0, ''
FROM generate_series(1, %s) AS n
"""


class Sink:
    """The server process."""

    def __init__(self, delay_ms: float = 0) -> None:
        self.port = any_free()
        argv = [sys.executable, "-m", "bench.limits.smtp_sink", str(self.port), str(delay_ms)]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def taken(self) -> int:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self) -> dict[str, int]:
        """How often each Message-ID came."""
        out, _none = self.process.communicate(timeout=30)
        return json.loads(out)

    @property
    def settings(self) -> dict:
        return {
            "EMAIL_BACKEND": delivery.SMTP_BACKEND,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_USE_TLS": False,
            "EMAIL_USE_SSL": False,
            "EMAIL_HOST_USER": None,
        }


def seed(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEED, [TEXT, HTML, count])
        cursor.execute("ANALYZE core_outgoingmail")


def remove() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_outgoingmail WHERE name = 'bench/mail'")


@contextmanager
def filled_outbox(count: int):
    assert not OutgoingMail.objects.due().exclude(name="bench/mail").exists(), "this outbox is in use"
    remove()
    seed(count)
    try:
        yield
    finally:
        remove()


def content() -> bytes:
    return mime.build(
        sender="Alliance portal <portal@alliance.example>",
        to="reader@example.org",
        subject="Відповідь на пропозицію",
        text=TEXT * 20,
        html=HTML * 25,
        message_id="<raw@alliance.example>",
        language="uk",
    )


def ours(sink: Sink, count: int) -> float:
    """Seconds for ``count`` mails from the outbox to the server, connecting included."""
    with filled_outbox(count), override_settings(**sink.settings):
        start = time.perf_counter()
        accepted = delivery.deliver_due()
        seconds = time.perf_counter() - start
    assert accepted == count, f"{accepted} of {count} accepted"
    return seconds


def sender_process(sink: Sink) -> subprocess.Popen:
    parts = connection.settings_dict
    login = f"{quote(parts['USER'], safe='')}:{quote(parts['PASSWORD'], safe='')}"
    code = "import django; django.setup(); from alliance.core.delivery import deliver_due; deliver_due()"
    env = {
        **os.environ,
        "DATABASE_URL": f"postgres://{login}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=env)


def killed_in_the_middle() -> tuple[int, int]:
    """Lost and doubled mails of a batch whose sender was killed between 10 and 90 % of it."""
    sink = Sink(delay_ms=2)
    with filled_outbox(KILL_BATCH):
        victim = sender_process(sink)
        while sink.taken() < 0.4 * KILL_BATCH:
            time.sleep(0.01)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        assert 0.1 * KILL_BATCH < sink.taken() < 0.9 * KILL_BATCH
        with connection.cursor() as cursor:  # the dead sender's lease runs out
            cursor.execute("UPDATE core_outgoingmail SET lease_until = now() WHERE lease_token IS NOT NULL")
        time.sleep(0.01)
        with override_settings(**sink.settings):
            delivery.deliver_due()
    came = sink.stop()
    return KILL_BATCH - len(came), sum(came.values()) - len(came)


def run(size: int) -> float:
    """``size`` mails in all, in five interleaved rounds. Returns ours / limit in mails a second."""
    count = min(max(size // ROUNDS, 100), LARGEST_ROUND)
    sink, message = Sink(), content()
    print(f"mail: {ROUNDS} rounds of {count:,} mails, {len(message):,} bytes each")
    print(f"{'round':>5} {'raw smtplib':>20} {'outbox to server':>20} {'ratio':>7}")
    ratios = []
    for number in range(1, ROUNDS + 1):
        limit, mine = raw_smtp.send(sink.port, message, count), ours(sink, count)
        ratios.append(limit / mine)
        shown = [f"{seconds:.2f} s {count / seconds:,.0f}/s" for seconds in (limit, mine)]
        print(f"{number:>5} {shown[0]:>20} {shown[1]:>20} {ratios[-1]:>7.2f}")
    sink.stop()
    start = time.perf_counter()
    for _ in range(500):
        content()
    print(f"MIME: {(time.perf_counter() - start) * 2:.3f} ms a message")
    lost, doubled = killed_in_the_middle()
    print(f"sender killed in the middle of {KILL_BATCH:,}: {lost} lost, {doubled} doubled")
    ratio = statistics.median(ratios)
    print(f"mail: {ratio:.2f}")
    return ratio
