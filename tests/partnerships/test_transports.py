"""A transport after it left: its page, its packing list as a file, its papers, and the clock of the report."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import deliveries, transports
from partnerships.import_report import days_left, is_overdue, last_day, warning_due
from partnerships.models import Transport
from partnerships.pledge_drafts import Quantity, TransportContent
from partnerships.tasks import warn_of_reports
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_member,
    make_pledge,
    make_representative,
    make_user,
    write_history,
)

pytestmark = pytest.mark.django_db

GIVER, RECEIVER, VIEWER = "giver@example.org", "receiver@example.org", "viewer@example.org"
EDRPOU = "37472062"
TODAY = timezone.localdate()


@pytest.fixture
def pledge():
    giver = make_member(official_name="Gdynia")
    receiver = make_member(country="UA", official_name="Sumy", org_id=f"UA-EDR-{EDRPOU}")
    make_representative(giver, make_user(email=GIVER, language="pl"), role="editor")
    make_representative(receiver, make_user(email=RECEIVER, language="uk"), role="editor")
    make_representative(receiver, make_user(email=VIEWER, language="uk"), role="viewer")
    return make_pledge("promised 10 · committed 10", giver=giver, receiver=receiver)


def dispatch(pledge, quantity=4, **content):
    deliveries.dispatch_pledge(
        pledge,
        quantities=[Quantity(pledge.lines.get().slug, Decimal(quantity))],
        transport=TransportContent(**content),
        by=make_user(),
    )
    return pledge.transports.latest("number")


def url(name, pledge, number=1, language="en"):
    with override(language):
        return reverse(f"partnerships:transport_{name}", args=[pledge.slug, number])


def signed_in(email):
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


# --- The page and the file ------------------------------------------------------------------------------------


def test_both_sides_and_the_desk_read_it_and_nobody_else(pledge, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    dispatch(pledge, carrier="Secret carrier", vehicles="GD 12345", route="Secret route")
    secrets = ["Secret carrier", "GD 12345", "Secret route", EDRPOU]
    for email in (GIVER, RECEIVER, VIEWER, make_coordinator().email):
        page = signed_in(email).get(url("detail", pledge))
        assert [word for word in secrets if word in page.text] == secrets
        assert [row[1] for row in page.context["table"]["rows"]] == ["4"]
    other = signed_in(make_representative().user.email)
    for name in ("detail", "csv"):
        assert other.get(url(name, pledge)).status_code == 404
        assert Client().get(url(name, pledge)).status_code == 302
    for reader in (other, Client()):
        page = reader.get(reverse("partnerships:pledge_detail", args=[pledge.slug]))
        assert [word for word in secrets if word in page.text] == []
    assert signed_in(GIVER).get(url("detail", pledge, number=2)).status_code == 404


def test_the_packing_list_is_a_table_that_spreadsheets_read_and_do_not_run(pledge):
    transport = dispatch(pledge)
    line = pledge.lines.create(item='=HYPERLINK("x")', unit="kg", position=1, condition="used")
    write_history(line, "committed 7.5 · dispatched 7.5 · fix#2 2.5", transport=None)
    write_history(line, "dispatched 2.5", transport=transport)
    answer = signed_in(RECEIVER).get(url("csv", pledge, language="uk"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Предмет"
    assert [row[:2] for row in rows[1:]] == [["generators 1", "4"], ['\'=HYPERLINK("x")', "2.5"]]


def test_a_page_costs_the_same_for_one_line_and_for_three(pledge, django_assert_num_queries):
    transport = dispatch(pledge)
    client = signed_in(RECEIVER)
    client.get(url("detail", pledge))
    with django_assert_num_queries(15):
        client.get(url("detail", pledge))
    for _line in range(2):
        write_history(
            pledge.lines.create(item="cables", unit="piece", position=5), "dispatched 3", transport=transport
        )
    with django_assert_num_queries(15):
        page = client.get(url("detail", pledge))
    assert len(page.context["table"]["rows"]) == 3


# --- The papers -----------------------------------------------------------------------------------------------


def test_the_receivers_number_is_filled_in_only_on_the_way_into_ukraine(pledge):
    assert dispatch(pledge).receiver_edrpou == EDRPOU
    home = make_pledge("committed 3", giver=make_member(country="UA"), receiver=pledge.receiver)
    assert dispatch(home, 1).receiver_edrpou == ""


def test_the_giver_changes_all_of_it_the_receiver_the_papers_and_viewers_nothing(pledge):
    transport = dispatch(pledge, carrier="Old", departs_on=TODAY)
    giver, receiver = signed_in(GIVER), signed_in(RECEIVER)
    assert "carrier" in giver.get(url("change", pledge)).context["form"].fields
    form = receiver.get(url("change", pledge)).context["form"]
    assert list(form.fields) == ["receiver_edrpou", "state_code", "cleared_on"]
    assert signed_in(VIEWER).get(url("change", pledge)).status_code == 403
    answer = receiver.post(
        url("change", pledge),
        {"receiver_edrpou": "3747 2062", "state_code": " ab-12/345 ", "cleared_on": TODAY, "carrier": "Mine"},
    )
    assert answer.status_code == 302
    transport.refresh_from_db()
    assert (transport.receiver_edrpou, transport.state_code, transport.cleared_on, transport.carrier) == (
        EDRPOU, "AB-12/345", TODAY, "Old",
    )  # fmt: skip
    # A double click changes once, and the journal names fields, no words.
    receiver.post(
        url("change", pledge), {"receiver_edrpou": EDRPOU, "state_code": "AB-12/345", "cleared_on": TODAY}
    )
    entry = JournalEntry.objects.about(transport).get(verb="transport.changed")
    assert entry.data == {"fields": ["cleared_on", "state_code"], "pledge": pledge.slug}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("receiver_edrpou", "37472063"),
        ("receiver_edrpou", "123"),
        ("receiver_edrpou", "3747\x002062"),
        ("state_code", "ABC"),
        ("state_code", "ABCDEF"),
        ("state_code", "<b>12345</b>"),
        ("state_code", "1" * 41),
        ("cleared_on", TODAY + timedelta(days=2)),
        ("cleared_on", "0201-01-01"),
        ("cleared_on", "soon"),
        ("arrives_on", TODAY - timedelta(days=1)),
        ("weight_kg", "-5"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_stays(pledge, field, value):
    dispatch(pledge, departs_on=TODAY)
    typed = {"route": "Gdynia – Sumy", field: value}
    answer = signed_in(GIVER).post(url("change", pledge), typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert "Gdynia – Sumy" in answer.text
    assert pledge.transports.get().route == ""


# --- The clock of the report ----------------------------------------------------------------------------------

CLEARED = date(2026, 1, 31)


def on(days):
    return CLEARED + timedelta(days=days)


def test_ninety_days_are_counted_by_the_calendar():
    assert last_day(CLEARED) == date(2026, 5, 1)  # February has 28 days
    assert [days_left(CLEARED, on(d)) for d in (0, 60, 89, 90, 91)] == [90, 30, 1, 0, -1]
    assert [is_overdue(CLEARED, on(d)) for d in (89, 90, 91)] == [False, False, True]
    assert [warning_due(CLEARED, on(d)) for d in (0, 59, 60, 79, 80, 90, 91, 400)] == [
        0, 0, 60, 60, 80, 80, 91, 91,
    ]  # fmt: skip


@pytest.fixture
def cleared(pledge):
    return Transport.objects.create(pledge=pledge, number=1, cleared_on=CLEARED)


def warned(day):
    """How many mails that day's sweep writes, run twice as beat may do."""
    before = OutgoingMail.objects.count()
    transports.warn_of_reports(today=on(day))
    transports.warn_of_reports(today=on(day))
    return OutgoingMail.objects.count() - before


def test_the_receiver_is_warned_on_exactly_these_days(cleared):
    written = {day: warned(day) for day in (0, 1, 59, 60, 61, 79, 80, 81, 89, 90, 91, 92, 120)}
    assert {day for day, count in written.items() if count} == {60, 80, 91}
    assert set(OutgoingMail.objects.values_list("to", "language", "name")) == {
        (RECEIVER, "uk", "partnerships/report_due")
    }
    assert OutgoingMail.objects.count() == 3
    verbs = JournalEntry.objects.about(cleared).filter(verb="transport.report_warned")
    assert [entry.data["days"] for entry in verbs.order_by("id")] == [60, 80, 91]
    first, _second, last = OutgoingMail.objects.order_by("id")
    assert first.subject.startswith("[Потрібна ваша дія] Залишилося 30 днів")
    assert "1\u00a0травня 2026" in first.text
    assert last.subject.startswith("[Потрібна ваша дія] Прострочено")


def test_a_missed_day_is_made_up_for_once_and_by_the_latest_warning_alone(cleared):
    assert [warned(day) for day in (59, 63, 64)] == [0, 1, 0]
    assert [warned(day) for day in (95, 96)] == [1, 0]


def test_no_warning_once_it_is_filed_and_a_new_clearance_starts_the_clock_anew(cleared):
    assert warned(60) == 1
    transports.change_transport(cleared, changes={"cleared_on": on(10)}, by=make_user())
    assert [warned(day) for day in (60, 69, 70)] == [0, 0, 1]
    cleared.refresh_from_db()
    transports.file_report(cleared, reported_on=on(75), by=make_user())
    assert [warned(day) for day in (90, 101)] == [0, 0]
    transports.take_report_back(cleared, by=make_user())
    assert warned(101) == 1
    assert warn_of_reports() == 0


@pytest.mark.parametrize(
    ("ago", "label", "tone"),
    [
        (0, "90 days left for the report", "info"),
        (59, "31 days left for the report", "info"),
        (60, "30 days left for the report", "warn"),
        (89, "1 day left for the report", "warn"),
        (90, "0 days left for the report", "warn"),
        (91, "report overdue", "stop"),
    ],
)
def test_both_sides_see_the_days_that_are_left(pledge, ago, label, tone):
    Transport.objects.create(pledge=pledge, number=1, cleared_on=TODAY - timedelta(days=ago))
    for email, change in ((GIVER, "Change carrier, days or papers"), (RECEIVER, "Change the papers")):
        client = signed_in(email)
        page = client.get(url("detail", pledge))
        assert (page.context["clock"]["label"], page.context["clock"]["tone"]) == (label, tone)
        assert change in page.text
        assert label in client.get(reverse("partnerships:pledge_detail", args=[pledge.slug])).text


def test_a_report_that_is_due_waits_in_the_receivers_list_until_it_is_filed(pledge):
    row = Transport.objects.create(pledge=pledge, number=1, cleared_on=TODAY - timedelta(days=70))
    write_history(pledge.lines.get(), "dispatched 10 · received 10 · accepted 10")
    for email, address, words in (
        (RECEIVER, "my_deliveries", "you: 20 days left for the report"),
        (GIVER, "my_promises", "the other side: 20 days left for the report"),
    ):
        page = signed_in(email).get(reverse(f"partnerships:{address}"))
        assert words in page.text
        assert len(page.context["waiting"]["rows"]) == (email == RECEIVER)
    detail = signed_in(RECEIVER).get(reverse("partnerships:pledge_detail", args=[pledge.slug]))
    assert "It is your turn" in detail.text
    transports.file_report(row, reported_on=TODAY, by=make_user())
    assert "left for the report" not in signed_in(RECEIVER).get(reverse("partnerships:my_deliveries")).text


def test_a_list_says_of_each_side_in_one_line_what_it_has_to_do(pledge):
    Transport.objects.create(pledge=pledge, number=1, cleared_on=TODAY - timedelta(days=70))
    write_history(pledge.lines.get(), "dispatched 4 · received 4")
    giver = signed_in(GIVER).get(reverse("partnerships:my_promises"))
    receivers = "acceptance, 20 days left for the report"
    assert giver.context["table"]["rows"][0][3] == f"you: dispatch<br>the other side: {receivers}"
    receiver = signed_in(RECEIVER).get(reverse("partnerships:my_deliveries"))
    assert f"<span>you: {receivers}<br>the other side: dispatch</span>" in receiver.text


def test_the_receiver_files_it_once_and_may_take_it_back(pledge):
    transport = Transport.objects.create(pledge=pledge, number=1, cleared_on=TODAY - timedelta(days=3))
    receiver = signed_in(RECEIVER)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=4), "yesterday"):
        answer = receiver.post(url("report", pledge), {"reported_on": day})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"reported_on"}
    for email, status in ((GIVER, 403), (VIEWER, 403)):
        assert signed_in(email).post(url("report", pledge), {"reported_on": TODAY}).status_code == status
    for _click in range(2):
        assert receiver.post(url("report", pledge), {"reported_on": TODAY}).status_code == 302
    transport.refresh_from_db()
    assert transport.reported_on == TODAY
    assert JournalEntry.objects.about(transport).filter(verb="transport.report_filed").count() == 1
    assert "report filed" in receiver.get(url("detail", pledge)).text
    # The clearance cannot pass the report.
    answer = receiver.post(url("change", pledge), {"cleared_on": ""})
    assert answer.status_code == 422
    receiver.post(url("report", pledge), {"take_back": "1"})
    transport.refresh_from_db()
    assert transport.reported_on is None


def test_before_the_clearance_there_is_nothing_to_file(pledge):
    dispatch(pledge)
    assert signed_in(RECEIVER).post(url("report", pledge), {"reported_on": TODAY}).status_code == 302
    assert pledge.transports.get().reported_on is None


@pytest.mark.parametrize("cleared", [None, TODAY])
def test_the_database_wants_the_clearance_before_the_report(pledge, cleared):
    with pytest.raises(IntegrityError), transaction.atomic():
        Transport.objects.create(
            pledge=pledge, number=7, cleared_on=cleared, reported_on=TODAY - timedelta(days=1)
        )


@pytest.mark.parametrize(
    "task", ["look_after_listings", "look_after_matches", "warn_of_reports", "remind_of_pledges"]
)
def test_sweeps_that_ask_people_to_act_keep_office_hours(settings, task):
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    schedule = next(entry["schedule"] for entry in entries if entry["task"] == f"partnerships.tasks.{task}")
    assert (min(schedule.hour), max(schedule.hour), len(schedule.minute)) == (6, 17, 1)
