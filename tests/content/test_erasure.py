"""Erasing a person: no word of them is left in any table, what must stay stays, and who is needed is told why not."""

import json
import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from auditlog.context import set_actor
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions.answers import answer_ticket, note_ticket
from alliance.content.actions.inbound import keep_broken, take_mail
from alliance.content.actions.people import erase_person
from alliance.content.actions.tickets import open_ticket
from alliance.content.models import Ticket, TicketMessage
from alliance.content.views.takeout import takeout
from alliance.core.actions import stop_mail
from alliance.core.erasure import NOBODY
from alliance.core.mail import send
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.users.actions import anonymise_user, reactivate_user, update_settings, update_user
from alliance.users.models import User
from alliance.users.refusals import CannotErase
from members.actions.addresses import refuse_address_change, request_address_change
from members.actions.people import invite_representative
from members.actions.profile import edit_member
from members.models import AddressChange, Invitation, Member, Representative
from members.models.people import Role
from members.refusals import StillNeeded
from partnerships.actions.matches import request_match, send_message
from partnerships.models import (
    AgreementDraft,
    LinkTeller,
    Message,
    SavedSearch,
    TwinningParty,
    UnsavedListing,
    UploadedSheet,
)
from tests.canaries import tables_with
from tests.content.mails import mail
from tests.core.upload_samples import png
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_draft,
    make_listing,
    make_member,
    make_milestone,
    make_party,
    make_pledge,
    make_representative,
    make_ticket,
    make_twinning_document,
    make_twinning_news,
    make_user,
)
from tests.users.codes import activate_totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("field_history")]

NAME, EMAIL, SECOND = "Canary Łucja Ґудзь", "canary.first@example.org", "canary.second@example.org"
PHONE = "+48225551101"
# Every way in which they are written down somewhere.
WORDS = ["canary", "łucja", "Ґудзь", "225551101"]


def make_person(**changes):
    user = make_user(email=EMAIL, name=NAME, **changes)
    user.emailaddress_set.create(email=SECOND, verified=True, primary=False)
    return user


def member_of(user, **changes):
    """A member whose contact and signatory the person is, with another signatory beside them."""
    fields = {"contact_name": NAME, "contact_email": EMAIL, "contact_phone": PHONE, "signatory_name": NAME}
    member = make_member(**fields | changes)
    make_representative(member, user)
    other = make_representative(member, make_user(language="pl", name="Jan Nowak"))
    return member, other.user


def ask_us(email=EMAIL):
    ticket = Ticket(topic="other", language="en", name=NAME, email=email, organisation="Canary Ltd")
    return open_ticket(ticket=ticket, message=TicketMessage(subject="Canary", text=f"I am {NAME}, {EMAIL}"))


def write_mails(user):
    """They write by mail, into somebody else's ticket too, are answered, and one mail of theirs cannot be read."""
    sender = f"{NAME} <{EMAIL}>"
    files = [("canary.png", png(), "image/png"), ("canary.exe", b"MZ", "application/octet-stream")]
    ticket = take_mail(mail("Canary\n> Canary history", sender=sender, Subject="Canary", files=files)).ticket
    note_ticket(ticket, text="Canary called", by=make_coordinator())
    answer_ticket(ticket, text="Dear Canary", by=make_coordinator())
    take_mail(mail("Canary again", sender=sender, Subject=make_ticket().number))
    keep_broken(f"Reply-To: {EMAIL}\r\n\r\n\0".encode(), why="Canary")


def world():
    """A person who has left traces wherever the portal keeps any."""
    user = make_person()
    activate_totp(user)
    member, other = member_of(user)
    with set_actor(user):  # as the middleware does: the field history names who acted
        edit_member(member, changes={"contact_role": "Canary of the town"}, by=user)
        edit_member(member, changes={"contact_role": "Mayor"}, by=user)
    update_settings(user, name="Canary before", language="uk")
    update_settings(user, name=NAME, language="uk")
    draft = make_member(status="draft", submitted_at=None, contact_email=SECOND, contact_name=NAME)
    left = make_member(status="left", contact_email=EMAIL, contact_name=NAME, contact_phone=PHONE)
    make_representative(left, user)
    for host in (make_member(), make_member()):
        invite_representative(host, email=EMAIL, role="viewer", language="uk", by=make_user())
    for moving, new in ((make_member(), SECOND), (make_member(), EMAIL), (member, "office@example.org")):
        request_address_change(moving, field="contact_email", new=new, by=user)
    refused = AddressChange.objects.get(new=EMAIL)
    refuse_address_change(refused, reason="Not known to us.", by=make_coordinator())
    accepted = Invitation.objects.filter(email=EMAIL).first()
    Invitation.objects.filter(pk=accepted.pk).update(accepted_at=timezone.now())
    listing = make_listing(member=make_representative().member)
    match, _is_new = request_match(member=member, listing=listing, text="Good day", by=user)
    send_message(match, member=member, text="Shall we talk?", by=user)
    SavedSearch.objects.create(
        user=user, name="Canary schools", query="q=Canary", language="en", seen_until=timezone.now()
    )
    UnsavedListing.objects.create(user=user, member=member, kind="need", fields="title=Canary")
    LinkTeller.objects.create(pledge=make_pledge(receiver=member), key="1", name=NAME, email=EMAIL)
    proposal = make_draft()
    terms = proposal.terms
    terms["parties"][0]["signatories"] = [NAME, NAME]
    AgreementDraft.objects.bulk_create(
        [
            AgreementDraft(
                twinning=proposal.twinning, kind="letter", version=1, wording=proposal.wording, terms=terms,
                first=[["title", "", NAME]], second=[["title", "", NAME]], written_by=other,
                written_for=proposal.written_for,
            )
        ]
    )  # fmt: skip
    UploadedSheet.objects.create(user=user, member=member, name="Canary.xlsx", rows='[[1, ["Canary"]]]')
    for ticket in (ask_us(), ask_us(SECOND)):
        assert ticket.status == "open"
    asked = OutgoingMail.objects.filter(name="content/ticket_arrived").latest("id")
    write_mails(user)
    stop_mail(email=EMAIL, category="reminder")
    waits = send("members/application_link", SECOND, "uk", {"reference": "X", "why": NAME}, key="waits")
    sent = send("members/application_link", EMAIL, "uk", {"reference": "X", "why": NAME}, key="sent")
    was = {"status": "sent", "sent_at": timezone.now()}
    OutgoingMail.objects.exclude(pk__in=[waits.pk, asked.pk]).update(**was)
    OutgoingMail.objects.filter(pk=sent.pk).update(last_error=f"450 <{EMAIL}> is busy")
    Client().force_login(user)
    return {"user": user, "member": member, "other": other, "draft": draft, "left": left, "sent": sent}


def test_no_word_of_an_erased_person_is_left_in_any_table():
    here = world()
    user = here["user"]
    before = tables_with(WORDS)
    # The traces are there, or finding none would prove nothing.
    assert {
        "users_user",
        "account_emailaddress",
        "members_member",
        "members_invitation",
        "members_addresschange",
        "content_ticket",
        "content_ticketmessage",
        "core_outgoingmail",
        "core_mailstop",
        "partnerships_savedsearch",
        "partnerships_unsavedlisting",
        "partnerships_uploadedsheet",
        "partnerships_agreementdraft",
        "auditlog_logentry",
    } <= set(before)
    erase_person(user, by=user)
    assert tables_with(WORDS) == {}
    changes = AddressChange.objects.order_by("pk").values_list("status", "old")
    assert [status for status, _old in changes] == ["withdrawn", "refused", "pending"]
    assert changes[2][1] == "", "where letters went before is forgotten, where they shall go is not theirs"
    assert not Session.objects.exists()
    assert not Authenticator.objects.filter(user=user).exists()


def test_the_row_stays_empty_and_nobody_logs_in_with_it():
    here = world()
    erase_person(here["user"], by=here["user"])
    user = User.objects.get(pk=here["user"].pk)
    assert (user.email, user.name, user.is_active) == (f"erased-{user.pk}@{NOBODY}", "", False)
    assert user.anonymised_at
    assert not user.has_usable_password()
    assert not user.emailaddress_set.exists()
    with translation.override("pl"):
        assert str(user) == f"Osoba nr {user.pk}, dane usunięto"
    with pytest.raises(NotAllowed):
        reactivate_user(user, by=make_coordinator())
    with pytest.raises(NotAllowed):
        update_user(user, changes={"name": NAME}, by=make_coordinator())


def test_what_the_person_did_stays_on_record_without_their_name():
    here = world()
    user, entries = here["user"], JournalEntry.objects.filter(actor=here["user"])
    before = list(entries.order_by("pk").values_list("pk", "verb", "object_id"))
    assert {"user.edited", "member.edited", "match.requested", "message.sent"} <= {
        verb for _, verb, _ in before
    }
    erase_person(user, by=user)
    after = list(entries.order_by("pk").values_list("pk", "verb", "object_id"))
    assert after[: len(before)] == before
    assert {verb for _, verb, _ in after[len(before) :]} == {
        "address_change.withdrawn",
        "representative.ended",
        "contact.handed_over",
        "contact.erased",
        "application.deleted",
        "ticket.closed",
        "ticket.erased",
        "user.anonymised",
    }
    # Their member's correspondence is their member's.
    assert list(Message.objects.filter(author=user).order_by("pk").values_list("text", flat=True)) == [
        "Good day",
        "Shall we talk?",
    ]
    # The field history of the member keeps what is not about the person, and who changed it by number.
    changes = LogEntry.objects.filter(actor=user).exclude(changes={})
    assert not changes.filter(actor_email__isnull=False).exists()


def test_the_letters_of_a_member_go_to_another_signatory_who_is_told():
    here = world()
    member, other = here["member"], here["other"]
    version = member.link_version
    erase_person(here["user"], by=here["user"])
    member.refresh_from_db()
    assert (member.contact_name, member.contact_email) == ("Jan Nowak", other.email)
    assert (member.contact_language, f"{member.contact_phone}", member.contact_role) == ("pl", "", "")
    assert member.signatory_name == ""
    assert member.link_version == version + 1, "links in the person's mailbox end"
    mail = OutgoingMail.objects.get(name="members/contact_handed_over")
    assert (mail.to, mail.language) == (other.email, "pl")
    assert member.official_name in mail.text
    assert "/pl/members/" in mail.text


def test_drafts_go_and_what_has_ended_is_emptied():
    here = world()
    erase_person(here["user"], by=here["user"])
    assert not Member.objects.filter(pk=here["draft"].pk).exists()
    here["left"].refresh_from_db()
    assert (here["left"].contact_name, here["left"].contact_email, here["left"].status) == ("", "", "left")
    assert not Representative.objects.current().filter(user=here["user"]).exists()
    assert not Invitation.objects.open().filter(email__endswith=NOBODY).exists()
    assert Invitation.objects.filter(email__endswith=NOBODY).count() == 2


def test_mails_that_wait_are_not_sent_and_sent_ones_are_emptied():
    here = world()
    erase_person(here["user"], by=here["user"])
    assert not OutgoingMail.objects.filter(key="waits").exists()
    mail = OutgoingMail.objects.get(pk=here["sent"].pk)
    assert (mail.to, mail.text, mail.html, mail.headers) == (f"erased-{mail.pk}@{NOBODY}", "", "", {})
    assert mail.status == "sent"


def test_an_address_that_was_only_typed_erases_nothing_of_its_owner():
    """Anybody can add anybody's address to an account, and then erase the account."""
    owner = make_user(email="owner@example.org")
    ticket = ask_us("owner@example.org")
    draft = make_member(status="draft", submitted_at=None, contact_email="owner@example.org")
    thief = make_user()
    thief.emailaddress_set.create(email="owner@example.org", verified=False)
    erase_person(thief, by=thief)
    ticket.refresh_from_db()
    assert (ticket.email, ticket.status) == ("owner@example.org", "open")
    assert Member.objects.filter(pk=draft.pk).exists()
    assert OutgoingMail.objects.filter(to="owner@example.org").exists()
    assert User.objects.get(email="owner@example.org") == owner


# --- who cannot be erased yet ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["approved", "on_hold"])
def test_the_last_signatory_stays_and_is_told_of_which_member(status):
    user = make_person()
    member = make_member(status=status, official_name="Gmina Próbna")
    make_representative(member, user)
    make_representative(member, role=Role.EDITOR)
    make_representative(member, make_user(is_active=False))  # who cannot log in commits nobody
    with pytest.raises(StillNeeded) as refusal:
        erase_person(user, by=user)
    assert "Gmina Próbna" in str(refusal.value)
    assert member.reference in str(refusal.value)
    user.refresh_from_db()
    assert (user.email, user.is_active) == (EMAIL, True)


def test_a_contact_person_whom_nobody_could_follow_stays():
    user = make_person()
    make_member(contact_email=EMAIL)
    with pytest.raises(StillNeeded):
        erase_person(user, by=user)


@pytest.mark.parametrize("status", ["pending", "returned"])
def test_the_contact_of_an_application_that_is_being_decided_stays(status):
    user = make_person()
    member = make_member(status=status, contact_email=SECOND)
    with pytest.raises(StillNeeded) as refusal:
        erase_person(user, by=user)
    assert member.reference in str(refusal.value)
    Member.objects.filter(pk=member.pk).update(status="refused", desk_message="Closed as asked.")
    erase_person(user, by=user)


@pytest.mark.parametrize("make", [make_coordinator, lambda: make_user(is_staff=True, is_superuser=True)])
def test_people_of_the_desk_stay_and_nothing_is_half_erased(make):
    user = make()
    _member, _other = member_of(user, contact_email=user.email)
    with pytest.raises(CannotErase):
        erase_person(user, by=user)
    assert Representative.objects.current().filter(user=user).exists()
    assert Member.objects.get(contact_email=user.email)


def test_nobody_is_erased_twice():
    user = make_person()
    erase_person(user, by=user)
    with pytest.raises(NotAllowed):
        erase_person(user, by=user)
    with pytest.raises(NotAllowed):
        anonymise_user(user, by=user)
    assert JournalEntry.objects.filter(verb="user.anonymised").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_signatories_who_leave_at_once_one_stays():
    member = make_member()
    users = [make_representative(member).user for _ in range(2)]
    barrier, outcomes = threading.Barrier(2), []

    def leave(user):
        try:
            barrier.wait(120)
            erase_person(user, by=user)
            outcomes.append("erased")
        except StillNeeded:
            outcomes.append("needed")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["erased", "needed"]
    assert Representative.objects.committing().filter(member=member).count() == 1


def test_a_twinning_loses_them_as_contact_and_the_second_one_steps_forward():
    party = make_party()
    leaving, second, _signatory = (make_representative(party.member).user for _ in range(3))
    TwinningParty.objects.filter(pk=party.pk).update(contact=leaving, second_contact=second)
    erase_person(leaving, by=leaving)
    party.refresh_from_db()
    assert (party.contact, party.second_contact) == (second, None)
    erase_person(second, by=second)
    party.refresh_from_db()
    assert (party.contact, party.second_contact) == (None, None)


# What a row that points at a person is to an erasure: a new one has to be thought about.
KNOWN = {
    "users.HeldRow.coordinator": "deleted",
    "content.Revision.created_by": "stays, by number",
    "content.DocumentVersion.added_by": "works at the desk",
    "content.Ticket.coordinator": "works at the desk",
    "content.TicketMessage.author": "works at the desk",
    "account.EmailAddress.user": "deleted",
    "mfa.Authenticator.user": "deleted",
    "admin.LogEntry.user": "not written",
    "auditlog.LogEntry.actor": "stays, by number",
    "core.JournalEntry.actor": "stays, by number",
    "members.Representative.user": "ended",
    "members.Invitation.invited_by": "stays, by number",
    "partnerships.Message.author": "stays, by number",
    "partnerships.Report.author": "stays, by number",
    "partnerships.Match.answered_a_by": "stays, by number",
    "partnerships.Match.answered_b_by": "stays, by number",
    "partnerships.Match.coordinator": "works at the desk",
    "partnerships.PledgeEvent.actor": "stays, by number",
    "partnerships.DayChange.asked_by": "stays, by number",
    "partnerships.DayChange.answered_by": "stays, by number",
    "partnerships.ClusterMember.joined_by": "stays, by number",
    "partnerships.TwinningParty.agreed_by": "stays, by number",
    "partnerships.TwinningParty.left_by": "stays, by number",
    "partnerships.TwinningParty.contact": "taken out",
    "partnerships.TwinningParty.second_contact": "taken out",
    "partnerships.TwinningConsent.given_by": "stays, by number",
    "partnerships.StageProposal.author": "stays, by number",
    "partnerships.TwinningStep.actor": "stays, by number",
    "partnerships.Suggestion.dismissed_by": "stays, by number",
    "partnerships.MatchWeights.created_by": "works at the desk",
    "partnerships.AgreementWording.actor": "stays, by number",
    "partnerships.AgreementDraft.written_by": "stays, by number",
    "partnerships.Milestone.added_by": "stays, by number",
    "partnerships.Milestone.done_by": "stays, by number",
    "partnerships.TwinningDocument.added_by": "stays, by number",
    "partnerships.TwinningNews.author": "stays, by number",
    "partnerships.StaffHandOver.asked_by": "stays, by number",
    "partnerships.SavedSearch.user": "deleted",
    "partnerships.UnsavedListing.user": "deleted",
    "partnerships.UploadedSheet.user": "deleted",
}


def test_every_row_that_points_at_a_person_was_thought_of():
    person = get_user_model()
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete and field.related_model is person
    }
    assert pointing == set(KNOWN)


# --- the pages ---------------------------------------------------------------------------------------------


def address(name, language="en"):
    with translation.override(language):
        return reverse(name)


@pytest.fixture
def signed_in(client):
    """A person who has just shown who they are."""
    user = make_person(language="uk")
    client.post(address("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(address("account_reauthenticate"), {"password": PASSWORD})
    client.user = user
    return client


def test_the_account_page_leads_to_ones_own_data(signed_in):
    for name in ("content:dashboard", "account_email", "users:settings"):
        assert f'href="{address("content:personal_data")}"' in signed_in.get(address(name)).text
    page = signed_in.get(address("content:personal_data"))
    for name in ("content:personal_data_file", "content:personal_data_erase"):
        assert f'href="{address(name)}"' in page.text


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_a_person_erases_themselves_after_one_tick(signed_in, language):
    url = address("content:personal_data_erase", language)
    assert signed_in.get(url).status_code == 200
    refused = signed_in.post(url, {})
    assert refused.status_code == 422
    assert "id_is_sure_error" in refused.text
    done = signed_in.post(url, {"is_sure": "on"})
    assert (done.status_code, done.url) == (302, address("content:personal_data_erased", language))
    page = signed_in.get(done.url)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "_auth_user_id" not in signed_in.session
    assert signed_in.get(address("content:dashboard")).status_code == 302
    assert tables_with(WORDS) == {}


def test_whoever_finds_an_open_session_erases_and_takes_nothing(client):
    client.force_login(make_person())
    for answer in (
        client.post(address("content:personal_data_erase"), {"is_sure": "on"}),
        client.get(address("content:personal_data_file")),
    ):
        assert answer.url.startswith(address("account_reauthenticate"))
    assert not User.objects.filter(anonymised_at__isnull=False).exists()


def test_the_last_signatory_reads_why_not_and_finds_no_button(signed_in):
    member = make_member(official_name="Gmina Próbna")
    make_representative(member, signed_in.user)
    url = address("content:personal_data_erase")
    page = signed_in.get(url)
    assert "Gmina Próbna" in page.text
    assert "is_sure" not in page.text
    assert signed_in.post(url, {"is_sure": "on"}).status_code == 409
    signed_in.user.refresh_from_db()
    assert signed_in.user.is_active


def test_the_desk_erases_a_person(client):
    coordinator, user = make_coordinator(), make_person()
    activate_totp(coordinator)
    client.force_login(coordinator)
    url = reverse("admin:users_user_verb", args=[user.pk, "erase"])
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    assert tables_with(WORDS) == {}
    entry = JournalEntry.objects.get(verb="user.anonymised")
    assert (entry.actor, entry.object_id) == (coordinator, user.pk)
    page = client.get(reverse("admin:users_user_change", args=[user.pk]))
    assert page.status_code == 200
    assert 'name="name"' not in page.text, "nothing can be written into an emptied row"
    assert client.post(url).status_code == 302
    assert JournalEntry.objects.filter(verb="user.anonymised").count() == 1


def test_the_desk_is_told_why_not(client):
    coordinator, user = make_coordinator(), make_person()
    activate_totp(coordinator)
    client.force_login(coordinator)
    member = make_member()
    make_representative(member, user)
    answer = client.post(reverse("admin:users_user_verb", args=[user.pk, "erase"]), follow=True)
    assert member.reference in answer.text
    user.refresh_from_db()
    assert user.is_active


# --- the file ----------------------------------------------------------------------------------------------


def test_the_file_holds_everything_about_the_person_and_nothing_about_others(client):
    here = world()
    user = here["user"]
    Authenticator.objects.filter(user=user).delete()
    client.post(address("account_login"), {"login": EMAIL, "password": PASSWORD})
    client.post(address("account_reauthenticate"), {"password": PASSWORD})
    make_user(email="canary.stranger@example.org", name="Somebody Else")
    answer = client.get(address("content:personal_data_file"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    data = json.loads(answer.content)
    assert data["account"]["name"] == NAME
    assert {one["email"] for one in data["account"]["addresses"]} == {EMAIL, SECOND}
    assert {one["reference"] for one in data["acts_for"]} == {
        here["member"].reference,
        here["left"].reference,
    }
    assert {one["status"] for one in data["contact_of"]} == {"approved", "draft", "left"}
    assert [one["text"] for one in data["messages"]] == ["Good day", "Shall we talk?"]
    assert {one["email"] for one in data["questions_to_us"]} == {EMAIL, SECOND}
    assert [one["name"] for one in data["saved_searches"]] == ["Canary schools"]
    assert {one["verb"] for one in data["journal"]} >= {"user.edited", "message.sent"}
    assert {one["to"] for one in data["mails"]} == {EMAIL, SECOND}
    assert [one["fields"] for one in data["unsaved_forms"]] == ["title=Canary"]
    assert [one["name"] for one in data["confirmed_by_link"]] == [NAME]
    assert [one["name"] for one in data["unconfirmed_tables"]] == ["Canary.xlsx"]
    assert len(data["invitations"]) == 2
    assert [one["status"] for one in data["new_contact_of"]] == ["pending", "refused"]
    assert "Somebody Else" not in answer.text
    assert "password" not in answer.text.replace("password_", "").split('"mails"')[0]
    assert "Łucja" in answer.content.decode(), "written as people write"


def test_the_file_holds_what_the_person_does_in_partnerships():
    party, user = make_party(), make_user()
    TwinningParty.objects.filter(pk=party.pk).update(second_contact=user)
    make_milestone(party.twinning, text="Pupils visit each other", added_by=user)
    make_twinning_document(party, caption="Programme", added_by=user)
    make_twinning_news(party, title_pl="Uczniowie", author=user)
    make_milestone(party.twinning, text="Of a colleague")
    found = takeout(user)["partnerships"]
    assert [row["partnership"] for rows in found.values() for row in rows] == [party.twinning.slug] * 4
    assert found["contact_in"][0]["member"] == party.member.official_name
    assert [row["text"] for row in found["work_plan"]] == ["Pupils visit each other"]
    assert found["documents"][0]["caption"] == "Programme"
    assert found["news"][0]["title_pl"] == "Uczniowie"


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_costs_a_constant_number_of_queries(django_assert_num_queries, count):
    user = make_person()
    for _ in range(count):
        member, _other = member_of(user)
        listing = make_listing(member=make_representative().member)
        request_match(member=member, listing=listing, text="Good day", by=user)
        ask_us()
        Invitation.objects.create(
            member=make_member(),
            email=EMAIL,
            language="en",
            invited_by=make_user(),
            expires_at=timezone.now() + timedelta(days=1),
        )
    with django_assert_num_queries(23):
        assert len(takeout(User.objects.get(pk=user.pk))["acts_for"]) == count
