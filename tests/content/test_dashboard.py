"""“My page” shows a person what they act for, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_listing, make_member, make_representative, make_user

pytestmark = pytest.mark.django_db


def test_dashboard_of_a_stranger_leads_to_joining(client):
    client.force_login(make_user())
    response = client.get(reverse("content:dashboard"))
    assert response.status_code == 200
    assert reverse("members:place_search") in response.content.decode()


def test_dashboard_needs_a_login(client):
    assert client.get(reverse("content:dashboard")).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_dashboard_takes_the_same_queries_for_one_row_and_three(client, django_assert_num_queries, rows):
    user = make_user()
    member = make_representative(user=user).member
    for _ in range(rows):
        make_listing(member=member)
        make_representative(user=user, member=make_member())
    client.force_login(user)
    client.get(reverse("content:dashboard"))
    with django_assert_num_queries(13):
        response = client.get(reverse("content:dashboard"))
    assert f"{rows} published" in response.content.decode()


def test_dashboard_lists_what_the_member_has_to_answer(client):
    user, now = make_user(), timezone.now()
    member = make_representative(user=user).member
    make_listing(member=member, title_en="Not waiting")
    make_listing(member=member, title_en="Returned", status="draft", desk_message="Who signs?")
    make_listing(member=member, title_en="Ending", expires_on=timezone.localdate() + timedelta(days=5))
    make_listing(member=member, title_en="Asked", asked_at=now)
    client.force_login(user)
    page = client.get(reverse("content:dashboard"))
    waiting = [(row["title"], row["why"].split(",")[0]) for row in page.context["listings"]]
    assert waiting == [
        ("Ending", "valid for 5 more days"),
        ("Returned", "the desk has a question"),
        ("Asked", "does it still hold?"),
    ]
    assert "Nothing at the moment." not in page.content.decode()
