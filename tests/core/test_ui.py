"""Tags of the design."""

from types import SimpleNamespace

import pytest

from alliance.core.templatetags import ui


def test_coverage_shares_add_up_and_are_not_localised():
    from django.utils import translation

    with translation.override("uk"):
        bar = ui.coverage("7", 4, None, 9, None)
    assert [(part["name"], part["x"], part["width"]) for part in bar["shares"]] == [
        ("accepted", "0.00%", "35.00%"),
        ("underway", "35.00%", "20.00%"),
    ]
    assert (bar["accepted"], bar["promised"], bar["open"]) == ("7", "", "9")


@pytest.mark.parametrize("numbers", [(0, 0, 0, 0, 0), (None, None, None, None, None), (-5, 0, 0, 0, 0)])
def test_coverage_of_nothing_is_an_empty_bar(numbers):
    bar = ui.coverage(*numbers)
    assert bar["shares"] == []
    assert bar["open"] == "0"


def test_a_small_part_of_the_coverage_stays_visible():
    widths = {
        part["name"]: float(part["width"][:-1]) for part in ui.coverage(1, 0, 100_000, 100_000, 0)["shares"]
    }
    assert widths["accepted"] > 0.9
    assert sum(widths.values()) == pytest.approx(100)


def test_what_is_promised_is_the_beginning_of_what_is_open():
    bar = ui.coverage(7, 4, 3, 9, 0)
    assert [(part["name"], part["width"]) for part in bar["shares"]] == [
        ("accepted", "35.00%"),
        ("underway", "20.00%"),
        ("promised", "15.00%"),
    ]
    assert (bar["promised"], bar["open"], bar["over"]) == ("3", "9", "")


def test_numbers_are_written_for_the_reader():
    from django.utils import translation

    with translation.override("pl"):
        assert ui.coverage("1250.500", 0, 0, 40_000, 0)["accepted"] == "1\xa0250,5"
        assert ui.coverage("1250.50", 0, 0, 40_000, 0)["accepted"] == "1\xa0250,50"  # an amount of money


def test_steps():
    assert ui.step_states(2, 4) == ["done", "now", "", ""]


def test_a_language_we_have_no_phrase_for_is_still_marked():
    assert str(ui.shown_in("pl")) == "shown in Polish"
    assert str(ui.shown_in("zz")) == "shown in another language"


def test_the_longest_address_is_the_current_entry():
    links = ui.main_nav({"request": SimpleNamespace(path="/en/about/")})
    assert [str(link["label"]) for link in links if link["is_current"]] == ["About the Alliance"]
    assert not any(link["is_current"] for link in ui.main_nav({}))


def test_the_entry_that_a_page_lies_under():
    def entry(path):
        return ui.nav_entry({"request": SimpleNamespace(path=path)})

    assert entry("/en/needs/") == {"url": "/en/needs/", "is_exact": True}
    # “/members/map/” lies under “/members/”, too.
    assert entry("/en/members/map/list/") == {"url": "/en/members/map/", "is_exact": False}
    # The application has an address of the members' and belongs to the page about joining.
    for path in ("/en/members/join/", "/en/members/join/resume/"):
        assert entry(path) == {"url": "/en/joining/", "is_exact": False}
        links = ui.main_nav({"request": SimpleNamespace(path=path)})
        assert [link["url"] for link in links if link["is_current"]] == ["/en/joining/"]
    assert entry("/en/") == {}
    assert ui.nav_entry({}) == {}


def test_links_of_a_list_are_written_as_links():
    links = [{"label": "A & B", "url": "?a=1&b=2", "is_current": True}, {"label": "C", "url": "?"}]
    assert ui.link_items(links) == (
        '<li><a href="?a=1&amp;b=2" aria-current="true">A &amp; B</a></li><li><a href="?">C</a></li>'
    )
    assert ui.link_line(links) == '<b>A &amp; B</b> <a href="?">C</a>'


def test_what_a_heading_keeps_on_one_line():
    day = ui.unbroken("wtorek, 30 listopada 2026\u00a0r., 06:53–07:53 (Kijów)")
    assert day == "wtorek, 30\u00a0listopada 2026\u00a0r., 06:53\u2060–\u206007:53 (Kijów)"
    assert ui.unbroken("Gmina Alpha – Gmina Beta") == "Gmina Alpha\u00a0– Gmina Beta"
