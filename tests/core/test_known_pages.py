"""Addresses lead where they led the first time, in each language; what leads nowhere is asked about each time."""

import pytest
from django.urls import Resolver404, get_resolver, resolve
from django.utils import translation

from alliance.core.known_pages import KnownPages


def test_an_address_leads_to_the_same_view_each_time():
    with translation.override("pl"):
        first, second = resolve("/pl/members/abcdefghij/"), resolve("/pl/members/abcdefghij/")
        assert (second.view_name, second.kwargs) == ("members:member_detail", {"slug": "abcdefghij"})
        assert (first.func, first.route) == (second.func, second.route)
        assert resolve("/pl/members/klmnopqrst/").kwargs == {"slug": "klmnopqrst"}


def test_an_address_belongs_to_its_language():
    with translation.override("pl"):
        resolve("/pl/needs/")
    with translation.override("uk"), pytest.raises(Resolver404):
        resolve("/pl/needs/")


def test_nothing_is_remembered_of_what_leads_nowhere():
    (pages,) = [each for each in get_resolver().url_patterns if isinstance(each, KnownPages)]
    before = pages.known.cache_info().currsize
    with translation.override("en"):
        for _again in range(2):
            with pytest.raises(Resolver404):
                resolve("/en/nothing/of/that/kind/")
    assert pages.known.cache_info().currsize == before
