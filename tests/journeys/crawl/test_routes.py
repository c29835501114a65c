"""The table of routes is whole: whoever adds a URL says how to build it, or why it is not a page."""

from tests.journeys.crawl.routes import ROUTES, named_routes


def test_every_named_url_has_a_row():
    assert set(named_routes()) == {route.name for route in ROUTES}


def test_every_row_is_looked_at_or_says_why_not():
    assert [route.name for route in ROUTES if not (route.seen_by or route.why)] == []
