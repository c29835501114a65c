"""`manage.py demo`: example members, applications, needs and offers, and one account for each role.

Everything goes through the same actions as real data. The places are real, what they say and want is not:
every page of a local run says so, and every address is at example.org, which nobody owns.
"""

import json
import random
import secrets
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import override

from alliance.content.management.demo_appeal import write_appeal
from alliance.content.management.demo_inbox import write_inbox
from alliance.content.management.demo_life import write_life
from alliance.content.management.demo_publications import write_publications
from alliance.content.management.demo_stories import write_stories
from alliance.content.management.demo_surveys import write_surveys
from alliance.content.management.demo_twinnings import write_twinnings
from alliance.core.journal import LINK, SYSTEM
from alliance.users.actions import create_coordinator
from alliance.users.models import User
from members.actions import desk, joining, people, profile
from members.models import Member, Place, Sector
from members.models.people import Role
from partnerships.actions import listings, matches, meetings
from partnerships.drafts import Line, ListingContent
from partnerships.models import Match

LISTINGS = Path(__file__).parents[2] / "data" / "demo_listings.jsonl"
ACCOUNTS = "demo-accounts.json"
SEED = 20260630

UKRAINIAN = [
    *("Житомир", "Тростянець", "Чортків", "Бородянка", "Вознесенськ", "Коростень", "Тульчин", "Нікополь"),
    *("Ірпінь", "Мукачево", "Ізюм", "Глухів", "Снігурівка", "Первомайськ", "Сновськ", "Авангард"),
]
EUROPEAN = [
    *(("Gdynia", "PL"), ("Lublin", "PL"), ("Przemyśl", "PL"), ("Rzeszów", "PL"), ("Wrocław", "PL")),
    *(
        ("Leipzig", "DE"),
        ("Lyon", "FR"),
        ("Tampere", "FI"),
        ("Tartu", "EE"),
        ("Brno", "CZ"),
        ("Košice", "SK"),
    ),
    *(("Bologna", "IT"), ("Gent", "BE"), ("Malmö", "SE"), ("Kaunas", "LT"), ("Liepāja", "LV")),
]
PENDING = [
    ("Хмільник", "UA"),
    ("Олешки", "UA"),
    ("Чернівці", "UA"),
    ("Toruń", "PL"),
    ("Graz", "AT"),
    ("Вінниця", "UA"),
]
ASSOCIATION = "Example Association of Municipalities"
INSTITUTION = "Example Institute of Urban Studies"
# What a member says of itself in the one language in which it writes, and what the desk asks it.
WORDS = {
    "en": {
        "contact_name": "Example Person",
        "contact_role": "International cooperation",
        "signatory_name": "Example Signatory",
        "signatory_role": "Mayor",
    },
    "pl": {
        "contact_name": "Anna Przykładowa",
        "contact_role": "Współpraca międzynarodowa",
        "signatory_name": "Piotr Przykładowy",
        "signatory_role": "Prezydent Miasta",
    },
    "uk": {
        "contact_name": "Олена Приклад",
        "contact_role": "Міжнародне співробітництво",
        "signatory_name": "Петро Приклад",
        "signatory_role": "Міський голова",
    },
}
QUESTION = {
    "en": "Please tell us who signs for your municipality.",
    "pl": "Prosimy o informację, kto podpisuje dokumenty w imieniu Państwa gminy.",
    "uk": "Повідомте, будь ласка, хто підписує документи від імені вашої громади.",
}


class Command(BaseCommand):
    help = "Add example data and accounts. Does nothing when they are there already."

    @transaction.atomic
    def handle(self, **_options) -> None:
        accounts = settings.STATE_DIR / ACCOUNTS
        if User.objects.filter(email="coordinator@example.org").exists():
            self.stdout.write("  Example data are there already.")
            return
        self.random = random.Random(SEED)
        self.sectors = list(Sector.objects.filter(parent__isnull=False).order_by("code"))
        self.desk = self.coordinator("coordinator@example.org", "Maria Example", "en")
        self.coordinator("koordynator@example.org", "Jan Przykładowy", "pl")
        ukrainian = [m for name in UKRAINIAN if (m := self.member(name, "UA", "uk"))]
        european = [
            m for name, code in EUROPEAN if (m := self.member(name, code, "pl" if code == "PL" else "en"))
        ]
        association = self.approved(self.without_place(Member.Kind.ASSOCIATION, ASSOCIATION, "UA"))
        institution = self.approved(self.without_place(Member.Kind.INSTITUTION, INSTITUTION, "PL"))
        region = self.region()
        self.applications()
        self.new_address(european[0])
        self.stdout.write("  Adding what they need, offer and agree …")
        self.listings(ukrainian, european)
        write_appeal(ukrainian, european, self.desk)
        write_life(ukrainian, european, institution, self.desk)
        self.handshakes(ukrainian, european)
        write_twinnings(ukrainian, european, self.desk)
        self.stdout.write("  Adding what the Alliance publishes …")
        self.own_words(ukrainian[0])
        rows = [
            self.account("coordinator", self.desk, "the desk at /admin/"),
            self.account(
                "coordinator", User.objects.get(email="koordynator@example.org"), "the desk, in Polish"
            ),
            self.account("Ukrainian member", self.signatory(ukrainian[0]), str(ukrainian[0])),
            self.account(
                "Ukrainian member, editor", self.colleague(ukrainian[0], Role.EDITOR), str(ukrainian[0])
            ),
            self.account(
                "Ukrainian member, viewer", self.colleague(ukrainian[0], Role.VIEWER), str(ukrainian[0])
            ),
            self.account("European member", self.signatory(european[0]), str(european[0])),
            self.account("region", self.signatory(region), str(region)),
            self.account("association", self.signatory(association), str(association)),
            self.account("institution", self.signatory(institution), str(institution)),
        ]
        accounts.parent.mkdir(parents=True, exist_ok=True)
        accounts.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        accounts.chmod(0o600)
        count = Member.objects.approved().count()
        self.stdout.write(
            f"  {count} example members, {Member.objects.awaiting_decision().count()} in the queue."
        )

    def own_words(self, member: Member) -> None:
        """What the Alliance publishes, is asked and asks."""
        write_publications(self.desk)
        write_stories(self.desk)
        write_inbox(member, self.desk)
        write_surveys(self.desk)

    # --- People ------------------------------------------------------------------------------------------------

    def coordinator(self, email: str, name: str, language: str) -> User:
        user = create_coordinator(email, name=name, language=language)
        return User.objects.get(pk=user.pk)  # without the remembered “is no coordinator”

    def account(self, role: str, user: User, note: str) -> dict[str, str]:
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        return {"role": role, "email": user.email, "password": password, "note": note}

    def signatory(self, member: Member) -> User:
        return member.representatives.order_by("id")[0].user

    def colleague(self, member: Member, role: str) -> User:
        """Invited by the signatory, and accepted."""
        invitation = people.invite_representative(
            member,
            email=f"{role}@example.org",
            role=role,
            language="uk",
            by=self.signatory(member),
        )
        return people.accept_invitation(invitation, name=f"Example {role.title()}").user

    # --- Members -----------------------------------------------------------------------------------------------

    def member(self, name: str, country: str, language: str) -> Member | None:
        application = self.application(name, country, language)
        return self.approved(application) if application else None

    def application(self, name: str, country: str, language: str) -> Member | None:
        """A submitted application for a place of the register; None when this machine's register lacks it."""
        found = Place.objects.selectable().search(name, country=country)
        place = next((p for p in found if p.level == Place.Level.MUNICIPALITY), None)
        if place is None:
            self.stdout.write(f"  {name} is not in the register here; left out.")
            return None
        member = joining.start_application(
            kind=Member.Kind.MUNICIPALITY,
            email=f"{place.code.lower().replace('_', '-')}@example.org",
            language=language,
            place=place,
            contact_name=WORDS[language]["contact_name"],
        )
        return self.submitted(member, language)

    def without_place(self, kind: str, name: str, country: str) -> Member:
        """An application of an association or institution, which no register knows."""
        member = joining.start_application(
            kind=kind,
            email=f"{kind}@example.org",
            language="en",
            contact_name=WORDS["en"]["contact_name"],
            official_name=name,
            country=country,
        )
        return self.submitted(member, "en")

    def region(self) -> Member:
        places = Place.objects.selectable().filter(level=Place.Level.REGION).order_by("code")
        member = joining.start_application(
            kind=Member.Kind.REGION,
            email="region@example.org",
            language="pl",
            place=places.regions_of("PL").first() or places[0],
            contact_name=WORDS["pl"]["contact_name"],
        )
        return self.approved(self.submitted(member, "pl"))

    def submitted(self, member: Member, language: str) -> Member:
        changes = {
            "description_en": "An example entry of the demonstration.",
            "description_pl": "Przykładowy wpis wersji pokazowej.",
            "description_uk": "Приклад запису в демонстраційній версії.",
            "languages_spoken": sorted({language, "en", self.random.choice(["de", "fr", "pl"])}),
            "sectors": self.random.sample(self.sectors, k=3),
            **WORDS[language],
            "accepts_principles": True,
        }
        member = joining.save_step(member, changes=changes)
        promised = timezone.localdate() + timedelta(days=self.random.randint(30, 120))
        joining.save_mandate(member, promised_by=promised)
        joining.submit_application(member)
        return joining.confirm_email(member, by=LINK)

    def approved(self, member: Member) -> Member:
        desk.approve_member(member, by=self.desk)
        member.refresh_from_db()
        return member

    def applications(self) -> None:
        """What waits at the desk: plain ones, two for one place, one returned with a question."""
        waiting = [
            m for name, code in PENDING if (m := self.application(name, code, "uk" if code == "UA" else "en"))
        ]
        if waiting:
            self.application(waiting[0].place.name_uk, waiting[0].country, "uk")
            returned = waiting[-1]
            desk.return_member(returned, question=QUESTION[returned.contact_language], by=self.desk)

    def new_address(self, member: Member) -> None:
        """What the desk has to look at twice: a web site in whose name one letter is of another alphabet."""
        name = slugify(member.place.name_en).replace("y", "у")
        website = f"https://www.{name}.example"  # like example.org: nobody owns it
        profile.edit_member(member, changes={"website": website}, by=self.signatory(member))

    # --- Needs and offers --------------------------------------------------------------------------------------

    def listings(self, ukrainian: list[Member], european: list[Member]) -> None:
        rows = [json.loads(line) for line in LISTINGS.read_text(encoding="utf-8").splitlines()]
        self.random.shuffle(rows)
        for number, row in enumerate(rows):
            owners = ukrainian if row["kind"] == "need" else european
            content = ListingContent(
                language=row["language"],
                titles=row["titles"],
                texts=row["texts"],
                sectors=[row["sector"]],
                lines=[self.line(**values) for values in row["lines"]],
                urgency=row.get("urgency", "normal"),
                transport_by=row.get("transport_by", ""),
                expires_on=timezone.localdate() + timedelta(days=self.random.randint(10, 300)),
                audience="members" if number % 13 == 7 else "public",
                names_no_site=row.get("names_no_site", False),
            )
            listing = listings.create_listing(
                member=owners[number % len(owners)], kind=row["kind"], content=content, by=SYSTEM
            )
            listings.publish_listing(listing, by=SYSTEM)

    @staticmethod
    def line(*, item: str = "", **values: Any) -> Line:
        """Numbers of a row are whole; quantities are exact."""
        numbers = {name: Decimal(value) for name, value in values.items() if isinstance(value, int)}
        return Line(item=item, **values | numbers)

    # --- Handshakes --------------------------------------------------------------------------------------------

    def handshakes(self, ukrainian: list[Member], european: list[Member]) -> None:
        """One of each kind for the accounts: asked and asking, agreed with a meeting ahead, declined."""
        ours, theirs = ukrainian[0], european[0]
        need = ours.listings.needs().open().order_by("id").first()
        with override("pl"):  # a message is in the language of the page on which it was written
            self.asks(theirs, ours, "Dzień dobry, możemy pomóc. Porozmawiajmy o szczegółach.", listing=need)
        others = [*ukrainian[1:], *european[1:]]
        if len(others) < len(self.TALKS):
            return
        agreed, declined, _waiting = (
            self.asks(one, other, text)
            for one, other, text in zip(others[-3:], (ours, ours, theirs), self.TALKS, strict=True)
        )
        matches.accept_match(agreed, member=ours, by=self.signatory(ours))
        partner = agreed.other_side(ours)
        words = "Thank you for your answer. Shall we talk next week?"
        matches.send_message(agreed, member=partner, text=words, by=self.signatory(partner))
        starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
        meetings.propose_meeting(
            agreed,
            member=partner,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            zone="Europe/Brussels",
            topic="First talk",
            by=self.signatory(partner),
        )
        reason = Match.DeclineReason.NO_CAPACITY
        matches.decline_match(declined, member=ours, reason=reason, by=self.signatory(ours))

    TALKS = (
        "We are looking for a partner town of our size.",
        "We could host two interns in spring.",
        "We have read your offer with interest.",
    )

    def asks(self, member: Member, other: Member, text: str, listing: Any = None) -> Match:
        match, _is_new = matches.request_match(
            member=member, to=other, listing=listing, text=text, by=self.signatory(member)
        )
        return match
