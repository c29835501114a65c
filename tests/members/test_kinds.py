"""An authority is called what it is called in its country."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from members.kinds import authority_name
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "country", "english", "polish", "ukrainian"),
    [
        ("municipality", "UA", "hromada", "hromada", "громада"),
        ("municipality", "DE", "municipality", "gmina", "муніципалітет"),
        ("region", "UA", "oblast", "obwód", "область"),
        ("region", "PL", "region", "region", "регіон"),
    ],
)
def test_an_authority_is_named_as_in_its_country(kind, country, english, polish, ukrainian):
    member = make_member(kind=kind, country=country)
    for language, word in (("en", english), ("pl", polish), ("uk", ukrainian)):
        with translation.override(language):
            assert member.kind_name == word


@pytest.mark.parametrize(("kind", "country"), [("association", "UA"), ("municipality", "")])
def test_who_is_no_authority_of_a_country_has_the_general_word(kind, country):
    assert authority_name(kind, country) is None


def test_the_register_and_a_members_page_use_the_word(client):
    member = make_member(country="DE", name_uk="Лейпциг")
    with translation.override("uk"):
        pages = [reverse("members:member_list"), reverse("members:member_detail", args=[member.slug])]
    for page in pages:
        text = client.get(page).content.decode()
        assert re.search(r"(?<!чи )муніципалітет", text), (
            page
        )  # beside the filter, which is about all countries
    assert "громада чи муніципалітет" not in client.get(pages[1]).content.decode()
