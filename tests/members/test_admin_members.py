"""The queue of applications and the page on which one is decided."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from members.models import Mandate, Member
from tests.factories import make_coordinator, make_member, make_place, make_representative

LIST = reverse("admin:members_member_changelist")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def desk(client):
    """A client in which a coordinator is logged in; ``desk.user`` is who."""
    client.user = make_coordinator()
    client.force_login(client.user)
    return client


def page_of(member):
    return reverse("admin:members_member_change", args=[member.pk])


def verb_url(member, name):
    return reverse("admin:members_member_verb", args=[member.pk, name])


def pending(days=0, **changes):
    moment = timezone.now() - timedelta(days=days)
    return make_member(status=Member.Status.PENDING, status_changed_at=moment, **changes)


def rows(response):
    return [member.pk for member in response.context["cl"].result_list]


def test_queue_shows_what_awaits_a_decision_longest_wait_first(desk):
    young, old = pending(1), pending(9)
    approved, draft = make_member(), make_member(status="draft")
    response = desk.get(LIST)
    assert rows(response) == [old.pk, young.pk]
    assert "9 days" in response.text
    assert rows(desk.get(LIST, {"status": "all"}))[:2] == [old.pk, young.pk]
    assert set(rows(desk.get(LIST, {"status": "all"}))) == {old.pk, young.pk, approved.pk, draft.pk}


def test_queue_marks_conflicts_and_filters(desk):
    place = make_place(country="UA")
    first, second = pending(8, place=place, country="UA"), pending(place=place, country="UA")
    alone = pending(country="PL", kind="region")
    response = desk.get(LIST)
    assert response.text.count('<strong class="mark">') == 2
    assert rows(desk.get(LIST, {"conflict": "yes"})) == [first.pk, second.pk]
    assert rows(desk.get(LIST, {"waiting": "long"})) == [first.pk]
    assert rows(desk.get(LIST, {"country": "PL"})) == [alone.pk]
    assert rows(desk.get(LIST, {"kind__exact": "region"})) == [alone.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_queue_asks_the_same_number_of_questions_whatever_its_length(desk, count, django_assert_num_queries):
    for _n in range(count):
        member = pending(place=make_place())
        Mandate.objects.create(member=member, promised_by=timezone.localdate())
    desk.get(LIST)
    with django_assert_num_queries(QUERIES):
        desk.get(LIST)


QUERIES = 8


@pytest.mark.parametrize(
    "term", ["Житомир", "zhytomyr", "Żytomierz", "ALL-1111", "office@zhytomyr.example.org"]
)
def test_search_finds_by_any_spelling_reference_and_address_in_every_status(desk, term):
    from alliance.core.spelling import spellings

    names = ["Житомир", "Zhytomyr", "Żytomierz"]
    found = make_member(
        official_name="Житомирська міська громада",
        reference="ALL-1111-2222",
        contact_email="office@zhytomyr.example.org",
        spellings=spellings(names),
    )
    make_member()
    assert rows(desk.get(LIST, {"q": term})) == [found.pk]


def test_page_shows_the_application_and_its_place_in_the_queue(desk):
    oldest, member, youngest = pending(3), pending(2, contact_name="Olha Koval"), pending(1)
    text = desk.get(page_of(member)).text
    assert "Application 2 of 3 in the queue" in text
    assert page_of(oldest) in text
    assert page_of(youngest) in text
    assert "Olha Koval" in text


def test_page_compares_rivals_side_by_side(desk):
    place = make_place()
    member = pending(place=place, contact_email="a@one.example.org")
    rival = pending(place=place, contact_email="b@two.example.org")
    text = desk.get(page_of(member)).text
    assert "Several claims on this place" in text
    assert "b@two.example.org" in text
    assert page_of(rival) in text


def test_page_spells_out_a_domain_in_other_letters(desk):
    member = pending(contact_email="office@krаków.example.org")  # a Cyrillic а
    assert "xn--" in desk.get(page_of(member)).text


def test_page_has_one_button_per_allowed_move_for_every_status(desk):
    expected = {
        "draft": set(),
        "pending": {"approve", "return", "refuse"},
        "returned": {"refuse"},
        "approved": {"hold", "leave"},
        "on_hold": {"reactivate", "leave"},
        "refused": set(),
        "left": set(),
    }
    assert set(expected) == set(Member.Status.values)
    for status, names in expected.items():
        member = make_member(status=status)
        buttons = desk.get(page_of(member)).context["buttons"]
        assert {button["verb"].name for button in buttons} == names, status


def test_status_and_contact_address_are_not_typed(desk):
    member = make_member()
    fields = desk.get(page_of(member)).context["adminform"].form.fields
    assert not {"status", "contact_email", "approved_at", "desk_message"} & set(fields)


def form_data(desk, member, **changes):
    form = desk.get(page_of(member)).context["adminform"].form
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    data["languages_spoken"] = ["uk", "pl"]
    inline = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}
    return data | {f"representatives-{name}": value for name, value in inline.items()} | changes


def test_correction_is_journalled_and_searchable(desk):
    member = make_member(official_name="Gmina Stara")
    address = reverse("members:member_detail", args=[member.slug])
    data = form_data(desk, member, official_name="Gmina Nowa", name_en="Gmina Nowa", proof="mandate")
    response = desk.post(page_of(member), data)
    assert response.status_code == 302, response.context["errors"]
    member.refresh_from_db()
    assert (member.official_name, member.proof) == ("Gmina Nowa", "mandate")
    assert "nowa" in member.spellings
    assert "Gmina Nowa" in desk.get(address).text, "links to a member outlive its name"
    entry = JournalEntry.objects.about(member).get(verb="member.edited")
    assert entry.actor == desk.user
    assert entry.data["fields"] == ["languages_spoken", "name_en", "official_name", "proof"]
    history = desk.get(reverse("admin:members_member_history", args=[member.pk])).text
    assert "Gmina Stara → Gmina Nowa" in history


def test_the_desk_puts_a_member_under_an_association(desk):
    association, member = make_member(kind="association"), make_member()
    town, applicant = make_member(), make_member(kind="association", status="pending")
    for wrong in (town, applicant, member):
        assert desk.post(page_of(member), form_data(desk, member, parent=wrong.pk)).status_code == 422
    assert desk.post(page_of(member), form_data(desk, member, parent=association.pk)).status_code == 302
    member.refresh_from_db()
    assert member.parent == association
    entry = JournalEntry.objects.about(member).get(verb="member.edited")
    assert (entry.actor, "parent" in entry.data["fields"]) == (desk.user, True)
    Member.objects.filter(pk=association.pk).update(status="on_hold")
    assert desk.post(page_of(member), form_data(desk, member, parent=association.pk)).status_code == 302
    assert desk.post(page_of(member), form_data(desk, member, parent="")).status_code == 302
    member.refresh_from_db()
    assert member.parent is None


def test_bad_correction_comes_back_with_422_and_what_was_typed(desk):
    member = make_member()
    response = desk.post(page_of(member), form_data(desk, member, website="not an address"))
    assert response.status_code == 422
    assert "not an address" in response.text
    assert not JournalEntry.objects.about(member).exists()


def test_mandate_is_served_as_a_file_to_coordinators_only(desk, client):
    member = pending()
    mandate = Mandate(
        member=member,
        original_filename="uchwała.pdf",
        content_type="application/pdf",
        size=4,
        uploaded_at=timezone.now(),
    )
    mandate.file.save("x.pdf", ContentFile(b"%PDF"))
    url = reverse("admin:members_member_mandate", args=[member.pk])
    assert url in desk.get(page_of(member)).text
    response = desk.get(url)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == b"%PDF"
    assert desk.post(url).status_code == 405
    assert desk.get(reverse("admin:members_member_mandate", args=[pending().pk])).status_code == 404
    desk.logout()
    assert desk.get(url).status_code == 302


def test_confirmation_page_asks_before_it_decides(desk):
    member = pending()
    response = desk.get(verb_url(member, "approve"))
    assert "Approve this application?" in response.text
    member.refresh_from_db()
    assert member.status == "pending"


def test_approve_and_open_the_next_one_clears_the_queue(desk):
    members = [pending(3), pending(2), pending(1)]
    url = verb_url(members[0], "approve")
    for following in [*members[1:], None]:
        response = desk.post(url, {"_next": "1"})
        if following is None:
            assert response.url == LIST
        else:
            assert response.url == page_of(following)
            url = verb_url(following, "approve")
    assert set(Member.objects.values_list("status", flat=True)) == {"approved"}
    assert "That was the last application in the queue." in desk.get(LIST).text


@pytest.mark.parametrize("name", ["return", "refuse"])
def test_a_missing_reason_is_told_at_the_field(desk, name):
    member = pending()
    response = desk.post(verb_url(member, name), {})
    assert response.status_code == 422
    assert 'class="errorlist"' in response.text
    assert 'href="#id_' in response.text
    member.refresh_from_db()
    assert member.status == "pending"
    assert not OutgoingMail.objects.exists()


def test_a_coordinator_does_not_decide_about_their_own_member(desk):
    member = make_member()
    make_representative(member, desk.user)
    assert desk.get(page_of(member)).context["buttons"] == []
    assert desk.post(verb_url(member, "leave"), {}).status_code == 403


def test_unknown_verbs_and_methods_are_refused(desk):
    member = pending()
    assert desk.get(verb_url(member, "delete")).status_code == 404
    assert desk.put(verb_url(member, "approve")).status_code == 405


def test_nobody_deletes_or_adds_here(desk):
    member = make_member()
    assert desk.get(reverse("admin:members_member_delete", args=[member.pk])).status_code == 403
    assert desk.get(reverse("admin:members_member_add")).status_code == 403
