"""The answers of a handshake: yes, no, taken back, ended, closed by the desk; contacts appear for both sides at the
same commit and not before; the full product of moves; double clicks."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed, move
from partnerships.actions import matches as actions
from partnerships.models import Match, Meeting, Report
from tests.factories import (
    PASSWORD,
    make_listing,
    make_meeting,
    make_member,
    make_representative,
    make_request,
    make_user,
)
from tests.meanwhile import just_before_the_lock

pytestmark = pytest.mark.django_db
CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone")


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


def with_contact(word, **changes):
    return make_member(
        official_name=word.title(),
        contact_name=f"Person of {word}",
        contact_role=f"Office of {word}",
        contact_email=f"contact-{word}@example.org",
        contact_phone="+48225551101" if word == "gdynia" else "+380441112202",
        **changes,
    )


def words_of(member):
    """As a page or a mail may write them."""
    return [
        member.contact_name,
        member.contact_role,
        member.contact_email,
        member.contact_phone.as_international,
    ]


@pytest.fixture
def gdynia():
    return with_contact("gdynia")


@pytest.fixture
def sumy():
    """The side that is asked, with a reader of Ukrainian and one of Polish."""
    member = with_contact("sumy", country="UA", contact_language="uk")
    for language in ("uk", "pl"):
        make_representative(member, make_user(email=f"{language}@example.org", language=language))
    return member


@pytest.fixture
def match(gdynia, sumy):
    return make_request(
        gdynia, sumy, listing=make_listing(member=sumy, partner_note="The gate code is 4711.")
    )


def mails(stem):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(name=f"partnerships/{stem}")}


# --- Yes -----------------------------------------------------------------------------------------------------


def test_contacts_appear_for_both_sides_when_both_agreed_and_not_before(client, match, gdynia, sumy):
    ours, theirs = login(client, gdynia), make_representative(sumy)
    page = url("match_detail", match.slug)
    hidden = [*words_of(sumy), "4711"]
    before = client.get(page)
    assert not [word for word in hidden if word in before.text]
    client.force_login(theirs.user)
    asked = client.get(page)
    assert not [word for word in words_of(gdynia) if word in asked.text]
    assert all(word in asked.text for word in words_of(sumy))  # its own, to be corrected before it says yes
    assert client.post(url("match_accept", match.slug)).url == page
    match.refresh_from_db()
    assert (match.status, match.answer_of(sumy), match.answered_b_by or match.answered_a_by) == (
        "accepted", "yes", theirs.user,
    )  # fmt: skip
    assert match.accepted_at
    assert all(word in client.get(page).text for word in words_of(gdynia))
    client.force_login(ours.user)
    assert all(word in client.get(page).text for word in hidden)


def test_both_sides_read_the_contact_in_one_mail_of_the_same_commit(match, gdynia, sumy):
    office = make_representative(gdynia, make_user(email="office@example.org", language="en")).user
    actions.accept_match(match, member=sumy, by=make_user())
    sent = mails("match_accepted")
    assert {to: mail.language for to, mail in sent.items()} == {
        "contact-gdynia@example.org": "en", "office@example.org": "en",
        "contact-sumy@example.org": "uk", "uk@example.org": "uk", "pl@example.org": "pl",
    }  # fmt: skip
    for to in ("office@example.org", "contact-gdynia@example.org"):
        assert all(word in sent[to].text and word in sent[to].html for word in words_of(sumy))
        assert sent[to].reply_to == sumy.contact_email
        assert not [word for word in words_of(gdynia) if word in sent[to].text + sent[to].html]
    for to in ("contact-sumy@example.org", "uk@example.org", "pl@example.org"):
        assert all(word in sent[to].text and word in sent[to].html for word in words_of(gdynia))
        assert sent[to].reply_to == gdynia.contact_email
    assert {mail.category for mail in sent.values()} == {"transactional"}
    assert office.email not in sent["uk@example.org"].text
    assert JournalEntry.objects.get(verb="match.accepted").data["now"] == "accepted"


def test_nothing_is_sent_when_the_acceptance_is_rolled_back(match, sumy):
    with transaction.atomic():
        actions.accept_match(match, member=sumy, by=make_user())
        assert OutgoingMail.objects.exists()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()
    match.refresh_from_db()
    assert match.status == "requested"


def test_no_mail_before_the_acceptance_holds_a_contact(match, gdynia, sumy):
    make_representative(gdynia)
    user = make_user()
    actions.send_message(match, member=gdynia, text="Hi", by=user)
    actions.send_message(match, member=sumy, text="Hi", by=user)
    actions.decline_match(match, member=sumy, reason="other", text="No", by=user)
    letters = OutgoingMail.objects.all()
    assert letters.count() == 4
    for letter in letters:
        for word in (*words_of(gdynia), *words_of(sumy)):
            assert word not in letter.subject + letter.text + letter.html + letter.reply_to


def test_a_suggestion_needs_both_answers(gdynia, sumy):
    match = make_request(gdynia, sumy, origin="suggestion")
    blank = {f"answer{part}": value for side in "ab" for part, value in ((f"_{side}", ""),)}
    blank |= {"answered_a_at": None, "answered_b_at": None, "requested_by": None}
    Match.objects.filter(pk=match.pk).update(**blank)
    actions.accept_match(match, member=gdynia, by=make_user())
    match.refresh_from_db()
    assert (match.status, match.answer_of(gdynia), match.answer_of(sumy)) == ("requested", "yes", "")
    assert not OutgoingMail.objects.exists()
    assert JournalEntry.objects.filter(verb="match.answered").count() == 1
    with pytest.raises(NotAllowed):
        actions.accept_match(match, member=gdynia, by=make_user())
    actions.accept_match(match, member=sumy, by=make_user())
    match.refresh_from_db()
    assert match.status == "accepted"
    assert mails("match_accepted")


@pytest.mark.parametrize("side", ["gdynia", "sumy"])
def test_a_member_on_hold_meanwhile_reveals_nothing(match, gdynia, sumy, side):
    type(gdynia).objects.filter(pk={"gdynia": gdynia, "sumy": sumy}[side].pk).update(status="on_hold")
    with pytest.raises(NotAllowed):
        actions.accept_match(match, member=sumy, by=make_user())
    assert not OutgoingMail.objects.exists()


# --- No, taken back, ended -----------------------------------------------------------------------------------


def test_declining_needs_a_reason_and_is_told_in_the_readers_language(client, gdynia, sumy, match):
    make_representative(gdynia, make_user(email="pl2@example.org", language="pl"))
    login(client, sumy)
    address = url("match_decline", match.slug)
    assert client.get(address).status_code == 200
    for wrong in (
        {},
        {"reason": "nonsense"},
        {"reason": "other"},
        {"reason": "language", "text": "x" * 1001},
    ):
        refused = client.post(address, wrong)
        assert refused.status_code == 422
        assert refused.context["form"].errors
    response = client.post(address, {"reason": "no_capacity", "text": "Write to me@evil.example"})
    assert response.url == url("match_detail", match.slug)
    match.refresh_from_db()
    assert (match.status, match.decline_reason, match.answer_of(sumy)) == ("declined", "no_capacity", "no")
    mail = mails("match_declined")["pl2@example.org"]
    assert (mail.language, mail.is_secret) == ("pl", True)
    assert "me[@]evil[.]example" in mail.text
    assert "nie mamy obecnie możliwości." in mail.text
    assert JournalEntry.objects.get(verb="match.declined").data["reason"] == "no_capacity"
    assert "evil" not in str(JournalEntry.objects.get(verb="match.declined").data)
    client.force_login(gdynia.representatives.get().user)
    page = client.get(response.url).text
    assert "Sumy declined: we have no capacity now." in page
    assert "me@evil.example" in page


def test_the_side_that_asked_may_take_it_back(client, match, gdynia, sumy):
    login(client, gdynia)
    assert client.post(url("match_take_back", match.slug)).status_code == 302
    match.refresh_from_db()
    assert (match.status, match.close_reason, match.closed_by) == ("closed", "taken_back", gdynia)
    assert set(mails("match_taken_back")) == {"uk@example.org", "pl@example.org"}
    client.force_login(sumy.representatives.first().user)
    page = client.get(url("match_detail", match.slug)).text
    assert "Gdynia took the request back." in page
    assert url("match_accept", match.slug) not in page


@pytest.mark.parametrize("who", ["gdynia", "sumy"])
def test_either_side_ends_an_accepted_match_and_contacts_disappear(client, match, gdynia, sumy, who):
    actions.accept_match(match, member=sumy, by=make_user())
    match.refresh_from_db()
    agreed = make_meeting(match, gdynia, status="agreed", sequence=1)
    proposed, past = make_meeting(match, sumy), make_meeting(match, status="agreed", sequence=1)
    Meeting.objects.filter(pk=past.pk).update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T11:00Z")
    us, them = (gdynia, sumy) if who == "gdynia" else (sumy, gdynia)
    login(client, us)
    make_representative(them, make_user(email="them@example.org"))
    assert client.get(url("match_end", match.slug)).status_code == 200
    client.post(url("match_end", match.slug), {"text": "Thank you for everything."})
    match.refresh_from_db()
    assert (match.status, match.close_reason, match.closed_by) == ("closed", "ended", us)
    for meeting, status in ((agreed, "cancelled"), (proposed, "cancelled"), (past, "agreed")):
        meeting.refresh_from_db()
        assert meeting.status == status
    assert "Thank you for everything." in mails("match_ended")["them@example.org"].text
    assert "METHOD:CANCEL" in mails("meeting_cancelled")["them@example.org"].calendar
    page = client.get(url("match_detail", match.slug)).text
    assert not [word for word in words_of(them) if word in page]
    assert client.post(url("match_detail", match.slug), {"text": "Hi"}).status_code == 403
    assert client.get(url("meeting_calendar", agreed.slug)).status_code == 404


def test_the_desk_closes_with_words_for_both(match, gdynia, sumy):
    make_representative(gdynia, make_user(email="gdynia@example.org"))
    actions.close_match(match, text="Both of you asked us to.", by=make_user())
    match.refresh_from_db()
    assert (match.close_reason, match.closed_by) == ("desk", None)
    sent = mails("match_closed")
    assert set(sent) == {"gdynia@example.org", "uk@example.org", "pl@example.org"}
    assert all("Both of you asked us to." in mail.text for mail in sent.values())


# --- Who comes second, and who may not -----------------------------------------------------------------------

VERBS = {
    "match_accept": {},
    "match_decline": {"reason": "language"},
    "match_take_back": {},
    "match_end": {},
}


def prepared(match, verb):
    """The match in the state in which a verb is possible, and the side that may."""
    asker = match.requested_by
    if verb == "match_end":
        actions.accept_match(match, member=match.other_side(asker), by=make_user())
        OutgoingMail.objects.all().delete()
    return asker if verb in ("match_take_back", "match_end") else match.other_side(asker)


@pytest.mark.parametrize("verb", VERBS)
def test_a_second_click_changes_nothing_and_says_so(client, match, verb):
    login(client, prepared(match, verb))
    client.post(url(verb, match.slug), VERBS[verb])
    done = (JournalEntry.objects.count(), OutgoingMail.objects.count())
    again = client.post(url(verb, match.slug), VERBS[verb], follow=True)
    assert "Nothing changed" in again.text
    assert (JournalEntry.objects.count(), OutgoingMail.objects.count()) == done


@pytest.mark.parametrize("verb", VERBS)
def test_who_comes_second_at_the_last_moment_is_told(client, match, verb):
    member = prepared(match, verb)
    login(client, member)
    with just_before_the_lock(lambda: Match.objects.filter(pk=match.pk).update(**CLOSED)):
        response = client.post(url(verb, match.slug), VERBS[verb], follow=True)
    assert "Nothing changed" in response.text
    assert not OutgoingMail.objects.exists()


CLOSED = {"status": "closed", "close_reason": "silent"}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not(client, match, verb):
    member = prepared(match, verb)
    address = url(verb, match.slug)
    login(client, make_member())
    assert client.post(address, VERBS[verb]).status_code == 404
    login(client, member, role="viewer")
    assert client.post(address, VERBS[verb]).status_code == 403
    if verb != "match_end":  # the wrong side
        login(client, match.other_side(member))
        assert "Nothing changed" in client.post(address, VERBS[verb], follow=True).text
    client.logout()
    assert client.post(address, VERBS[verb]).status_code == 403
    was = match.status
    match.refresh_from_db()
    assert match.status == was


# --- Moves ---------------------------------------------------------------------------------------------------

MATCH_MOVES = {
    ("requested", "accepted"), ("requested", "declined"), ("requested", "closed"), ("accepted", "closed"),
}  # fmt: skip
MEETING_MOVES = {
    ("proposed", "agreed"), ("proposed", "declined"), ("proposed", "cancelled"), ("agreed", "cancelled"),
}  # fmt: skip
REPORT_MOVES = {("open", "upheld"), ("open", "dismissed")}
# What a row of each status holds besides.
HOLDS = {
    Match: {
        "accepted": {"answer_a": "yes", "answer_b": "yes", "accepted_at": "2026-01-01T10:00Z"}
        | {f"answered_{side}_at": "2026-01-01T10:00Z" for side in "ab"},
        "declined": {"decline_reason": "other"},
        "closed": {"close_reason": "ended"},
    },
    Report: {"upheld": {"outcome": "Done."}, "dismissed": {"outcome": "No."}},
}
PRODUCT = [
    (model, was, to, moves)
    for model, moves in ((Match, MATCH_MOVES), (Meeting, MEETING_MOVES), (Report, REPORT_MOVES))
    for was in model.Status.values
    for to in model.Status.values
]


def stated(model, status):
    row = {
        Match: make_request,
        Meeting: make_meeting,
        Report: lambda: Report.objects.create(
            reporter=make_member(), author=make_user(), listing=make_listing(), reason="fraud"
        ),
    }[model]()
    model.objects.filter(pk=row.pk).update(status=status, **HOLDS.get(model, {}).get(status, {}))
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(("model", "was", "to", "moves"), PRODUCT)
def test_moves_are_the_ones_of_the_house(model, was, to, moves):
    row = stated(model, was)
    given = HOLDS.get(model, {}).get(to, {})
    assert row.can_move_to(to) == ((was, to) in moves)
    if (was, to) in moves:
        move(row, to, by=make_user(), verb="row.moved", **given)
        assert type(row).objects.get(pk=row.pk).status == to
    else:
        with pytest.raises(NotAllowed):
            move(row, to, by=make_user(), verb="row.moved", **given)
        assert type(row).objects.get(pk=row.pk).status == was
    assert JournalEntry.objects.filter(verb="row.moved").count() == ((was, to) in moves)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"status": "accepted"},
        {"status": "declined"},
        {"status": "closed"},
        {"close_reason": "ended"},
        {"close_text": "words"},
        {"decline_text": "words"},
        {"answer_a": "yes", "answered_a_at": None},
    ],
)
def test_the_database_refuses_nonsense(nonsense):
    match = make_request(make_member(), make_member())
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(**nonsense)


def test_only_a_side_can_have_closed_it():
    match = make_request(status="closed", close_reason="ended")
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(closed_by=make_member())


@pytest.mark.parametrize("about", ["listing", "nothing"])
def test_one_match_is_open_per_pair_and_listing(about):
    one, other = make_member(), make_member()
    listing = make_listing(member=one) if about == "listing" else None
    first = make_request(one, other, listing=listing)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(other, one, listing=listing)
    actions.take_back_match(first, member=one, by=make_user())
    make_request(other, one, listing=listing)
    assert Match.objects.of_pair(one, other).count() == 2
