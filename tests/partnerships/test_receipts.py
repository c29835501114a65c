"""The receiver confirms by the link of a mail: who gets it, when it ends, what the form writes and refuses."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.users.models import User
from partnerships import ledger
from partnerships.actions import deliveries, delivery_links
from partnerships.actions.erasure import forget_person
from partnerships.actions.safety import block_member
from partnerships.links import DELIVERY_DAYS, delivery_link, delivery_path
from partnerships.loads import loads, on_the_road
from partnerships.models import Evidence, LinkTeller, PledgeEvent, Transport
from partnerships.pledge_drafts import Quantity, TransportContent
from partnerships.views.receipts import NEW_LINKS_PER_PLEDGE, RECEIPTS_PER_PLEDGE
from tests.core.upload_samples import pdf
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_member,
    make_pledge,
    make_representative,
    make_user,
    write_history,
)

pytestmark = pytest.mark.django_db

EDITOR, NAME = "receiver@example.org", "Olha, head of the warehouse"


@pytest.fixture
def pledge():
    """Ten generators, four of them on the road with transport no. 1 and three with no. 2."""
    giver, receiver = make_member(official_name="Gdynia"), make_member(country="UA", official_name="Sumy")
    make_representative(giver, make_user(email="giver@example.org", language="pl"))
    make_representative(receiver, make_user(email=EDITOR, language="uk"), role="editor")
    row = make_pledge("promised 10 · committed 10", giver=giver, receiver=receiver)
    for number, quantity in ((1, 4), (2, 3)):
        transport = Transport.objects.create(pledge=row, number=number, route=f"Route {number}")
        write_history(row.lines.get(), f"dispatched {quantity}", transport=transport)
    return row


def path(pledge, email=EDITOR, transport=None):
    with translation.override("en"):
        return delivery_path(pledge, email, transport)


def page_of(pledge, language="en"):
    with translation.override(language):
        return reverse("partnerships:delivery_confirm", args=[pledge.slug])


def opened(pledge, transport=None):
    """A visitor without an account who pressed the button in the mail."""
    visitor = Client()
    visitor.get(path(pledge, transport=transport))
    return visitor


def shown(form):
    found = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    return {name: value for name, value in found.items() if value is not False and name != "file"}


def send(visitor, pledge, query="", **data):
    """The form as it was shown, with changes: `received=3` speaks of the only line."""
    slug = pledge.lines.get().slug
    fields = {
        f"{name}_{slug}" if name in (*map(str, ledger.Kind), "reason") else name: value
        for name, value in data.items()
    }
    page = visitor.get(page_of(pledge) + query)
    return visitor.post(page_of(pledge) + query, shown(page.context["form"]) | {"name": NAME} | fields)


def totals(pledge):
    return ledger.totals(pledge.lines.get().events.order_by("id"))


# --- The link -------------------------------------------------------------------------------------------------


def test_the_link_leads_to_an_address_without_a_secret_and_changes_nothing(pledge):
    visitor, before = Client(), PledgeEvent.objects.count()
    answer = visitor.get(path(pledge, transport=2))
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(pledge) + "?transport=2")
    assert "no-store" in answer.headers["Cache-Control"]
    page = visitor.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    token = path(pledge).rstrip("/").rpartition("/")[2]
    assert token not in page.text
    assert PledgeEvent.objects.count() == before
    # Somebody without the link, and somebody with the link to another delivery, find nothing.
    assert Client().get(page_of(pledge)).status_code == 404
    assert visitor.get(page_of(make_pledge("committed 3"))).status_code == 404
    # The mailbox cannot be read from the address.
    assert EDITOR not in path(pledge)
    assert delivery_link(token).slug == pledge.slug


def test_a_dispatch_is_mailed_with_a_link_to_those_who_write_and_without_one_to_viewers(pledge):
    make_representative(pledge.receiver, make_user(email="viewer@example.org"), role="viewer")
    deliveries.dispatch_pledge(
        pledge,
        quantities=[Quantity(pledge.lines.get().slug, Decimal(1))],
        transport=TransportContent(),
        by=make_user(),
    )
    mails = {mail.to: mail for mail in OutgoingMail.objects.filter(name="partnerships/pledge_dispatched")}
    assert set(mails) == {EDITOR, "viewer@example.org"}
    assert mails[EDITOR].is_secret
    assert not mails["viewer@example.org"].is_secret
    assert "/deliveries/open/" not in mails["viewer@example.org"].text
    (address,) = set(re.findall(r"https?://\S+(/uk/deliveries/open/\S+)", mails[EDITOR].text))
    assert address.endswith("?transport=3")
    assert Client().get(address).status_code == 302


def leave(pledge):
    User.objects.get(email=EDITOR).representations.update(until=timezone.now())


def become_viewer(pledge):
    User.objects.get(email=EDITOR).representations.update(role="viewer")


def close_account(pledge):
    User.objects.filter(email=EDITOR).update(is_active=False)


def go_on_hold(pledge):
    type(pledge.receiver).objects.filter(pk=pledge.receiver.pk).update(status="on_hold")


def renew(pledge):
    delivery_links.renew_links(pledge, by=make_user())


@pytest.mark.parametrize("end", [leave, become_viewer, close_account, go_on_hold, renew])
def test_a_link_ends_with_the_right_of_its_mailbox_also_on_an_open_page(pledge, end):
    visitor, old = opened(pledge), path(pledge)
    assert visitor.get(page_of(pledge)).status_code == 200
    end(pledge)
    assert visitor.get(page_of(pledge)).status_code == 404
    assert visitor.post(page_of(pledge), {"name": NAME}).status_code == 404
    answer = Client().get(old)
    assert answer.status_code == 404
    assert "Mail me a new link" not in answer.text


def test_where_nobody_has_an_account_the_contact_gets_the_link_and_a_new_contact_takes_it_over(pledge):
    leave(pledge)
    members = type(pledge.receiver).objects.filter(pk=pledge.receiver.pk)
    members.update(contact_email="rada@example.org", contact_language="uk")
    assert Client().get(path(pledge, "rada@example.org")).status_code == 302
    members.update(contact_email="new@example.org")
    assert Client().get(path(pledge, "rada@example.org")).status_code == 404
    assert Client().get(path(pledge, "new@example.org")).status_code == 302


def test_a_link_that_grew_old_can_ask_for_a_new_one_once_a_day(pledge, monkeypatch):
    old = path(pledge)
    later = timezone.now().timestamp() + DELIVERY_DAYS * 24 * 3600 + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    page = Client().get(old)
    assert page.status_code == 404
    assert "Mail me a new link" in page.text
    assert not OutgoingMail.objects.exists()  # a scanner that opens it causes no mail
    for _click in range(2):
        assert Client().post(old).status_code == 200
    mail = OutgoingMail.objects.get()
    assert (mail.name, mail.to, mail.language, mail.is_secret) == (
        "partnerships/delivery_link", EDITOR, "uk", True,
    )  # fmt: skip
    monkeypatch.undo()
    assert Client().get(path(pledge)).status_code == 302


def test_either_side_has_new_links_mailed_and_viewers_do_not(client, pledge):
    url = reverse("partnerships:pledge_link", args=[pledge.slug])
    for member, role, status in ((pledge.giver, "editor", 302), (pledge.receiver, "viewer", 403)):
        person = make_representative(member, make_user(), role=role).user
        client.login(username=person.email, password=PASSWORD)
        assert client.post(url).status_code == status
    pledge.refresh_from_db()
    assert pledge.link_version == 2
    assert OutgoingMail.objects.get().to == EDITOR
    assert JournalEntry.objects.about(pledge).filter(verb="pledge.links_renewed").count() == 1
    client.login(username="giver@example.org", password=PASSWORD)
    for _time in range(NEW_LINKS_PER_PLEDGE):
        client.post(url)
    pledge.refresh_from_db()
    assert pledge.link_version == 1 + NEW_LINKS_PER_PLEDGE


def test_who_is_signed_in_for_the_receiver_confirms_under_their_own_name(client, pledge):
    client.login(username=EDITOR, password=PASSWORD)
    answer = client.get(path(pledge))
    assert answer.headers["Location"].endswith(f"/pledges/{pledge.slug}/do/confirm/")


def test_a_receiver_that_is_not_named_in_public_stays_so_when_it_confirms(pledge):
    type(pledge).objects.filter(pk=pledge.pk).update(is_receiver_hidden=True)
    visitor = opened(pledge)
    assert "Sumy" in visitor.get(page_of(pledge)).text
    send(visitor, pledge, received=4, is_all_good="on")
    detail = reverse("partnerships:pledge_detail", args=[pledge.slug])
    for reader in (Client(), visitor):  # the link opens the delivery, and nothing else
        public = reader.get(detail).text.partition("<main")[2]
        assert not any(word in public for word in ("Sumy", NAME, "Route 1", pledge.title))


def test_a_block_ends_no_delivery_that_is_on_the_road(pledge):
    block_member(pledge.giver, other=pledge.receiver, by=make_user())
    visitor = opened(pledge)
    assert send(visitor, pledge, received=4, accepted=4).status_code == 302
    assert totals(pledge).accepted == 4


# --- What is told ---------------------------------------------------------------------------------------------


def test_one_transport_is_filled_in_and_nothing_is_accepted_unless_said(pledge):
    visitor = opened(pledge)
    form = visitor.get(page_of(pledge)).context["form"]
    slug = pledge.lines.get().slug
    assert form[f"received_{slug}"].value() == 4
    assert not any(form[f"{kind}_{slug}"].value() for kind in ("accepted", "lost", "returned"))
    assert visitor.get(page_of(pledge) + "?transport=2").context["form"][f"received_{slug}"].value() == 3
    assert send(visitor, pledge).status_code == 302
    now = totals(pledge)
    assert (now.received, now.accepted) == (4, 0)
    # The next one is filled in now; a tick accepts what came before, too.
    assert visitor.get(page_of(pledge)).context["form"][f"received_{slug}"].value() == 3
    send(visitor, pledge, is_all_good="on", happened_on=timezone.localdate() - timedelta(days=1))
    now = totals(pledge)
    assert (now.received, now.accepted, now.in_transit) == (7, 7, 0)
    events = PledgeEvent.objects.filter(side="receiver")
    assert set(events.values_list("actor_kind", "actor")) == {("link", None)}
    assert set(JournalEntry.objects.about(pledge).values_list("verb", "actor_kind")) == {
        ("pledge.received", "link"),
        ("pledge.accepted", "link"),
    }
    page = visitor.get(page_of(pledge))
    assert "Nothing is on its way" in page.text
    # What was told, for whoever counts later.
    assert "received: 7 pieces\u00a0· accepted: 7 pieces" in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_lost_and_returned_want_a_word_and_what_was_typed_stays(pledge):
    visitor, slug = opened(pledge), pledge.lines.get().slug
    answer = send(visitor, pledge, received=3, lost=1, accepted=2, name="")
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {f"reason_{slug}", "name"}
    assert "generators 1, What happened to it: Say in a few words" in answer.text  # of which line it speaks
    assert [form[f"{kind}_{slug}"].value() for kind in ("received", "accepted", "lost")] == ["3", "2", "1"]
    assert not PledgeEvent.objects.filter(side="receiver").exists()
    answer = send(
        visitor, pledge, received=3, lost=1, accepted=2, returned=1, reason="One fell; one is 110 V"
    )
    assert answer.status_code == 302
    now = totals(pledge)
    assert (now.received, now.accepted, now.lost, now.returned) == (3, 2, 1, 1)
    assert PledgeEvent.objects.get(kind="lost").reason == "One fell; one is 110 V"


@pytest.mark.parametrize("bad", ["-1", "three", "1e999", "NaN", "99999999999999999", "1.23456", "0.5"])
def test_a_bad_number_is_told_at_its_field(pledge, bad):
    visitor, slug = opened(pledge), pledge.lines.get().slug
    answer = send(visitor, pledge, received=bad)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"received_{slug}"}
    assert bad in answer.text
    assert NAME in answer.text


@pytest.mark.parametrize(("kind", "quantity"), [("accepted", 5), ("returned", 5)])
def test_more_than_arrived_is_neither_accepted_nor_returned(pledge, kind, quantity):
    visitor, slug = opened(pledge), pledge.lines.get().slug
    answer = send(visitor, pledge, reason="why", **{kind: quantity})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"{kind}_{slug}"}
    assert not PledgeEvent.objects.filter(side="receiver").exists()


def test_more_than_was_sent_is_asked_once_then_stored_and_told_to_all(pledge):
    visitor = opened(pledge)
    answer = send(visitor, pledge, received=9)
    assert answer.status_code == 422
    assert "is_meant" in answer.context["form"].errors
    assert send(visitor, pledge, received=9, is_meant="on").status_code == 302
    assert totals(pledge).excess == 2
    told = set(OutgoingMail.objects.values_list("name", "to"))
    assert ("partnerships/pledge_disputed", "giver@example.org") in told
    assert ("partnerships/pledge_disputed", EDITOR) in told
    assert "partnerships/pledge_disputed_desk" in {name for name, _to in told}
    assert "differ" in visitor.get(page_of(pledge)).text


def test_the_desk_reconciles_what_a_link_made_disputed(client, pledge, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    visitor = opened(pledge)
    send(visitor, pledge, received=9, accepted=9, is_meant="on")
    assert "The figures of the giver and yours differ" in visitor.get(page_of(pledge)).text
    client.force_login(make_coordinator())
    lines = client.get(reverse("admin:partnerships_pledgeline_changelist") + "?plight=disputed")
    assert lines.text.count(pledge.title) >= 1
    verb = reverse("admin:partnerships_pledgeline_verb", args=[pledge.lines.get().pk, "reconcile"])
    agreed = {
        "dispatched": "7",
        "received": "7",
        "accepted": "7",
        "lost": "0",
        "reason": "Two were counted twice",
    }
    client.post(verb, agreed)
    now = totals(pledge)
    assert (now.dispatched, now.received, now.accepted, now.is_reconciled) == (7, 7, 7, True)
    told = OutgoingMail.objects.filter(name="partnerships/pledge_reconciled")
    assert set(told.values_list("to", flat=True)) == {"giver@example.org", EDITOR}
    assert "yours differ" not in visitor.get(page_of(pledge)).text


def test_who_confirmed_is_told_to_both_sides_and_the_desk_and_to_nobody_else(client, pledge):
    visitor = opened(pledge)
    send(visitor, pledge, received=4, file=SimpleUploadedFile("act.pdf", pdf()), caption="Act")
    assert Evidence.objects.get().side == "receiver"
    teller = LinkTeller.objects.get()
    assert (teller.name, teller.email) == (NAME, EDITOR)
    mail = OutgoingMail.objects.get(name="partnerships/pledge_confirmed")
    for part in (mail.text, mail.html):
        assert NAME in part
    detail = reverse("partnerships:pledge_detail", args=[pledge.slug])
    assert NAME not in Client().get(detail).text
    for reader in ("giver@example.org", EDITOR):
        client.login(username=reader, password=PASSWORD)
        page = client.get(detail)
        assert NAME in page.text
        assert EDITOR not in page.text.partition("<main")[2]
    forget_person(User.objects.get(email=EDITOR))
    assert NAME not in client.get(detail).text


def test_something_that_nobody_announced_can_be_told(pledge):
    write_history(pledge.lines.get(), "received 7 · accepted 7")
    visitor = opened(pledge)
    assert visitor.get(page_of(pledge)).context["form"].rows == []
    assert send(visitor, pledge, query="?lines=all", received=1, is_meant="on").status_code == 302
    assert totals(pledge).excess == 1


def test_a_double_click_writes_once(pledge):
    visitor = opened(pledge)
    data = shown(visitor.get(page_of(pledge)).context["form"]) | {"name": NAME}
    for _click in range(2):
        assert visitor.post(page_of(pledge), data).status_code == 302
    assert totals(pledge).received == 4
    assert OutgoingMail.objects.filter(name="partnerships/pledge_confirmed").count() == 1
    assert LinkTeller.objects.count() == 1
    # A page whose key got lost is still one submission with a name.
    assert visitor.post(page_of(pledge), data | {"key": "", "seen": ""}).status_code in (302, 422)


def test_two_who_count_the_same_boxes_count_them_once(client, pledge):
    first, second = opened(pledge), opened(pledge)
    data = shown(first.get(page_of(pledge)).context["form"]) | {"name": NAME}
    other = shown(second.get(page_of(pledge)).context["form"]) | {"name": "Petro"}
    client.login(username=EDITOR, password=PASSWORD)
    verb = reverse("partnerships:pledge_verb", args=[pledge.slug, "confirm"])
    signed_in = shown(client.get(verb).context["form"])
    assert first.post(page_of(pledge), data).status_code == 302
    for person, address, typed in ((second, page_of(pledge), other), (client, verb, signed_in)):
        answer = person.post(address, typed)
        assert answer.status_code == 422
        assert "Somebody else recorded something" in answer.text
        assert totals(pledge).received == 4
        assert "received: 4 pieces" in answer.text
    # Who has compared sends again, and is heard.
    again = shown(answer.context["form"])
    assert again[f"received_{pledge.lines.get().slug}"] == "7"
    assert client.post(verb, again | {"is_meant": "on"}).status_code == 302


def test_beyond_the_limit_what_was_typed_stays(pledge, settings):
    visitor = opened(pledge)
    for _time in range(RECEIPTS_PER_PLEDGE):
        visitor.post(page_of(pledge), {"name": NAME})
    answer = send(visitor, pledge, received=2)
    assert answer.status_code == 429
    assert NAME in answer.text
    cache.clear()


def test_pages_of_the_link_speak_three_languages_and_cost_a_fixed_number_of_queries(
    pledge, django_assert_num_queries
):
    visitor = opened(pledge)
    visitor.get(page_of(pledge))
    with django_assert_num_queries(10):
        visitor.get(page_of(pledge))
    for _line in range(2):
        line = pledge.lines.create(item="cables", unit="piece", position=5)
        write_history(line, "committed 3 · dispatched 3")
    with django_assert_num_queries(10):
        page = visitor.get(page_of(pledge))
    assert len(page.context["form"].rows) == 3
    assert [visitor.get(page_of(pledge, code)).status_code for code in ("pl", "uk")] == [200, 200]


# --- Loads ----------------------------------------------------------------------------------------------------


def test_who_left_first_is_taken_to_have_arrived_first(pledge):
    events = lambda: list(pledge.lines.get().events.order_by("id"))  # noqa: E731
    first, second = pledge.transports.values_list("pk", flat=True)
    assert loads(events()) == {first: 4, second: 3}
    assert on_the_road(events()) == {first: 4, second: 3}
    write_history(pledge.lines.get(), "received 3")
    assert on_the_road(events()) == {first: 1, second: 3}
    write_history(pledge.lines.get(), "lost 2")
    assert on_the_road(events()) == {second: 2}
    write_history(pledge.lines.get(), "received 9")
    assert on_the_road(events()) == {}
