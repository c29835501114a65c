"""“I am interested”: the match, its mails, the thread, races, limits and who may."""

import threading
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.links import sign
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.users.models import User
from partnerships.actions import matches as actions
from partnerships.emails.readers import quote_of
from partnerships.links import match_path
from partnerships.models import HelpRequest, Match, Message
from partnerships.views.matches import REQUESTS_PER_HOUR
from tests.factories import (
    PASSWORD,
    make_listing,
    make_meeting,
    make_member,
    make_representative,
    make_request,
    make_sector,
    make_user,
)


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
        assert f"/{mail.language}/matches/open/" in mail.text
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
        start.wait(timeout=120)
        try:
            results.append(actions.request_match(member=gdynia, listing=need, text="Hello", by=user)[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
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
    type(need).objects.filter(pk=need.pk).update(status=status, unread_since=need.created_at)
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
        make_request(gdynia, listing=make_listing())
    with django_assert_num_queries(6):  # session, person, representation, role, counts, matches
        response = client.get(url("match_list"))
    assert len(response.context["rows"]) == rows


def test_a_member_is_asked_in_general_from_its_page(client, gdynia):
    other = make_member(country="UA", official_name="Sumy")
    make_representative(other, make_user(email="sumy@example.org", language="uk"))
    assert "Sign in and write" in client.get(reverse("members:member_detail", args=[other.slug])).text
    login(client, gdynia)
    page = client.get(reverse("members:member_detail", args=[other.slug]))
    assert url("match_request_member", other.slug) in page.text
    assert client.get(url("match_request_member", other.slug)).status_code == 200
    response = client.post(url("match_request_member", other.slug), {"text": "Shall we talk?"})
    match = Match.objects.get()
    assert response.url == url("match_detail", match.slug)
    assert (match.listing, match.requested_by, match.answer_of(gdynia), match.answer_of(other)) == (
        None, gdynia, "yes", "",
    )  # fmt: skip
    mail = OutgoingMail.objects.get(name="partnerships/match_requested")
    assert (mail.to, mail.language, mail.is_secret) == ("sumy@example.org", "uk", True)
    again = client.post(url("match_request_member", other.slug), {"text": "Once more"})
    assert again.url == response.url
    assert Message.objects.count() == OutgoingMail.objects.count() == 1
    assert "Shall we talk?" in client.get(response.url).text


def test_general_requests_of_both_directions_are_one(gdynia):
    other = make_member()
    match, _is_new = actions.request_match(member=gdynia, to=other, text="Hi", by=make_user())
    assert actions.request_match(member=other, to=gdynia, text="Hi", by=make_user()) == (match, False)
    about, is_new = actions.request_match(
        member=gdynia, listing=make_listing(member=other), text="Hi", by=make_user()
    )
    assert is_new
    assert about != match


@pytest.mark.parametrize("status", ["on_hold", "left", "pending"])
def test_only_approved_members_are_asked(client, gdynia, status):
    other = make_member(status=status)
    login(client, gdynia)
    assert client.post(url("match_request_member", other.slug), {"text": "Hi"}).status_code == 404
    with pytest.raises(NotAllowed):
        actions.request_match(member=gdynia, to=other, text="Hi", by=make_user())
    with pytest.raises(NotAllowed):
        actions.request_match(member=gdynia, to=gdynia, text="Hi", by=make_user())


def test_a_message_sent_by_a_double_click_is_one(client, gdynia):
    match = make_request(gdynia)
    make_representative(match.other_side(gdynia))
    login(client, gdynia)
    page = client.get(url("match_detail", match.slug))
    sent = {"text": "Good morning", "key": page.context["form"].initial["key"]}
    for _click in range(2):
        assert client.post(url("match_detail", match.slug), sent).status_code == 302
    assert match.messages.filter(text="Good morning").count() == 1
    assert OutgoingMail.objects.count() == 1
    other_page = client.get(url("match_detail", match.slug)).context["form"].initial["key"]
    client.post(url("match_detail", match.slug), {"text": "Good morning", "key": other_page})
    client.post(url("match_detail", match.slug), {"text": "Good morning", "key": "no key of ours"})
    assert match.messages.filter(text="Good morning").count() == 3


def test_the_link_of_a_mail_asks_for_a_login_and_leads_to_the_side_it_was_for(client, gdynia):
    match = make_request(gdynia)
    other = match.other_side(gdynia)
    user = make_representative(gdynia).user
    make_representative(other, user)  # acts for both sides
    address = match_path(match, other)
    asked = client.get(address)
    assert (asked.status_code, asked.url) == (302, f"{reverse('account_login')}?next={quote(address)}")
    assert "_auth_user_id" not in client.session
    client.force_login(user)
    assert client.get(url("match_detail", match.slug)).context["other"] == other
    assert client.get(address, follow=True).context["other"] == gdynia
    assert client.get(match_path(match, gdynia), follow=True).context["other"] == other
    client.force_login(make_representative().user)
    assert client.get(address).status_code == 404
    for forged in (
        address.replace("/open/", "/open/x"),
        url("match_open", sign("else", match.slug, other.slug)),
    ):
        assert client.get(forged).status_code == 404


def test_the_list_shows_what_waits_first_and_filters(client, gdynia):
    login(client, gdynia)
    ended = make_request(gdynia, status="closed", close_reason="silent")
    accepted, asked = make_request(gdynia, status="accepted"), make_request(gdynia)
    to_answer = make_request(make_member(), gdynia)
    meeting = make_meeting(make_request(gdynia, status="accepted"), None)
    type(meeting).objects.update(proposed_by=meeting.match.other_side(gdynia))
    Match.objects.filter(pk=to_answer.pk).update(updated_at=to_answer.created_at - timedelta(days=9))
    make_request()  # of others

    def shown(state=""):
        rows = client.get(url("match_list"), {"state": state}).context["rows"]
        return [row["href"].split("/")[-2] for row in rows]

    waiting = [meeting.match.slug, to_answer.slug]
    assert shown() == [*waiting, asked.slug, accepted.slug, ended.slug]
    assert shown("waiting") == waiting
    assert shown("asked") == [asked.slug]
    assert set(shown("accepted")) == {accepted.slug, meeting.match.slug}
    assert shown("ended") == [ended.slug]
    assert shown("nonsense") == shown()
    counts = [tab["count"] for tab in client.get(url("match_list")).context["tabs"]]
    assert counts == ["5", "2", "1", "2", "1"]


def test_pages_of_the_list_and_of_a_thread_lose_nothing(client, gdynia):
    login(client, gdynia)
    matches = {
        make_request(make_member(), gdynia).slug if n % 9 else make_request(gdynia).slug for n in range(30)
    }
    seen, address = [], url("match_list")
    while address:
        page = client.get(address)
        seen += [row["href"].split("/")[-2] for row in page.context["rows"]]
        following = page.context["pages"]["next_url"]
        address = url("match_list") + following if following else ""
    assert len(seen) == 30
    assert set(seen) == matches
    match = make_request(gdynia, text="0")
    for n in range(1, 60):
        actions.send_message(match, member=gdynia, text=str(n), by=make_user())
    page = client.get(url("match_detail", match.slug))
    assert [message["text"] for message in page.context["thread"]] == [str(n) for n in range(10, 60)]
    earlier = client.get(url("match_detail", match.slug) + page.context["earlier_url"])
    assert [message["text"] for message in earlier.context["thread"]] == [str(n) for n in range(10)]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_conversation_costs_the_same_with_one_and_three_of_everything(
    client, gdynia, django_assert_num_queries, rows
):
    login(client, gdynia)
    match = make_request(gdynia, status="accepted", listing=make_listing(member=gdynia))
    for n in range(rows):
        make_meeting(match)
        make_meeting(match, match.other_side(gdynia))
        HelpRequest.objects.create(
            match=match, member=gdynia, kind="mediator", done_at=timezone.now() if n else None
        )
        actions.send_message(match, member=gdynia, text="Hi", by=make_user())
    client.get(url("match_detail", match.slug))
    # Session, person, representation (also for the note), role twice, match, rows of four tables.
    with django_assert_num_queries(14):
        client.get(url("match_detail", match.slug))
