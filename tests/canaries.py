"""Looks for words in every column of every table of the database."""

from collections.abc import Iterable

from django.db import connection


def tables_with(words: Iterable[str]) -> dict[str, set[str]]:
    """Table → the words that stand in it, whatever the column and however they are capitalised."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for word in words:
                cursor.execute(
                    f'SELECT EXISTS (SELECT 1 FROM "{table}" AS row WHERE row::text ILIKE %s)', [f"%{word}%"]
                )
                if cursor.fetchone()[0]:
                    found.setdefault(table, set()).add(word)
    return found
