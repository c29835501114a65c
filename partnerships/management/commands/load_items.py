"""`manage.py load_items`: the catalogue of items; a second run changes nothing."""

from django.core.management.base import BaseCommand

from partnerships.actions.items import load_items


class Command(BaseCommand):
    help = "Load the catalogue of items from partnerships/data."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"Catalogue: {load_items()} rows added or changed.")
