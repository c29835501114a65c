"""Promise 1: what the portal has acknowledged is still there after the database crashed in the middle of it."""

import itertools
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict

import pytest

from alliance.core.forms import shown_at_token
from tests.faults.visitors import Visitor
from tests.live import ROOT, Portal, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

ENOUGH = 260
STRIKE_AT = 100
THREADS = 4
# Where each kind of form ends up, and the mail that its transaction writes.
STORED = {
    "contact": "SELECT subject FROM content_ticketmessage",
    "join": "SELECT official_name FROM members_member",
    "people": "SELECT signatory_role FROM members_member",
    "message": "SELECT text FROM partnerships_message",
}
MAILS = {
    "content/ticket_acknowledged": "SELECT count(*) FROM content_ticket",
    "content/ticket_arrived": "SELECT count(*) FROM content_ticket",
    "members/application_started": "SELECT count(*) FROM members_member WHERE official_name LIKE 'mark-%'",
    "partnerships/message_sent": "SELECT count(*) FROM partnerships_message WHERE text LIKE 'mark-%'",
}


class Crowd:
    """Visitors who send one form after the other; what was acknowledged, by kind, and how much was not."""

    def __init__(self, portal: Portal, writers: list[dict[str, str]]) -> None:
        self.portal, self.writers = portal, writers
        self.numbers = itertools.count(1)
        self.acknowledged: dict[str, set[str]] = defaultdict(set)
        self.refused = 0
        self.failures: list[BaseException] = []
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=[number]) for number in range(THREADS)]

    @property
    def count(self) -> int:
        return sum(map(len, list(self.acknowledged.values())))

    def work(self, number: int) -> None:
        try:
            while not self.is_over.is_set():
                for act in (self.contact, self.join, self.write):
                    act(next(self.numbers), self.writers[number % len(self.writers)])
        except BaseException as error:
            self.failures.append(error)
            raise

    def visitor(self, number: int, session: str = "") -> Visitor:
        """Each from a network of its own: limits are tried elsewhere."""
        return Visitor(self.portal, session, network=f"198.51.{number // 250}.{number % 250}")

    def send(self, visitor: Visitor, path: str, kind: str, mark: str, form: dict[str, str]) -> str:
        """Page, form, and what the answer says; the address it leads to when it is an acknowledgement."""
        page = visitor.ask(path)
        answer = visitor.send(path, form, page) if page.status == 200 else page
        assert answer.status in (302, 503), (path, answer.status)
        if answer.status == 503:
            self.refused += 1
            time.sleep(0.05)
            return ""
        self.acknowledged[kind].add(mark)
        return answer.headers["Location"]

    def contact(self, number: int, _writer: dict[str, str]) -> None:
        mark = f"mark-contact-{number}"
        form = {"topic": "other", "subject": mark, "text": "How do we join?", "name": "Visitor"}
        form |= {"email": f"contact{number}@example.org", "shown_at": shown_at_token(60)}
        self.send(self.visitor(number), "/uk/contact/", "contact", mark, form)

    def join(self, number: int, _writer: dict[str, str]) -> None:
        """The first claim, and the step with the people."""
        visitor, mark = self.visitor(number), f"mark-join-{number}"
        form = {"kind": "institution", "official_name": mark, "country": "PL", "contact_name": "Visitor"}
        email = f"join{number}@example.org"
        form |= {"email": email, "homepage": "", "shown_at": shown_at_token(60)}
        leads_to = self.send(visitor, "/uk/members/join/?place=none", "join", mark, form)
        if leads_to:
            mark = f"mark-people-{number}"
            form = {"contact_name": "Visitor", "contact_email": email, "contact_language": "uk"}
            form |= {"signatory_name": "The Mayor", "signatory_role": mark}
            path = re.sub(r"/authority/$", "/people/", leads_to)
            self.send(visitor, path, "people", mark, form)

    def write(self, number: int, writer: dict[str, str]) -> None:
        mark = f"mark-message-{number}"
        visitor = self.visitor(number, writer["session"])
        self.send(visitor, writer["path"], "message", mark, {"text": mark})


@pytest.fixture
def writers(database) -> list[dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.correspondents"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "tests.outage_settings"},
    )
    return json.loads(done.stdout)


def test_an_acknowledged_form_survives_a_crash_of_the_database(sink, database, writers, start_portal):
    assert database.rows("SHOW fsync") == database.rows("SHOW synchronous_commit") == [("on",)]
    portal = start_portal(sink, threads=THREADS, DATABASE_URL=database.url, TRUSTED_PROXIES="1")
    crowd = Crowd(portal, writers)
    for thread in crowd.threads:
        thread.start()
    try:
        wait_for(lambda: crowd.failures or crowd.count >= STRIKE_AT, 240, "the crowd is at work")
        database.crash()  # SIGKILL, while four forms are under way
        before = crowd.count
        wait_for(lambda: crowd.refused >= THREADS, 20, "visitors are told that the database is away")
        database.start()
        wait_for(lambda: crowd.failures or crowd.count >= ENOUGH, 240, "the crowd has sent enough")
    finally:
        crowd.is_over.set()
        for thread in crowd.threads:
            thread.join(180)
    assert crowd.failures == []
    assert 0.1 * crowd.count <= before <= 0.9 * crowd.count
    assert crowd.count >= 200
    assert set(crowd.acknowledged) == set(STORED)
    missing = {
        kind: marks - {text for (text,) in database.rows(STORED[kind])}
        for kind, marks in crowd.acknowledged.items()
    }
    assert missing == {kind: set() for kind in STORED}
    # Each with its mail: both stand in one transaction.
    counts = dict(database.rows("SELECT name, count(*) FROM core_outgoingmail GROUP BY name"))
    assert {name: counts[name] for name in MAILS} == {
        name: database.rows(sql)[0][0] for name, sql in MAILS.items()
    }
