"""`manage.py import_profiles FILE --source "CEMR, 2026-11-27" [--write]`: profiles from a partner's CSV or JSON.

Without `--write` it only tells what it would do.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.core.journal import SYSTEM
from alliance.core.tables import Unreadable
from members.actions.profile_import import Outcome, check_profiles, import_profiles
from members.models import Member
from members.profile_import import read_profiles


class Command(BaseCommand):
    help = "Fill what members left empty from a partner's file; nothing that is there is replaced."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "file", type=Path, help="CSV or JSON with the columns of our own files of members"
        )
        parser.add_argument("--source", required=True, help="where it comes from; kept in the journal")
        parser.add_argument("--write", action="store_true", help="write it; without this nothing changes")

    def handle(self, *, file: Path, source: str, write: bool, **_options: Any) -> None:
        try:
            profiles = read_profiles(file.read_bytes(), Member)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except Unreadable as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if write:
            outcomes = import_profiles(profiles, source=source, by=SYSTEM)
        else:
            outcomes = check_profiles(profiles)
        for outcome in outcomes:
            self.stdout.write(_told(outcome))
        filled = sum(bool(outcome.fills) for outcome in outcomes)
        matched = sum(outcome.member is not None for outcome in outcomes)
        self.stdout.write(
            f"{len(outcomes)} lines, {matched} members, {filled} {'filled' if write else 'would be filled'}"
        )


def _told(outcome: Outcome) -> str:
    member = outcome.member
    parts = [f"line {outcome.profile.line}: {member.reference if member else 'nobody'}"]
    if outcome.fills:
        parts.append(f"fills {', '.join(sorted(outcome.fills))}")
    if outcome.kept:
        parts.append(f"keeps {', '.join(sorted(outcome.kept))}")
    return "; ".join([*parts, *map(str, outcome.problems)])
