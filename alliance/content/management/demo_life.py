"""Needs and offers of the demonstration in every state of their life: covered and partly covered, at the desk,
returned, ending soon, expired, asked about.

All through the same actions as real data, but for the days that have gone by: those are written. `manage.py demo`
calls it.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from alliance.content.management.demo_appeal import promise
from alliance.core.journal import SYSTEM
from alliance.core.languages import as_ours
from alliance.users.models import User
from members.models import Member
from partnerships.actions import listings, review_rules, reviews, validity
from partnerships.actions.search import reindex_listings
from partnerships.drafts import Line, ListingContent
from partnerships.models import Listing, ListingLine, ReviewRule
from partnerships.models.validity import ASK_AFTER_DAYS

# Item of the catalogue → rating of each piece, and what became of promises: promised, committed, dispatched, received,
# accepted, lost.
PROMISES = {
    "ambulance": (None, [(2, 2, 2, 2, 2, 0)]),
    "modular-house": (36, [(25, 25, 10, 10, 8, 0), (10, 0, 0, 0, 0, 0)]),
    "generator": (200, [(1, 1, 1, 0, 0, 0)]),
    "fire-engine": (None, [(1, 1, 0, 0, 0, 0)]),
}
TRAINING = {
    "en": (
        "Course on reading seismic reports",
        "Five days in our laboratory, with exercises and a handbook.",
    ),
    "pl": (
        "Kurs czytania ekspertyz budowlanych",
        "Pięć dni w naszym laboratorium, z ćwiczeniami i podręcznikiem.",
    ),
    "uk": (
        "Курс читання будівельних експертиз",
        "П’ять днів у нашій лабораторії, із вправами та посібником.",
    ),
}
VISIT = {
    "en": ("Study visit to our test site", "Three days, accommodation included."),
    "pl": ("Wizyta studyjna w naszym ośrodku badawczym", "Trzy dni, z noclegiem."),
    "uk": ("Навчальний візит до нашого випробувального центру", "Три дні, з проживанням."),
}
QUESTION = {
    "en": "Who pays for the journey? Please add it to the text.",
    "pl": "Kto pokrywa koszty podróży? Prosimy dopisać to w tekście.",
    "uk": "Хто оплачує дорогу? Додайте це, будь ласка, до тексту.",
}


def write_life(ukrainian: list[Member], european: list[Member], institution: Member, desk: User) -> None:
    """Precondition: needs and offers are published, the catalogue of items is loaded, the members are approved."""
    for template, (rating, promises) in PROMISES.items():
        line = _line_of(template)
        for giver, counts in zip(european, promises, strict=False) if line else []:
            promise(giver, line, rating, counts)
    _at_the_desk(institution, desk)
    _as_days_go_by(ukrainian[0], european[0])


def _line_of(template: str) -> ListingLine | None:
    """The first line of a published need for this item that no appeal collects."""
    rows = ListingLine.objects.filter(template__code=template, listing__appeal=None)
    return rows.of_open(Listing.Kind.NEED).order_by("id").first()


def _at_the_desk(institution: Member, desk: User) -> None:
    """The desk reads first what institutions write: one offer waits, about another there is a question."""
    rule = ReviewRule.objects.filter(tier=institution.tier).first()
    if rule is None:
        return
    review_rules.change_review_rule(rule, is_required=True, by=desk)
    for words, template in ((TRAINING, "training-places"), (VISIT, "study-visit")):
        content = ListingContent(
            language="en",
            titles={code: title for code, (title, _text) in words.items()},
            texts={code: text for code, (_title, text) in words.items()},
            sectors=["URB-02"],
            lines=[Line(item="", template=template, quantity=Decimal(12), unit="place")],
            expires_on=timezone.localdate() + timedelta(days=120),
        )
        offer = listings.create_listing(member=institution, kind="offer", content=content, by=SYSTEM)
        listings.publish_listing(offer, by=SYSTEM)
    question = QUESTION[as_ours(institution.contact_language)]
    reviews.return_listing(offer, question=question, by=desk)


def _as_days_go_by(*members: Member) -> None:
    """Of each member one need or offer ends soon, one has expired, about one nobody has said for long that it holds;
    then the sweeps of the day."""
    today, now = timezone.localdate(), timezone.now()
    for member in members:
        ending, silent, expired = [*member.listings.open().order_by("-id")[:3], None, None, None][:3]
        for listing, days_ago, last_day in (
            (ending, 60, today + timedelta(days=9)),
            (expired, 80, today - timedelta(days=2)),
            (silent, ASK_AFTER_DAYS + 3, today + timedelta(days=150)),
        ):
            if listing:
                moment = now - timedelta(days=days_ago)
                Listing.objects.filter(pk=listing.pk).update(
                    published_at=moment, confirmed_at=moment, expires_on=last_day
                )
                reindex_listings(Listing.objects.filter(pk=listing.pk))
    listings.expire_listings()
    validity.look_after_listings()
