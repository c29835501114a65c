"""A new contact address or website of a member: asked for, confirmed by its owner, looked at by the desk."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.actions import addresses, profile
from members.actions.people import ensure_representative
from members.links import contact_email_path
from members.models import AddressChange, Member
from members.permissions import can_decide_address_change
from members.views.people import WEBSITES_PER_DAY
from tests.desk import open_desk
from tests.factories import make_address_change, make_coordinator, make_member, make_representative, make_user

pytestmark = pytest.mark.django_db

Status = AddressChange.Status
OLD, NEW = "old@gdynia.pl", "new@gdynia.pl"
INBOX = "supportukraine@alliance.example"
CONTACT = {"contact_name": "New", "contact_role": "", "contact_phone": "", "contact_language": "uk"}
LIST = reverse("admin:members_addresschange_changelist")


@pytest.fixture
def member(db):
    return make_member(contact_email=OLD, contact_language="uk", website="https://www.gdynia.pl")


def mails(name=""):
    rows = OutgoingMail.objects.filter(name__startswith=f"members/{name}").order_by("id")
    return [(row.name.removeprefix("members/"), row.to, row.language) for row in rows]


def verbs():
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


def stored(member):
    return Member.objects.get(pk=member.pk)


# --- asked for ---------------------------------------------------------------------------------------------


def test_a_new_contact_address_waits_for_its_owner_and_then_for_the_desk(client, member):
    client.force_login(make_representative(member).user)
    client.post(reverse("members:contact_edit"), CONTACT | {"new_email": "New@gdynia.pl"})
    assert (stored(member).contact_name, stored(member).contact_email) == ("New", OLD)
    assert mails() == [("contact_email_confirm", NEW, "uk")]
    path = contact_email_path(member, NEW)
    client.logout()
    assert client.get(path).status_code == 200
    assert not AddressChange.objects.exists()
    assert "second look" in client.post(path).text
    assert client.post(path).status_code == 200, "twice does it once"
    change = AddressChange.objects.get()
    assert (change.member, change.field, change.old, change.new, change.status) == (
        member,
        "contact_email",
        OLD,
        NEW,
        "pending",
    )
    assert stored(member).contact_email == OLD
    assert mails("address") == [
        ("address_change_requested", OLD, "uk"),
        ("address_change_arrived", INBOX, "en"),
    ]
    assert verbs()[-1] == "address_change.requested"


def test_the_old_address_reads_what_was_entered_and_nothing_can_be_clicked(member):
    addresses.request_address_change(member, field="website", new="https://gdуnia.pl/x", by=make_user())
    (letter,) = OutgoingMail.objects.filter(to=OLD)
    assert "https[://]gdуnia[.]pl/x" in letter.text
    assert "xn--gdnia-fze.pl" in letter.text
    assert "href" not in letter.html.split("gdуnia")[0].rsplit("<table", 1)[1]


def test_the_desk_reads_it_in_the_language_of_its_inbox_and_finds_the_page(settings):
    settings.INBOXES = {"default": "all@example.org", "membership:UA:uk": "ua@example.org"}
    for country in ("UA", "PL"):
        member = make_member(country=country, contact_language="uk")
        profile.confirm_contact_email(member, email=f"{country}@example.org")
    told = OutgoingMail.objects.filter(name="members/address_change_arrived")
    assert set(told.values_list("to", "language")) == {("ua@example.org", "uk"), ("all@example.org", "en")}
    for letter, change in zip(told.order_by("id"), AddressChange.objects.order_by("id"), strict=True):
        assert reverse("admin:members_addresschange_change", args=[change.pk]) in letter.text


def test_a_newer_address_takes_the_place_of_one_that_waits(member):
    first = addresses.request_address_change(member, field="contact_email", new=NEW, by=make_user())
    again = addresses.request_address_change(member, field="contact_email", new=NEW, by=make_user())
    assert again == first
    second = addresses.request_address_change(
        member, field="contact_email", new="x@gdynia.pl", by=make_user()
    )
    site = addresses.request_address_change(member, field="website", new="https://gdynia.eu", by=make_user())
    assert set(AddressChange.objects.pending()) == {second, site}
    first.refresh_from_db()
    assert first.status == "withdrawn"
    assert verbs() == [
        "address_change.requested",
        "address_change.replaced",
        "address_change.requested",
        "address_change.requested",
    ]


@pytest.mark.parametrize("status", ["draft", "pending", "returned", "refused", "left"])
def test_only_a_member_has_something_to_look_at_twice(status):
    member = make_member(status=status)
    with pytest.raises(NotAllowed):
        addresses.request_address_change(member, field="contact_email", new=NEW, by=make_user())
    assert not AddressChange.objects.exists()


# --- the website ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "website", "waits"),
    [
        ("https://www.gdynia.pl", "https://gdynia.pl/ua", False),
        ("https://www.gdynia.pl", "https://um.gdynia.pl", False),
        ("https://www.gdynia.pl", "", False),
        ("https://www.gdynia.pl", "https://gdynla.pl", True),
        ("https://www.gdynia.pl", "https://gdynia.pl@evil.example", True),
        ("https://um.gdynia.pl", "https://gdynia.pl", True),
        ("", "https://gdynia.pl", True),
    ],
)
def test_a_web_site_at_another_domain_waits(client, before, website, waits):
    member = make_member(website=before, contact_email=OLD)
    representative = make_representative(member)
    profile.edit_member(member, changes={"website": website, "name_en": "Gdynia"}, by=representative.user)
    assert stored(member).name_en == "Gdynia", "the rest is saved at once"
    assert stored(member).website == (before if waits else website)
    assert [(c.field, c.old, c.new) for c in AddressChange.objects.all()] == (
        [("website", before, website)] if waits else []
    )
    assert bool(mails("address")) == waits


def test_the_members_page_says_what_waits_and_keeps_the_present_site(client, member):
    client.force_login(make_representative(member).user)
    url = reverse("members:member_edit")
    data = {"name_en": "Gdynia", "website": "https://gdynia.eu"}
    assert client.post(url, data).url == url
    page = client.get(url)
    assert "Website: https://gdynia.eu." in page.text
    assert page.context["form"]["website"].value() == "https://www.gdynia.pl"
    client.post(url, {"name_en": "Gdynia", "website": "https://www.gdynia.pl"})
    assert AddressChange.objects.get().status == "pending", "saving the form again takes nothing back"
    assert "https://gdynia.eu" in client.get(reverse("members:contact_edit")).text


def test_new_web_sites_are_limited_and_what_was_typed_stays(client, member):
    client.force_login(make_representative(member).user)
    for _n in range(WEBSITES_PER_DAY):
        allow("website", member.slug, WEBSITES_PER_DAY, 24 * 3600)
    answer = client.post(reverse("members:member_edit"), {"name_en": "X", "website": "https://gdynia.eu"})
    assert answer.status_code == 429
    assert "website" in answer.context["form"].errors
    assert 'value="https://gdynia.eu"' in answer.text
    assert not AddressChange.objects.exists()


# --- decided -----------------------------------------------------------------------------------------------


def test_accept_address_change_makes_it_count(member):
    change, desk = make_address_change(member, new=NEW), make_coordinator()
    link = contact_email_path(member, "third@gdynia.pl")
    addresses.accept_address_change(change, by=desk)
    assert stored(member).contact_email == NEW
    assert mails() == [("address_change_accepted", OLD, "uk"), ("address_change_accepted", NEW, "uk")]
    assert verbs() == ["address_change.accepted", "member.edited"]
    assert {entry.actor for entry in JournalEntry.objects.all()} == {desk}
    assert link != contact_email_path(stored(member), "third@gdynia.pl"), "links mailed before end"


def test_accept_address_change_of_a_web_site_tells_the_contact_address(member):
    change = make_address_change(member, field="website", old=member.website, new="https://gdynia.eu")
    addresses.accept_address_change(change, by=make_coordinator())
    assert stored(member).website == "https://gdynia.eu"
    assert stored(member).link_version == member.link_version
    assert mails() == [("address_change_accepted", OLD, "uk")]


def test_accept_address_change_leaves_the_people_of_the_member_alone(member):
    person = ensure_representative(member, by=make_coordinator()).user
    addresses.accept_address_change(make_address_change(member, new=NEW), by=make_coordinator())
    assert [r.user for r in member.representatives.all()] == [person]


def test_refuse_address_change_changes_nothing_and_says_why(client, member):
    change = make_address_change(member, new=NEW)
    link = contact_email_path(member, NEW)
    addresses.refuse_address_change(change, reason="Ніхто в міськраді про це не знає.", by=make_coordinator())
    assert stored(member).contact_email == OLD
    change.refresh_from_db()
    assert (change.status, change.desk_message) == ("refused", "Ніхто в міськраді про це не знає.")
    letters = OutgoingMail.objects.order_by("id")
    assert [letter.to for letter in letters] == [OLD, NEW]
    assert all("Ніхто в міськраді" in letter.text for letter in letters)
    assert client.post(link).status_code == 404, "the same link does not ask the desk again"


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("to", Status.values)
def test_moves_are_the_ones_of_the_house(status, to):
    known = {("pending", "accepted"), ("pending", "refused"), ("pending", "withdrawn")}
    assert AddressChange(status=status).can_move_to(to) == ((status, to) in known)


DECISIONS = {
    "accept": lambda change: addresses.accept_address_change(change, by=make_coordinator()),
    "refuse": lambda change: addresses.refuse_address_change(change, reason="No.", by=make_coordinator()),
}


@pytest.mark.parametrize("status", [status for status in Status.values if status != "pending"])
@pytest.mark.parametrize("decide", DECISIONS)
def test_what_waits_no_more_is_not_decided(member, decide, status):
    change = make_address_change(member, status=status)
    with pytest.raises(NotAllowed):
        DECISIONS[decide](change)
    assert stored(member).contact_email == OLD
    assert not JournalEntry.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("decide", DECISIONS)
def test_a_member_that_left_changes_no_more(member, decide):
    change = make_address_change(member)
    Member.objects.filter(pk=member.pk).update(status="left", left_at="2026-01-01T00:00Z")
    assert not AddressChange.objects.awaiting_look().exists()
    with pytest.raises(NotAllowed):
        DECISIONS[decide](change)


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_one_wins():
    change, start, results = make_address_change(), threading.Barrier(2), []

    def run(name):
        mine = AddressChange.objects.get(pk=change.pk)
        start.wait(timeout=120)
        try:
            DECISIONS[name](mine)
            results.append("done")
        except NotAllowed:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[name]) for name in DECISIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert sorted(results) == ["done", "refused"]
    decided = JournalEntry.objects.filter(verb__in=["address_change.accepted", "address_change.refused"])
    assert decided.count() == 1


@pytest.mark.parametrize("changes", [{"new": ""}, {"new": OLD}, {"status": "refused", "desk_message": ""}])
def test_the_database_refuses_nonsense(member, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_address_change(member, **changes)


def test_the_database_lets_one_of_a_kind_wait(member):
    make_address_change(member)
    make_address_change(member, field="website", old=member.website, new="https://x.example")
    make_address_change(member, status="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_address_change(member)


def test_who_acts_for_the_member_does_not_take_the_second_look(member):
    coordinator = make_coordinator()
    make_representative(member, coordinator)
    assert not can_decide_address_change(coordinator, make_address_change(member))
    assert can_decide_address_change(make_coordinator(), AddressChange.objects.get())
    assert not can_decide_address_change(make_user(), AddressChange.objects.get())


# --- at the desk -------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def page_of(change):
    return reverse("admin:members_addresschange_change", args=[change.pk])


def test_the_queue_waits_on_the_index_and_on_the_members_page(desk, member):
    change = make_address_change(member, new=NEW)
    assert "New addresses that await a second look" in desk.get(reverse("admin:index")).text
    assert page_of(change) in desk.get(reverse("admin:members_member_change", args=[member.pk])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_a_constant_number_of_questions(desk, count, django_assert_num_queries):
    for _n in range(count):
        make_address_change()
    desk.get(LIST)
    with django_assert_num_queries(7):
        assert desk.get(LIST).context["cl"].result_count == count


def test_what_waits_stands_first_and_the_longest_wait_on_top(desk):
    done = make_address_change(status="accepted")
    first, second = make_address_change(), make_address_change()
    assert [change.pk for change in desk.get(LIST).context["cl"].result_list] == [
        first.pk,
        second.pk,
        done.pk,
    ]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"new": "rada@gdуnia.pl"}, "Machines read it as xn--gdnia-fze.pl"),
        ({"new": "rada@gdуnia.pl"}, "it looks like gdynia.pl, which Gdynia uses"),
        ({"new": "rada@xn--gdnia-fze.pl"}, "People read it as gdуnia.pl"),
        ({"new": "rada@gdynla.pl"}, "it looks like gdynia.pl"),
        ({"new": "rada@um.gdynia.pl"}, "The same as the domain of the website"),
        ({"new": "rada@sopot.pl"}, "Another domain than the website entered (gdynia.pl)"),
        ({"new": "rada@brn0rnesto.cz"}, "it looks like brno-mesto.cz, which Brno uses"),
        ({"field": "website", "new": "https://gdynia.com/"}, "it looks like gdynia.pl"),
        (
            {"field": "website", "new": "https://gdynia.com/"},
            "Another domain than that of the contact address",
        ),
    ],
)
def test_the_page_says_what_to_look_at(desk, member, changes, note):
    Member.objects.filter(pk=member.pk).update(official_name="Gdynia")
    make_member(official_name="Brno", contact_email="a@brno-mesto.cz")
    change = make_address_change(member, **changes)
    assert note in desk.get(page_of(change)).text
    assert note in desk.get(reverse("admin:members_addresschange_verb", args=[change.pk, "accept"])).text


def test_an_application_that_looks_like_a_member_is_noted_too(desk, member):
    Member.objects.filter(pk=member.pk).update(official_name="Gdynia")
    imposter = make_member(status="pending", contact_email="urzad@gdynia.com")
    page = desk.get(reverse("admin:members_member_change", args=[imposter.pk])).text
    assert "it looks like gdynia.pl, which Gdynia uses" in page


def test_accepted_and_refused_by_button(desk, member):
    change = make_address_change(member, new=NEW)
    assert [b["verb"].name for b in desk.get(page_of(change)).context["buttons"]] == ["accept", "refuse"]
    refuse = reverse("admin:members_addresschange_verb", args=[change.pk, "refuse"])
    assert desk.post(refuse, {"reason": " "}).status_code == 422
    accept = reverse("admin:members_addresschange_verb", args=[change.pk, "accept"])
    assert desk.post(accept).status_code == 302
    assert stored(member).contact_email == NEW
    assert desk.post(refuse, {"reason": "Too late."}).status_code == 302
    change.refresh_from_db()
    assert change.status == "accepted"


def test_nothing_is_accepted_in_bulk(desk, member):
    make_address_change(member)
    form = desk.get(LIST).context["action_form"]
    assert form is None or [name for name, _label in form.fields["action"].choices] == [""]
