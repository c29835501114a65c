"""Surveys: what the database refuses, whom a survey asks, and until when a sheet can be filled in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.content.models import Survey, SurveyAnswer, SurveyOption, SurveyValue
from tests.factories import make_member, make_survey, make_survey_answer

pytestmark = pytest.mark.django_db

LATER = timezone.now() + timedelta(days=7)
SHEET = {"one": 1, "several": [1, 3], "number": "12.50", "scale": 4, "text": "Нам бракує водіїв."}


@pytest.fixture
def sheet():
    return make_survey_answer(says=SHEET)


def test_a_sheet_says_what_fits_its_questions(sheet):
    assert sheet.values.count() == 6
    assert {value.kind for value in sheet.values.all()} == set(SHEET)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"title_uk": ""},
        {"title_pl": None},
        {"closes_at": None},
        {"opened_at": None},
        {"status": "draft"},
        {"closed_at": timezone.now()},
        {"status": "published", "closed_at": timezone.now(), "published_at": timezone.now()},
        {"figures": {"asked": 1}},
        {"closes_at": timezone.now() - timedelta(days=2)},
    ],
)
def test_the_database_refuses_a_survey(nonsense):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_survey(**{"status": "open", "opened_at": timezone.now(), "closes_at": LATER, **nonsense})


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("one", {"option": None}),
        ("one", {"number": 3}),
        ("one", {"kind": "several"}),
        ("several", {"text": "Words"}),
        ("number", {"number": -1}),
        ("number", {"number": None}),
        ("number", {"number": None, "scale": 3}),
        ("scale", {"scale": None}),
        ("scale", {"scale": 6}),
        ("scale", {"scale": 0}),
        ("scale", {"kind": "number", "number": 3, "scale": None}),
        ("text", {"text": ""}),
    ],
)
def test_the_database_refuses_what_does_not_fit_the_kind(sheet, kind, wrong):
    value = sheet.values.filter(kind=kind).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyValue.objects.filter(pk=value.pk).update(**wrong)


def test_the_database_refuses_the_choice_of_another_question(sheet):
    foreign = SurveyOption.objects.filter(question__kind="several").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        sheet.values.filter(kind="one").update(option=foreign)


@pytest.mark.parametrize("kind", list(SHEET))
def test_nothing_is_said_twice(sheet, kind):
    value = sheet.values.filter(kind=kind).first()
    value.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        value.save(force_insert=True)


def test_a_member_has_one_sheet_and_its_moments_go_together(sheet):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_survey_answer(sheet.survey, sheet.member)
    for wrong in ({"version": 0}, {"changed_at": None}, {"language": ""}, {"answered_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyAnswer.objects.filter(pk=sheet.pk).update(**wrong)


@pytest.mark.parametrize(
    ("asks", "asked"),
    [
        ({}, {"ua", "pl", "institution"}),
        ({"side": "ukraine"}, {"ua"}),
        ({"side": "partners"}, {"pl", "institution"}),
        ({"tier": "institutional"}, {"institution"}),
        ({"countries": ["PL", "UA"]}, {"ua", "pl"}),
        ({"side": "partners", "tier": "associated", "countries": ["FR"]}, set()),
    ],
)
def test_who_is_asked(asks, asked):
    members = {
        "ua": make_member(country="UA"),
        "pl": make_member(country="PL"),
        "institution": make_member(country="BE", tier="institutional"),
    }
    make_member(country="UA", status="on_hold")
    make_member(country="UA", status="pending")
    found = set(make_survey(**asks).members_to_ask())
    assert {name for name, member in members.items() if member in found} == asked
    assert len(found) == len(asked)


def test_the_moment_and_the_membership_decide_what_can_be_answered():
    survey = make_survey("open")
    sheet = make_survey_answer(survey)
    assert sheet.is_open
    assert list(SurveyAnswer.objects.waiting_for(sheet.member)) == [sheet]
    held = make_survey_answer(survey, make_member(status="on_hold"))
    assert not held.is_open
    assert not SurveyAnswer.objects.waiting_for(held.member)
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    sheet = SurveyAnswer.objects.get(pk=sheet.pk)
    assert not sheet.is_open
    assert not SurveyAnswer.objects.waiting_for(sheet.member)
    assert list(Survey.objects.over()) == [survey]
