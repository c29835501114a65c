"""Journey 6: an agreement of two with the clock of the ministry, from a conversation to the register. Each consent is
its own, each party reads mails in its language."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from partnerships.actions.agreement_templates import load_templates
from partnerships.models import Twinning, TwinningConsent
from tests.factories import make_match, make_sector
from tests.journeys.deeds import assert_reads_well
from tests.journeys.parties import Side, draft_in_two_languages, stage_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def side(open_browser, live_portal, smtp_sink, worker, wake):
    return lambda name: Side(name, open_browser, live_portal, smtp_sink)


def test_two_from_a_conversation_to_the_register(transactional_db, side, open_browser, live_portal):
    load_templates()
    make_sector(code="ENE", name_uk="Енергетика", name_pl="Energetyka", name_en="Energy")
    sumy, gdynia = side("sumy"), side("gdynia")
    match = make_match(sumy.member, gdynia.member)

    # Gdynia opens the partnership from the conversation; Sumy follows the mail and takes part.
    gdynia.open(f"/matches/{match.slug}/")
    gdynia.page.locator("a[href$='/twinning/']").click()
    expect(gdynia.page.locator("main")).to_contain_text("Sumy")
    gdynia.send()
    twinning = Twinning.objects.get()
    sumy.follow("twinning_invited")
    assert_reads_well(sumy.page, "uk")
    sumy.press("join")
    expect(sumy.page.locator("main")).to_contain_text("Contact-gdynia")
    gdynia.mail("twinning_confirmed")

    # A letter of intent, then the text: each says yes for itself.
    for nth, stage in enumerate(("letter", "drafted"), start=1):
        if stage == "drafted":
            draft_in_two_languages(gdynia, sumy, twinning)
        gdynia.propose(twinning, stage)
        assert stage_of(twinning) != stage
        sumy.follow("twinning_proposed", nth)
        sumy.press("consent")
        assert stage_of(twinning) == stage
        gdynia.mail("twinning_reached", nth)
        sumy.mail("twinning_reached", nth)
    assert TwinningConsent.objects.count() == 4
    assert {consent.version for consent in TwinningConsent.objects.filter(stage="drafted")} == {1}

    # In force without a number in the register: the form says what is missing.
    gdynia.open(f"/twinnings/{twinning.slug}/stage/")
    gdynia.page.check("[name=stage][value=in_force]")
    gdynia.send()
    expect(gdynia.page.locator("#id_stage_error")).to_be_visible()
    expect(gdynia.page.locator(".error-summary a")).to_have_attribute("href", "#id_stage_0")

    # The council, the ministry and its clock, the signature, the register.
    today = timezone.localdate()
    sent = today - timedelta(days=12)
    gdynia.record(twinning, "council_decided", today - timedelta(days=20), "XII/3/2026")
    sumy.record(twinning, "sent_to_ministry", sent)
    assert stage_of(twinning) == "in_approval"
    expect(sumy.page.locator("main")).to_contain_text(sumy.day(sent + timedelta(days=30)))
    assert_reads_well(sumy.page, "uk")
    sumy.record(twinning, "ministry_agreed", today - timedelta(days=2))
    gdynia.record(twinning, "signed", today - timedelta(days=1))
    sumy.record(twinning, "registered", today, "UA-77/2026")
    sumy.propose(twinning, "in_force")
    gdynia.follow("twinning_proposed")
    gdynia.press("consent")
    assert stage_of(twinning) == "in_force"
    assert_reads_well(gdynia.page, "pl")
    sumy.mail("twinning_reached", 3)

    # Everyone reads of it; nobody else of its contact persons.
    visitor = open_browser("uk").new_page()
    visitor.goto(f"{live_portal.url}/uk/twinnings/{twinning.slug}/")
    expect(visitor.locator("main")).to_contain_text("UA-77/2026")
    assert "Contact-" not in visitor.content()
    assert_reads_well(visitor, "uk")
