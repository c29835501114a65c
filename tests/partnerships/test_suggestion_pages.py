"""Pages of suggestions: the list and its reasons, what is set aside, what a member looks for, the weights for everyone;
and the same parts for both sides of a request that came of one."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import JournalEntry
from partnerships.actions.weights import current_weights
from partnerships.actions.wishes import change_partner_wish
from partnerships.models import Block, Match, MatchScore, PartnerVeto, PartnerWish, Suggestion
from partnerships.models.suggestions import PARTS
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_listing,
    make_match,
    make_member,
    make_representative,
    make_sector,
    make_suggestion,
    make_template,
    make_user,
)

pytestmark = pytest.mark.django_db
TEXT = "We have read of your school. Shall we talk?"


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


@pytest.fixture
def sumy():
    return make_member(official_name="Sumy", country="UA", languages_spoken=["uk", "en"], population=250_000)


@pytest.fixture
def gdynia():
    return make_member(official_name="Gdynia", languages_spoken=["pl", "en"], population=240_000)


@pytest.fixture
def suggestion(sumy, gdynia):
    return make_suggestion(sumy, gdynia)


# --- The list -----------------------------------------------------------------------------------------------


def test_suggestion_list_says_why(client, sumy, suggestion):
    login(client, sumy)
    page = client.get(url("suggestion_list")).text
    assert "Gdynia" in page
    assert "Inhabitants: you 250,000, the other side 240,000." in page
    assert "Both work in: English." in page
    assert "4.2 of 6 points" in page
    assert f"{url('match_request_member', suggestion.other.slug)}?from=suggestion" in page
    assert url("suggestion_set_aside", suggestion.other.slug) in page


def test_suggestion_list_names_items_and_sectors_in_the_language_of_the_reader(client, sumy, gdynia):
    energy = make_sector(name_pl="Energetyka")
    generator = make_template(name_pl="Agregat")
    for member in (sumy, gdynia):
        member.sectors.add(energy)
    for member, kind in ((sumy, "need"), (gdynia, "offer")):
        line = {"template": generator, "quantity": 4, "unit": "piece"}
        make_listing([energy], line, kind=kind, member=member)
    make_suggestion(sumy, gdynia)
    login(client, sumy)
    with translation.override("pl"):
        page = client.get(url("suggestion_list")).text.replace("\xa0", " ")
    assert "Państwa potrzeba „Agregat” (4 sztuki): oferty drugiej strony pokryłyby z tego 4." in page
    assert "Obie strony wskazały: Energetyka." in page


def test_suggestion_list_leaves_out_whom_it_must_not_name(client, sumy, suggestion):
    login(client, sumy)
    Block.objects.create(member=suggestion.other, blocked=sumy)
    page = client.get(url("suggestion_list")).text
    assert "Gdynia" not in page
    assert "Nobody to suggest at the moment" in page


def test_suggestion_list_before_it_is_made(client, sumy):
    login(client, sumy)
    assert "Your list is being made" in client.get(url("suggestion_list")).text


def test_suggestion_list_of_a_member_that_is_not_looking(client, sumy, suggestion):
    login(client, sumy)
    change_partner_wish(member=sumy, is_looking=False, capacity=1, by=make_user())
    page = client.get(url("suggestion_list")).text
    assert "You are not looking now" in page
    assert "Gdynia" not in page


def test_suggestion_list_for_its_own_people_alone(client, sumy, suggestion):
    assert client.get(url("suggestion_list")).status_code == 302
    login(client, make_member(kind="institution"))
    assert client.get(url("suggestion_list")).status_code == 404
    client.logout()
    login(client, sumy, role="viewer")
    page = client.get(url("suggestion_list")).text
    assert "Gdynia" in page
    assert "from=suggestion" not in page
    assert url("suggestion_set_aside", suggestion.other.slug) not in page


@pytest.mark.parametrize("count", [1, 3])
def test_suggestion_list_asks_a_constant_number_of_questions(client, sumy, count, django_assert_num_queries):
    for _n in range(count):
        make_suggestion(sumy, make_member())
        make_suggestion(sumy, make_member(), dismissed_at=timezone.now())
    login(client, sumy)
    client.get(url("suggestion_list"))
    with django_assert_num_queries(9):
        assert client.get(url("suggestion_list")).status_code == 200


# --- Set aside ----------------------------------------------------------------------------------------------


def test_suggestion_set_aside_and_restored(client, sumy, suggestion):
    user = login(client, sumy).user
    address = url("suggestion_set_aside", suggestion.other.slug)
    assert client.get(address).status_code == 200
    response = client.post(address, {"reason": "distance", "is_veto": "on"}, follow=True)
    assert "Set aside. The other side has not been told." in response.text
    assert "too far away" in response.text
    suggestion.refresh_from_db()
    assert (suggestion.reason, suggestion.dismissed_by) == ("distance", user)
    assert PartnerVeto.objects.get().other == suggestion.other
    response = client.post(address, {"reason": "size"}, follow=True)
    assert "Nothing changed" in response.text
    again = url("suggestion_restore", suggestion.other.slug)
    client.post(again)
    suggestion.refresh_from_db()
    assert suggestion.dismissed_at is None
    assert "Nothing changed" in client.post(again, follow=True).text


def test_suggestion_set_aside_needs_a_reason(client, sumy, suggestion):
    login(client, sumy)
    response = client.post(url("suggestion_set_aside", suggestion.other.slug), {"is_veto": "on"})
    assert response.status_code == 422
    assert "checked" in response.text  # what was ticked stays
    suggestion.refresh_from_db()
    assert suggestion.dismissed_at is None


def test_suggestion_set_aside_by_editors_of_its_member(client, sumy, suggestion):
    address = url("suggestion_set_aside", suggestion.other.slug)
    login(client, sumy, role="viewer")
    assert client.post(address, {"reason": "size"}).status_code == 403
    client.logout()
    login(client, suggestion.other)
    assert client.post(address, {"reason": "size"}).status_code == 404
    assert not Suggestion.objects.set_aside().exists()


# --- What we look for ---------------------------------------------------------------------------------------


def test_partner_wish_is_kept(client, sumy):
    energy = make_sector()
    user = login(client, sumy).user
    data = {
        "is_looking": "yes",
        "capacity": "3",
        "countries": ["PL", "DE"],
        "languages": ["en"],
        "sectors": [energy.pk],
    }
    assert client.post(url("partner_wish"), data).url == url("suggestion_list")
    wish = PartnerWish.objects.get(member=sumy)
    assert (wish.capacity, wish.must_countries, wish.must_languages) == (3, ["DE", "PL"], ["en"])
    assert list(wish.must_sectors.all()) == [energy]
    assert JournalEntry.objects.get(verb="partner_wish.changed").actor == user
    page = client.get(url("partner_wish")).text
    assert 'value="3"' in page
    assert page.count(" checked") == 5
    client.post(url("partner_wish"), {"is_looking": "no", "capacity": "3"})
    wish.refresh_from_db()
    assert (wish.looking_since, wish.must_countries) == (None, [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"capacity": "11"}, "less than or equal to 10"),
        ({"capacity": "many"}, "whole number"),
        ({"is_looking": ""}, "required"),
        ({"countries": ["XX"]}, "XX"),
        ({"countries": ["UA"]}, "UA"),
    ],
)
def test_partner_wish_says_what_is_wrong(client, sumy, changes, words):
    login(client, sumy)
    response = client.post(url("partner_wish"), {"is_looking": "yes", "capacity": "2"} | changes)
    assert response.status_code == 422
    assert words in response.text
    assert not PartnerWish.objects.exists()


def test_partner_wish_of_a_member_outside_ukraine_asks_for_no_country(client, gdynia):
    login(client, gdynia)
    assert "countries" not in client.get(url("partner_wish")).text
    client.post(url("partner_wish"), {"is_looking": "yes", "capacity": "1", "countries": ["PL"]})
    assert PartnerWish.objects.get().must_countries == []


def test_partner_wish_is_read_by_viewers(client, sumy):
    login(client, sumy, role="viewer")
    assert "You read along" in client.get(url("partner_wish")).text
    assert client.post(url("partner_wish"), {"is_looking": "yes", "capacity": "1"}).status_code == 403


def test_vetoes_are_found_set_and_lifted(client, sumy, gdynia):
    login(client, sumy)
    page = client.get(url("partner_wish"), {"q": "gdynia"}).text
    assert url("veto_set", gdynia.slug) in page
    assert "No member of this name." in client.get(url("partner_wish"), {"q": "nowhere"}).text
    client.post(url("veto_set", gdynia.slug))
    assert PartnerVeto.objects.get().other == gdynia
    page = client.get(url("partner_wish"), {"q": "gdynia"}).text
    assert url("veto_lift", gdynia.slug) in page
    assert "Do not propose to us" not in page
    client.post(url("veto_lift", gdynia.slug))
    assert not PartnerVeto.objects.exists()
    assert client.post(url("veto_lift", gdynia.slug)).status_code == 404
    assert client.post(url("veto_set", sumy.slug)).status_code == 404


def test_vetoes_by_editors_alone(client, sumy, gdynia):
    login(client, sumy, role="viewer")
    assert client.post(url("veto_set", gdynia.slug)).status_code == 403
    PartnerVeto.objects.create(member=sumy, other=gdynia)
    assert client.post(url("veto_lift", gdynia.slug)).status_code == 403


# --- A request that comes of a suggestion -------------------------------------------------------------------


def test_both_sides_read_the_same_parts(client, sumy, gdynia, suggestion):
    login(client, sumy)
    address = url("match_request_member", gdynia.slug) + "?from=suggestion"
    assert "Inhabitants: you 250,000, the other side 240,000." in client.get(address).text
    client.post(address, {"text": TEXT})
    match = Match.objects.get()
    assert (match.origin, match.requested_by) == ("suggestion", sumy)
    assert MatchScore.objects.get().total == suggestion.total
    page = client.get(url("match_detail", match.slug)).text
    assert "Inhabitants: you 250,000, the other side 240,000." in page
    suggestion.delete()
    client.logout()
    login(client, gdynia)
    page = client.get(url("match_detail", match.slug)).text
    assert "Why you were suggested to each other" in page
    assert "Inhabitants: you 240,000, the other side 250,000." in page


def test_a_request_without_a_suggestion_is_a_plain_one(client, sumy, gdynia):
    login(client, sumy)
    address = url("match_request_member", gdynia.slug)
    client.post(f"{address}?from=suggestion", {"text": TEXT})
    match = Match.objects.get()
    assert match.origin == "request"
    assert "Why you were suggested" not in client.get(url("match_detail", match.slug)).text


# --- My page, and the page for everyone ---------------------------------------------------------------------


def test_my_page_leads_to_suggestions(client, sumy, suggestion):
    login(client, sumy)
    page = client.get(reverse("content:dashboard")).text
    assert "1 member is suggested to you as a partner: Gdynia." in page
    assert url("suggestion_list") in page
    make_match(sumy, suggestion.other)
    assert "Nobody is suggested to you at the moment." in client.get(reverse("content:dashboard")).text


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_weights_are_explained_to_everyone(client, language):
    with translation.override(language):
        page = client.get(url("match_weights")).text
        home = client.get(reverse("content:home")).text
        assert url("match_weights") in home
    assert page.count('class="bar-accepted"') == 13  # a common border is worth nothing beside the rest
    assert 'width="20%"' in page


# --- The weights at the desk --------------------------------------------------------------------------------


def test_the_desk_writes_a_new_version(client):
    desk = make_coordinator(has_second_factor=True)
    client.force_login(desk)
    first = current_weights()
    address = reverse("admin:partnerships_matchweights_change", args=[first.pk])
    data = {name: getattr(first, name) for name in [*PARTS, "attention_cap"]} | {"size": 12}
    assert client.get(address).status_code == 200
    response = client.post(address, data, follow=True)
    assert "Version 3 counts from now on" in response.text
    second = current_weights()
    assert (second.version, second.size, second.created_by) == (3, 12, desk)
    first.refresh_from_db()
    assert first.size == 15
    # What was is read only: what follows the newest is the next.
    assert client.post(address, data).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": 101}, "less than or equal to 100"),
        ({"attention_cap": 100}, "greater than or equal to 150"),
        (dict.fromkeys(["needs", "sectors", "size", "distance", "ties"], 0), "one of them at least"),
    ],
)
def test_the_desk_is_told_what_is_no_weight(client, changes, words):
    client.force_login(make_coordinator(has_second_factor=True))
    first = current_weights()
    data = {name: getattr(first, name) for name in [*PARTS, "attention_cap"]} | changes
    response = client.post(reverse("admin:partnerships_matchweights_change", args=[first.pk]), data)
    assert words in response.text
    assert current_weights() == first
