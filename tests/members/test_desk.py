"""What coordinators decide about members: rows, journal, mails; every start, twice, and two at once."""

import threading

import pytest
from django.db import connection

from alliance.core.journal import SYSTEM
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.users.models import User
from members.actions import desk
from members.models import Member, Representative
from tests.factories import make_coordinator, make_member, make_place, make_user

REASON = "Бракує рішення ради. Див. https://evil.example.org/login та <b>це</b>"
# action, what it needs, from which statuses, to which, journal verb and mail
VERBS = {
    "approve": (desk.approve_member, {}, {"pending"}, "approved", "member.approved", "member_approved"),
    "return": (
        desk.return_member, {"question": REASON}, {"pending"}, "returned", "member.returned", "member_returned",
    ),
    "refuse": (
        desk.refuse_member, {"reason": REASON}, {"pending", "returned"}, "refused", "member.refused", "member_refused",
    ),
    "hold": (desk.hold_member, {"reason": REASON}, {"approved"}, "on_hold", "member.held", "member_held"),
    "reactivate": (
        desk.reactivate_member, {}, {"on_hold"}, "approved", "member.reactivated", "member_reactivated",
    ),
    "leave": (
        desk.mark_member_left, {"reason": REASON}, {"approved", "on_hold"}, "left", "member.left", "member_left",
    ),
}  # fmt: skip
PRODUCT = [(name, status) for name in VERBS for status in Member.Status.values]


def mails(name):
    return OutgoingMail.objects.filter(name=f"members/{name}")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), PRODUCT)
def test_every_verb_from_every_status(name, status):
    action, given, starts, to, verb, mail = VERBS[name]
    member, by = make_member(status=status, contact_language="uk"), make_coordinator()
    if status not in starts:
        with pytest.raises(NotAllowed):
            action(member, by=by, **given)
        member.refresh_from_db()
        assert member.status == status
        assert not OutgoingMail.objects.exists()
        assert not JournalEntry.objects.exists()
        return
    action(member, by=by, **given)
    member.refresh_from_db()
    assert member.status == to
    entry = JournalEntry.objects.about(member).get()
    assert (entry.verb, entry.actor, entry.data["was"], entry.data["now"]) == (verb, by, status, to)
    letter = mails(mail).get()
    assert (letter.to, letter.language) == (member.contact_email, "uk")
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", [n for n, row in VERBS.items() if row[1]])
def test_reason_is_quoted_as_text_without_a_link(name):
    action, given, starts, _to, _verb, mail = VERBS[name]
    member = make_member(status=sorted(starts)[0])
    action(member, by=make_coordinator(), **given)
    letter = mails(mail).get()
    for body in (letter.text, letter.html):
        assert "Бракує рішення ради" in body
        assert "https://evil.example.org" not in body
        assert "evil[.]example[.]org" in body
    assert "<b>це</b>" in letter.text
    assert "<b>" not in letter.html
    assert JournalEntry.objects.about(member).get().data["reason"] == REASON


@pytest.mark.django_db
def test_approve_member_makes_the_contact_person_a_signatory():
    member = make_member(status="pending", contact_email="olha@example.org", desk_message="")
    desk.approve_member(member, by=make_coordinator())
    member.refresh_from_db()
    assert member.approved_at is not None
    assert Representative.objects.active().get(member=member).role == Representative.Role.SIGNATORY
    assert User.objects.get(email="olha@example.org").is_staff is False


@pytest.mark.django_db
def test_approve_member_refuses_a_place_that_is_held():
    place = make_place()
    holder, member = make_member(place=place, status="on_hold"), make_member(place=place, status="pending")
    with pytest.raises(desk.PlaceTaken) as caught:
        desk.approve_member(member, by=make_coordinator())
    assert holder.reference in str(caught.value)
    member.refresh_from_db()
    assert member.status == "pending"
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_a_place_is_free_again_after_its_member_left():
    place, by = make_place(), make_coordinator()
    holder, member = make_member(place=place), make_member(place=place, status="pending")
    desk.mark_member_left(holder, reason="", by=by)
    desk.approve_member(member, by=by)
    member.refresh_from_db()
    assert member.status == "approved"


@pytest.mark.django_db
def test_every_other_coordinator_is_told_once_in_their_language():
    decider, pole = make_coordinator(language="en"), make_coordinator(language="pl")
    stopped, closed = make_coordinator(), make_coordinator(is_active=False)
    make_user(is_staff=True)
    MailStop.objects.create(email=stopped.email, category="desk")
    member = make_member(status="pending")
    desk.return_member(member, question="Which council?", by=decider)
    told = mails("desk_told").get()
    assert (told.to, told.language, told.category) == (pole.email, "pl", "desk")
    assert decider.name in told.text
    assert "Which council?" in told.text
    assert "List-Unsubscribe" in told.headers
    assert closed.email not in OutgoingMail.objects.values_list("to", flat=True)


@pytest.mark.django_db
def test_two_decisions_of_one_kind_about_one_member_are_two_letters():
    member, by = make_member(), make_coordinator()
    desk.hold_member(member, reason="Once", by=by)
    desk.reactivate_member(member, by=by)
    desk.hold_member(member, reason="Twice", by=by)
    assert mails("member_held").count() == 2


@pytest.mark.django_db
def test_the_portal_itself_can_decide():
    make_coordinator()
    member = make_member()
    desk.hold_member(member, reason="Checked by a sweep", by=SYSTEM)
    assert JournalEntry.objects.about(member).get().actor_kind == "system"
    assert mails("desk_told").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
@pytest.mark.parametrize("name", list(VERBS))
def test_letters_can_be_written_in_every_language(name, language):
    action, given, starts, _to, _verb, mail = VERBS[name]
    make_coordinator(language=language)
    member = make_member(status=sorted(starts)[0], contact_language=language)
    action(member, by=make_coordinator(language="en"), **given)
    for letter in (mails(mail).get(), mails("desk_told").get()):
        assert letter.language == language
        assert f'lang="{language}"' in letter.html
        assert "http://portal.example.org/" in letter.text
        assert member.official_name in letter.text


@pytest.mark.django_db
def test_update_member_says_what_changed_and_nothing_when_nothing_did():
    member, by = make_member(official_name="Lwow"), make_coordinator()
    assert desk.update_member(member, changes={"official_name": "Lwow"}, by=by) == []
    assert not JournalEntry.objects.exists()
    assert desk.update_member(member, changes={"official_name": "Lwów", "proof": "mandate"}, by=by)
    member.refresh_from_db()
    assert (member.official_name, member.proof) == ("Lwów", "mandate")
    assert JournalEntry.objects.about(member).get().data["fields"] == ["official_name", "proof"]


def at_once(*calls):
    """Run each call in a thread and connection of its own, all at one instant; returns what each one raised."""
    barrier, raised = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            barrier.wait(timeout=120)
            call()
        except (NotAllowed, desk.PlaceTaken) as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return raised


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(VERBS))
def test_of_two_coordinators_at_once_one_wins_and_the_other_is_told(name):
    action, given, starts, to, verb, mail = VERBS[name]
    first, second = make_coordinator(), make_coordinator()
    member = make_member(status=sorted(starts)[0])
    raised = at_once(
        *(lambda by=by: action(Member.objects.get(pk=member.pk), by=by, **given) for by in (first, second))
    )
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NotAllowed"]
    member.refresh_from_db()
    assert member.status == to
    winner = (first, second)[raised.index(None)]
    assert JournalEntry.objects.about(member).get(verb=verb).actor == winner
    assert mails(mail).count() == 1
    assert mails("desk_told").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_rivals_approved_at_once_one_gets_the_place():
    place, by = make_place(), make_coordinator()
    rivals = [make_member(place=place, status="pending") for _n in range(2)]
    raised = at_once(*(lambda rival=rival: desk.approve_member(rival, by=by) for rival in rivals))
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "PlaceTaken"]
    assert Member.objects.approved().count() == 1
    assert mails("member_approved").count() == 1
    assert JournalEntry.objects.filter(verb="member.approved").count() == 1
    assert "place is already held" in str(next(error for error in raised if error))
