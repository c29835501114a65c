"""People of a twinning: contacts who act for their member, and the hand-over of a place by a link that works once."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.users.models import User
from members.actions.people import AlreadyThere, withdraw_invitation
from members.models import Invitation, Representative
from partnerships.actions.twinning_people import hand_over, set_contacts, take_over
from partnerships.links import hand_over_path
from partnerships.models import StaffHandOver, Twinning, TwinningParty
from partnerships.refusals import LifeRefused
from tests.desk import open_desk
from tests.factories import (
    make_coordinator,
    make_member,
    make_party,
    make_representative,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=100)


@pytest.fixture
def party():
    """The hromada of a pair, with a contact who signs; the gmina's contact reads what changes."""
    sides = make_member(country="UA", name_en="Hromada"), make_member(country="PL", name_en="Gmina")
    twinning = make_twinning(*sides, lively_at=LONG_AGO)
    first, second = twinning.parties.all()
    first.contact = make_representative(sides[0], role="signatory").user
    second.contact = make_representative(sides[1], make_user(language="pl")).user
    first.save()
    second.save()
    first.other = second
    return first


def address(name, party):
    return reverse(f"partnerships:twinning_{name}", args=[party.twinning.slug])


def mails(stem):
    return list(OutgoingMail.objects.filter(name=f"partnerships/{stem}").order_by("pk"))


# --- Contacts --------------------------------------------------------------------------------------------------


def test_contacts_are_set_and_the_other_parties_are_told_who_is_new(party):
    colleague = make_representative(party.member, role="viewer").user
    set_contacts(party, contact=party.contact, second=colleague, by=party.contact)
    party.refresh_from_db()
    assert party.second_contact == colleague
    (mail,) = mails("twinning_contact_new")
    assert (mail.to, mail.language) == (party.other.contact.email, "pl")
    assert colleague.name in mail.text
    assert colleague.email not in mail.text
    assert JournalEntry.objects.about(party).get().data == {"people": 2}
    assert Twinning.objects.get(pk=party.twinning_id).lively_at > LONG_AGO
    set_contacts(party, contact=colleague, second=None, by=party.contact)
    assert len(mails("twinning_contact_new")) == 1, "who was there already is not new"


@pytest.mark.parametrize("is_ours", [True, False])
def test_nobody_is_told_of_a_new_contact_across_a_block(party, is_ours):
    one, other = (party.member, party.other.member)[:: 1 if is_ours else -1]
    one.blocks.create(blocked=other)
    third = make_party(party.twinning, make_member())
    third_writer = make_representative(third.member, role="editor").user
    set_contacts(party, contact=make_representative(party.member).user, second=None, by=party.contact)
    assert [mail.to for mail in mails("twinning_contact_new")] == [third_writer.email]


def test_only_two_people_who_act_for_the_member_are_contacts(party):
    left = make_representative(party.member, since=LONG_AGO, until=LONG_AGO).user
    for contact, second in ((left, None), (party.other.contact, None), (party.contact, party.contact)):
        with pytest.raises(LifeRefused):
            set_contacts(party, contact=contact, second=second, by=party.contact)
    TwinningParty.objects.filter(pk=party.pk).update(left_at=timezone.now())
    with pytest.raises(NotAllowed):
        set_contacts(party, contact=party.contact, second=None, by=party.contact)


def test_the_form_offers_ones_own_people_and_keeps_what_was_chosen(client, party):
    colleague = make_representative(party.member, role="editor").user
    client.force_login(party.contact)
    page = client.get(address("contacts", party)).text
    assert colleague.name in page
    assert party.other.contact.name not in page
    same = client.post(address("contacts", party), {"contact": colleague.pk, "second": colleague.pk})
    assert same.status_code == 422
    assert f'value="{colleague.pk}" selected' in same.text
    stranger = client.post(address("contacts", party), {"contact": party.other.contact.pk})
    assert (stranger.status_code, list(stranger.context["form"].errors)) == (422, ["contact"])
    assert client.post(address("contacts", party), {"contact": colleague.pk, "second": ""}).status_code == 302
    party.refresh_from_db()
    assert (party.contact, party.second_contact) == (colleague, None)


def test_the_page_says_whom_to_ask_or_that_there_is_nobody(client, party):
    client.force_login(party.contact)
    page = client.get(reverse("partnerships:twinning_detail", args=[party.twinning.slug])).text
    assert party.other.contact.email in page
    assert "nobody looks after it at the moment" not in page
    party.other.contact.representations.update(since=LONG_AGO, until=LONG_AGO)
    page = client.get(reverse("partnerships:twinning_detail", args=[party.twinning.slug])).text
    assert party.other.contact.email not in page
    assert "nobody looks after it at the moment" in page
    TwinningParty.objects.filter(pk=party.other.pk).update(contact=None)
    page = client.get(reverse("partnerships:twinning_detail", args=[party.twinning.slug])).text
    assert "no contact person is named yet" in page


# --- Hand-over -------------------------------------------------------------------------------------------------

NEW = "successor@example.org"


def handed_over(party, **changes):
    given = {
        "seat": "contact",
        "email": NEW,
        "role": "editor",
        "language": "uk",
        "by": party.contact,
    } | changes
    return hand_over(party, **given)


def test_a_place_is_handed_over_to_somebody_without_an_account(client, party):
    row = handed_over(party)
    (mail,) = mails("twinning_hand_over")
    assert (mail.to, mail.language, mail.is_secret) == (NEW, "uk", True)
    assert not OutgoingMail.objects.filter(name="members/representative_invited").exists(), (
        "one letter, not two"
    )
    url = hand_over_path(row)
    assert "/uk/twinnings/take/" in mail.text
    assert client.get(url).status_code == 200
    assert TwinningParty.objects.get(pk=party.pk).contact == party.contact, "opening it changes nothing"
    assert not User.objects.filter(email=NEW).exists()
    assert client.post(url, {"name": "Olha Koval"}).status_code == 302
    successor = User.objects.get(email=NEW)
    assert (successor.name, successor.language) == ("Olha Koval", "uk")
    assert Representative.objects.current().get(user=successor).role == "editor"
    assert TwinningParty.objects.get(pk=party.pk).contact == successor
    assert [mail.to for mail in mails("twinning_contact_new")] == [party.other.contact.email]
    assert [mail.to for mail in mails("twinning_handed_over")] == [party.contact.email]
    assert JournalEntry.objects.about(party).filter(verb="party.handed_over").get().actor == successor


def test_a_link_works_once(client, party):
    row = handed_over(party)
    url = hand_over_path(row)
    client.post(url, {"name": "Olha Koval"})
    set_contacts(party, contact=party.contact, second=None, by=party.contact)
    again = client.post(url, {"name": "Somebody else"})
    assert again.status_code == 410
    assert "accepted already" in again.text
    assert TwinningParty.objects.get(pk=party.pk).contact == party.contact
    with pytest.raises(NotAllowed):
        take_over(row)


@pytest.mark.parametrize("case", ["expired", "withdrawn", "party left", "ended", "handed over anew"])
def test_a_link_that_has_ended_takes_nothing(client, party, case):
    row = handed_over(party)
    moment = timezone.now()
    if case == "expired":
        moment += timedelta(days=14, seconds=1)
    elif case == "withdrawn":
        withdraw_invitation(row.invitation, by=party.contact)
    elif case == "party left":
        TwinningParty.objects.filter(pk=party.pk).update(left_at=moment)
    elif case == "ended":
        Twinning.objects.update(status="ended", end_reason="agreed", ended_on=timezone.localdate())
    else:
        handed_over(party, email="another@example.org")
    with time_machine.travel(moment, tick=False):
        answer = client.post(hand_over_path(row), {"name": "Olha Koval"})
    assert answer.status_code in (200, 410)
    assert not User.objects.filter(email=NEW).exists()
    assert TwinningParty.objects.get(pk=party.pk).contact == party.contact


def test_the_last_day_still_counts(client, party):
    url = hand_over_path(handed_over(party))
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23), tick=False):
        assert client.post(url, {"name": ""}).status_code == 302


def test_the_wrong_person_takes_nothing(client, party):
    row = handed_over(party)
    client.force_login(party.other.contact)
    answer = client.post(hand_over_path(row), {"name": "Me"})
    assert answer.status_code == 403
    assert "signed in as somebody else" in answer.text
    assert StaffHandOver.objects.get().taken_at is None
    assert client.get(reverse("partnerships:twinning_hand_over_take", args=["made-up"])).status_code == 404
    Invitation.objects.update(email="moved@example.org")
    assert client.get(hand_over_path(row)).status_code == 404, "a letter to another mailbox"


def test_a_successor_with_an_account_of_another_member_takes_it_signed_in(client, party):
    successor = make_representative(make_member(), make_user(email=NEW)).user
    client.force_login(successor)
    url = hand_over_path(handed_over(party, seat="second_contact"))
    answer = client.post(url, {"name": ""})
    assert answer.url == reverse("partnerships:twinning_detail", args=[party.twinning.slug])
    stored = TwinningParty.objects.get(pk=party.pk)
    assert (stored.contact, stored.second_contact) == (party.contact, successor)


def test_whoever_acts_for_the_member_already_is_named_and_not_invited(client, party):
    colleague = make_representative(party.member).user
    with pytest.raises(AlreadyThere):
        handed_over(party, email=colleague.email)
    client.force_login(party.contact)
    sent = {"seat": "contact", "email": colleague.email, "role": "editor", "language": "pl"}
    answer = client.post(address("hand_over", party), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert colleague.email in answer.text
    assert client.post(address("hand_over", party), sent | {"email": NEW}).status_code == 302
    assert StaffHandOver.objects.get().asked_by == party.contact


def test_an_editor_lets_nobody_act_for_the_member(client, party):
    client.force_login(make_representative(party.member, role="editor").user)
    assert client.post(address("hand_over", party), {"seat": "contact", "email": NEW}).status_code == 404
    assert "Hand over" not in client.get(address("contacts", party)).text


# --- At the desk -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 2])
def test_the_desk_sees_who_has_no_contact_at_a_constant_cost(client, party, django_assert_num_queries, more):
    missing = [party.other, *(make_twinning(make_member()).parties.get() for _n in range(more))]
    TwinningParty.objects.filter(pk=party.other.pk).update(contact=None, unreachable_since=LONG_AGO)
    open_desk(client, make_coordinator(has_second_factor=True))
    index = client.get(reverse("admin:index")).text
    assert f"{reverse('admin:partnerships_twinningparty_changelist')}?contact=none" in index
    url = reverse("admin:partnerships_twinningparty_changelist")
    client.get(url)
    with django_assert_num_queries(10):
        page = client.get(url, {"contact": "none"})
    assert [row.pk for row in page.context["cl"].result_list] == [row.pk for row in missing]
