"""“I am interested”: the match, its mails, the thread, races, limits and who may."""

import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.users.models import User
from partnerships.actions import matches as actions
from partnerships.emails.matches import quote_of
from partnerships.models import Match, Message
from partnerships.views.matches import REQUESTS_PER_HOUR
from tests.factories import PASSWORD, make_listing, make_member, make_representative, make_sector, make_user


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


@pytest.fixture
def need(db):
    """A need of a Ukrainian member with three representatives: Ukrainian, Polish, and one who has left."""
    owner = make_member(country="UA", official_name="Sumy", name_uk="Суми")
    for language in ("uk", "pl"):
        make_representative(member=owner, user=make_user(language=language, email=f"{language}@example.org"))
    gone = make_representative(member=owner, user=make_user(email="gone@example.org"))
    gone.until = gone.since
    gone.save()
    return make_listing(
        [make_sector()], kind="need", member=owner, title_uk="Генератори", text_uk="Три.", title_en=None,
        text_en=None, original_language="uk",
    )  # fmt: skip


@pytest.fixture
def gdynia(db):
    return make_member(official_name="Gdynia", contact_email="secret-office@example.org")


TEXT = "We have two. Write to me: jan@evil.example or https://evil.example/x www.evil.example evil.example/y"


def test_a_request_makes_a_match_a_message_a_journal_row_and_mails(client, need, gdynia):
    representative = login(client, gdynia)
    detail = client.get(url("listing_detail", need.slug))
    assert detail.context["can_request"]
    assert client.get(url("match_request", need.slug)).status_code == 200
    response = client.post(url("match_request", need.slug), {"text": TEXT})
    match = Match.objects.get()
    assert response.url == url("match_detail", match.slug)
    assert (match.origin, match.status, match.listing, match.requested_by) == (
        "request", "requested", need, gdynia,
    )  # fmt: skip
    assert match.member_a_id < match.member_b_id
    message = match.messages.get()
    assert (message.sender, message.author, message.text, message.language) == (
        gdynia, representative.user, TEXT, "en",
    )  # fmt: skip
    assert JournalEntry.objects.get(verb="match.requested").actor == representative.user
    mails = {mail.to: mail for mail in OutgoingMail.objects.filter(name="partnerships/match_requested")}
    assert {to: mail.language for to, mail in mails.items()} == {
        "uk@example.org": "uk",
        "pl@example.org": "pl",
    }
    for mail in mails.values():
        assert (mail.category, mail.reply_to) == ("conversation", "")
        assert f"/{mail.language}/matches/{match.slug}/" in mail.text
        assert "Gdynia" in mail.subject
        assert "Генератори" in mail.subject
        for body in (mail.text, mail.html):
            assert "evil[.]example" in body
            for forbidden in ("evil.example", "jan@", representative.user.email, gdynia.contact_email):
                assert forbidden not in body


@pytest.mark.parametrize(
    ("typed", "inert"),
    [
        ("see http://a.example", "see http[://]a[.]example"),
        ("mail a@b.example now", "mail a[@]b[.]example now"),
        ("WWW.A.example/x", "WWW[.]A[.]example/x"),
        ("javascript://x", "javascript[://]x"),
        ("Ми маємо 2.5 т. Дякуємо", "Ми маємо 2.5 т. Дякуємо"),
    ],
)
def test_addresses_in_a_quote_cannot_be_clicked(typed, inert):
    assert quote_of(typed) == [inert]


def test_a_long_message_is_quoted_in_part():
    assert sum(map(len, quote_of("word " * 1000))) < 1600


def test_the_thread_is_read_and_written_by_both_sides(client, need, gdynia):
    match, _new = actions.request_match(member=gdynia, listing=need, text="Dzień dobry", by=make_user())
    login(client, need.member)
    page = client.get(url("match_detail", match.slug))
    assert "Dzień dobry" in page.content.decode()
    response = client.post(url("match_detail", match.slug), {"text": "Доброго дня <b>"})
    assert response.status_code == 302
    login(client, gdynia)
    page = client.get(url("match_detail", match.slug))
    assert "Доброго дня &lt;b&gt;" in page.content.decode()
    assert [message["is_own"] for message in page.context["thread"]] == [True, False]
    assert gdynia.contact_email not in page.content.decode()
    assert (
        OutgoingMail.objects.filter(name="partnerships/message_sent").count() == 0
    )  # Gdynia had nobody then
    client.post(url("match_detail", match.slug), {"text": "Dziękuję"})
    # three now: the Ukrainian, the Polish, and the one who signed in above
    assert OutgoingMail.objects.filter(name="partnerships/message_sent").count() == 3
    assert JournalEntry.objects.filter(verb="message.sent").count() == 2


def test_mails_of_a_conversation_can_be_stopped_and_it_stays_in_the_portal(client, need, gdynia):
    author = make_representative(gdynia).user
    match, _is_new = actions.request_match(member=gdynia, listing=need, text="We have two.", by=author)
    mail = OutgoingMail.objects.get(name="partnerships/match_requested", to="pl@example.org")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.post(urlsplit(mail.headers["List-Unsubscribe"].strip("<>")).path)
    actions.send_message(match, member=gdynia, text="Three, in fact.", by=author)
    told = OutgoingMail.objects.filter(name="partnerships/message_sent")
    assert [mail.to for mail in told] == ["uk@example.org"]
    client.force_login(User.objects.get(email="pl@example.org"))
    assert "Three, in fact." in client.get(url("match_detail", match.slug)).text


@pytest.mark.parametrize("text", ["", "   ", "x" * 3001, "a\0b"])
def test_a_bad_message_is_refused_and_kept(client, need, gdynia, text):
    login(client, gdynia)
    response = client.post(url("match_request", need.slug), {"text": text})
    assert response.status_code in (400, 422)
    assert not Match.objects.exists()
    match, _new = actions.request_match(member=gdynia, listing=need, text="x", by=make_user())
    response = client.post(url("match_detail", match.slug), {"text": text})
    assert response.status_code in (400, 422)
    assert Message.objects.count() == 1


def test_a_second_time_leads_to_the_open_match(client, need, gdynia):
    login(client, gdynia)
    client.post(url("match_request", need.slug), {"text": "One"})
    match = Match.objects.get()
    for method in ("get", "post"):
        assert getattr(client, method)(url("match_request", need.slug)).url == url("match_detail", match.slug)
    assert client.get(url("listing_detail", need.slug)).context["match"] == match
    again, is_new = actions.request_match(member=gdynia, listing=need, text="Two", by=make_user())
    assert (again, is_new) == (match, False)
    assert Message.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_match(need, gdynia):
    user, start, results = make_user(), threading.Barrier(4), []

    def run():
        start.wait(timeout=10)
        try:
            results.append(actions.request_match(member=gdynia, listing=need, text="Hello", by=user)[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(results) == [False, False, False, True]
    assert Match.objects.count() == Message.objects.count() == 1
    assert JournalEntry.objects.filter(verb="match.requested").count() == 1
    assert OutgoingMail.objects.count() == 2


def test_anonymous_visitors_are_told_how(client, need):
    page = client.get(url("listing_detail", need.slug)).content.decode()
    assert "Sign in and write" in page
    assert "/account/login/" in client.get(url("match_request", need.slug)).url
    client.force_login(make_user())
    response = client.get(url("match_request", need.slug))
    assert response.status_code == 403
    assert "Members write to each other" in response.content.decode()


def test_who_may_not_write(client, need, gdynia):
    login(client, need.member)
    assert not client.get(url("listing_detail", need.slug)).context.get("can_request")
    assert client.post(url("match_request", need.slug), {"text": "Myself"}).status_code == 403
    login(client, gdynia, role="viewer")
    assert not client.get(url("listing_detail", need.slug)).context["can_request"]
    assert client.post(url("match_request", need.slug), {"text": "Hi"}).status_code == 403
    login(client, make_member(status="on_hold"))
    assert client.post(url("match_request", need.slug), {"text": "Hi"}).status_code == 403
    assert not Match.objects.exists()


@pytest.mark.parametrize("status", ["draft", "review", "expired", "withdrawn"])
def test_what_is_not_open_takes_no_request(client, need, gdynia, status):
    type(need).objects.filter(pk=need.pk).update(status=status)
    login(client, gdynia)
    assert client.post(url("match_request", need.slug), {"text": "Hi"}).status_code == 404
    with pytest.raises(NotAllowed):
        actions.request_match(member=gdynia, listing=need, text="Hi", by=make_user())


def test_a_closed_match_takes_no_message_and_allows_a_new_one(need, gdynia):
    match, _new = actions.request_match(member=gdynia, listing=need, text="Hi", by=make_user())
    Match.objects.filter(pk=match.pk).update(status="declined", decline_reason="other")
    with pytest.raises(NotAllowed):
        actions.send_message(match, member=gdynia, text="Again", by=make_user())
    _match, is_new = actions.request_match(member=gdynia, listing=need, text="Hi", by=make_user())
    assert is_new


def test_the_thread_does_not_exist_for_others(client, need, gdynia):
    match, _new = actions.request_match(member=gdynia, listing=need, text="Hi", by=make_user())
    address = url("match_detail", match.slug)
    assert "/account/login/" in client.get(address).url
    for member in (make_member(), make_member(status="pending")):
        login(client, member)
        assert client.get(address).status_code == 404
        assert client.post(address, {"text": "Hi"}).status_code == 404
    login(client, gdynia, role="viewer")
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "Hi"}).status_code == 403
    assert Message.objects.count() == 1


def test_requests_are_limited_per_member(client, gdynia):
    login(client, gdynia)
    sector = make_sector()
    for _ in range(REQUESTS_PER_HOUR):
        client.post(url("match_request", make_listing([sector]).slug), {"text": "Hi"})
    refused = client.post(url("match_request", make_listing([sector]).slug), {"text": "Once more"})
    assert refused.status_code == 429
    assert "Once more" in refused.content.decode()
    assert Match.objects.count() == REQUESTS_PER_HOUR


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_conversations_costs_the_same_with_one_and_three_rows(
    client, gdynia, django_assert_num_queries, rows
):
    login(client, gdynia)
    for _ in range(rows):
        actions.request_match(member=gdynia, listing=make_listing(), text="Hi", by=make_user())
    with django_assert_num_queries(5):  # session, person, representation, role, matches
        response = client.get(url("match_list"))
    assert len(response.context["rows"]) == rows


MOVES = {
    ("requested", "accepted"), ("requested", "declined"), ("requested", "closed"), ("accepted", "closed"),
}  # fmt: skip


@pytest.mark.parametrize("was", Match.Status.values)
@pytest.mark.parametrize("to", Match.Status.values)
def test_moves_are_the_ones_of_the_house(was, to):
    assert Match(status=was).can_move_to(to) == ((was, to) in MOVES)
