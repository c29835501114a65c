"""The verbs of an application, from the first claim to the desk: what they leave in rows, journal and outbox."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed, move
from members.actions import desk, joining
from members.links import application_parts, application_token, resume_parts
from members.models import Mandate, Member, Place, Representative
from tests.factories import make_coordinator, make_member, make_place, make_user

pytestmark = pytest.mark.django_db


def start(**changes):
    fields = {"kind": Member.Kind.MUNICIPALITY, "email": "Office@Example.org", "language": "pl"} | changes
    if "place" not in changes and "official_name" not in changes:
        fields["place"] = make_place(official_name="Łódź", name_uk="Лодзь", population=655000)
    return joining.start_application(**fields)


def complete_draft(**changes):
    """A draft that lacks nothing but, perhaps, the confirmed address."""
    fields = {
        "status": Member.Status.DRAFT,
        "submitted_at": None,
        "email_confirmed_at": None,
        "signatory_name": "The Mayor",
        "contact_language": "uk",
    } | changes
    member = make_member(**fields)
    Mandate.objects.create(member=member, promised_by=timezone.localdate() + timedelta(days=30))
    return member


def verbs(member):
    return list(JournalEntry.objects.about(member).order_by("id").values_list("verb", flat=True))


def mails(name):
    return OutgoingMail.objects.filter(name=f"members/{name}")


# --- start -------------------------------------------------------------------------------------------------


def test_start_application_prefills_from_the_place_and_mails_the_link():
    member = start()
    assert member.status == Member.Status.DRAFT
    assert member.reference.startswith("ALL-")
    assert (member.official_name, member.name_uk, member.country) == ("Łódź", "Лодзь", "PL")
    assert member.population == 655000
    assert member.contact_email == "office@example.org"
    assert member.email_confirmed_at is None
    assert "lodz" in member.spellings
    assert verbs(member) == ["application.started"]
    mail = OutgoingMail.objects.get()
    assert (mail.name, mail.to, mail.language) == ("members/application_started", "office@example.org", "pl")
    assert member.reference in mail.text
    assert "http://portal.example.org/pl/members/join/resume/" in mail.text


def test_start_application_mails_no_word_that_the_stranger_typed():
    start(official_name="Visit evil.example now", country="PL", contact_name="Click evil.example")
    mail = OutgoingMail.objects.get()
    assert "evil" not in mail.subject + mail.text + mail.html


def test_start_application_without_a_listed_place_makes_an_own_unverified_one():
    member = start(official_name="Nowa Wieś", country="PL", region_text="Mazowieckie")
    assert member.place.register == Place.Register.OWN
    assert member.place.verified_at is None
    assert member.place.official_name == "Nowa Wieś (Mazowieckie)"
    assert member.name_pl == "Nowa Wieś"


def test_start_application_of_an_institution_has_no_place_and_its_own_tier():
    member = start(kind=Member.Kind.INSTITUTION, official_name="Bank", country="LU")
    assert member.place is None
    assert member.tier == Member.Tier.INSTITUTIONAL


def test_start_application_of_a_known_address_is_confirmed_and_mails_nothing():
    user = make_user()
    member = start(email=user.email, email_is_confirmed=True, by=user)
    assert member.email_confirmed_at
    assert not OutgoingMail.objects.exists()
    assert JournalEntry.objects.about(member).get().actor == user


def test_start_application_twice_from_one_page_is_one_draft_and_one_mail():
    place = make_place()
    first, second = start(slug="samepage22", place=place), start(slug="samepage22", place=place)
    assert first == second
    assert Member.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_start_application_never_hands_a_draft_to_another_address():
    place = make_place()
    first = start(slug="samepage22", place=place)
    second = start(slug="samepage22", place=place, email="other@example.org")
    assert first.slug == "samepage22"
    assert second.slug != first.slug


# --- steps -------------------------------------------------------------------------------------------------


def test_save_step_saves_only_what_differs_and_derives_the_search():
    member = start()
    joining.save_step(member, changes={"official_name": "Zgierz", "name_en": None, "country": "PL"})
    member.refresh_from_db()
    assert member.official_name == "Zgierz"
    assert "zgierz" in member.spellings.split()
    assert JournalEntry.objects.about(member).first().data == {"fields": ["name_en", "official_name"]}


def test_save_step_with_a_new_address_ends_the_old_links_and_mails_a_new_one():
    member = start()
    joining.confirm_email(member)
    old = application_token(member)
    saved = joining.save_step(member, changes={"contact_email": "mayor@example.org"})
    assert saved.email_confirmed_at is None
    assert not Member.objects.filter(**application_parts(old)).exists()
    assert list(mails("application_started").order_by("id").values_list("to", flat=True)) == [
        "office@example.org",
        "mayor@example.org",
    ]


def test_save_step_refuses_what_the_desk_has():
    member = make_member(status=Member.Status.PENDING)
    with pytest.raises(NotAllowed):
        joining.save_step(member, changes={"official_name": "Other"})


def test_save_step_keeps_the_address_of_a_returned_application():
    member = make_member(status=Member.Status.RETURNED)
    with pytest.raises(NotAllowed):
        joining.save_step(member, changes={"contact_email": "new@example.org"})


def test_principles_can_be_accepted_and_taken_back_in_a_draft():
    member = start()
    assert joining.save_step(member, changes={"accepts_principles": True}).principles_accepted_at
    assert not joining.save_step(member, changes={"accepts_principles": False}).principles_accepted_at
    assert verbs(member)[-2:] == ["principles.accepted", "principles.withdrawn"]


# --- confirm and submit ------------------------------------------------------------------------------------


def test_submit_application_moves_journals_and_mails_both_sides():
    member = complete_draft(email_confirmed_at=timezone.now())
    joining.submit_application(member)
    member.refresh_from_db()
    assert member.status == Member.Status.PENDING
    assert verbs(member) == ["member.submitted"]
    received, arrived = mails("application_received").get(), mails("application_arrived").get()
    assert (received.to, received.language) == (member.contact_email, "uk")
    assert (arrived.to, arrived.language) == ("supportukraine@alliance.example", "en")
    assert member.reference in received.text
    assert member.reference in arrived.subject


def test_submit_application_reaches_the_inbox_of_its_language(settings):
    settings.INBOXES = {"default": "all@example.org", "membership:uk": "uk@example.org"}
    joining.submit_application(complete_draft(email_confirmed_at=timezone.now()))
    arrived = mails("application_arrived").get()
    assert (arrived.to, arrived.language) == ("uk@example.org", "uk")


def test_submit_application_unconfirmed_waits_and_confirmation_completes_it():
    member = complete_draft()
    joining.submit_application(member)
    member.refresh_from_db()
    assert (member.status, bool(member.submitted_at)) == (Member.Status.DRAFT, True)
    assert not OutgoingMail.objects.exists()
    joining.confirm_email(member)
    member.refresh_from_db()
    assert member.status == Member.Status.PENDING
    assert verbs(member) == ["member.email_confirmed", "member.submitted"]
    assert mails("application_received").count() == mails("application_arrived").count() == 1


def test_confirm_email_twice_does_it_once():
    member = complete_draft()
    joining.submit_application(member)
    joining.confirm_email(member)
    joining.confirm_email(member)
    assert verbs(member) == ["member.email_confirmed", "member.submitted"]
    assert OutgoingMail.objects.count() == 2


def test_submit_application_twice_is_one_row_one_entry_one_mail_each():
    member = complete_draft(email_confirmed_at=timezone.now())
    joining.submit_application(member)
    joining.submit_application(member)
    assert verbs(member) == ["member.submitted"]
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"official_name": ""}, "authority"),
        ({"signatory_name": ""}, "people"),
        ({"principles_accepted_at": None}, "principles"),
    ],
)
def test_submit_application_names_the_step_that_lacks_something(changes, step):
    member = complete_draft(email_confirmed_at=timezone.now(), **changes)
    with pytest.raises(joining.Incomplete) as caught:
        joining.submit_application(member)
    assert caught.value.steps == [step]
    assert not OutgoingMail.objects.exists()


def test_submit_application_wants_a_decision_of_authorities_only():
    member = make_member(status=Member.Status.DRAFT, signatory_name="The Mayor")
    with pytest.raises(joining.Incomplete) as caught:
        joining.submit_application(member)
    assert caught.value.steps == ["decision"]
    bank = make_member(
        status=Member.Status.DRAFT, kind=Member.Kind.INSTITUTION, signatory_name="The President"
    )
    assert joining.submit_application(bank).status == Member.Status.PENDING


@pytest.mark.parametrize("status", ["approved", "refused", "on_hold", "left"])
def test_submit_application_refuses_what_is_decided(status):
    with pytest.raises(NotAllowed):
        joining.submit_application(make_member(status=status))


def test_a_returned_application_is_resubmitted_and_says_so():
    member = complete_draft(email_confirmed_at=timezone.now())
    joining.submit_application(member)
    member.refresh_from_db()
    move(member, Member.Status.RETURNED, by=make_user(), verb="member.returned", desk_message="Who signs?")
    joining.submit_application(member)
    assert verbs(member) == ["member.submitted", "member.returned", "member.resubmitted"]
    assert mails("application_received").count() == 2
    assert mails("application_arrived").count() == mails("application_resubmitted").count() == 1


def test_two_claims_of_one_place_both_reach_the_desk_as_a_conflict():
    place = make_place()
    rival = make_member(place=place)
    member = complete_draft(place=place, email_confirmed_at=timezone.now())
    joining.submit_application(member)
    assert list(Member.objects.in_conflict()) == [member]
    assert "somebody else holds this place" in mails("application_arrived").get().text
    assert list(Member.objects.rivals_of(member)) == [rival]


def test_rivals_are_found_under_the_other_register_too():
    place = make_place()
    twin = make_place(same_as=place)
    here, there = make_member(place=place), make_member(place=twin)
    assert list(Member.objects.rivals_of(here)) == [there]
    assert list(Member.objects.rivals_of(there)) == [here]


def test_the_queue_marks_the_rivals_that_a_single_application_has():
    place = make_place()
    twin, other_twin = make_place(same_as=place), make_place(same_as=place)
    claims = [make_member(place=p, status="pending") for p in (place, twin, other_twin)]
    alone = [make_member(status="pending"), make_member(place=place, kind="region", status="pending")]
    make_member(kind="association", status="pending", place=None)
    make_member(kind="association", status="pending", place=None)
    assert set(Member.objects.in_conflict()) == set(claims)
    for member in [*claims, *alone]:
        marked = Member.objects.with_conflict().get(pk=member.pk).is_conflict
        assert marked == Member.objects.rivals_of(member).exists() == (member in claims)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "verb", [joining.submit_application, joining.confirm_email], ids=["submit", "confirm"]
)
def test_two_at_once_leave_one_submission(verb):
    member = complete_draft(
        email_confirmed_at=timezone.now() if verb is joining.submit_application else None,
        submitted_at=timezone.now(),
    )
    barrier, failures = threading.Barrier(4), []

    def act():
        try:
            mine = Member.objects.get(pk=member.pk)
            barrier.wait(timeout=120)
            verb(mine)
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verbs(member).count("member.submitted") == 1
    assert mails("application_arrived").count() == mails("application_received").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_start_page_sent_twice_at_once_makes_one_draft():
    place, barrier, failures = make_place(), threading.Barrier(3), []

    def act():
        try:
            barrier.wait(timeout=120)
            start(slug="onepage222", place=place)
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Member.objects.count() == OutgoingMail.objects.count() == 1


# --- the whole way ------------------------------------------------------------------------------------------


def test_an_approved_application_gives_its_contact_person_the_member():
    member = complete_draft(contact_email="mayor@example.org")
    joining.submit_application(member)
    joining.confirm_email(member)
    member.refresh_from_db()
    desk.approve_member(member, by=make_coordinator())
    (representative,) = Representative.objects.active().filter(user__email="mayor@example.org")
    assert (representative.member, representative.role) == (member, Representative.Role.SIGNATORY)


# --- links -------------------------------------------------------------------------------------------------


def test_the_browser_link_does_not_confirm_the_address():
    member = start()
    assert resume_parts(application_token(member)) is None
    assert application_parts(application_token(member)) == {"slug": member.slug, "link_version": "1"}
