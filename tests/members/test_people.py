"""The people of a member: verbs, pages, and the member's own page."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.users.models import User
from members.actions import people
from members.links import invitation_path
from members.middleware import SESSION_KEY
from members.models import Invitation, Member, Representative
from members.models.people import Role
from members.permissions import can_end_representation, can_invite_representative, role_of
from tests.core.upload_samples import png
from tests.factories import make_member, make_place, make_representative, make_user
from tests.meanwhile import just_before_the_lock

pytestmark = pytest.mark.django_db


def make_invitation(member=None, **changes):
    fields = {
        "email": "new@example.org",
        "role": Role.EDITOR,
        "language": "uk",
        "expires_at": timezone.now() + timedelta(days=7),
    } | changes
    return Invitation.objects.create(member=member or make_member(), invited_by=make_user(), **fields)


def verbs():
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


# --- ensure_representative ---------------------------------------------------------------------------------


def test_ensure_representative_makes_person_and_signatory_once():
    member, coordinator = make_member(contact_email="mayor@example.org", contact_language="uk"), make_user()
    first = people.ensure_representative(member, by=coordinator)
    assert people.ensure_representative(member, by=coordinator) == first
    user = first.user
    assert (user.email, user.language, first.role) == ("mayor@example.org", "uk", Role.SIGNATORY)
    assert user.emailaddress_set.filter(verified=True, primary=True).exists()
    assert not user.has_usable_password()
    assert verbs() == ["representative.added"]


def test_ensure_representative_keeps_a_known_person_as_they_are():
    user = make_user(email="mayor@example.org", name="Known", language="pl")
    member = make_member(contact_email="Mayor@example.org", contact_name="Other", contact_language="uk")
    assert people.ensure_representative(member, by=make_user()).user == user
    user.refresh_from_db()
    assert (user.name, user.language, user.has_usable_password()) == ("Known", "pl", True)


def test_ensure_representative_takes_the_password_of_whoever_never_confirmed():
    user = User.objects.create_user("mayor@example.org", "a squatter's password")
    user.emailaddress_set.create(email=user.email, verified=False, primary=True)
    people.ensure_representative(make_member(contact_email=user.email), by=make_user())
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.emailaddress_set.get().verified


def test_ensure_representative_finds_a_person_by_a_second_address():
    user = make_user()
    user.emailaddress_set.create(email="second@example.org", verified=True)
    assert (
        people.ensure_representative(make_member(contact_email="second@example.org"), by=make_user()).user
        == user
    )


def test_ensure_representative_promotes_an_editor():
    user, member = make_user(), make_member()
    make_representative(member, user, role=Role.EDITOR)
    Member.objects.update(contact_email=user.email)
    member.refresh_from_db()
    assert people.ensure_representative(member, by=make_user()).role == Role.SIGNATORY
    assert verbs() == ["representative.promoted"]


# --- invite, withdraw, accept ------------------------------------------------------------------------------


def test_invite_representative_mails_in_the_chosen_language():
    signatory = make_representative()
    people.invite_representative(
        signatory.member, email="New@Example.org ", role=Role.EDITOR, language="uk", by=signatory.user
    )
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language, mail.is_secret) == ("new@example.org", "uk", True)
    assert "/uk/members/invitation/" in mail.text
    assert verbs() == ["representative.invited"]


def test_invite_representative_refuses_twice_but_not_after_the_end():
    signatory = make_representative()
    fields = {"email": "new@example.org", "role": Role.EDITOR, "language": "uk", "by": signatory.user}
    people.invite_representative(signatory.member, **fields)
    with pytest.raises(people.AlreadyThere):
        people.invite_representative(signatory.member, **fields)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    people.invite_representative(signatory.member, **fields)
    with pytest.raises(people.AlreadyThere):
        people.invite_representative(signatory.member, **fields | {"email": signatory.user.email})


def test_accept_invitation_makes_the_person_and_twice_is_once():
    invitation = make_invitation()
    first = people.accept_invitation(invitation, name="Olena")
    assert people.accept_invitation(invitation) == first
    assert (first.user.email, first.user.name, first.user.language) == ("new@example.org", "Olena", "uk")
    assert (first.member, first.role) == (invitation.member, Role.EDITOR)
    assert verbs() == ["invitation.accepted", "representative.added"]


@pytest.mark.parametrize(
    "changes",
    [
        {"withdrawn_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"member_status": Member.Status.LEFT},
    ],
)
def test_accept_invitation_refuses_what_has_ended(changes):
    status = changes.pop("member_status", Member.Status.APPROVED)
    invitation = make_invitation(make_member(status=status), **changes)
    with pytest.raises(NotAllowed):
        people.accept_invitation(invitation)
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_ended_representation_is_not_revived_by_the_old_link():
    invitation = make_invitation()
    representative = people.accept_invitation(invitation)
    make_representative(invitation.member)
    people.end_representation(representative, by=representative.user)
    with pytest.raises(NotAllowed):
        people.accept_invitation(invitation)


def test_withdraw_invitation_twice_is_once_and_not_after_acceptance():
    invitation, user = make_invitation(), make_user()
    people.withdraw_invitation(invitation, by=user)
    people.withdraw_invitation(invitation, by=user)
    assert verbs() == ["invitation.withdrawn"]
    other = make_invitation(make_member())
    people.accept_invitation(other)
    with pytest.raises(NotAllowed):
        people.withdraw_invitation(other, by=user)


# --- end ---------------------------------------------------------------------------------------------------


def test_end_representation_tells_the_person_once():
    member = make_member()
    first, second = make_representative(member), make_representative(member)
    people.end_representation(second, by=first.user)
    people.end_representation(second, by=first.user)
    second.refresh_from_db()
    assert second.until
    assert verbs() == ["representative.ended"]
    assert OutgoingMail.objects.get().to == second.user.email


def test_end_representation_never_takes_the_last_signatory():
    signatory = make_representative()
    make_representative(signatory.member, role=Role.EDITOR)
    assert not can_end_representation(signatory.user, signatory)
    with pytest.raises(people.LastSignatory):
        people.end_representation(signatory, by=signatory.user)


@pytest.mark.django_db(transaction=True)
def test_two_signatories_cannot_end_each_other_at_once():
    member = make_member()
    pair = [make_representative(member), make_representative(member)]
    barrier, refused = threading.Barrier(2), []

    def act(mine, other):
        try:
            barrier.wait(timeout=120)
            people.end_representation(other, by=mine.user)
        except people.LastSignatory:
            refused.append(mine)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=args) for args in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Representative.objects.current().filter(member=member).count() == 1


# --- permissions -------------------------------------------------------------------------------------------


def test_roles_hold_for_the_own_approved_member_only():
    signatory = make_representative()
    editor = make_representative(signatory.member, role=Role.EDITOR)
    assert can_invite_representative(signatory.user, signatory.member)
    assert not can_invite_representative(editor.user, signatory.member)
    assert not can_invite_representative(signatory.user, make_member())
    assert role_of(editor.user, make_member()) == ""
    assert can_end_representation(editor.user, editor)
    assert not can_end_representation(editor.user, signatory)


# --- pages -------------------------------------------------------------------------------------------------

PAGES = ["people_list", "people_invite", "member_edit", "contact_edit"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_people_are_for_representatives(client, name):
    url = reverse(f"members:{name}")
    assert client.get(url).url.startswith(reverse("account_login"))
    client.force_login(make_user())
    assert client.get(url).status_code == 404
    client.force_login(make_representative(make_member(status=Member.Status.ON_HOLD)).user)
    assert client.get(url).status_code == 404
    client.force_login(make_representative().user)
    page = client.get(url)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("count", [1, 3])
def test_people_list_asks_a_constant_number_of_questions(client, django_assert_num_queries, count):
    signatory = make_representative()
    for n in range(count):
        make_representative(signatory.member)
        make_invitation(signatory.member, email=f"n{n}@example.org")
        make_representative(user=signatory.user)
    client.force_login(signatory.user)
    client.get(reverse("members:people_list"))
    with django_assert_num_queries(9):
        page = client.get(reverse("members:people_list"))
    assert page.content.count(b'class="card"') == 1 + 2 * count


def test_people_invite_page(client):
    signatory = make_representative()
    client.force_login(signatory.user)
    url = reverse("members:people_invite")
    data = {"email": "new@example.org", "role": "editor", "language": "uk"}
    assert client.post(url, data).url == reverse("members:people_list")
    again = client.post(url, data)
    assert again.status_code == 422
    assert "email" in again.context["form"].errors
    assert client.post(url, data | {"role": "king"}).status_code == 422
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 1


def test_people_invite_at_the_limit_keeps_what_was_typed(client):
    signatory = make_representative()
    client.force_login(signatory.user)
    for _ in range(30):
        allow("people-invite", signatory.member.slug, 30, 24 * 3600)
    data = {"email": "typed@example.org", "role": "editor", "language": "uk"}
    answer = client.post(reverse("members:people_invite"), data)
    assert answer.status_code == 429
    assert 'value="typed@example.org"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_people_invite_is_for_signatories(client):
    client.force_login(make_representative(role=Role.EDITOR).user)
    data = {"email": "new@example.org", "role": "signatory", "language": "uk"}
    assert client.post(reverse("members:people_invite"), data).status_code == 404
    assert not Invitation.objects.exists()


def test_another_members_invitation_and_representative_are_404(client):
    client.force_login(make_representative().user)
    invitation, representative = make_invitation(), make_representative()
    assert client.post(reverse("members:invitation_withdraw", args=[invitation.pk])).status_code == 404
    assert client.post(reverse("members:representation_end", args=[representative.pk])).status_code == 404
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_representation_end_page(client):
    signatory = make_representative()
    other = make_representative(signatory.member)
    client.force_login(signatory.user)
    url = reverse("members:representation_end", args=[other.pk])
    assert client.get(url).status_code == 200
    assert client.post(url).url == reverse("members:people_list")
    last = reverse("members:representation_end", args=[signatory.pk])
    assert client.post(last).status_code == 409
    signatory.refresh_from_db()
    assert signatory.until is None


def test_invitation_page_opens_without_effect_and_accepts_by_button(client):
    invitation = make_invitation()
    path = invitation_path(invitation)
    assert client.get(path).status_code == 200
    assert not Representative.objects.exists()
    assert client.post(path, {"name": "Olena"}).url == reverse("account_login")
    assert Representative.objects.get().user.email == "new@example.org"
    assert client.get(path).status_code == 200


def test_an_ended_or_forged_invitation(client):
    invitation = make_invitation(withdrawn_at=timezone.now())
    path = invitation_path(invitation)
    assert client.get(path).status_code == 410
    assert client.post(path, {"name": "x"}).status_code == 410
    assert client.get(path[:-2] + "x/").status_code == 404


def test_switch_member_only_to_an_own_one(client):
    first = make_representative()
    second, strange = make_representative(user=first.user), make_representative()
    client.force_login(first.user)
    url = reverse("members:switch_member")
    assert client.post(url, {"member": strange.member.slug}).status_code == 404
    client.post(url, {"member": second.member.slug})
    assert client.session[SESSION_KEY] == second.member_id
    assert second.member.official_name.encode() in client.get(reverse("members:people_list")).content


# --- the member's own page ---------------------------------------------------------------------------------


def test_member_edit_saves_journals_and_derives_the_search(client):
    representative = make_representative(make_member(place=make_place()), role=Role.EDITOR)
    client.force_login(representative.user)
    data = {"name_uk": "Житомир", "description_uk": "Місто.", "website": "", "languages_spoken": ["uk"]}
    logo = SimpleUploadedFile("l.png", png())
    answer = client.post(reverse("members:member_edit"), data | {"logo_file": logo})
    assert answer.url == reverse("members:member_edit")
    member = Member.objects.get(pk=representative.member_id)
    assert (member.name_uk, member.description_uk) == ("Житомир", "Місто.")
    assert "zhytomyr" in member.spellings.split()
    entry = JournalEntry.objects.about(member).get()
    assert (entry.verb, entry.actor) == ("member.edited", representative.user)
    page = client.get(reverse("members:member_logo", args=[member.slug]))
    assert page["Content-Type"] == "image/png"


def test_member_edit_cannot_change_what_was_decided(client):
    representative = make_representative()
    client.force_login(representative.user)
    name = representative.member.official_name
    data = {"name_en": "Short", "official_name": "Other", "country": "UA", "status": "left", "tier": "core"}
    client.post(reverse("members:member_edit"), data)
    member = Member.objects.get(pk=representative.member_id)
    assert (member.official_name, member.country, member.status) == (name, "PL", Member.Status.APPROVED)


def test_member_edit_cannot_put_the_member_under_an_association(client):
    association = make_member(kind="association")
    representative = make_representative()
    client.force_login(representative.user)
    url = reverse("members:member_edit")
    assert association.official_name not in client.get(url).text
    assert client.post(url, {"name_en": "Short", "parent": association.pk}).status_code == 302
    member = Member.objects.get(pk=representative.member_id)
    assert (member.name_en, member.parent) == ("Short", None)


@pytest.mark.parametrize("page", ["member_edit", "contact_edit"])
def test_what_is_typed_while_the_desk_puts_the_member_on_hold_comes_back(client, page):
    representative = make_representative()
    client.force_login(representative.user)
    rows = Member.objects.filter(pk=representative.member_id)
    typed = CONTACT | {"name_en": "New", "new_email": "new@example.org"}
    with just_before_the_lock(lambda: rows.update(status="on_hold")):
        answer = client.post(reverse(f"members:{page}"), typed)
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.text
    assert 'value="New"' in answer.text
    assert not JournalEntry.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("kind", "role", "names"),
    [
        ("municipality", Role.EDITOR, ["member_edit", "contact_edit"]),
        ("association", Role.SIGNATORY, ["member_edit", "contact_edit", "bulk_import"]),
        ("association", Role.VIEWER, []),
    ],
)
def test_people_list_links_to_what_the_person_may_open(client, kind, role, names):
    client.force_login(make_representative(make_member(kind=kind), role=role).user)
    page = client.get(reverse("members:people_list")).text
    main = page.split("<main")[1].split("</main>")[0]
    for name in ("member_edit", "contact_edit", "bulk_import"):
        url = reverse(f"members:{name}")
        assert (f'href="{url}"' in main) == (name in names)
        assert client.get(url).status_code == (200 if name in names else 404)


def test_viewers_do_not_edit(client):
    client.force_login(make_representative(role=Role.VIEWER).user)
    assert client.post(reverse("members:member_edit"), {"name_en": "x"}).status_code == 404


def test_logo_of_an_applicant_is_404(client):
    member = make_member(status=Member.Status.PENDING)
    assert client.get(reverse("members:member_logo", args=[member.slug])).status_code == 404


CONTACT = {"contact_name": "New", "contact_role": "", "contact_phone": "", "contact_language": "uk"}


def test_contact_edit_at_the_limit_keeps_what_was_typed(client):
    client.force_login(make_representative().user)
    for _ in range(3):
        allow("contact-email", "new@example.org", 3, 24 * 3600)
    answer = client.post(reverse("members:contact_edit"), CONTACT | {"new_email": "new@example.org"})
    assert answer.status_code == 429
    assert 'value="new@example.org"' in answer.content.decode()
    assert "new_email" in answer.context["form"].errors
    assert not OutgoingMail.objects.exists()


def test_contact_edit_refuses_and_keeps(client):
    client.force_login(make_representative().user)
    answer = client.post(
        reverse("members:contact_edit"), CONTACT | {"new_email": "nonsense", "contact_phone": "1"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"new_email", "contact_phone"}
