"""`manage.py reindex_listings`: rebuild the search rows of all published listings."""

from django.core.management.base import BaseCommand

from partnerships.actions.search import reindex_listings


class Command(BaseCommand):
    help = "Rebuild the search rows of all published listings."

    def handle(self, *args, **options) -> None:
        def say(done: int) -> None:
            self.stdout.write(f"{done} listings", ending="\r")

        count = reindex_listings(say=say)
        self.stdout.write(f"{count} listings are searchable.")
