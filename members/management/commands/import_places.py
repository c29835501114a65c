"""`manage.py import_places [katotth|lau|nuts|own|all] [--file …] [--shared …] [--edition …] [--force]`."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.actions.place_import import Refused, import_reading
from members.actions.places import import_default_places, read_register
from members.registers.rows import UnknownFile

MOST_FAULTS_SHOWN = 50


class Command(BaseCommand):
    help = "Import official places: KATOTTH, NUTS, LAU, and our own table. A second run changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "register", nargs="?", default="all", choices=["katotth", "lau", "nuts", "own", "all"]
        )
        parser.add_argument("--file", type=Path, help="the register's file; for one register")
        parser.add_argument("--shared", type=Path, help="a folder of official data, with ua/ and eu/ in it")
        parser.add_argument("--edition", default="", help="the register's edition, e.g. 2025-05-16")
        parser.add_argument("--force", action="store_true", help="also an older or a much smaller file")

    def handle(self, *args, register, file, shared, edition, force, **options) -> None:
        if register == "all" and (file or edition):
            raise CommandError("--file and --edition go with one register.")
        for path in filter(None, [file, shared]):
            if not path.exists():
                raise CommandError(f"{path} does not exist.")
        started = time.monotonic()
        try:
            if register == "all":
                outcomes = import_default_places(progress=self.tell, shared=shared)
            else:
                reading = read_register(register, path=file, edition=edition, shared=shared)
                outcomes = [import_reading(reading, progress=self.tell, is_forced=force)]
        except (Refused, UnknownFile) as refusal:
            raise CommandError(str(refusal)) from refusal
        except (UnicodeDecodeError, OSError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        for outcome in outcomes:
            self.report(outcome)
        self.stdout.write(f"{time.monotonic() - started:.1f} s")

    def tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def report(self, outcome) -> None:
        for fault in outcome.bad[:MOST_FAULTS_SHOWN]:
            self.stderr.write(f"{outcome.register}, {fault}")
        if len(outcome.bad) > MOST_FAULTS_SHOWN:
            self.stderr.write(f"… and {len(outcome.bad) - MOST_FAULTS_SHOWN} more lines")
