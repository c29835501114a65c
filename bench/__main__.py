"""`python -m bench [name …]`: each bench prints a table and, last, one line `<name>: <ratio>`.

Works in databases of its own beside the one of DATABASE_URL (suffix `_bench`), which are made when missing.
A bench is a module with `run(size: int)`.
"""

import importlib
import os
import sys
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2

# Name on the command line → module; a word that Python keeps for itself needs another module name.
BENCHES = {
    "web": "web",
    "search": "search",
    "facets": "facets",
    "mail": "mail",
    "import": "imports",
    "export": "exports",
    "export-listings": "sheets",
    "ranking": "ranking",
    "ranking-rows": "ranking_rows",
    "round": "round",
    "round-rows": "round_rows",
    "twins": "twins",
    "open-data": "open_data",
    "lighthouse": "lighthouse",
}
# These make what they need themselves.
WITHOUT_OUR_DATABASES = {"lighthouse"}
SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}


def main(names: list[str]) -> int:
    size_name = os.environ.get("SIZE", "10k").lower()
    unknown = [name for name in names if name not in BENCHES]
    if unknown or size_name not in SIZES:
        print(f"Benches: {', '.join(BENCHES)}. SIZE: {', '.join(SIZES)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    from django.conf import settings

    own = {
        "default": with_suffix("_bench"),
        "small": with_suffix("_bench_10k"),
        "large": with_suffix(f"_bench_{size_name}"),
    }
    if names and WITHOUT_OUR_DATABASES.issuperset(names):
        own = {}
    for alias, url in own.items():
        create_database(url)
        settings.DATABASES[alias] = {**settings.DATABASES["default"], "NAME": urlsplit(url).path[1:]}
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    for alias in own:
        with connections[alias].cursor() as cursor:  # as `prepare` does: a million rows take their time
            cursor.execute("SET statement_timeout = 0")
            call_command("migrate", database=alias, verbosity=0)
            cursor.execute("RESET statement_timeout")
    for name in names or list(BENCHES):
        print(f"\n=== {name}, SIZE={size_name}", flush=True)
        importlib.import_module(f"bench.{BENCHES[name]}").run(SIZES[size_name])
    return 0


def with_suffix(suffix: str) -> str:
    parts = urlsplit(os.environ.get("DATABASE_URL", "postgres://alliance:alliance@127.0.0.1:5432/alliance"))
    return urlunsplit(parts._replace(path=parts.path + suffix))


def create_database(url: str) -> None:
    name = urlsplit(url).path[1:]
    connection = psycopg2.connect(urlunsplit(urlsplit(url)._replace(path="/postgres", scheme="postgresql")))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
