"""Journey 4: an energy appeal with forty needs and twenty-five offers, covered in part: the desk opens it, a hromada
attaches a need, a giver finds it by a hint, promises and commits; everyone follows promised, firm and delivered."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from alliance.core.journal import SYSTEM
from partnerships.actions import deliveries, listings, pledges
from partnerships.drafts import Line, ListingContent
from partnerships.models import Appeal, Listing, Pledge
from partnerships.pledge_drafts import Confirmation, PledgeContent, PromisedLine, Quantity, TransportContent
from tests.factories import (
    make_appeal,
    make_member,
    make_representative,
    make_sector,
    make_template,
    make_user,
)
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    coordinator_with_totp,
    is_in,
    link_in,
    log_in_by_code,
    log_in_to_desk,
    mail_that_arrived,
    press,
    press_main,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEEDS, OFFERS = 40, 25
HROMADA, GIVER = "olena@sumy.example.org", "jan@gdynia.example.org"
NEED_TITLE = "Генератори для водоканалу"
# How many needs got what: promised, committed, accepted, lost. Soft promises, firm ones, deliveries with one lost.
PROMISES = [(2, 0, 0, 0)] * 10 + [(4, 3, 0, 0)] * 8 + [(5, 5, 4, 1)] * 5
FIGURE_COLUMNS = {"promised": 3, "firm": 4, "delivered": 5}

# The ledger, added up by the database alone; as the page says: firm is what is committed and not lost.
RECOUNT = """
    WITH line AS (
        SELECT line_id, sum(quantity) FILTER (WHERE kind = 'promised') p,
               coalesce(sum(quantity) FILTER (WHERE kind = 'committed'), 0) c,
               coalesce(sum(quantity) FILTER (WHERE kind = 'accepted'), 0) a,
               coalesce(sum(quantity) FILTER (WHERE kind = 'lost'), 0) l
        FROM partnerships_pledgeevent GROUP BY line_id)
    SELECT sum(greatest(p - c, 0)), sum(c - l), sum(a) FROM line
"""


def recount():
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        return dict(zip(FIGURE_COLUMNS, map(int, cursor.fetchone()), strict=True))


def write_listing(member, kind, quantity, low, high, appeal):
    line = Line(
        item="", template="generator", quantity=Decimal(quantity), unit="piece",
        range_min=Decimal(low), range_max=Decimal(high), range_unit="kw",
    )  # fmt: skip
    content = ListingContent(
        language="uk", titles={"uk": f"Генератори: {member.official_name}"}, texts={"uk": "До зими."},
        sectors=["ENE"], lines=[line], expires_on=timezone.localdate() + timedelta(days=90),
        names_no_site=True, appeal=appeal.slug,
    )  # fmt: skip
    listing = listings.create_listing(member=member, kind=kind, content=content, by=SYSTEM)
    listings.publish_listing(listing, by=SYSTEM)
    return listing


def promise(giver, need, promised, committed, accepted, lost):
    line = need.lines.get()
    said = PromisedLine(
        quantity=Decimal(promised), unit="piece", template="generator", need_line=line.slug,
        range_min=Decimal(45), range_max=Decimal(45), range_unit="kw",
    )  # fmt: skip
    content = PledgeContent(title="Генератори", language="uk", lines=[said])
    pledge, _is_new = pledges.promise_pledge(
        giver=giver, receiver=need.member, content=content, listing=need, by=SYSTEM
    )
    slug = pledge.lines.get().slug
    if committed:
        day = timezone.localdate() + timedelta(days=30)
        pledges.commit_pledge(pledge, quantities=[Quantity(slug, Decimal(committed))], due_on=day, by=SYSTEM)
    if accepted:
        sent = [Quantity(slug, Decimal(committed))]
        deliveries.dispatch_pledge(pledge, quantities=sent, transport=TransportContent(), by=SYSTEM)
        told = Confirmation(slug, *map(Decimal, (accepted, accepted, lost)), reason="Пошкоджено в дорозі.")
        deliveries.confirm_delivery(pledge, lines=[told], by=SYSTEM)


def fill_the_appeal(appeal, hromada, giver):
    """All needs but the one of ``hromada``, all offers, and promises in every state; through the actions."""
    for number in range(NEEDS - 1):
        need = write_listing(
            make_member(country="UA", official_name=f"Громада {number:02}"), "need", 5, 30, 60, appeal
        )
        if number < len(PROMISES):
            promise(make_member(official_name=f"Gmina {number:02}"), need, *PROMISES[number])
    for number in range(OFFERS - 1):
        write_listing(make_member(official_name=f"Miasto {number:02}"), "offer", 4, 40, 50, appeal)
    return write_listing(giver, "offer", 4, 40, 50, appeal)


def number_in(text):
    return int(re.sub(r"\D", "", text))


def figures_on(page, portal, appeal):
    """The three figures of the progress page, each with its link."""
    page.goto(f"{portal.url}/uk/appeals/{appeal.slug}/")
    shown = page.locator(".figures").first.locator(".figure")
    return {
        name: (
            number_in(shown.nth(n).locator("b").inner_text()),
            shown.nth(n).locator("a").get_attribute("href"),
        )
        for n, name in enumerate(FIGURE_COLUMNS)
    }


def assert_recounted(page, portal, appeal):
    """Each figure is what the ledger adds up to, and the sum of the rows behind it."""
    expected = recount()
    figures = figures_on(page, portal, appeal)
    assert {name: number for name, (number, _link) in figures.items()} == expected
    for name, (number, link) in figures.items():
        page.goto(portal.url + link)
        cells = page.locator(f"tbody tr > :nth-child({FIGURE_COLUMNS[name] + 1})")
        total = sum(map(number_in, cells.all_inner_texts()))
        while (following := page.locator("a[rel=next]")).count():
            following.click()
            total += sum(map(number_in, cells.all_inner_texts()))
        assert total == number, name
    return expected


def test_an_appeal_from_its_opening_to_what_everyone_can_recount(
    transactional_db, open_browser, live_portal, smtp_sink, worker
):
    desk, olena, jan = (open_browser(language).new_page() for language in ("en", "uk", "pl"))
    visitor = open_browser("uk", PHONE, scripts=False).new_page()
    coordinator, secret = coordinator_with_totp(language="en")
    make_sector(code="ENE", name_uk="Енергетика", name_pl="Energetyka", name_en="Energy")
    generator = make_template(code="generator", name_uk="Генератор", name_pl="Agregat", name_en="Generator")
    hromada = make_member(country="UA", official_name="Суми")
    make_representative(hromada, make_user(email=HROMADA, language="uk"), role="editor")
    giver = make_member(official_name="Gdynia")
    make_representative(giver, make_user(email=GIVER, language="pl"), role="signatory")
    target = {"template": generator, "item": "", "quantity": 200, "range_min": 10, "range_max": 700}
    appeal = make_appeal(
        status="draft", title_uk="Генератори до зими", text_uk="Лікарням потрібне живлення.",
        title_pl="Agregaty przed zimą", line=target | {"range_unit": "kw", "unit": "piece"},
    )  # fmt: skip

    # A draft is nobody's but the desk's, which opens it.
    assert visitor.goto(f"{live_portal.url}/uk/appeals/{appeal.slug}/").status == 404
    log_in_to_desk(desk, live_portal, coordinator, secret)
    desk.goto(f"{live_portal.url}/admin/partnerships/appeal/{appeal.pk}/change/")
    desk.locator("a[href*='/do/open/']").first.click()
    press(desk.locator("#content-main form button").last)
    expect(desk.locator(".messagelist .success")).to_be_visible()
    appeal = Appeal.objects.get()
    assert appeal.is_running
    offer = fill_the_appeal(appeal, hromada, giver)

    # The hromada attaches its need from the page of the appeal.
    log_in_by_code(olena, live_portal, smtp_sink, HROMADA, "uk")
    olena.goto(f"{live_portal.url}/uk/appeals/{appeal.slug}/")
    olena.locator(f"a[href$='/new/need/?appeal={appeal.slug}']").click()
    olena.fill("[name=title]", NEED_TITLE)
    olena.fill("[name=text]", "Шість генераторів для насосних станцій громади.")
    olena.select_option("[name=new_item]", "generator")
    olena.click("[name=add_line]")
    for name, value in {"quantity": "6", "range_min": "30", "range_max": "60"}.items():
        olena.fill(f"[name=lines-0-{name}]", value)
    olena.locator(".sector-group > summary").first.click()
    olena.check("[name=sectors][value=ENE]")
    olena.fill("[name=expires_on]", f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}")
    olena.check("[name=names_no_site]")
    press_main(olena)
    press(olena.locator("form[action$='/publish/'] button"))
    expect(olena.locator("[role=status]").first).to_be_visible()
    need = Listing.objects.get(member=hromada)
    assert (need.status, need.appeal, need.title_uk) == ("published", appeal, NEED_TITLE)
    kinds = Listing.objects.open().filter(appeal=appeal).counts_by_appeal([appeal])[appeal.pk]
    assert kinds == {"need": NEEDS, "offer": OFFERS}
    before = assert_recounted(visitor, live_portal, appeal)
    assert before == {"promised": 28, "firm": 44, "delivered": 20}

    # The giver's own offer shows the need that it would cover; it promises four of the six.
    log_in_by_code(jan, live_portal, smtp_sink, GIVER, "pl")
    jan.goto(f"{live_portal.url}/pl/listings/{offer.slug}/")
    jan.locator(f".hints a[href='/pl/listings/{need.slug}/']").click()
    jan.locator("a[href$='/promise/']").click()
    line = need.lines.get()
    jan.fill(f"[name=need_{line.slug}_quantity]", "4")
    jan.fill(f"[name=need_{line.slug}_rating]", "45")
    jan.fill("[name=title]", "Agregaty dla wodociągów")
    press_main(jan)
    expect(jan).to_have_url(re.compile("/pl/pledges/[0-9a-z]+/"))
    promised = mail_that_arrived(smtp_sink, "partnerships/pledge_promised", HROMADA)
    assert is_in(promised, "uk")
    shown = {name: number for name, (number, _) in figures_on(visitor, live_portal, appeal).items()}
    assert shown == recount() == before | {"promised": 32}

    # It makes the promise firm; the hromada is told, and the soft promise is none any more.
    pledge = Pledge.objects.get(giver=giver)
    jan.locator("a[href$='/do/commit/']").first.click()
    jan.fill("[name=due_on]", f"{timezone.localdate() + timedelta(days=45):%Y-%m-%d}")
    press_main(jan)
    expect(jan.locator("[role=status]").first).to_be_visible()
    committed = mail_that_arrived(smtp_sink, "partnerships/pledge_committed", HROMADA)
    assert is_in(committed, "uk")
    assert "4\u00a0шт" in words_of(committed)
    after = assert_recounted(visitor, live_portal, appeal)
    assert after == {"promised": 28, "firm": 48, "delivered": 20}
    assert_reads_well(visitor, "uk")

    # The mail leads the hromada to the same figures; its need is covered in part.
    olena.goto(link_in(committed, f"/pledges/{pledge.slug}/"))
    assert_reads_well(olena, "uk")
    visitor.goto(f"{live_portal.url}/uk/listings/{need.slug}/")
    coverage = Listing.objects.with_facts().get(pk=need.pk).coverage
    assert (coverage.asked, coverage.covered, coverage.open) == (6, 4, 2)
    expect(visitor.locator("main")).to_contain_text("частково")
