"""Appeals at the desk: drafted with their target, corrected, opened; what is wrong is said at its field."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from partnerships.models import Appeal
from tests.factories import make_appeal, make_coordinator, make_template

pytestmark = pytest.mark.django_db
ADD = reverse("admin:partnerships_appeal_add")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator(language="en")
    client.force_login(client.user)
    return client


def change_url(appeal):
    return reverse("admin:partnerships_appeal_change", args=[appeal.pk])


def verb_url(appeal, verb):
    return reverse("admin:partnerships_appeal_verb", args=[appeal.pk, verb])


LINE = {"item": "generator", "quantity": "6", "unit": "piece"}
LINE |= {"range_min": "10", "range_max": "700", "range_unit": "kw"}


def written(*lines, stored=0, **changes):
    fields = {
        "title_en": "Generators",
        "title_pl": "Generatory",
        "title_uk": "Генератори",
        "text_en": "Before winter.",
        "text_pl": "Przed zimą.",
        "text_uk": "До зими.",
        "deadline": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "original_language": "en",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": stored,
    } | changes
    for number, line in enumerate(lines):
        fields |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return fields


def verbs_of(appeal):
    return list(JournalEntry.objects.about(appeal).order_by("id").values_list("verb", flat=True))


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_last_day_stands_in_the_form_as_browsers_want_it(desk, language):
    desk.user.language = language
    desk.user.save()
    appeal = make_appeal()
    assert f'value="{appeal.deadline.isoformat()}"' in desk.get(change_url(appeal)).text


def test_the_desk_drafts_opens_closes_and_opens_again(desk):
    assert desk.post(ADD, written(LINE)).status_code == 302
    appeal = Appeal.objects.get()
    line = appeal.lines.get()
    assert (appeal.status, appeal.title_uk, line.quantity, line.range_max) == ("draft", "Генератори", 6, 700)
    for verb in ("open", "close"):
        assert desk.post(verb_url(appeal, verb)).status_code == 302
    day = timezone.localdate() + timedelta(days=3)
    desk.post(verb_url(appeal, "reopen"), {"deadline": day.isoformat()})
    appeal.refresh_from_db()
    assert (appeal.status, appeal.deadline, appeal.closed_at) == ("open", day, None)
    assert verbs_of(appeal) == [
        "appeal.created",
        "appeal.target_changed",
        "appeal.opened",
        "appeal.closed",
        "appeal.reopened",
    ]
    assert set(JournalEntry.objects.about(appeal).values_list("actor", flat=True)) == {desk.user.pk}


def test_a_draft_may_have_holes_and_opening_it_says_what_is_missing(desk):
    assert desk.post(ADD, written(title_uk="", deadline="")).status_code == 302
    appeal = Appeal.objects.get()
    page = desk.post(verb_url(appeal, "open"), follow=True).content.decode()
    assert "Give the appeal a title in English, Polish and Ukrainian." in page
    appeal.refresh_from_db()
    assert appeal.status == "draft"


def test_an_open_appeal_is_corrected_and_every_change_is_journalled(desk):
    appeal = make_appeal(title_en="Generators", text_en="Before winter.")
    line = appeal.lines.get()
    stored = LINE | {"id": line.pk, "quantity": "250"}
    beds = {"item": "beds", "quantity": "6", "unit": "piece"}
    response = desk.post(change_url(appeal), written(stored, beds, stored=1))
    assert response.status_code == 302
    assert {(each.item, each.quantity) for each in appeal.lines.all()} == {
        ("generator", Decimal(250)),
        ("beds", Decimal(6)),
    }
    appeal.refresh_from_db()
    assert appeal.title_uk == "Генератори"
    assert verbs_of(appeal) == ["appeal.updated", "appeal.target_changed"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_uk": ""}, "Give the appeal a title in English, Polish and Ukrainian."),
        ({"text_pl": ""}, "Describe the appeal in English, Polish and Ukrainian."),
        ({"deadline": ""}, "This field is required."),
        ({"deadline": "2020-01-01"}, "This day has passed."),
        ({"deadline": "soon"}, "Enter a valid date."),
        ({"lines-0-DELETE": "on"}, "Name at least one item of the target and how much of it."),
    ],
)
def test_an_open_appeal_does_not_lose_what_it_needs(desk, changes, words):
    appeal = make_appeal()
    line = {"id": appeal.lines.get().pk, "item": "generator", "quantity": "100", "unit": "piece"}
    response = desk.post(change_url(appeal), written(line, stored=1, **changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not JournalEntry.objects.about(appeal).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item": ""}, "Choose an item of the catalogue or name it in your own words."),
        ({"quantity": "0"}, "Ensure this value is greater than or equal to 0.001."),
        ({"quantity": "many"}, "Enter a number."),
        ({"quantity": "2.5"}, "Write a whole number."),
        ({"unit": ""}, "This field is required."),
        ({"unit": "money"}, "Name the currency by its three letters, for example EUR."),
        ({"currency": "EUR"}, "Only amounts of money have a currency."),
        ({"range_unit": ""}, "Name the unit of the rating, for example kW."),
        ({"range_min": "", "range_max": ""}, "Name the rating from, to or both, or leave its unit out."),
        ({"range_min": "800"}, "This is less than where the range begins."),
        ({"template": True, "unit": "kg"}, "This item is counted in: pieces."),
        ({"template": True, "range_unit": "kwh"}, "This item is rated in: kW."),
    ],
)
def test_a_wrong_line_of_the_target_says_so_at_its_field(desk, changes, words):
    if changes.get("template"):
        changes = changes | {"template": make_template().pk}
    response = desk.post(ADD, written(LINE | changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Appeal.objects.exists()


def test_others_have_no_way_in(client):
    assert client.get(ADD).status_code == 302
    assert client.post(ADD, written(LINE)).status_code == 403
    assert not Appeal.objects.exists()
