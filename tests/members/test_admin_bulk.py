"""Many applications decided at once from the list."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from alliance.core.admin import bulk
from alliance.core.models import JournalEntry, OutgoingMail
from members.models import Member
from tests.desk import open_desk
from tests.factories import make_coordinator, make_member, make_place

LIST = reverse("admin:members_member_changelist")
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def send(desk, action, members, **more):
    data = {"action": action, "_selected_action": [member.pk for member in members], **more}
    return desk.post(f"{LIST}?status=all", data)


def statuses():
    return list(Member.objects.order_by("pk").values_list("status", flat=True))


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_confirmation_page_lists_what_will_and_what_will_not_change(desk):
    members = [make_member(status=status) for status in ("pending", "approved", "pending", "refused")]
    response = send(desk, "approve", members)
    assert response.status_code == 200
    assert [row.pk for row in response.context["chosen"]] == [members[0].pk, members[2].pk]
    assert {row.pk for row in response.context["left"]} == {members[1].pk, members[3].pk}
    assert statuses() == ["pending", "approved", "pending", "refused"]


def test_confirmation_page_marks_who_claims_the_same_place(desk):
    place = make_place()
    members = [make_member(place=place, status="pending") for _n in range(2)]
    members.append(make_member(status="pending"))
    response = send(desk, "approve", members)
    assert [warning for _row, _words, warning in response.context["chosen_words"]] == ["conflict"] * 2 + [""]
    assert response.text.count('<strong class="mark">conflict</strong>') == 2


def test_confirmed_each_row_goes_through_the_same_action(desk):
    colleague = make_coordinator()
    members = [make_member(status=status, contact_language="pl") for status in ("pending", "left", "pending")]
    response = send(desk, "return", members, _confirmed="1", question="Która rada?")
    assert response.status_code == 302
    assert statuses() == ["returned", "left", "returned"]
    assert JournalEntry.objects.filter(verb="member.returned", actor=desk.user).count() == 2
    letters = OutgoingMail.objects.filter(name="members/member_returned")
    assert {letter.to for letter in letters} == {members[0].contact_email, members[2].contact_email}
    assert all("Która rada?" in letter.text and letter.language == "pl" for letter in letters)
    assert OutgoingMail.objects.filter(name="members/desk_told", to=colleague.email).count() == 2
    assert told(response)[0] == "2 applications were returned."
    assert "1 was left alone" in told(response)[1]


def test_a_missing_reason_changes_nothing(desk):
    members = [make_member(status="pending") for _n in range(2)]
    response = send(desk, "refuse", members, _confirmed="1", reason="  ")
    assert response.status_code == 422
    assert 'href="#id_reason"' in response.text
    assert statuses() == ["pending", "pending"]


def test_a_held_place_stops_only_its_own_application(desk):
    place = make_place()
    holder, rival = make_member(place=place), make_member(place=place, status="pending")
    free = make_member(status="pending")
    response = send(desk, "approve", [rival, free], _confirmed="1")
    assert statuses() == ["approved", "pending", "approved"]
    assert told(response)[0] == "1 application was approved."
    assert holder.reference in told(response)[1]


def test_nothing_possible_says_so(desk):
    members = [make_member(status="refused")]
    response = send(desk, "approve", members)
    assert response.status_code == 302
    assert "nothing was changed" in told(response)[0]


def test_too_many_at_once_change_nothing(desk, monkeypatch):
    monkeypatch.setattr(bulk, "MAX_IN_BULK", 1)
    members = [make_member(status="pending") for _n in range(2)]
    response = send(desk, "approve", members, _confirmed="1")
    assert statuses() == ["pending", "pending"]
    assert "At most 1 at once" in told(response)[0]


def test_a_second_click_on_the_confirmation_changes_nothing_more(desk):
    members = [make_member(status="pending") for _n in range(2)]
    for _click in range(2):
        send(desk, "approve", members, _confirmed="1")
    assert JournalEntry.objects.filter(verb="member.approved").count() == 2
    assert OutgoingMail.objects.filter(name="members/member_approved").count() == 2


def test_deleting_is_not_among_the_actions(desk):
    make_member(status="pending")
    names = [name for name, _label in desk.get(LIST).context["action_form"].fields["action"].choices]
    assert names == ["", "approve", "return", "refuse", "reactivate", "hold", "leave"]
