"""`manage.py load_agreement_templates`: the templates of agreements; a second run changes nothing."""

from django.core.management.base import BaseCommand

from partnerships.actions.agreement_templates import load_templates


class Command(BaseCommand):
    help = "Load the templates of agreements from partnerships/data that are not there yet."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"Templates of agreements: {load_templates()} added.")
