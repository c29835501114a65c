"""Places at the desk: found by any spelling, never typed; an applicant's entry is confirmed or merged."""

import pytest
from django.urls import reverse

from alliance.core.models import JournalEntry
from members.actions.places import create_own_place, fill_search
from tests.factories import make_coordinator, make_member, make_place

pytestmark = pytest.mark.django_db
LIST = reverse("admin:members_place_changelist")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator()
    client.force_login(client.user)
    return client


def page(place, name="change", *more):
    return reverse(f"admin:members_place_{name}", args=[place.pk, *more])


def named_place(**changes):
    place = make_place(**changes)
    fill_search(place)
    place.save()
    return place


@pytest.mark.parametrize("term", ["Львів", "lviv", "Lwów", "UA46"])
def test_search_by_spelling_and_code(desk, term):
    place = named_place(
        register="katotth", code="UA46", country="UA", official_name="Львівська", name_uk="Львів", name_en="Lviv",
        name_pl="Lwów",
    )  # fmt: skip
    named_place(official_name="Łódź")
    assert [row.pk for row in desk.get(LIST, {"q": term}).context["cl"].result_list] == [place.pk]


def test_an_entry_of_a_register_is_only_read(desk):
    place = named_place()
    response = desk.get(page(place))
    assert response.context["buttons"] == []
    assert desk.post(page(place), {"official_name": "x"}).status_code == 403


def test_an_applicants_entry_is_confirmed(desk):
    place = create_own_place(name="Nowe", country="PL", level="municipality", by=desk.user)
    assert [row.pk for row in desk.get(LIST, {"confirmed": "no"}).context["cl"].result_list] == [place.pk]
    assert desk.post(page(place, "verb", "confirm")).status_code == 302
    place.refresh_from_db()
    assert place.verified_at is not None
    assert JournalEntry.objects.about(place).filter(verb="place.confirmed").count() == 1
    assert desk.get(page(place)).context["buttons"] == []


def test_an_applicants_entry_is_merged_by_code(desk):
    target = named_place(official_name="Nowe Miasto", code="PL_7")
    place = create_own_place(name="Nowe Miasto", country="PL", level="municipality", by=desk.user)
    member = make_member(place=place, status="pending")
    assert page(target) in desk.get(page(place, "verb", "merge")).text
    missing = desk.post(page(place, "verb", "merge"), {"into": "PL_999"})
    assert missing.status_code == 422
    assert "PL_999" in missing.text
    assert desk.post(page(place, "verb", "merge"), {"into": "pl_7"}).status_code == 302
    member.refresh_from_db()
    assert member.place == target


def test_a_merge_that_would_put_two_members_on_one_place_is_refused(desk):
    target = named_place(code="PL_8")
    make_member(place=target)
    place = create_own_place(name="Stare", country="PL", level="municipality", by=desk.user)
    make_member(place=place)
    response = desk.post(page(place, "verb", "merge"), {"into": "PL_8"}, follow=True)
    assert "Nothing was changed" in response.text
    place.refresh_from_db()
    assert place.gone_on is None
