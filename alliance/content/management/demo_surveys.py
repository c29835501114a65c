"""Two surveys of the demonstration: one that closed, with its summary, and one that members can answer now. Each says
that it is an example, and so are the answers. `manage.py demo` calls it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from alliance.content.actions import survey_answers, surveys
from alliance.content.models import Survey, SurveyAnswer, SurveyQuestion
from alliance.core.journal import LINK
from alliance.core.languages import LANGUAGES
from alliance.users.models import User

Kind = SurveyQuestion.Kind
Texts = dict[str, str]

CLOSED: dict[str, Texts] = {
    "title": {
        "en": "What helps partnerships begin (example)",
        "pl": "Co pomaga zacząć partnerstwo (przykład)",
        "uk": "Що допомагає почати партнерство (приклад)",
    },
    "introduction": {
        "en": "Example of the demonstration: the questions and all answers to them are made up.",
        "pl": "Przykład wersji pokazowej: pytania i wszystkie odpowiedzi są zmyślone.",
        "uk": "Приклад демонстраційної версії: запитання і всі відповіді на них вигадані.",
    },
    "result": {
        "en": "This is where the Alliance says in its own words what follows from the answers. (example)",
        "pl": "Tu Sojusz mówi własnymi słowami, co wynika z odpowiedzi. (przykład)",
        "uk": "Тут Альянс своїми словами розповідає, що випливає з відповідей. (приклад)",
    },
}
OPEN: dict[str, Texts] = {
    "title": {
        "en": "What you prepare for the winter (example)",
        "pl": "Jak przygotowują się Państwo do zimy (przykład)",
        "uk": "Як ви готуєтеся до зими (приклад)",
    },
    "introduction": {
        "en": "Example of the demonstration: answer whatever you like, nobody evaluates it.",
        "pl": "Przykład wersji pokazowej: można odpowiedzieć cokolwiek, nikt tego nie ocenia.",
        "uk": "Приклад демонстраційної версії: відповідайте що завгодно, цього ніхто не оцінює.",
    },
}
# Kind, question, choices.
QUESTIONS_OF_CLOSED: list[tuple[str, Texts, list[Texts]]] = [
    (
        Kind.ONE,
        {
            "en": "What helped you most to find a partner?",
            "pl": "Co najbardziej pomogło Państwu znaleźć partnera?",
            "uk": "Що найбільше допомогло вам знайти партнера?",
        },
        [
            {"en": "People we knew before", "pl": "Wcześniejsze znajomości", "uk": "Давні знайомства"},
            {"en": "This portal", "pl": "Ten portal", "uk": "Цей портал"},
            {"en": "An association", "pl": "Stowarzyszenie", "uk": "Асоціація"},
        ],
    ),
    (
        Kind.SEVERAL,
        {
            "en": "What do your partnerships lack?",
            "pl": "Czego brakuje Państwa partnerstwom?",
            "uk": "Чого бракує вашим партнерствам?",
        },
        [
            {"en": "Money", "pl": "Pieniędzy", "uk": "Коштів"},
            {
                "en": "People who speak the language",
                "pl": "Osób znających język",
                "uk": "Людей, які знають мову",
            },
            {"en": "Time", "pl": "Czasu", "uk": "Часу"},
        ],
    ),
    (
        Kind.SCALE,
        {
            "en": "How easy was the first step? (1: very hard, 5: very easy)",
            "pl": "Jak łatwy był pierwszy krok? (1: bardzo trudny, 5: bardzo łatwy)",
            "uk": "Наскільки легким був перший крок? (1 – дуже важким, 5 – дуже легким)",
        },
        [],
    ),
    (
        Kind.NUMBER,
        {
            "en": "How many colleagues work on partnerships?",
            "pl": "Ile osób w urzędzie zajmuje się partnerstwami?",
            "uk": "Скільки ваших колег опікуються партнерствами?",
        },
        [],
    ),
    (
        Kind.TEXT,
        {
            "en": "What should we know beyond this?",
            "pl": "Co jeszcze powinniśmy wiedzieć?",
            "uk": "Що ще нам варто знати?",
        },
        [],
    ),
]
QUESTIONS_OF_OPEN = [
    (
        Kind.ONE,
        {
            "en": "Is your town ready for power cuts?",
            "pl": "Czy Państwa gmina jest gotowa na przerwy w dostawie prądu?",
            "uk": "Чи готова ваша громада до відключень електроенергії?",
        },
        [
            {"en": "Yes", "pl": "Tak", "uk": "Так"},
            {"en": "In part", "pl": "Częściowo", "uk": "Частково"},
            {"en": "No", "pl": "Nie", "uk": "Ні"},
        ],
    ),
    QUESTIONS_OF_CLOSED[-1],
]
# What the members that answer say, in turn: the place of a choice, or a value.
SAID_TO_CLOSED = [
    (0, [0, 1], 4, 2, ""),
    (0, [0], 3, 1, ""),
    (1, [0, 1], 4, 3, "Приклад відповіді своїми словами."),
    (0, [0, 2], 4, 2, ""),
    (1, [1], 3, 4, "Example of an answer in own words."),
]
SAID_TO_OPEN = [(0, ""), (1, "Przykład odpowiedzi własnymi słowami."), (1, "")]
# One of so many has not answered; of the open one, all but these.
SILENT = 8
ANSWERED_OF_OPEN = 7
WEEKS_AGO, DAYS_LEFT = 6, 21


def write_surveys(desk: User) -> None:
    closed = _survey("example-beginnings", CLOSED, QUESTIONS_OF_CLOSED, desk)
    sheets = [sheet for n, sheet in enumerate(_sheets(closed), start=1) if n % SILENT]
    _answer(sheets, SAID_TO_CLOSED)
    surveys.close_survey(closed, by=desk)
    surveys.publish_survey(closed, by=desk)
    _move_back(closed)
    is_open = _survey("example-winter", OPEN, QUESTIONS_OF_OPEN, desk)
    _answer(_sheets(is_open)[-ANSWERED_OF_OPEN:], SAID_TO_OPEN)


def _survey(slug: str, texts: dict[str, Texts], questions: Sequence[Any], desk: User) -> Survey:
    """Open to all members."""
    fields = {f"{name}_{code}": text for name, by_code in texts.items() for code, text in by_code.items()}
    closes_at = timezone.now() + timedelta(days=DAYS_LEFT)
    survey = Survey(slug=slug, original_language="en", closes_at=closes_at, **fields)
    written = [
        (
            SurveyQuestion(
                kind=kind,
                is_required=kind != Kind.TEXT,
                **{f"label_{code}": label[code] for code in LANGUAGES},
            ),
            choices,
        )
        for kind, label, choices in questions
    ]
    surveys.save_survey(survey, by=desk, questions=written)
    surveys.open_survey(survey, by=desk)
    return survey


def _sheets(survey: Survey) -> list[SurveyAnswer]:
    return list(survey.answers.select_related("survey", "member").order_by("pk"))


def _answer(sheets: Sequence[SurveyAnswer], said: Sequence[Sequence[Any]]) -> None:
    for number, sheet in enumerate(sheets):
        questions = list(sheet.survey.questions.prefetch_related("options"))
        values = zip(questions, said[number % len(said)], strict=True)
        survey_answers.answer_survey(
            sheet,
            said={question: _value(question, value) for question, value in values},
            language="uk" if sheet.member.country == "UA" else "en",
            seen=sheet.version,
            by=LINK,
        )


def _value(question: SurveyQuestion, value: Any) -> Any:
    options = list(question.options.all())
    if question.kind == Kind.ONE:
        return options[value]
    return [options[place] for place in value] if question.kind == Kind.SEVERAL else value


def _move_back(survey: Survey) -> None:
    """As if it had been asked some weeks ago and closed a week later."""
    asked = timezone.now() - timedelta(weeks=WEEKS_AGO)
    closed = asked + timedelta(weeks=2)
    survey.answers.filter(answered_at__isnull=False).update(answered_at=asked, changed_at=asked)
    survey.answers.update(asked_at=asked, invited_at=asked)
    Survey.objects.filter(pk=survey.pk).update(
        opened_at=asked, closes_at=closed, closed_at=closed, published_at=closed + timedelta(days=3)
    )
