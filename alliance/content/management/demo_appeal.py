"""The appeal of the demonstration: its target, needs and offers attached to it, and promises in every state.

All through the same actions as real data. `manage.py demo` calls it.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from alliance.core.journal import SYSTEM
from alliance.core.languages import as_ours
from alliance.users.models import User
from members.models import Member
from partnerships.actions import appeals, deliveries, listings, pledges, transports
from partnerships.drafts import Line, ListingContent
from partnerships.models import Appeal, AppealLine, ItemTemplate, Listing, ListingLine, Pledge
from partnerships.pledge_drafts import (
    Confirmation,
    PledgeContent,
    PromisedLine,
    Quantity,
    TransportContent,
)

TITLES = {
    "en": "Generators and co-generation before winter",
    "pl": "Agregaty i kogeneracja przed zimą",
    "uk": "Генератори та когенерація до зими",
}
TEXTS = {
    "en": "Hospitals, water works and heating plants of hromadas near the front need power of their own. We collect "
    "generators of 10–700 kW and co-generation units of 500–1,000 kW.",
    "pl": "Szpitale, wodociągi i ciepłownie hromad w pobliżu frontu potrzebują własnego zasilania. Zbieramy agregaty "
    "o mocy 10–700 kW i jednostki kogeneracyjne o mocy 500–1000 kW.",
    "uk": "Лікарням, водоканалам і теплопостачальним підприємствам прифронтових громад потрібне власне живлення. "
    "Збираємо генератори потужністю 10–700 кВт і когенераційні установки 500–1000 кВт.",
}
NEED = {
    "en": ("Power for hospital and water works", "Power fails for hours every day. The diesel is ours."),
    "pl": (
        "Zasilanie szpitala i wodociągów",
        "Prądu nie ma codziennie po kilka godzin. Olej napędowy zapewniamy.",
    ),
    "uk": (
        "Живлення для лікарні та водоканалу",
        "Світла щодня немає по кілька годин. Пальне забезпечимо самі.",
    ),
}
OFFER = {
    "en": ("Generators from our reserve", "Serviced every year, with a set of spare parts."),
    "pl": ("Agregaty z naszej rezerwy", "Serwisowane co roku, z kompletem części zamiennych."),
    "uk": ("Генератори з нашого резерву", "Щороку проходять обслуговування, із комплектом запчастин."),
}
ROUTES = {
    "en": "Rzeszów – Korczowa – Lviv",
    "pl": "Rzeszów – Korczowa – Lwów",
    "uk": "Жешув – Корчова – Львів",
}
DAMAGED = {"en": "Damaged on the way.", "pl": "Uszkodzone w transporcie.", "uk": "Пошкоджено дорогою."}
# How many generators each need asks for and the ratings, and what became of it: promised, committed, dispatched,
# received, accepted, lost.
NEEDS = [
    (20, 30, 100, [(7, 7, 7, 7, 7, 0), (6, 6, 4, 0, 0, 0), (3, 0, 0, 0, 0, 0)]),
    (12, 10, 50, [(12, 12, 12, 12, 12, 0)]),
    (8, 100, 300, [(5, 3, 3, 2, 2, 1)]),
    (15, 10, 700, [(4, 0, 0, 0, 0, 0)]),
    (6, 10, 30, []),
]
OFFERS = [(10, 10, 60), (4, 100, 500), (25, 10, 40)]


def write_appeal(ukrainian: list[Member], european: list[Member], desk: User) -> Appeal:
    """Precondition: the catalogue of items is loaded, the members are approved."""
    today = timezone.localdate()
    appeal = Appeal(deadline=today + timedelta(days=75), original_language="en")
    for code in TITLES:
        setattr(appeal, f"title_{code}", TITLES[code])
        setattr(appeal, f"text_{code}", TEXTS[code])
    appeals.create_appeal(appeal, by=desk)
    generator, cogeneration = (ItemTemplate.objects.get(code=code) for code in ("generator", "cogeneration"))
    target = [
        AppealLine(appeal=appeal, template=generator, quantity=120, unit="piece", position=0),
        AppealLine(appeal=appeal, template=cogeneration, quantity=12, unit="piece", position=1),
    ]
    for line, (low, high) in zip(target, ((10, 700), (500, 1000)), strict=True):
        line.range_min, line.range_max, line.range_unit = low, high, "kw"
    appeals.write_target(appeal, changed=target, by=desk)
    appeals.open_appeal(appeal, by=desk)
    for number, (quantity, low, high, promises) in enumerate(NEEDS):
        line = _line("generator", quantity, low, high, needed_by=today + timedelta(days=90))
        need = _listing(ukrainian[number], "need", NEED, [line], appeal)
        for giver, counts in zip(european[number:], promises, strict=False):
            promise(giver, need.lines.get(), low, counts, appeal)
    for number, (quantity, low, high) in enumerate(OFFERS):
        line = _line("generator", quantity, low, high, condition="good")
        _listing(european[-number - 1], "offer", OFFER, [line], appeal)
    big = _line("cogeneration", 2, 600, 800, needed_by=today + timedelta(days=200))
    need = _listing(ukrainian[6], "need", NEED, [big], appeal)
    promise(european[5], need.lines.get(), 600, (1, 1, 0, 0, 0, 0), appeal)
    return appeal


def _line(template: str, quantity: int, low: int, high: int, **more: object) -> Line:
    return Line(
        item="",
        template=template,
        quantity=Decimal(quantity),
        unit="piece",
        range_min=Decimal(low),
        range_max=Decimal(high),
        range_unit="kw",
        **more,
    )


def _listing(member: Member, kind: str, words: dict, lines: list[Line], appeal: Appeal) -> Listing:
    content = ListingContent(
        language="uk" if kind == "need" else "pl",
        titles={code: title for code, (title, _text) in words.items()},
        texts={code: text for code, (_title, text) in words.items()},
        sectors=["ENE-02"],
        lines=lines,
        expires_on=timezone.localdate() + timedelta(days=90),
        names_no_site=True,
        appeal=appeal.slug,
    )
    listing = listings.create_listing(member=member, kind=kind, content=content, by=SYSTEM)
    listings.publish_listing(listing, by=SYSTEM)
    return listing


def promise(
    giver: Member,
    line: ListingLine,
    rating: int | None,
    counts: tuple[int, ...],
    appeal: Appeal | None = None,
) -> None:
    """What became of one promise for a line of a need; ``rating`` of each piece where the item has one."""
    promised, committed, dispatched, received, accepted, lost = map(Decimal, counts)
    rated = (
        {"range_min": Decimal(rating), "range_max": Decimal(rating), "range_unit": line.range_unit}
        if rating
        else {}
    )
    said = PromisedLine(
        quantity=promised,
        unit=line.unit,
        template=line.template.code,
        need_line=line.slug,
        **rated,
    )
    receiver, need = line.listing.member, line.listing
    language = as_ours(giver.contact_language)
    title = getattr(line.template, f"name_{language}")
    content = PledgeContent(title=title, language=language, lines=[said])
    pledge, _is_new = pledges.promise_pledge(
        giver=giver, receiver=receiver, content=content, listing=need, appeal=appeal, by=SYSTEM
    )
    slug = pledge.lines.get().slug
    # What is on its way and not there yet is late: reminders, the desk and the rate of kept promises have a case.
    is_late = dispatched > received + lost
    due_on = timezone.localdate() + timedelta(days=-9 if is_late else 30)
    if committed:
        pledges.commit_pledge(pledge, quantities=[Quantity(slug, committed)], due_on=due_on, by=SYSTEM)
    if dispatched:
        _dispatch(pledge, slug, dispatched, ROUTES[language])
    if received or lost:
        reason = DAMAGED[as_ours(receiver.contact_language)] if lost else ""
        told = Confirmation(slug, received, accepted, lost, reason=reason)
        deliveries.confirm_delivery(pledge, lines=[told], by=SYSTEM)


def _dispatch(pledge: Pledge, slug: str, quantity: Decimal, route: str) -> None:
    """By one transport, which the customs have cleared."""
    today = timezone.localdate()
    content = TransportContent(
        carrier="Demo Logistics",
        vehicles="DEMO 0001",
        route=route,
        departs_on=today,
        packages=int(quantity),
    )
    deliveries.dispatch_pledge(pledge, quantities=[Quantity(slug, quantity)], transport=content, by=SYSTEM)
    papers = {"state_code": "DEMO-000001", "cleared_on": today}
    transports.change_transport(pledge.transports.get(), changes=papers, by=SYSTEM)
