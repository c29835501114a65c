"""What a test has committed is deleted again. Django empties every table (a file for each table and index, anew) and
writes content types and permissions down again; a test dirties a few tables, and the rows of the migrations stay."""

import io

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction

# Table → its rows as COPY writes them, when no test had run yet.
_kept: dict[str, str] = {}
_tables: list[str] = []


def remember() -> None:
    """The tables of a database that nobody has used, and what stands in them: the work of migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        _tables[:] = [name for (name,) in cursor.fetchall()]
        _kept.clear()
        _kept.update({table: _rows(cursor, table) for table in _filled(cursor)})


def know_the_kinds_of_rows() -> None:
    """As a portal that has run for a minute: no count of queries depends on who came before."""
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_models(*apps.get_models())


def wipe() -> None:
    """As on the first day. Whoever still writes is waited for."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[
            0
        ]:  # the database of somebody else: triggers and foreign keys cannot be set aside
            call_command("flush", interactive=False, verbosity=0)
            return
        cursor.execute(f"LOCK TABLE {', '.join(map(_name, _tables))} IN EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(cursor):
            if table not in _kept:
                cursor.execute(f"DELETE FROM {_name(table)}")
        for table, rows in _kept.items():
            if _rows(cursor, table) != rows:
                cursor.execute(f"DELETE FROM {_name(table)}")
                cursor.copy_expert(f"COPY {_name(table)} FROM STDIN", io.StringIO(rows))
                know_the_kinds_of_rows()


def _name(table: str) -> str:
    return connection.ops.quote_name(table)


def _filled(cursor) -> list[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_name(table)})" for table in _tables)
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]


def _rows(cursor, table: str) -> str:
    written = io.StringIO()
    cursor.copy_expert(f"COPY {_name(table)} TO STDOUT", written)
    return written.getvalue()
