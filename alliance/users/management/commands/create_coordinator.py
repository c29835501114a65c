"""`manage.py create_coordinator --email …`: the first person of the desk, without a prompt and without a password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from alliance.core.languages import LANGUAGES
from alliance.users.actions import create_coordinator


class Command(BaseCommand):
    help = "Make a person a coordinator; a mail tells them how to sign in by code and add a second factor."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="en", choices=LANGUAGES)

    def handle(self, *, email: str, name: str, language: str, **_options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address") from error
        user = create_coordinator(email, name=name, language=language)
        self.stdout.write(f"{user.email} is a coordinator. A mail with the way to the desk is in the outbox.")
