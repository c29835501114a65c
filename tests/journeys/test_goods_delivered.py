"""Journey 7: goods are packed, leave with two lorries, one item is lost, the rest accepted; the receiver tells it by
the link of a mail, on a phone, in Ukrainian, without scripts and without an account."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from alliance.core.models import JournalEntry
from partnerships import ledger
from partnerships.models import Evidence, PledgeEvent
from tests.core.upload_samples import png
from tests.factories import make_member, make_pledge, make_representative, make_user
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    assert_refused_at,
    is_in,
    link_in,
    log_in_by_code,
    mail_that_arrived,
    press_main,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OFFICER, TEACHER, WAREHOUSE = "biuro@gdynia.example.org", "viewer@sumy.example.org", "sklad@sumy.example.org"
NAME, PLATES = "Ольга Коваль, завідувачка складу", "GD 7KX42"
DISPATCHED, CONFIRMED = "partnerships/pledge_dispatched", "partnerships/pledge_confirmed"


@pytest.fixture
def pledge(transactional_db):
    giver = make_member(official_name="Gdynia")
    receiver = make_member(country="UA", official_name="Суми")
    make_representative(giver, make_user(email=OFFICER, language="pl"), role="editor")
    make_representative(receiver, make_user(email=WAREHOUSE, language="uk"), role="editor")
    make_representative(receiver, make_user(email=TEACHER, language="uk"), role="viewer")
    return make_pledge(
        "promised 5 · committed 5",
        "promised 3 · committed 3",
        giver=giver,
        receiver=receiver,
        title="Генератори для водоканалу",
        language="uk",
        due_on=timezone.localdate() + timedelta(days=20),
    )


def fields_of(pledge):
    """The names of a line's fields: `first("received")`."""
    first, second = (line.slug for line in pledge.lines.order_by("position"))
    return lambda name: f"[name={name}_{first}]", lambda name: f"[name={name}_{second}]"


def dispatch(page, portal, pledge, first: int, second: int, plates: str) -> None:
    generators, cables = fields_of(pledge)
    page.goto(f"{portal.url}/pl/pledges/{pledge.slug}/do/dispatch/")
    page.fill(generators("quantity"), str(first))
    page.fill(cables("quantity"), str(second))
    page.fill("[name=vehicles]", plates)
    page.fill("[name=route]", "Gdynia – Korczowa – Sumy")
    press_main(page)
    expect(page).to_have_url(re.compile(f"/pledges/{pledge.slug}/$"))


def test_goods_leave_twice_one_is_lost_and_the_rest_accepted(
    pledge, open_browser, live_portal, smtp_sink, worker
):
    generators, cables = fields_of(pledge)
    # Packed, and split into two transports.
    office = open_browser("pl").new_page()
    log_in_by_code(office, live_portal, smtp_sink, OFFICER, "pl")
    dispatch(office, live_portal, pledge, 3, 0, PLATES)
    dispatch(office, live_portal, pledge, 2, 3, "GD 8MM10")
    assert_reads_well(office, "pl")
    office.get_by_role("link", name="Transport nr 2").click()
    assert_reads_well(office, "pl")
    expect(office.locator("main")).to_contain_text("GD 8MM10")
    assert [row.inner_text() for row in office.locator("main tbody td.number").all()] == ["2", "3"]

    # Both are mailed: with the link to whoever writes for the receiver, without it to its viewer.
    first = mail_that_arrived(smtp_sink, DISPATCHED, WAREHOUSE)
    second = mail_that_arrived(smtp_sink, DISPATCHED, WAREHOUSE, nth=2)
    assert is_in(first, "uk")
    assert "/deliveries/open/" not in words_of(mail_that_arrived(smtp_sink, DISPATCHED, TEACHER))
    for letter in (first, second):
        assert PLATES not in words_of(letter)
        assert "Korczowa" not in words_of(letter)

    # At the tailgate: the first lorry, all of it in good order.
    phone = open_browser("uk", PHONE, scripts=False).new_page()
    phone.goto(link_in(first, "/deliveries/open/"))
    expect(phone).to_have_url(re.compile(f"/uk/deliveries/{pledge.slug}/\\?transport=1$"))
    assert_reads_well(phone, "uk")
    expect(phone.locator("main")).to_contain_text(PLATES)
    assert phone.input_value(generators("received")) == "3"
    assert phone.input_value(generators("accepted")) == ""
    phone.check("[name=is_all_good]")
    phone.fill("[name=name]", NAME)
    press_main(phone)
    expect(phone).to_have_url(re.compile(f"/uk/deliveries/{pledge.slug}/$"))
    expect(phone.locator(".messages, [role=status]").first).to_contain_text("Записано")

    # The second one, days later, by its own mail: a generator fell off. First without a word, then with one.
    phone.goto(link_in(second, "/deliveries/open/"))
    assert (phone.input_value(generators("received")), phone.input_value(cables("received"))) == ("2", "3")
    phone.fill(generators("received"), "1")
    phone.locator("main fieldset summary").first.click()
    phone.fill(generators("lost"), "1")
    phone.check("[name=is_all_good]")
    phone.fill("[name=name]", NAME)
    press_main(phone)
    reason = generators("reason")
    assert_refused_at(phone, reason.removeprefix("[name=").removesuffix("]"))
    assert_reads_well(phone, "uk")
    assert (phone.input_value(generators("lost")), phone.input_value("[name=name]")) == ("1", NAME)
    phone.fill(reason, "Упав під час розвантаження")
    phone.set_input_files("[name=file]", {"name": "зламаний.png", "mimeType": "image/png", "buffer": png()})
    press_main(phone)
    expect(phone.locator("main h2").first).to_contain_text("Зараз нічого немає в дорозі")
    assert_reads_well(phone, "uk")

    # The ledger says so, the giver has it in writing, the public reads no name, no plate.
    totals = [ledger.totals(line.events.all()) for line in pledge.lines.order_by("position")]
    assert [(t.received, t.accepted, t.lost, t.outstanding) for t in totals] == [(4, 4, 1, 0), (3, 3, 0, 0)]
    told = PledgeEvent.objects.filter(side="receiver")
    assert set(told.values_list("actor_kind", "actor")) == {("link", None)}
    assert Evidence.objects.get().side == "receiver"
    assert JournalEntry.objects.about(pledge).filter(verb="pledge.lost", actor_kind="link").count() == 1
    letter = mail_that_arrived(smtp_sink, CONFIRMED, OFFICER, nth=2)
    assert is_in(letter, "pl")
    assert NAME in words_of(letter)
    assert "Упав під час розвантаження" in words_of(letter)
    office.goto(f"{live_portal.url}/pl/pledges/{pledge.slug}/")
    expect(office.locator("main")).to_contain_text(NAME)
    stranger = open_browser("pl").new_page()
    stranger.goto(f"{live_portal.url}/pl/pledges/{pledge.slug}/")
    for word in (NAME, PLATES, "Korczowa", "Упав"):
        expect(stranger.locator("body")).not_to_contain_text(word)
    # The code to sign in, two dispatches to two people, two confirmations: each once, and no letter more.
    assert sorted(smtp_sink.message_ids().values()) == [1] * 7
