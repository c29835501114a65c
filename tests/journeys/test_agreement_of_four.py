"""Journey 6: an agreement of four with the clock of the ministry; it survives that one of them leaves. (A file of its
own: a server remembers rows that the next test makes anew.)"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from alliance.core.models import OutgoingMail
from partnerships.actions.agreement_templates import load_templates
from partnerships.models import TwinningConsent
from tests.factories import make_sector, make_twinning
from tests.journeys.deeds import assert_reads_well, words_of
from tests.journeys.parties import PEOPLE, Side, arrived, draft_in_two_languages, stage_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OTHERS = ("gdynia", "lviv", "lyon")


@pytest.fixture
def side(open_browser, live_portal, smtp_sink, worker, wake):
    return lambda name: Side(name, open_browser, live_portal, smtp_sink)


def all_agree(sides, twinning, stage, nth):
    """Sumy proposes; three consents do not make four."""
    was = stage_of(twinning)
    sides["sumy"].propose(twinning, stage)
    for name in OTHERS:
        assert stage_of(twinning) == was
        sides[name].follow("twinning_proposed", nth)
        sides[name].press("consent")
    assert stage_of(twinning) == stage
    assert TwinningConsent.objects.filter(stage=stage).count() == 4
    assert arrived("twinning_reached") == 4 * nth


def test_four_come_to_the_register_and_one_leaves(transactional_db, side, open_browser, live_portal):
    load_templates()
    make_sector(code="ENE", name_uk="Енергетика", name_pl="Energetyka", name_en="Energy")
    sides = {name: side(name) for name in PEOPLE}
    sumy, gdynia, lyon = sides["sumy"], sides["gdynia"], sides["lyon"]
    twinning = make_twinning(
        *(one.member for one in sides.values()), status="solidarity", needs_registration=True
    )

    # A letter of intent, then the text that the assistant writes of all four; each says yes for itself.
    all_agree(sides, twinning, "letter", 1)
    for one in sides.values():
        assert "Lyon" in words_of(one.mail("twinning_reached"))
    draft_in_two_languages(gdynia, sumy, twinning)
    for name in ("lviv", "lyon"):
        sides[name].mail("agreement_written")
    all_agree(sides, twinning, "drafted", 2)

    # A council decides for itself; the ministry has its days; the register gives a number.
    today = timezone.localdate()
    sent = today - timedelta(days=12)
    gdynia.record(twinning, "council_decided", today - timedelta(days=20), "XII/3/2026")
    sumy.record(twinning, "sent_to_ministry", sent)
    assert stage_of(twinning) == "in_approval"
    expect(sumy.page.locator("main")).to_contain_text(sumy.day(sent + timedelta(days=30)))
    sumy.record(twinning, "ministry_agreed", today - timedelta(days=2))
    gdynia.record(twinning, "signed", today - timedelta(days=1))
    sumy.record(twinning, "registered", today, "UA-78/2026")
    all_agree(sides, twinning, "in_force", 3)

    # Lyon leaves: the agreement stays in force between the three, who read why.
    lyon.open(f"/twinnings/{twinning.slug}/leave/")
    lyon.page.fill("[name=text]", "Our new council has other plans.")
    lyon.send()
    expect(lyon.page).to_have_url(re.compile("/en/my/twinnings/$"))
    for name in ("sumy", "gdynia", "lviv"):
        assert "Our new council has other plans." in words_of(sides[name].mail("twinning_left"))
    assert (stage_of(twinning), arrived("twinning_left"), arrived("twinning_ended")) == ("in_force", 3, 0)
    assert not OutgoingMail.objects.filter(name="partnerships/twinning_left", to=lyon.email).exists()
    gdynia.open(f"/twinnings/{twinning.slug}/")
    assert_reads_well(gdynia.page, "pl")

    # Everyone reads what is registered, who stands by it and who did; nobody else their contact persons.
    visitor = open_browser("uk").new_page()
    visitor.goto(f"{live_portal.url}/uk/twinnings/{twinning.slug}/")
    expect(visitor.locator("main")).to_contain_text("UA-78/2026")
    assert "Contact-" not in visitor.content()
    assert_reads_well(visitor, "uk")
