"""What coordinators read is in their language and grammar, down to the details of the journal and the counts."""

import datetime

import pytest
from django import forms
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from alliance.core.admin.history import details_of
from alliance.core.journal import record
from alliance.core.models import JournalEntry
from members.models import Member, Representative
from partnerships.actions.safety import report_match
from partnerships.models import HelpRequest
from tests.factories import (
    make_coordinator,
    make_listing,
    make_member,
    make_representative,
    make_request,
    make_user,
)

pytestmark = pytest.mark.django_db


def words(obj, model, language: str, **data) -> list[str]:
    record("member.edited", obj, by=make_coordinator(), **data)
    with translation.override(language):
        return details_of(JournalEntry.objects.order_by("-id").first(), model)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["day: 31 January 2027", "role: editor"]),
        ("pl", ["dzień: 31\u00a0stycznia 2027\u00a0r.", "rola: osoba redagująca"]),
        ("uk", ["день: 31\u00a0січня 2027\u00a0р.", "роль: редактор"]),
    ],
)
def test_the_journal_tells_its_data_in_words(language, expected):
    row = make_representative()
    assert words(row, Representative, language, day="2027-01-31", role="editor") == expected


def test_numbers_and_codes_in_the_journal_have_words():
    row = make_member()
    assert words(row, Member, "pl", days=7, stage="letter", languages=["uk"]) == [
        "dni: 7",
        "etap: list intencyjny",
        "języki: ukraiński",
    ]


def test_a_datum_that_is_only_data_stays_as_it_is():
    assert words(make_member(), Member, "pl", parent="45eawwh5fh", odd="2027-99-99") == [
        "odd: 2027-99-99",
        "stowarzyszenie: 45eawwh5fh",
    ]


@pytest.mark.parametrize(("count", "polish"), [(1, "1 wynik"), (3, "3 wyniki"), (5, "5 wyników")])
def test_the_count_below_a_list_is_grammatical(client, settings, count, polish):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_coordinator(language="pl"))
    for _number in range(count):
        make_listing()
    page = client.get(reverse("admin:partnerships_listing_changelist")).content.decode()
    below = page[page.index('<p class="paginator">') :].split("</p>")[0]
    assert " ".join(below.split()).endswith(polish)


def test_days_are_written_as_in_polish_offices():
    day = datetime.date(2027, 2, 6)
    with translation.override("pl"):
        assert date_format(day) == "6\u00a0lutego 2027\u00a0r."
        assert date_format(day, "SHORT_DATE_FORMAT") == "06.02.2027"


@pytest.mark.parametrize(
    ("language", "typed"),
    [("en", "05/02/2027"), ("en", "5.2.2027"), ("pl", "05.02.2027"), ("uk", "05.02.2027")],
)
def test_the_day_comes_before_the_month_when_a_date_is_typed(language, typed):
    with translation.override(language):
        assert forms.DateField(localize=True).clean(typed) == datetime.date(2027, 2, 5)


def test_fields_of_a_language_are_called_by_its_name(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_coordinator(language="pl"))
    for row in (make_member(), make_listing()):
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        page = client.get(url).text
        assert "[pl]" not in page
        assert " – Українська" in page


def test_a_key_leads_to_a_row_by_its_name(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_coordinator())
    match = make_request()
    call = HelpRequest.objects.create(match=match, member=match.member_a, kind="interpreter")
    page = client.get(reverse("admin:partnerships_helprequest_change", args=[call.pk])).text
    url = reverse("admin:partnerships_match_change", args=[match.pk])
    assert f'<a href="{url}">{match.member_a} – {match.member_b}</a>' in page


def test_a_reason_that_is_a_choice_is_told_in_words():
    match = make_request()
    report, _is_new = report_match(match, member=match.member_b, reason="abuse", by=make_user())
    entry = JournalEntry.objects.get(verb="report.made")
    with translation.override("pl"):
        assert details_of(entry, type(report)) == ["zawiera obelgi lub groźby"]


def test_a_list_is_headed_by_what_it_lists_and_an_empty_cell_is_a_dash(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_coordinator(language="pl"))
    make_listing(status="draft", published_at=None)
    page = client.get(reverse("admin:partnerships_listing_changelist")).text
    assert page.count("<h1>Potrzeby i oferty</h1>") == 1
    assert '<td class="field-published_at nowrap">–</td>' in page


def test_an_error_at_the_desk_speaks_the_coordinator_s_language(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_coordinator(language="pl"))
    response = client.get("/admin/no-such-list/", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert '<html lang="pl">' in response.content.decode()
