"""Journey 6: an agreement of four, which survives that one of them leaves. (A file of its own: a server remembers rows
that the next test makes anew.)"""

import re

import pytest
from playwright.sync_api import expect

from alliance.core.models import OutgoingMail
from tests.factories import make_twinning
from tests.journeys.deeds import assert_reads_well, words_of
from tests.journeys.parties import PEOPLE, Side, arrived, stage_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def side(open_browser, live_portal, smtp_sink, worker, wake):
    return lambda name: Side(name, open_browser, live_portal, smtp_sink)


def test_four_agree_each_for_itself_and_one_leaves(transactional_db, side):
    sides = {name: side(name) for name in PEOPLE}
    sumy, lyon = sides["sumy"], sides["lyon"]
    twinning = make_twinning(
        *(one.member for one in sides.values()), status="solidarity", needs_registration=True
    )

    # Three consents do not make four.
    sumy.propose(twinning, "letter")
    for name in ("gdynia", "lviv", "lyon"):
        assert stage_of(twinning) == "solidarity"
        sides[name].follow("twinning_proposed")
        sides[name].press("consent")
    assert stage_of(twinning) == "letter"
    for one in sides.values():
        assert "Lyon" in words_of(one.mail("twinning_reached"))

    # The text is proposed; Lyon leaves instead of agreeing: what was asked lapses, the partnership goes on.
    sumy.propose(twinning, "drafted")
    lyon.open(f"/twinnings/{twinning.slug}/leave/")
    lyon.page.fill("[name=text]", "Our new council has other plans.")
    lyon.send()
    expect(lyon.page).to_have_url(re.compile("/en/my/twinnings/$"))
    assert stage_of(twinning) == "letter"
    for name in ("sumy", "gdynia", "lviv"):
        letter = words_of(sides[name].mail("twinning_left"))
        assert "Our new council has other plans." in letter
    assert arrived("twinning_left") == 3
    assert arrived("twinning_ended") == 0

    # The three that stay agree anew.
    sumy.propose(twinning, "drafted")
    for name in ("gdynia", "lviv"):
        sides[name].follow("twinning_proposed", 3)
        sides[name].press("consent")
    assert stage_of(twinning) == "drafted"
    assert "Lyon" not in words_of(sumy.mail("twinning_reached", 2))
    assert OutgoingMail.objects.filter(name="partnerships/twinning_reached", to=lyon.email).count() == 1
    sides["gdynia"].open(f"/twinnings/{twinning.slug}/")
    assert_reads_well(sides["gdynia"].page, "pl")
