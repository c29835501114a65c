"""Journey 9: a coordinator clears fifty applications in one sitting, in part by keyboard alone; and fifty things of
many kinds by nothing else."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from alliance.core.models import JournalEntry, OutgoingMail
from members.models import Mandate, Member
from partnerships.models import Report
from tests.factories import (
    make_coordinator,
    make_listing,
    make_member,
    make_place,
    make_sector,
    make_ticket,
    make_user,
)
from tests.journeys.deeds import coordinator_with_totp, log_in_to_desk, press, words_of
from tests.live import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FIFTY, BY_KEYBOARD = 50, 5
LANGUAGES = ("uk", "pl", "en")
QUESTION, REASON, RIVAL = (
    "Хто підписує?",
    "Nie jest to gmina.",
    "The other application has the council's decision.",
)
MOST_TABS = 120


def fill_the_queue() -> list[Member]:
    """Fifty pending applications; the last two claim one place."""
    members = []
    place = None
    for number in range(FIFTY):
        place = place if number == FIFTY - 1 else make_place(country="UA")
        members.append(
            make_member(
                status=Member.Status.PENDING,
                place=place,
                country="UA",
                official_name=f"Громада {number:02}",
                contact_email=f"applicant{number:02}@example.org",
                contact_language=LANGUAGES[number % 3],
            )
        )
    Mandate.objects.create(member=members[-2], promised_by="2027-01-31")
    return members


def reach_by_keyboard(page: Page, selector: str) -> None:
    """Tab until the control has the focus, visibly."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        pytest.fail(f"{selector} was not reached by Tab on {page.url}")
    outline = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement);"
        " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
    )
    assert outline, f"the focus on {selector} cannot be seen"


def press_by_keyboard(page: Page, selector: str) -> None:
    reach_by_keyboard(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def decide(page: Page, verb: str, **words: str) -> None:
    page.locator(f"a[href*='/do/{verb}/']").first.click()
    for name, text in words.items():
        page.fill(f"[name={name}]", text)
    press(page.locator("#content-main form button:not([name=_next])"))
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_coordinator_clears_fifty_applications(
    transactional_db, open_browser, live_portal, smtp_sink, worker
):
    members = fill_the_queue()
    coordinator, secret = coordinator_with_totp(language="en")
    colleague = make_coordinator(language="pl")
    page = open_browser("en").new_page()
    queue = f"{live_portal.url}/admin/members/member/"

    # One factor is not enough.
    log_in_to_desk(page, live_portal, coordinator, secret)
    page.goto(f"{live_portal.url}/admin/")
    expect(page.locator(".desk-waiting .has-some .number").first).to_have_text(str(FIFTY))

    # Approve and open the next one, by keyboard alone.
    page.goto(queue)
    press_by_keyboard(page, "#result_list a[href*='/change/']")
    for _ in range(BY_KEYBOARD):
        press_by_keyboard(page, "button[name=_next]")
    assert Member.objects.approved().count() == BY_KEYBOARD
    assert [member.status for member in Member.objects.order_by("id")[:BY_KEYBOARD]] == [
        "approved"
    ] * BY_KEYBOARD

    # One is asked back, one is refused with a reason; without words nothing is decided.
    def open_application(member: Member) -> None:
        page.goto(f"{queue}{member.pk}/change/")

    open_application(members[5])
    decide(page, "return", question=QUESTION)
    open_application(members[6])
    page.locator("a[href*='/do/refuse/']").first.click()
    press(page.locator("#content-main form button:not([name=_next])"))
    expect(page.locator(".errornote a[href='#id_reason']")).to_be_visible()
    members[6].refresh_from_db()
    assert members[6].status == "pending"
    page.fill("[name=reason]", REASON)
    press(page.locator("#content-main form button:not([name=_next])"))

    # Two claims on one place, side by side: the one with a decision gets it.
    page.goto(f"{queue}?conflict=yes&status=all")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    open_application(members[-1])
    expect(page.locator(".desk-conflict")).to_contain_text(members[-2].reference)
    decide(page, "refuse", reason=RIVAL)
    open_application(members[-2])
    expect(page.locator(".desk-conflict")).to_have_count(0)
    decide(page, "approve")

    # All the others at once: the list, a page that says what will happen, done.
    page.goto(queue)
    left = FIFTY - BY_KEYBOARD - 4
    expect(page.locator("#result_list tbody tr")).to_have_count(left)
    page.check("#action-toggle")
    page.select_option("select[name=action]", "approve")
    press(page.locator(".actions button").first)
    expect(page.locator("ol.desk-list li")).to_have_count(left)
    assert Member.objects.awaiting_decision().count() == left  # asked, not done yet
    press(page.locator("#content-main form .desk-bar button"))
    page.wait_for_load_state()

    # The queue is empty.
    assert not Member.objects.awaiting_decision().exists()
    page.goto(queue)
    expect(page.locator("#result_list tbody tr")).to_have_count(0)
    statuses = Counter(Member.objects.values_list("status", flat=True))
    assert statuses == {"approved": FIFTY - 3, "returned": 1, "refused": 2}
    decisions = JournalEntry.objects.filter(actor=coordinator, data__has_key="now")
    assert decisions.count() == FIFTY

    # Fifty applicants were told over SMTP, each once and in their language; so was the colleague.
    letters = OutgoingMail.objects.filter(name__startswith="members/member_")
    wait_for(lambda: letters.filter(status="sent").count() == FIFTY, 60, "fifty letters are sent")
    for member in members:
        (letter,) = smtp_sink.to(member.contact_email)
        assert letter["Content-Language"] == member.contact_language
        assert letter["Message-ID"] == letters.get(to=member.contact_email).message_id
    for member, words in ((members[5], QUESTION), (members[6], REASON), (members[-1], RIVAL)):
        (letter,) = smtp_sink.to(member.contact_email)
        assert words in words_of(letter)
    wait_for(lambda: len(smtp_sink.to(colleague.email)) == FIFTY, 60, "the colleague knows")
    assert smtp_sink.to(coordinator.email) == []
    assert set(smtp_sink.message_ids().values()) == {1}
    assert worker.pid != live_portal.pid


# --- A mixed list, by keyboard alone -----------------------------------------------------------------------------


def fill_with_many_kinds() -> None:
    """Fifty things: tickets and changed listings by the dozen, and a few that are looked at one by one."""
    for hours in range(22):
        make_ticket(waits_since=timezone.now() - timedelta(days=20, hours=hours))
        make_listing(unread_since=timezone.now() - timedelta(days=30, hours=hours))
    for days in (1, 2):
        make_ticket(waits_since=timezone.now() - timedelta(days=days))
        make_member(status=Member.Status.PENDING, country="UA", status_changed_at=timezone.now())
    make_listing(status="review", sectors=[make_sector()], status_changed_at=timezone.now())
    Report.objects.create(reporter=make_member(), author=make_user(), listing=make_listing(), reason="fraud")


def choose_by_keyboard(page: Page, selector: str, label: str) -> None:
    """Tab to a list of choices and type what it is to say."""
    reach_by_keyboard(page, selector)
    page.keyboard.type(label)
    chosen = page.evaluate("document.activeElement.selectedOptions[0].textContent")
    # What waits has its count behind it.
    assert re.sub(r" \(\d+\)$", "", chosen) == label


def decide_all_by_keyboard(page: Page, kind: str, verb: str, count: int) -> None:
    """One kind: shown, all of it ticked, looked at, done; and back in the list."""
    choose_by_keyboard(page, "#kind", kind)
    press_by_keyboard(page, "form[role=search] button")
    press_by_keyboard(page, "a[href*='ticked=1']")
    choose_by_keyboard(page, "#action", verb)
    press_by_keyboard(page, "#many button")
    expect(page.locator("ol.desk-list li")).to_have_count(count)
    press_by_keyboard(page, "#content-main .desk-bar button")
    expect(page.locator(".messagelist .success")).to_be_visible()


# Which button, and what is typed, where a thing of this kind is open.
BY_KIND = {"member": ("approve", ""), "listing": ("approve", ""), "report": ("dismiss", "Fine.")}


def test_fifty_things_of_many_kinds_by_keyboard_alone(transactional_db, open_browser, live_portal):
    fill_with_many_kinds()
    coordinator, secret = coordinator_with_totp(language="en")
    page = open_browser("en").new_page()
    log_in_to_desk(page, live_portal, coordinator, secret)
    page.goto(f"{live_portal.url}/admin/queue/")
    expect(page.locator(".is-queue tbody tr")).to_have_count(FIFTY)
    decide_all_by_keyboard(page, "Open tickets", "Close the ticket", 24)
    decide_all_by_keyboard(page, "Published needs and offers that changed", "Let the changes stand", 22)
    choose_by_keyboard(page, "#kind", "everything")
    press_by_keyboard(page, "form[role=search] button")
    left = FIFTY - 24 - 22
    expect(page.locator(".is-queue tbody tr")).to_have_count(left)
    press_by_keyboard(page, ".is-queue tbody a")
    for _ in range(left):
        noun = page.url.split("/admin/")[1].split("/")[1]
        verb, words = BY_KIND[noun]
        press_by_keyboard(page, f"a[href*='/do/{verb}/']")
        if words:
            reach_by_keyboard(page, "textarea")
            page.keyboard.type(words)
        press_by_keyboard(page, "button[name=_next]")
    expect(page.locator(".is-queue tbody tr")).to_have_count(0)
    assert JournalEntry.objects.filter(actor=coordinator).count() >= FIFTY
