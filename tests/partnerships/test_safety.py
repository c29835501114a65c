"""Blocking a member, and reports to the desk: what the other side learns, what the desk reads, who is told what."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships.actions import matches, safety
from partnerships.models import Block, Match, Report
from partnerships.refusals import KeptApart
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_listing,
    make_meeting,
    make_member,
    make_representative,
    make_request,
    make_user,
)

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


@pytest.fixture
def gdynia():
    return make_member(official_name="Gdynia")


@pytest.fixture
def sumy():
    return make_member(official_name="Sumy", country="UA")


def mails(stem):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(name=f"partnerships/{stem}")}


# --- Blocking ------------------------------------------------------------------------------------------------


def test_a_block_closes_what_is_open_and_says_nothing_of_itself(client, gdynia, sumy):
    make_representative(gdynia, make_user(email="blocked@example.org"))
    rows = [make_request(gdynia, sumy, status="accepted"), make_request(gdynia, sumy, listing=make_listing())]
    make_meeting(rows[0], status="agreed", sequence=1)
    over = make_request(gdynia, sumy, listing=make_listing(), status="closed", close_reason="ended")
    others = make_request(sumy)
    login(client, sumy)
    assert client.get(url("member_block", gdynia.slug)).status_code == 200
    assert client.post(url("member_block", gdynia.slug)).url == url("block_list")
    for match in rows:
        match.refresh_from_db()
        assert (match.status, match.close_reason) == ("closed", "blocked")
    over.refresh_from_db()
    others.refresh_from_db()
    assert (over.close_reason, others.status) == ("ended", "requested")
    told = OutgoingMail.objects.filter(to="blocked@example.org", name="partnerships/match_closed")
    assert told.count() == 2
    page = client.get(url("match_detail", rows[0].slug)).text
    assert "You blocked this member." in page
    client.force_login(gdynia.representatives.get().user)
    page = client.get(url("match_detail", rows[0].slug)).text
    assert "The conversation is closed." in page
    for text in (page, *[mail.subject + mail.text + mail.html for mail in told]):
        assert "block" not in text.replace("blockquote", "").replace("display: inline-block", "").replace(
            f'href="{url("block_list")}"', ""
        ).replace("Block this member", "").replace(url("member_block", sumy.slug), "").replace("blocked@", "")


def test_nobody_asks_across_a_block(client, gdynia, sumy):
    listing = make_listing(member=sumy)
    safety.block_member(sumy, other=gdynia, by=make_user())
    login(client, gdynia)
    for address in (url("match_request", listing.slug), url("match_request_member", sumy.slug)):
        for method in ("get", "post"):
            response = getattr(client, method)(address, {"text": "Please!"})
            assert response.status_code == 403
            assert "This member does not take any requests at the moment." in response.text
    login(client, sumy)
    response = client.post(url("match_request_member", gdynia.slug), {"text": "Hello"})
    assert response.status_code == 403
    assert "You have blocked this member." in response.text
    assert not Match.objects.exists()
    with pytest.raises(KeptApart):
        matches.request_match(member=gdynia, to=sumy, text="Hi", by=make_user())


def test_a_block_is_lifted_by_who_set_it(client, gdynia, sumy):
    user = make_user()
    assert safety.block_member(sumy, other=gdynia, by=user)
    assert not safety.block_member(sumy, other=gdynia, by=user)
    login(client, gdynia)
    assert client.post(url("member_unblock", sumy.slug)).status_code == 404
    assert client.get(url("block_list")).context["rows"].count() == 0
    login(client, sumy)
    assert "Gdynia" in client.get(url("block_list")).text
    assert client.post(url("member_unblock", gdynia.slug)).url == url("block_list")
    assert client.post(url("member_unblock", gdynia.slug)).status_code == 404
    matches.request_match(member=gdynia, to=sumy, text="Hi", by=user)
    verbs = JournalEntry.objects.about(gdynia).values_list("verb", flat=True)
    assert sorted(verbs) == ["member.blocked", "member.unblocked"]


def test_two_may_block_each_other_and_both_must_lift_it(gdynia, sumy):
    user = make_user()
    safety.block_member(sumy, other=gdynia, by=user)
    safety.block_member(gdynia, other=sumy, by=user)
    safety.unblock_member(gdynia, other=sumy, by=user)
    with pytest.raises(KeptApart):
        matches.request_match(member=gdynia, to=sumy, text="Hi", by=user)
    safety.unblock_member(sumy, other=gdynia, by=user)
    assert not safety.unblock_member(sumy, other=gdynia, by=user)
    assert matches.request_match(member=gdynia, to=sumy, text="Hi", by=user)[1]


def test_who_may_not_block(client, gdynia, sumy):
    address = url("member_block", gdynia.slug)
    assert client.post(address).status_code == 403
    login(client, sumy, role="viewer")
    assert client.post(address).status_code == 403
    login(client, gdynia)
    assert client.post(address).status_code == 404  # oneself
    with pytest.raises(NotAllowed):
        safety.block_member(gdynia, other=gdynia, by=make_user())
    assert not Block.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_blocks_costs_the_same_with_one_and_three_rows(
    client, sumy, django_assert_num_queries, rows
):
    for _ in range(rows):
        safety.block_member(sumy, other=make_member(), by=make_user())
    login(client, sumy)
    client.get(url("block_list"))
    with django_assert_num_queries(6):  # session, person, representation, role twice, blocks
        assert len(client.get(url("block_list")).context["rows"]) == rows


# --- Reports -------------------------------------------------------------------------------------------------


def test_a_listing_is_reported_and_the_inbox_told(client, gdynia, sumy):
    listing = make_listing(member=sumy)
    user = login(client, gdynia, role="viewer").user
    address = url("listing_report", listing.slug)
    assert address in client.get(url("listing_detail", listing.slug)).text
    assert client.get(address).status_code == 200
    for wrong in ({}, {"reason": "other"}, {"reason": "nonsense"}, {"reason": "fraud", "text": "x" * 2001}):
        assert client.post(address, wrong).status_code == 422
    response = client.post(address, {"reason": "dangerous", "text": "It names a power plant."})
    assert response.url == url("listing_detail", listing.slug)
    report = Report.objects.get()
    assert (report.reporter, report.author, report.listing, report.reported) == (gdynia, user, listing, sumy)
    mail = mails("report_made")["supportukraine@alliance.example"]
    assert reverse("admin:partnerships_report_change", args=[report.pk]) in mail.text
    assert "It names a power plant." in mail.text
    again = client.post(address, {"reason": "fraud"}, follow=True)
    assert "The desk has this report of yours already" in again.text
    assert Report.objects.count() == OutgoingMail.objects.count() == 1


def test_ones_own_and_what_one_does_not_see_cannot_be_reported(client, gdynia, sumy):
    own, draft = make_listing(member=gdynia), make_listing(member=sumy, status="draft")
    match = make_request(gdynia, sumy)
    login(client, gdynia)
    assert client.post(url("listing_report", own.slug), {"reason": "fraud"}).status_code == 403
    assert client.post(url("listing_report", draft.slug), {"reason": "fraud"}).status_code == 404
    own_message = url("message_report", match.slug, match.messages.get().pk)
    assert client.post(own_message, {"reason": "abuse"}).status_code == 404
    login(client, make_member())
    assert client.post(url("match_report", match.slug), {"reason": "abuse"}).status_code == 404
    with pytest.raises(NotAllowed):
        safety.report_listing(own, member=gdynia, reason="fraud", by=make_user())
    with pytest.raises(NotAllowed):
        safety.report_match(match, member=make_member(), reason="abuse", by=make_user())
    with pytest.raises(NotAllowed):
        safety.report_match(
            match, member=gdynia, message=match.messages.get(), reason="abuse", by=make_user()
        )
    assert not Report.objects.exists()


def desk(client):
    coordinator = make_coordinator()
    client.force_login(coordinator)
    return coordinator


def admin_url(report, verb=""):
    name = "verb" if verb else "change"
    return reverse(f"admin:partnerships_report_{name}", args=[report.pk, *([verb] if verb else [])])


@pytest.fixture
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.mark.usefixtures("_one_factor")
def test_the_desk_reads_what_was_reported_and_nothing_else(client, gdynia, sumy):
    user = make_user()
    match = make_request(gdynia, sumy, text="The first word")
    bad = matches.send_message(match, member=gdynia, text="An insult <b>", by=user)
    about_one, _new = safety.report_match(match, member=sumy, message=bad, reason="abuse", by=user)
    about_all, _new = safety.report_match(match, member=sumy, reason="abuse", by=user)
    matches.send_message(match, member=gdynia, text="Said afterwards", by=user)
    desk(client)
    for model in ("match", "helprequest"):
        page = client.get(reverse(f"admin:partnerships_{model}_changelist")).text
        assert "The first word" not in page
    match_page = client.get(reverse("admin:partnerships_match_change", args=[match.pk])).text
    one, whole = client.get(admin_url(about_one)).text, client.get(admin_url(about_all)).text
    assert [word in one for word in ("The first word", "An insult &lt;b&gt;", "Said afterwards")] == [
        False, True, False,
    ]  # fmt: skip
    assert [word in whole for word in ("The first word", "An insult", "Said afterwards")] == [
        True,
        True,
        False,
    ]
    assert "The first word" not in match_page
    mail = OutgoingMail.objects.filter(name="partnerships/message_sent").first()
    assert mail is None or mail.is_secret


@pytest.mark.usefixtures("_one_factor")
@pytest.mark.parametrize(("verb", "status"), [("uphold", "upheld"), ("dismiss", "dismissed")])
def test_the_desk_decides_in_words_and_the_reporter_is_told(client, sumy, verb, status):
    author = make_user(email="author@example.org", language="uk")
    report, _new = safety.report_listing(make_listing(), member=sumy, reason="fraud", by=author)
    desk(client)
    assert client.get(admin_url(report, verb)).status_code == 200
    assert client.post(admin_url(report, verb), {"outcome": ""}).status_code == 422
    client.post(admin_url(report, verb), {"outcome": "Ми перевірили: https://evil.example"})
    report.refresh_from_db()
    assert (report.status, report.outcome) == (status, "Ми перевірили: https://evil.example")
    mail = mails("report_decided")["author@example.org"]
    assert mail.language == "uk"
    assert "https[://]evil[.]example" in mail.text
    again = client.post(admin_url(report, verb), {"outcome": "Again"}, follow=True)
    assert "Somebody was faster" in again.text
    assert OutgoingMail.objects.filter(name="partnerships/report_decided").count() == 1


@pytest.mark.usefixtures("_one_factor")
@pytest.mark.parametrize("side", ["reporter", "reported"])
def test_who_acts_for_one_of_the_two_does_not_decide(client, gdynia, sumy, side):
    report, _new = safety.report_listing(
        make_listing(member=gdynia), member=sumy, reason="fraud", by=make_user()
    )
    make_representative(sumy if side == "reporter" else gdynia, desk(client))
    assert client.post(admin_url(report, "uphold"), {"outcome": "Fine."}).status_code == 403
    report.refresh_from_db()
    assert report.status == "open"


@pytest.mark.usefixtures("_one_factor")
@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_with_one_and_three_rows(client, sumy, django_assert_num_queries, rows):
    for _ in range(rows):
        safety.report_listing(make_listing(), member=sumy, reason="fraud", by=make_user())
        safety.report_match(make_request(sumy), member=sumy, reason="abuse", by=make_user())
    desk(client)
    address = reverse("admin:partnerships_report_changelist")
    client.get(address)
    with django_assert_num_queries(7):  # session, person, group, rights twice, count, rows
        client.get(address)


@pytest.mark.parametrize(
    "nonsense",
    [{"outcome": "Decided."}, {"status": "upheld"}, {"listing": None}, {"message_id": None, "match": 0}],
)
def test_the_database_refuses_nonsense(sumy, nonsense):
    report, _new = safety.report_listing(make_listing(), member=sumy, reason="fraud", by=make_user())
    if "match" in nonsense:
        nonsense = nonsense | {"match": make_request(sumy)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(**nonsense)
