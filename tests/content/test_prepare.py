"""What `manage.py prepare` does around a migration."""

import pytest
from django.db import connection

from alliance.content.management.commands.prepare import without_the_limit_of_pages

pytestmark = pytest.mark.django_db


def limit(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def test_a_long_migration_is_not_ended_by_the_limit_of_pages():
    assert (limit("statement_timeout"), limit("lock_timeout")) == ("15s", "5s")
    with without_the_limit_of_pages():
        assert (limit("statement_timeout"), limit("lock_timeout")) == ("0", "5s")
    assert limit("statement_timeout") == "15s"


def test_the_limit_is_back_after_a_migration_that_failed():
    with pytest.raises(ZeroDivisionError), without_the_limit_of_pages():
        raise ZeroDivisionError
    assert limit("statement_timeout") == "15s"
