"""News, events and an issue of the newsletter for the demonstration; each says that it is an example. `manage.py demo`
calls it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from alliance.content.actions import events, newsletter, publishing
from alliance.content.models import Document, Event, NewsItem, NewsletterIssue
from alliance.users.models import User
from partnerships.models import Appeal

KYIV = ZoneInfo("Europe/Kyiv")
NEWS = {
    "title": {
        "en": "A first need is covered (example)",
        "pl": "Pierwsza potrzeba zaspokojona (przykład)",
        "uk": "Першу потребу закрито (приклад)",
    },
    "lead": {
        "en": "Example of the demonstration: how a piece of news looks.",
        "pl": "Przykład wersji pokazowej: tak wygląda aktualność.",
        "uk": "Приклад демонстраційної версії: такий вигляд має новина.",
    },
    "text": {
        "en": "What is shown here is **made up**. A real piece of news tells what members did, and links to it.",
        "pl": "To, co tu widać, jest **zmyślone**. Prawdziwa aktualność mówi, co zrobili członkowie.",
        "uk": "Те, що тут показано, **вигадане**. Справжня новина розповідає, що зробили учасники, і дає посилання.",
    },
}
EVENT = {
    "title": {
        "en": "Meeting of partner cities (example)",
        "pl": "Spotkanie miast partnerskich (przykład)",
        "uk": "Зустріч міст-партнерів (приклад)",
    },
    "lead": {
        "en": "Example of the demonstration: an event with a place, a time zone and a calendar file.",
        "pl": "Przykład wersji pokazowej: wydarzenie z miejscem, strefą czasową i plikiem do kalendarza.",
        "uk": "Приклад демонстраційної версії: подія з місцем, часовим поясом і файлом для календаря.",
    },
    "place": {"en": "Lviv", "pl": "Lwów", "uk": "Львів"},
}
ISSUE = {
    "title": {
        "en": "What arrived this month (example)",
        "pl": "Co dotarło w tym miesiącu (przykład)",
        "uk": "Що надійшло цього місяця (приклад)",
    },
    "text": {
        "en": "Example of the demonstration: an issue of the newsletter.",
        "pl": "Przykład wersji pokazowej: numer newslettera.",
        "uk": "Приклад демонстраційної версії: випуск розсилки.",
    },
}
WEEKS_AHEAD = 3


def write_stories(desk: User) -> None:
    appeal = Appeal.objects.running().newest_first().first()
    item = NewsItem(slug="example-news", appeal=appeal, **_texts(NEWS))
    publishing.save_texts(item, by=desk)
    publishing.publish(item, by=desk)
    day = timezone.localdate() + timedelta(weeks=WEEKS_AHEAD)
    starts_at = datetime.combine(day, time(10), KYIV)
    event = Event(
        slug="example-meeting",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        time_zone="Europe/Kyiv",
        **_texts(EVENT),
    )
    events.save_event(event, by=desk)
    publishing.publish(event, by=desk)
    document = Document.objects.filter(kind=Document.Kind.NEWSLETTER).first()
    issue = NewsletterIssue(number=1, document=document, **_texts(ISSUE))
    newsletter.save_issue(issue, by=desk)
    newsletter.send_issue(issue, by=desk)


def _texts(fields: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {f"{name}_{code}": text for name, texts in fields.items() for code, text in texts.items()}
