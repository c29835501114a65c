"""`manage.py load_sectors`: the two-level taxonomy; a second run changes nothing."""

from django.core.management.base import BaseCommand

from members.actions.sectors import load_sectors


class Command(BaseCommand):
    help = "Load the taxonomy of sectors from members/data."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"Sectors: {load_sectors()} rows added or changed.")
