"""Surveys from the desk to the members and back: opened, answered by link or signed in, reminded, closed, summed up."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions import survey_answers, surveys
from alliance.content.models import Survey, SurveyAnswer, SurveyOption, SurveyValue
from alliance.content.refusals import SurveyRefused
from alliance.content.survey_links import survey_path
from alliance.core.actions import stop_mail
from alliance.core.journal import LINK, SYSTEM
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from tests.factories import (
    make_member,
    make_representative,
    make_survey,
    make_survey_answer,
)

pytestmark = pytest.mark.django_db
Status = Survey.Status
WAY = ["draft", "open", "closed", "published"]
LATER = timedelta(days=7)


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    cache.clear()


@pytest.fixture
def member():
    return make_member(official_name="Gmina Próbna", contact_email="urzad@example.org", contact_language="pl")


@pytest.fixture
def sheet(member):
    return make_survey_answer(make_survey("open"), member)


def link(sheet, email="urzad@example.org", language="uk"):
    with translation.override(language):
        return survey_path(sheet, email)


def field(sheet, kind):
    return f"q{sheet.survey.questions.get(kind=kind).pk}"


def option(sheet, kind, place):
    return sheet.survey.questions.get(kind=kind).options.all()[place - 1].pk


def typed(sheet, **changes):
    """A filled-in sheet as a browser sends it."""
    data = {
        "seen": sheet.version,
        field(sheet, "one"): option(sheet, "one", 2),
        field(sheet, "several"): [option(sheet, "several", 1), option(sheet, "several", 3)],
        field(sheet, "number"): "12,5",
        field(sheet, "scale"): "4",
        field(sheet, "text"): "Нам бракує водіїв.",
    }
    return data | {field(sheet, name) if name != "seen" else name: value for name, value in changes.items()}


def said(sheet):
    rows = SurveyValue.objects.filter(answer=sheet).order_by("question__position", "option__position")
    return [
        row.option.position if row.option else row.number or row.scale or row.text
        for row in rows.select_related("option")
    ]


# --- opened by the desk ---


def test_opening_asks_every_member_that_it_is_for_once(member):
    survey = make_survey(closes_at=timezone.now() + LATER)
    make_member(status="on_hold")
    surveys.open_survey(survey, by=SYSTEM)
    assert [row.member for row in survey.answers.all()] == [member]
    assert JournalEntry.objects.filter(verb="survey.opened").count() == 1
    make_member()  # joins later
    with pytest.raises(NotAllowed):
        surveys.open_survey(survey, by=SYSTEM)
    assert survey.answers.count() == 1


@pytest.mark.parametrize(
    ("reason", "spoil"),
    [
        (SurveyRefused.NO_QUESTIONS, lambda survey: survey.questions.all().delete()),
        (SurveyRefused.FEW_CHOICES, lambda survey: SurveyOption.objects.filter(position__gt=1).delete()),
        (SurveyRefused.LANGUAGES, lambda survey: survey.questions.filter(kind="number").update(unit_pl="")),
        (SurveyRefused.NO_END, lambda survey: Survey.objects.update(closes_at=timezone.now())),
        (SurveyRefused.NOBODY, lambda survey: Survey.objects.update(countries=["IS"])),
    ],
)
def test_what_is_not_complete_is_not_opened(member, reason, spoil):
    survey = make_survey(closes_at=timezone.now() + LATER)
    spoil(survey)
    with pytest.raises(SurveyRefused) as refused:
        surveys.open_survey(survey, by=SYSTEM)
    assert refused.value.args == (reason,)
    assert not SurveyAnswer.objects.exists()


def test_everybody_who_writes_for_a_member_gets_a_link_once_and_may_stop_it(member):
    editor = make_representative(member, role="editor").user
    make_representative(member, role="viewer")
    other = make_member(contact_email="hromada@example.org", contact_language="uk")
    stopped = make_member(contact_email="no@example.org")
    stop_mail(email="no@example.org", category="survey")
    survey = make_survey("open")
    for one in (member, other, stopped):
        make_survey_answer(survey, one)
    assert survey_answers.write_survey_mails() == 3
    assert survey_answers.write_survey_mails() == 0
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {editor.email, "hromada@example.org"}
    mail = mails["hromada@example.org"]
    assert (mail.name, mail.language, mail.category) == ("content/survey_asked", "uk", "survey")
    assert mail.is_secret
    assert "List-Unsubscribe" in mail.headers
    assert survey.title_uk in mail.subject
    assert re.search(r"http://\S+/uk/policy/answer/\S+", mail.text)


def test_who_has_not_answered_is_reminded_once(sheet):
    make_survey_answer(sheet.survey, says={"scale": 3})
    survey_answers.write_survey_mails()
    OutgoingMail.objects.all().delete()
    surveys.remind_of_survey(sheet.survey, by=SYSTEM)
    with pytest.raises(NotAllowed):
        surveys.remind_of_survey(sheet.survey, by=SYSTEM)
    assert survey_answers.write_survey_mails() == 1
    assert survey_answers.write_survey_mails() == 0
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.name, mail.language) == ("urzad@example.org", "content/survey_reminder", "pl")


# --- answered by an office ---


def test_an_office_answers_by_its_link_without_a_login(client, sheet):
    page = client.get(link(sheet))
    assert page.status_code == 200
    assert "Gmina Próbna" in page.text
    assert "sessionid" not in client.cookies
    assert not SurveyValue.objects.exists()
    response = client.post(link(sheet), typed(sheet))
    assert response.status_code == 302
    assert 'role="alert"' in client.get(response.url).text
    assert said(sheet) == [2, 1, 3, 12.5, 4, "Нам бракує водіїв."]
    sheet.refresh_from_db()
    assert (sheet.version, sheet.language) == (1, "uk")
    entry = JournalEntry.objects.get(verb="survey_answer.given")
    assert (entry.object_id, entry.actor_kind) == (sheet.pk, "link")
    mail = OutgoingMail.objects.get()
    assert (mail.name, mail.to, mail.category) == (
        "content/survey_answered",
        "urzad@example.org",
        "transactional",
    )
    assert "водіїв" not in mail.text


def test_a_second_click_changes_nothing_and_a_change_takes_the_place(client, sheet):
    for _click in range(2):
        assert client.post(link(sheet), typed(sheet)).status_code == 302
    assert JournalEntry.objects.filter(verb="survey_answer.given").count() == 1
    sheet.refresh_from_db()
    page = client.get(link(sheet)).text
    assert "Нам бракує водіїв." in page
    client.post(link(sheet), typed(sheet, one="", several=[], number="", text="Вистачає."))
    assert said(sheet) == [4, "Вистачає."]
    assert JournalEntry.objects.filter(verb="survey_answer.changed").count() == 1
    # The same people are not written to twice on one day.
    assert OutgoingMail.objects.filter(name="content/survey_answered").count() == 1


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("number", "-1"),
        ("number", "many"),
        ("scale", "9"),
        ("one", "0"),
        ("several", ["0"]),
        ("text", "x" * 3001),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_stays_typed(client, sheet, kind, wrong):
    response = client.post(link(sheet), typed(sheet, **{kind: wrong}))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field(sheet, kind)}
    assert f"id_{field(sheet, kind)}_error" in response.text
    assert "12,5" in response.text or kind == "number"
    assert not SurveyValue.objects.exists()


def test_a_question_that_must_be_answered_and_an_empty_sheet(client, member):
    must = make_survey_answer(make_survey("open", required=True), member)
    response = client.post(link(must), {"seen": 0})
    assert response.status_code == 422
    assert len(response.context["form"].errors) == 5
    may = make_survey_answer(make_survey("open"), member)
    response = client.post(link(may), {"seen": 0})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["__all__"]


def test_of_two_people_of_an_office_the_second_is_told_and_decides(client, sheet):
    first, second = typed(sheet, text="Перше."), typed(sheet, text="Друге.")
    client.post(link(sheet), first)
    response = client.post(link(sheet), second)
    assert response.status_code == 409
    assert "Друге." in response.text
    assert said(sheet)[-1] == "Перше."
    again = second | {"seen": response.context["form"]["seen"].value()}
    assert client.post(link(sheet), again).status_code == 302
    assert said(sheet)[-1] == "Друге."


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_at_the_same_moment_one_is_kept_and_the_other_told():
    sheet = make_survey_answer(make_survey("open", "text"))
    question = sheet.survey.questions.get()
    barrier, outcomes = threading.Barrier(2), []

    def answer(words):
        mine = SurveyAnswer.objects.select_related("survey", "member").get(pk=sheet.pk)
        try:
            barrier.wait(120)
            survey_answers.answer_survey(mine, said={question: words}, language="uk", seen=0, by=LINK)
            outcomes.append("kept")
        except SurveyRefused as refused:
            outcomes.append(refused.args[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[words]) for words in ("Перше.", "Друге.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [SurveyRefused.ANSWERED, "kept"]
    assert SurveyValue.objects.count() == 1
    assert SurveyAnswer.objects.get(pk=sheet.pk).version == 1


def test_a_link_ends_with_the_survey_the_membership_and_the_mailbox(client, sheet):
    assert client.get(link(sheet, "gone@example.org")).status_code == 403
    forged = link(sheet)[:-3] + "xx/"
    assert client.get(forged).status_code == 404
    Survey.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    for ask in (client.get, client.post):
        response = ask(link(sheet))
        assert response.status_code == 410
        assert response.headers["Content-Language"] == "uk"
    Survey.objects.update(closes_at=timezone.now() + LATER)
    sheet.member.status = "on_hold"
    sheet.member.save()
    for response in (client.get(link(sheet)), client.post(link(sheet), typed(sheet))):
        assert response.status_code == 403
        assert "Gmina" not in response.text
    assert not SurveyValue.objects.exists()


def test_the_action_refuses_what_the_page_did_not_see(sheet):
    question = sheet.survey.questions.get(kind="scale")
    answer = {"said": {question: 3}, "language": "pl", "seen": 0, "by": LINK}
    stale = SurveyAnswer.objects.select_related("survey", "member").get(pk=sheet.pk)
    sheet.member.status = "on_hold"
    sheet.member.save()
    with pytest.raises(SurveyRefused) as refused:
        survey_answers.answer_survey(stale, **answer)
    assert refused.value.args == (SurveyRefused.NO_MEMBER,)
    surveys.close_survey(sheet.survey, by=SYSTEM)
    with pytest.raises(SurveyRefused) as refused:
        survey_answers.answer_survey(stale, **answer)
    assert refused.value.args == (SurveyRefused.CLOSED,)
    assert not SurveyValue.objects.exists()


def test_a_closed_survey_shows_an_office_what_it_said(client, member):
    sheet = make_survey_answer(
        make_survey("published"), member, says={"one": 2, "text": "Нам бракує водіїв."}
    )
    response = client.get(link(sheet))
    assert response.status_code == 410
    assert "Choice 2 uk" in response.text
    assert "Нам бракує водіїв." in response.text
    assert reverse("content:survey_detail", args=[sheet.survey.slug]).removeprefix("/en") in response.text


def test_whoever_writes_for_the_member_finds_it_on_my_page(client, sheet, member):
    editor = make_representative(member, role="editor").user
    client.force_login(editor)
    ours = reverse("content:survey_ours", args=[sheet.survey.slug])
    assert ours in client.get(reverse("content:dashboard")).text
    assert client.post(ours, typed(sheet, number="12.5")).status_code == 302
    entry = JournalEntry.objects.get(verb="survey_answer.given")
    assert entry.actor == editor
    assert ours not in client.get(reverse("content:dashboard")).text
    assert ours in client.get(reverse("content:policy_ours")).text
    # Another member was not asked, a viewer only reads along.
    for stranger in (make_representative(role="editor"), make_representative(member, role="viewer")):
        client.force_login(stranger.user)
        assert client.get(ours).status_code == 404


def test_a_browser_that_is_signed_in_sends_the_sheet_with_its_token(sheet, member):
    # By link nobody needs a token, nor the cookie that it comes with.
    stranger = Client(enforce_csrf_checks=True)
    assert "csrfmiddlewaretoken" not in stranger.get(link(sheet)).text
    assert not stranger.cookies
    assert stranger.post(link(sheet), typed(sheet)).status_code == 302
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_representative(member, role="editor").user)
    ours = reverse("content:survey_ours", args=[sheet.survey.slug])
    filled = typed(sheet, number="13.5") | {"seen": 1}
    assert browser.post(ours, filled).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(ours).text)[1]
    assert browser.post(ours, filled | {"csrfmiddlewaretoken": token}).status_code == 302


def test_sixty_answers_an_hour_are_too_many(client, sheet):
    for _time in range(60):
        cached = client.post(link(sheet), typed(sheet))
    assert cached.status_code == 302
    response = client.post(link(sheet), typed(sheet, text="Ще раз."))
    assert response.status_code == 429
    assert "Ще раз." in response.text


# --- closed, published, forgotten ---


@pytest.mark.parametrize(
    ("verb", "leads"),
    [
        (surveys.close_survey, {"open": "closed"}),
        (surveys.publish_survey, {"closed": "published"}),
        (surveys.withdraw_summary, {"published": "closed"}),
        (surveys.remind_of_survey, {"open": "open"}),
    ],
)
def test_every_verb_from_every_state(verb, leads):
    for status in WAY:
        survey = make_survey(status)
        if status in leads:
            verb(survey, by=SYSTEM)
        else:
            with pytest.raises(NotAllowed):
                verb(survey, by=SYSTEM)
        survey.refresh_from_db()
        assert survey.status == leads.get(status, status)
        assert JournalEntry.objects.about(survey).count() == int(status in leads)


def test_the_sweep_closes_what_is_over_and_nothing_else():
    over, running = make_survey("open"), make_survey("open")
    Survey.objects.filter(pk=over.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert surveys.close_due() == 1
    assert surveys.close_due() == 0
    assert [Survey.objects.get(pk=row.pk).status for row in (over, running)] == ["closed", "open"]


def test_own_words_are_forgotten_after_a_year(sheet):
    long_ago = timezone.now() - timedelta(days=400)
    old = make_survey("closed", opened_at=long_ago, closes_at=long_ago + LATER, closed_at=long_ago + LATER)
    make_survey_answer(old, says={"text": "Наш водій Петро.", "scale": 2})
    make_survey_answer(make_survey("closed"), says={"text": "Наш водій Іван."})
    assert survey_answers.forget_words() == 1
    assert survey_answers.forget_words() == 0
    assert set(SurveyValue.objects.filter(kind="text").values_list("text", flat=True)) == {
        "–",
        "Наш водій Іван.",
    }
    assert SurveyValue.objects.filter(kind="scale").count() == 1
