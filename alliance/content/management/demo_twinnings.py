"""Partnerships of the demonstration: one in every stage between example members, one of four, and some that the desk
took from a table. `manage.py demo` calls it.

Their places are real, the partnerships are not: each says so. What took years is written as rows, as the days of needs
and offers are; what the desk does goes through its own action.
"""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from alliance.core.journal import SYSTEM, record
from alliance.core.languages import as_ours, reader_language
from alliance.users.models import User
from members.models import Member, Place
from partnerships.actions.twinning_import import import_twinnings
from partnerships.models import Twinning, TwinningParty, TwinningStep
from partnerships.twinning_import import Row, Side

# Each source has one language: that of the side that stands first, or of whoever brought the table.
NOTE = {
    "en": "Example of the demonstration, not a real partnership",
    "pl": "Przykład wersji pokazowej, nie jest to prawdziwe partnerstwo",
    "uk": "Приклад демонстраційної версії, це не справжнє партнерство",
}
Status, Kind = Twinning.Status, TwinningStep.Kind
# Stage, title with its language, what else is known. Days are counted back from today.
EXAMPLES: list[tuple[str, tuple[str, str], dict[str, Any]]] = [
    (Status.FIRST_CONTACT, ("", ""), {"is_public": False}),
    (Status.SOLIDARITY, ("", ""), {"since_year": 2022}),
    (Status.LETTER, ("Школи без кордонів (приклад)", "uk"), {"since_year": 2024}),
    (Status.DRAFTED, ("", ""), {"steps": [(Kind.COUNCIL_DECIDED, 40)]}),
    (Status.IN_APPROVAL, ("", ""), {"steps": [(Kind.COUNCIL_DECIDED, 60), (Kind.SENT_TO_MINISTRY, 12)]}),
    (
        Status.IN_FORCE,
        ("Miasta dla siebie (przykład)", "pl"),
        {
            "steps": [
                (Kind.COUNCIL_DECIDED, 300),
                (Kind.SENT_TO_MINISTRY, 280),
                (Kind.MINISTRY_AGREED, 255),
                (Kind.SIGNED, 240),
                (Kind.REGISTERED, 230),
            ],
            "is_registered": True,
        },
    ),
    (Status.DORMANT, ("", ""), {"since_year": 2019, "stage_before_dormant": Status.LETTER}),
    (Status.ENDED, ("", ""), {"since_year": 2003, "end_reason": Twinning.EndReason.EXPIRED}),
]
ENTERED = 8  # from a table


def write_twinnings(ukrainian: list[Member], european: list[Member], desk: User) -> None:
    """Precondition: the members are approved, each with a signatory."""
    pairs = zip(ukrainian[:: len(ukrainian) // 8 or 1], european[:: len(european) // 8 or 1], strict=False)
    for (stage, title, more), pair in zip(EXAMPLES, pairs, strict=False):
        _write(stage, title, list(pair), **more)
    if len(ukrainian) > 2 and len(european) > 2:
        four = [*ukrainian[1:3], *european[1:3]]
        _write(Status.LETTER, ("Чотири міста над однією річкою (приклад)", "uk"), four, since_year=2025)
    with override(as_ours(desk.language)):
        import_twinnings(rows=_table(), by=desk)


def _write(
    stage: str,
    title: tuple[str, str],
    members: list[Member],
    *,
    steps: list[tuple[str, int]] = (),  # type: ignore[assignment]
    is_public: bool = True,
    is_registered: bool = False,
    **more: Any,
) -> None:
    language = as_ours(members[0].contact_language)
    days = {kind: timezone.localdate() - timedelta(days=ago) for kind, ago in steps}
    twinning = Twinning.objects.create(
        origin=Twinning.Origin.DECLARED,
        status=stage,
        title=title[0],
        language=title[1],
        source_note=NOTE[language],
        source_language=language,
        public_since=timezone.now() if is_public else None,
        needs_registration=is_registered,
        registry_number="EXAMPLE-17" if is_registered else "",
        registered_on=days.get(Kind.REGISTERED),
        signed_on=days.get(Kind.SIGNED),
        ended_on=timezone.localdate() - timedelta(days=90) if stage == Status.ENDED else None,
        **more,
    )
    for position, member in enumerate(members):
        TwinningParty.objects.create(
            twinning=twinning,
            position=position,
            member=member,
            place=member.place,
            country=member.country,
            agreed_at=timezone.now(),
            agreed_by=member.representatives.order_by("id")[0].user,
        )
    for kind, day in days.items():
        number = "EXAMPLE-17" if kind == Kind.REGISTERED else ""
        TwinningStep.objects.create(
            twinning=twinning, kind=kind, happened_on=day, number=number, actor_kind="system"
        )
    record("twinning.declared", twinning, by=SYSTEM)


def _table() -> list[Row]:
    """Pairs of a hromada and a municipality of the registers, the same ones in every run."""
    chosen = random.Random("twinnings")  # noqa: S311 - no secret
    here = _some(Place.objects.hromadas().in_goal(), chosen)
    there = _some(Place.objects.selectable().municipalities().exclude(country="UA"), chosen)
    year, note = timezone.localdate().year, NOTE[reader_language()]
    return [
        Row(line, Side(code=a), Side(code=b), since_year=chosen.randint(1970, year), source_note=note)
        for line, (a, b) in enumerate(zip(here, there, strict=False), 2)
    ]


def _some(places: Any, chosen: random.Random) -> list[str]:
    """Codes of some that have a point on the map, and no member."""
    rows = places.filter(lat__isnull=False, same_as=None, members__isnull=True).order_by("code")
    codes = list(rows.values_list("code", flat=True))
    return chosen.sample(codes, min(ENTERED, len(codes)))
