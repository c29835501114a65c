"""`manage.py prepare`: everything between a fresh checkout (or an upgrade) and a portal that can start."""

from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from alliance.users.groups import ensure_coordinators_group
from members.actions import places


class Command(BaseCommand):
    help = "Compile catalogues, migrate, collect static files, load registers; with --demo also example data."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--demo", action="store_true", help="add example members, needs and accounts")
        parser.add_argument("--build", action="store_true", help="only what needs no database")

    def handle(self, *, demo: bool, build: bool, **_options) -> None:
        self.step("Compiling the catalogues")
        compile_catalogues(settings.LOCALE_PATHS[0])
        self.step("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        if build:
            return
        self.step("Migrating the database")
        call_command("migrate", interactive=False, verbosity=0)
        ensure_coordinators_group()
        self.step("Loading sectors and official registers")
        call_command("load_sectors", verbosity=0)
        places.import_default_places(progress=self.stdout.write)
        if demo:
            self.step("Adding example data")
            call_command("demo")

    def step(self, text: str) -> None:
        self.stdout.write(f"  {text} …")
        self.stdout.flush()


def compile_catalogues(folder: Path) -> None:
    """Write the .mo beside each .po that is newer; needs no gettext on the machine."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
