"""Meetings of an accepted match: proposed, agreed, declined, cancelled; on both sides' clocks; with a calendar file."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from alliance.core.delivery import deliver_due
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships.actions import meetings as actions
from partnerships.models import Meeting
from tests.factories import PASSWORD, make_meeting, make_member, make_representative, make_request, make_user
from tests.meanwhile import just_before_the_lock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PROPOSAL = {
    "day": "2026-12-03", "time": "10:00", "zone": "Europe/Kyiv", "minutes": "90", "topic": "The water works",
    "where": "https://video.example.org/room",
}  # fmt: skip


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gdynia():
    member = make_member(official_name="Gdynia", country="PL")
    make_representative(member, make_user(email="pl@example.org", language="pl"))
    return member


@pytest.fixture
def sumy():
    member = make_member(official_name="Sumy", country="UA")
    make_representative(member, make_user(email="uk@example.org", language="uk"))
    return member


@pytest.fixture
def match(gdynia, sumy):
    return make_request(gdynia, sumy, status="accepted")


def mails(stem):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(name=f"partnerships/{stem}")}


def test_a_proposal_is_shown_on_both_clocks(client, match, gdynia, sumy):
    login(client, gdynia)
    form = client.get(url("meeting_propose", match.slug)).context["form"]
    assert form.initial["zone"] == "Europe/Warsaw"
    assert [zone for zone, _label in form.fields["zone"].choices][:2] == ["Europe/Warsaw", "Europe/Kyiv"]
    response = client.post(url("meeting_propose", match.slug), PROPOSAL)
    assert response.url == url("match_detail", match.slug) + "#meetings"
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.ends_at, meeting.proposed_by, meeting.status) == (
        datetime(2026, 12, 3, 8, 0, tzinfo=UTC), datetime(2026, 12, 3, 9, 30, tzinfo=UTC), gdynia, "proposed",
    )  # fmt: skip
    assert JournalEntry.objects.filter(verb="meeting.proposed").count() == 1
    mail = mails("meeting_proposed")["uk@example.org"]
    assert "10:00–11:30 (Київ)" in mail.text
    assert "09:00–10:30 (Варшава)" in mail.text
    assert mail.text.index("Київ") < mail.text.index("Варшава")  # the reader's clock first
    assert "video[.]example[.]org" in mail.text
    assert (mail.is_secret, mail.calendar) == (True, "")
    page = client.get(url("match_detail", match.slug)).text
    assert "09:00\u2060–\u206010:30 (Warsaw)" in page
    assert "10:00\u2060–\u206011:30 (Kyiv)" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": "2026-11-19"}, "day"),  # has passed
        ({"day": "2026-11-20", "time": "10:59"}, "day"),  # a minute ago in Kyiv
        ({"day": "2027-11-30"}, "day"),  # too far
        ({"day": "9999-12-31"}, "day"),
        ({"day": "2027-03-28", "time": "03:30"}, "time"),  # left out by the clock
        ({"time": "25:00"}, "time"),
        ({"zone": "Europe/Moscow"}, "zone"),
        ({"minutes": "1000"}, "minutes"),
        ({"topic": "x" * 161}, "topic"),
        ({"day": ""}, "day"),
    ],
)
def test_bad_times_are_refused_at_the_field_and_kept(client, match, gdynia, changes, field):
    login(client, gdynia)
    response = client.post(url("meeting_propose", match.slug), PROPOSAL | changes)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "The water works" in response.text or field == "topic"
    assert not Meeting.objects.exists()


def test_a_minute_ahead_is_taken(client, match, gdynia):
    login(client, gdynia)
    assert client.post(
        url("meeting_propose", match.slug), PROPOSAL | {"day": "2026-11-20", "time": "11:01"}
    ).status_code == 302  # fmt: skip


def test_agreeing_sends_both_a_file_for_their_calendars(client, match, gdynia, sumy):
    meeting = make_meeting(match, gdynia, topic="The water works")
    login(client, sumy)
    assert "Agree" in client.get(url("match_detail", match.slug)).text
    client.post(url("meeting_agree", meeting.slug))
    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == ("agreed", 1)
    sent = mails("meeting_agreed")
    assert {"pl@example.org", "uk@example.org"} < set(sent)
    events = [Calendar.from_ical(sent[f"{code}@example.org"].calendar).events[0] for code in ("pl", "uk")]
    assert {str(event["UID"]) for event in events} == {f"{meeting.slug}@alliance.example"}
    assert {event["DTSTART"].dt for event in events} == {meeting.starts_at}
    assert ["Sumy" in str(event["SUMMARY"]) for event in events] == [True, False]
    response = client.get(url("meeting_calendar", meeting.slug))
    assert response["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert Calendar.from_ical(response.content).events[0]["UID"] == events[0]["UID"]


def test_the_file_travels_with_the_mail_and_is_blanked_after_it(match, sumy, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    meeting = make_meeting(match)
    actions.agree_meeting(meeting, member=sumy, by=make_user())
    calendar = mails("meeting_agreed")["uk@example.org"].calendar
    deliver_due()
    (message,) = [message for message in mailoutbox if message.to == ["uk@example.org"]]
    assert message.attachments == [("meeting.ics", calendar, "text/calendar; method=PUBLISH")]
    assert b'text/calendar; method="PUBLISH"' in message.message().as_bytes()
    row = mails("meeting_agreed")["uk@example.org"]
    assert (row.status, row.text, row.html, row.calendar) == ("sent", "", "", "")


def test_another_time_is_asked_for(client, match, gdynia, sumy):
    meeting = make_meeting(match, gdynia)
    login(client, sumy)
    client.post(url("meeting_decline", meeting.slug))
    meeting.refresh_from_db()
    assert meeting.status == "declined"
    assert set(mails("meeting_declined")) == {"pl@example.org"}
    assert client.get(url("meeting_calendar", meeting.slug)).status_code == 404


@pytest.mark.parametrize("who", ["gdynia", "sumy"])
def test_either_side_calls_an_agreed_meeting_off(client, match, gdynia, sumy, who):
    meeting = make_meeting(match, gdynia, status="agreed", sequence=1)
    login(client, {"gdynia": gdynia, "sumy": sumy}[who])
    client.post(url("meeting_cancel", meeting.slug))
    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == ("cancelled", 2)
    sent = mails("meeting_cancelled")
    assert {"pl@example.org", "uk@example.org"} < set(sent)
    for mail in sent.values():
        event = Calendar.from_ical(mail.calendar).events[0]
        assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 2)
    assert "METHOD:CANCEL" in client.get(url("meeting_calendar", meeting.slug)).text


def test_a_proposal_is_taken_back_by_its_own_side_only(match, gdynia, sumy):
    meeting = make_meeting(match, gdynia)
    with pytest.raises(NotAllowed):
        actions.cancel_meeting(meeting, member=sumy, by=make_user())
    actions.cancel_meeting(meeting, member=gdynia, by=make_user())
    sent = mails("meeting_cancelled")
    assert {mail.calendar for mail in sent.values()} == {""}  # it never stood in a calendar
    assert set(sent) == {"uk@example.org"}


VERBS = ("meeting_agree", "meeting_decline", "meeting_cancel")


@pytest.mark.parametrize("verb", VERBS)
def test_double_clicks_and_whoever_comes_second(client, match, gdynia, sumy, verb):
    side = gdynia if verb == "meeting_cancel" else sumy
    login(client, side)
    meeting = make_meeting(match, gdynia)
    client.post(url(verb, meeting.slug))
    done = (JournalEntry.objects.count(), OutgoingMail.objects.count())
    again = client.post(url(verb, meeting.slug), follow=True)
    if verb != "meeting_agree":
        assert "Nothing changed" in again.text
    assert (JournalEntry.objects.count(), OutgoingMail.objects.count()) == done
    late = make_meeting(match, gdynia)
    with just_before_the_lock(
        lambda: Meeting.objects.filter(pk=late.pk).update(status="cancelled", sequence=1)
    ):
        assert "Nothing changed" in client.post(url(verb, late.slug), follow=True).text


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not(client, match, gdynia, verb):
    meeting = make_meeting(match, gdynia)
    login(client, make_member())
    assert client.post(url(verb, meeting.slug)).status_code == 404
    assert client.get(url("meeting_calendar", meeting.slug)).status_code == 404
    login(client, gdynia, role="viewer")
    assert client.post(url(verb, meeting.slug)).status_code == 403
    if verb != "meeting_cancel":  # one's own proposal
        login(client, gdynia)
        assert "Nothing changed" in client.post(url(verb, meeting.slug), follow=True).text
    meeting.refresh_from_db()
    assert meeting.status == "proposed"


@pytest.mark.parametrize("verb", VERBS)
def test_what_has_begun_stays_as_it_is(client, match, gdynia, sumy, verb):
    meeting = make_meeting(match, gdynia, status="agreed" if verb == "meeting_cancel" else "proposed")
    login(client, sumy)
    act = {
        "meeting_agree": actions.agree_meeting,
        "meeting_decline": actions.decline_meeting,
        "meeting_cancel": actions.cancel_meeting,
    }[verb]
    with time_machine.travel(meeting.starts_at, tick=False):
        assert "Nothing changed" in client.post(url(verb, meeting.slug), follow=True).text
        with pytest.raises(NotAllowed):
            act(meeting, member=sumy, by=make_user())
        assert "over" in client.get(url("match_detail", match.slug)).text


def test_meetings_belong_to_accepted_matches(client, gdynia):
    match = make_request(gdynia)
    login(client, gdynia)
    assert client.get(url("meeting_propose", match.slug)).status_code == 302
    with pytest.raises(NotAllowed):
        actions.propose_meeting(
            match,
            member=gdynia,
            starts_at=timezone.now() + timedelta(days=1),
            ends_at=timezone.now() + timedelta(days=2),
            zone="Europe/Kyiv",
            by=make_user(),
        )
    assert not Meeting.objects.exists()


def test_meetings_of_a_match_that_waits_for_nobody_else(match, gdynia, sumy):
    ahead = make_meeting(match, gdynia)
    make_meeting(match, sumy)
    make_meeting(match, gdynia, status="agreed")
    make_meeting(match, gdynia, starts_at=NOW - timedelta(hours=1))
    make_meeting()
    assert list(Meeting.objects.awaiting_answer_of(sumy)) == [ahead]
