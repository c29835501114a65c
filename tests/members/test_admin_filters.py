"""Filters of the queue offer their choices in the reader's order."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from members.admin.filters import CountryFilter
from members.models import Member
from tests.factories import make_member

pytestmark = pytest.mark.django_db


class Admin:
    model = Member


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("pl", ["Estonia", "Irlandia", "Łotwa", "Włochy"]),
        ("uk", ["Естонія", "Ірландія", "Італія", "Латвія"]),
    ],
)
def test_countries_stand_in_the_order_of_the_readers_alphabet(language, names):
    for country in ("LV", "IT", "EE", "IE"):
        make_member(country=country)
    with translation.override(language):
        found = CountryFilter(RequestFactory().get("/"), {}, Member, Admin).lookup_choices
    assert [name for _code, name in found] == names
