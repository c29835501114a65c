"""The inbox and the policy dialogue of the demonstration: letters in three languages, one answered; prepared answers;
one issue that was taken to an institution and one to be checked. `manage.py demo` calls it."""

from datetime import timedelta

from django.utils import timezone

from alliance.content.actions import policy, publishing
from alliance.content.actions.answers import answer_ticket
from alliance.content.actions.tickets import open_ticket
from alliance.content.models import CannedAnswer, PolicyIssue, Ticket, TicketMessage
from alliance.core.journal import SYSTEM
from alliance.users.models import User
from members.models import Member

# Topic, language, country, name, organisation, subject, text, days since it came.
LETTERS = [
    (
        *("membership", "uk", "UA", "Олена Приклад", "Приклад громади"),
        "Чи може приєднатися сільська громада?",
        "Доброго дня! Нас чотири тисячі мешканців. Чи потрібне рішення сесії ради, щоб подати"
        " заявку? (приклад)",
        5,
    ),
    (
        *("partnerships", "pl", "PL", "Piotr Przykładowy", "Przykładowa gmina"),
        "Szukamy partnera z doświadczeniem w gospodarce wodnej",
        "Dzień dobry, mamy zakład wodociągowy, który chętnie przyjmie praktykantów. Do kogo"
        " napisać? (przykład)",
        3,
    ),
    (
        *("press", "en", "BE", "Pat Example", "Example Weekly"),
        "How many promises were kept?",
        "Good morning, is there a file behind the figures on your page? (example)",
        2,
    ),
]
ANSWER = (
    "Good morning,\n\nyes: below each figure there is a list, and below the list its file."
    "\n\nKind regards\nMaria Example"
)
CANNED = {
    "How to join": {
        "en": "Dear {name},\n\nany municipality, region or association may join. Find your place in"
        " the register and fill in the"
        " short form; the council’s decision may follow later.\n\nYour ticket: {number}",
        "pl": "Dzień dobry,\n\ndo Sojuszu może przystąpić każda gmina, każdy region i każde"
        " stowarzyszenie władz lokalnych."
        " Prosimy odnaleźć swoją jednostkę w rejestrze i wypełnić krótki formularz; uchwałę rady"
        " można dołączyć później."
        "\n\nNumer sprawy: {number}",
        "uk": "Доброго дня, {name}!\n\nПриєднатися може кожна громада, кожен регіон і кожна"
        " асоціація. Знайдіть свою територіальну"
        " одиницю в реєстрі та заповніть коротку форму; рішення ради можна додати пізніше.\n\nНомер"
        " запиту: {number}",
    },
    "Finding a partner": {
        "en": "Dear {name},\n\nopen “Needs and offers” and write to whoever fits: both sides see"
        " each other’s contacts as soon as"
        " both have agreed.\n\nYour ticket: {number}",
        "pl": "Dzień dobry,\n\nprosimy otworzyć „Potrzeby i oferty” i napisać do właściwego"
        " członka: gdy obie strony wyrażą zgodę,"
        " zobaczą nawzajem swoje dane kontaktowe.\n\nNumer sprawy: {number}",
        "uk": "Доброго дня, {name}!\n\nВідкрийте «Потреби та пропозиції» й напишіть тому, хто вам"
        " підходить: щойно обидві сторони"
        " погодяться, вони побачать контакти одна одної.\n\nНомер запиту: {number}",
    },
}
ISSUES = [
    (
        "Довге митне оформлення генераторів (приклад)",
        "Генератори стоять на кордоні по два тижні. Потрібен спрощений порядок для допомоги"
        " громадам. (приклад)",
    ),
    (
        "Немає коштів на спільні проєкти малих громад (приклад)",
        "Найменша сума гранту завелика для громади на чотири тисячі мешканців. (приклад)",
    ),
]
INSTITUTION = "Example Institution of the European Union"


def write_inbox(member: Member, desk: User) -> None:
    """Precondition: ``member`` is an approved member of Ukraine with a sector."""
    for title, texts in CANNED.items():
        words = {f"text_{code}": text for code, text in texts.items()}
        publishing.save_texts(CannedAnswer(title=title, original_language="en", **words), by=desk)
    tickets = [_letter(*letter) for letter in LETTERS]
    answer_ticket(tickets[-1], text=ANSWER, by=desk)
    sector = member.sectors.first()
    if sector is None:
        return
    issues = [
        policy.raise_issue(
            PolicyIssue(sector=sector, language="uk", title=title, text=text, is_named=True),
            member=member,
            by=SYSTEM,
        )
        for title, text in ISSUES
    ]
    policy.accept_issue(issues[0], by=desk)
    policy.forward_issue(issues[0], institution=INSTITUTION, by=desk)


def _letter(
    topic: str, language: str, country: str, name: str, organisation: str, subject: str, text: str, days: int
) -> Ticket:
    ticket = Ticket(
        topic=topic,
        language=language,
        country=country,
        name=name,
        organisation=organisation,
        email=f"writer-{language}@example.org",
    )
    open_ticket(ticket=ticket, message=TicketMessage(subject=subject, text=text), by=SYSTEM)
    moment = timezone.now() - timedelta(days=days)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=moment, waits_since=moment)
    ticket.messages.update(sent_at=moment)
    ticket.refresh_from_db()
    return ticket
