"""What `manage.py prepare` does around a migration."""

import pytest
from django.db import connection

from alliance.content.management.commands import prepare
from alliance.content.management.commands.prepare import without_the_limit_of_pages
from tests.factories import make_place

pytestmark = pytest.mark.django_db


def limit(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def test_a_long_migration_is_not_ended_by_the_limit_of_pages():
    assert (limit("statement_timeout"), limit("lock_timeout")) == ("1min", "20s")
    with without_the_limit_of_pages():
        assert (limit("statement_timeout"), limit("lock_timeout")) == ("0", "20s")
    assert limit("statement_timeout") == "1min"


def test_a_page_may_ask_for_fifteen_seconds_and_wait_for_five(settings):
    """Tests have four times as much."""
    limits = dict(option.split("=") for option in settings.OPTIONS_OF_PAGES.split() if "=" in option)
    own = {name: str(limit // 4) for name, limit in settings.LIMITS.items()}
    assert limits == own == {**own, "statement_timeout": "15000", "lock_timeout": "5000"}


def test_the_limit_is_back_after_a_migration_that_failed():
    with pytest.raises(ZeroDivisionError), without_the_limit_of_pages():
        raise ZeroDivisionError
    assert limit("statement_timeout") == "1min"


@pytest.fixture
def imports(settings, tmp_path, monkeypatch):
    """A checkout of its own, with the folder beside it; what would be imported is only noted."""
    settings.BASE_DIR, settings.STATE_DIR = tmp_path / "checkout", tmp_path / "var"
    make_place()
    noted = []
    monkeypatch.setattr(
        prepare.places, "import_default_places", lambda **options: noted.append(options["shared"])
    )
    return noted


def load(*, demo: bool) -> None:
    prepare.Command().load_registers(shared=prepare.shared_data() if demo else None)


def test_a_demonstration_takes_the_official_data_beside_the_checkout(imports, tmp_path):
    load(demo=True)
    for name in ("eu", "ua"):
        (tmp_path / "shared" / "data" / name).mkdir(parents=True)
        (tmp_path / "shared" / "data" / name / "places.csv").touch()
    load(demo=True)
    load(demo=True)  # nothing has changed since
    (tmp_path / "shared" / "data" / "eu" / "lau.csv").touch()
    load(demo=True)
    assert imports == [None, tmp_path / "shared" / "data", tmp_path / "shared" / "data"]


def test_a_real_portal_loads_only_what_it_was_installed_with(imports, tmp_path):
    for name in ("eu", "ua"):
        (tmp_path / "shared" / "data" / name).mkdir(parents=True)
    load(demo=False)
    assert imports == [None]
