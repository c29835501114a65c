"""Every letter of members, partnerships and the contact form, sent by its real function in each language."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from alliance.content.actions import week_figures
from alliance.content.emails import newsletter, policy, surveys, ticket_turns, week
from alliance.content.emails import tickets as content
from alliance.content.models import TicketMessage
from alliance.core.models import OutgoingMail
from members.emails import addresses, desk, joining, people
from members.models import Invitation, Mandate, Member
from partnerships.emails import (
    agreements,
    clusters,
    deliveries,
    digests,
    due_days,
    listings,
    matches,
    meetings,
    overdue,
    rounds,
    twinning_clocks,
    twinning_life,
    twinning_people,
    twinnings,
    validity,
)
from partnerships.emails import desk as partnerships_desk
from partnerships.emails import pledges as ledger
from partnerships.emails.readers import Reader
from partnerships.ledger import totals
from partnerships.legal_clocks import SENT_TO_JUSTICE, Clock
from partnerships.models import (
    ClusterMember,
    DayChange,
    HelpRequest,
    Match,
    MatchingRound,
    Message,
    Report,
    RoundParticipant,
    RoundProposal,
    SavedSearch,
    StaffHandOver,
    StageProposal,
    Transport,
)
from tests.factories import (
    make_address_change,
    make_cluster,
    make_coordinator,
    make_draft,
    make_issue,
    make_listing,
    make_match,
    make_meeting,
    make_member,
    make_milestone,
    make_party,
    make_pledge,
    make_policy_issue,
    make_representative,
    make_subscription,
    make_survey_answer,
    make_ticket,
    make_twinning,
    make_twinning_document,
    make_twinning_news,
    make_user,
)

pytestmark = pytest.mark.django_db

FOLDERS = ("members", "partnerships", "content")
STEMS = {
    f"{folder}/{path.name.removesuffix('_subject.txt')}"
    for folder in FOLDERS
    for path in (settings.BASE_DIR / "templates" / folder / "email").glob("*_subject.txt")
}
# Days end with a full stop in two of the languages, so a sentence must not end with a day.
LEFT_OVER = re.compile(r"\{\{|\{%|%\(|&amp;amp;|None|(?<!\.)\.\.(?!\.)|functools|bound method")
# What a mail program shows as a box, or a search does not find: hyphens that look like the ordinary one, and what has
# no width.
ODD_SIGNS = re.compile("[\u00ad\u200b-\u200d\u2010\u2011\u2060\ufeff]")
# Their reader is the desk: the language is that of the inbox.
TO_AN_INBOX = {
    "members/application_arrived",
    "members/application_resubmitted",
    "members/address_change_arrived",
    "content/ticket_arrived",
    "content/ticket_continued",
    "content/policy_raised",
    "partnerships/listing_submitted",
    "partnerships/match_unanswered",
    "partnerships/help_requested",
    "partnerships/report_made",
    "partnerships/pledge_disputed_desk",
    "partnerships/twinning_contested",
}


def send_members(language):
    parent = make_member(kind=Member.Kind.ASSOCIATION, country="UA", official_name="Union")
    member = make_member(
        official_name="Gmina <Próbna> & Spółka",
        contact_language=language,
        parent=parent,
        status_changed_at=timezone.now(),
        desk_message="Please name your mayor.",
    )
    Mandate.objects.create(member=member, promised_by=timezone.localdate() + timedelta(days=9))
    user = make_user(language=language)
    joining.application_started(member)
    joining.application_link(member, "application_link")
    joining.application_invited(member)
    joining.application_received(member)
    joining.application_arrived(member)
    joining.application_resubmitted(member)
    joining.application_reminder(member, 7)
    joining.application_expiring(member, timezone.localdate() + timedelta(days=14))
    joining.mandate_reminder(member)
    for name in desk.ACTIONS:
        desk.decision(name, member, reason="Because of §4")
    desk.desk_told(
        "member_refused", member, make_coordinator(language=language), decided_by=make_coordinator()
    )
    people.representative_invited(
        Invitation.objects.create(
            member=member,
            email="new@example.org",
            role="editor",
            language=language,
            invited_by=user,
            expires_at=timezone.now() + timedelta(days=14),
        )
    )
    people.representation_ended(make_representative(member, user))
    people.contact_handed_over(member, user)
    people.contact_email_confirm(member, "new@example.org")
    addresses.address_change_requested(change := make_address_change(member, new="biuro@gmіna.pl"))
    addresses.address_change_arrived(change)
    addresses.address_change_accepted(change, before="old@example.org")
    addresses.address_change_refused(change, reason="Because of §4")
    return member


def send_ledger(language, member):
    """One of each letter of the ledger, to the giver or to the receiver."""
    make_representative(member, make_user(language=language))
    given = make_pledge(
        "promised 3 · committed 3 · cancelled 1 · dispatched 2", giver=make_member(), receiver=member
    )
    events = {event.kind: event for event in given.lines.get().events.all()}
    for kind in ("promised", "committed", "dispatched", "cancelled"):
        ledger.pledge_told(given, [events[kind]], side="giver")
    deliveries.delivery_link(given, Reader("receiver@example.org", language), key="link")
    change = DayChange.objects.create(
        pledge=given, before=date(2026, 1, 31), after=date(2026, 2, 28), reason="Snow.", asked_by=make_user()
    )
    due_days.day_asked(change)
    due_days.day_answered(change)
    transport = Transport.objects.create(
        pledge=given, number=1, cleared_on=date(2026, 1, 31), state_code="AB-1"
    )
    for days in (91, 60):
        deliveries.report_due(transport, today=transport.cleared_on + timedelta(days=days), days=days)
    received = make_pledge("received 3", giver=member)
    told = list(received.lines.get().events.all())
    ledger.pledge_told(received, told, side="receiver")
    ledger.pledge_told(received, told, side="receiver", disputed=[received.lines.get()])
    ledger.pledge_told(received, told, side="desk")
    for days in (0, 7):
        late = make_pledge(
            "committed 3 · dispatched 2", giver=member, due_on=timezone.localdate() - timedelta(days=days)
        )
        line = late.lines.get()
        overdue.pledge_overdue(
            late, [(line, totals(line.events.all()))], days=days, is_on_the_road=bool(days)
        )
    silent = make_pledge(
        "committed 3 · dispatched 3 · received 1",
        giver=member,
        due_on=timezone.localdate() - timedelta(days=7),
    )
    waiting = [(line, totals(line.events.all())) for line in silent.lines.all()]
    reader = Reader("receiver@example.org", language)
    overdue.receipt_asked(silent, waiting, [reader], asked_for=silent.due_on, days=7)
    overdue.receipt_awaited(silent, waiting, asked_for=silent.due_on, days=7)


def send_messages(language, receiver):
    sender = make_member(country="UA")
    match = Match.objects.create(
        member_a=receiver,
        member_b=sender,
        requested_by=sender,
        listing=make_listing(member=receiver),
    )
    message = Message.objects.create(
        match=match, sender=sender, author=make_user(), text="Let us talk.", language="uk"
    )
    matches.match_requested(message, receiver)
    matches.message_sent(message, receiver)
    send_handshake(match, receiver, make_user(language=language))
    send_clusters(receiver)
    send_proposal(receiver)
    send_life(receiver, language)
    search = SavedSearch.objects.create(
        user=make_user(language=language), name="<Beds>", language="en", seen_until=timezone.now()
    )
    digests.digest(search, [message.match.listing or make_listing()], more=3, now=timezone.now())
    send_listings(receiver)
    send_ledger(language, receiver)
    send_twinnings(receiver)
    send_agreement(receiver)
    ticket = make_ticket(language=language)
    received = ticket.messages.get()
    received.left_out = [{"name": "run.exe", "reason": "wrong_type"}]
    received.is_other_address, received.from_name, received.from_email = True, "Eve", "eve@example.org"
    content.ticket_arrived(ticket, received)
    content.ticket_continued(ticket, received)
    content.ticket_acknowledged(ticket, received)
    content.ticket_files_left_out(ticket, received)
    answer = TicketMessage(pk=1, ticket=ticket, subject="Re: A question", text="By the form.\n\nRegards")
    content.ticket_answered(ticket, answer, quoted=received, references=["<a@example.org>"])
    content.mail_too_large("anna@example.org", language, message_id="<b@example.org>", megabytes=30)
    ticket_turns.listing_drafted(make_listing(member=receiver))
    send_newsletter(language)
    send_policy(receiver)
    send_surveys(receiver)


def send_newsletter(language):
    """The double opt-in, an issue, and the week of the desk."""
    row = make_subscription(language=language)
    newsletter.subscription_asked(row)
    newsletter.subscription_known(row)
    newsletter.issue_sent(make_issue(), [row])
    start, end = week_figures.week_of(timezone.localdate())
    week.desk_week(
        make_coordinator(language=language),
        figures=week_figures.figures_of(start, end),
        queues=week_figures.queues_now(),
        start=start,
        key="desk.week:test",
    )


def send_policy(member):
    """An issue for the institutions in every state."""
    policy.policy_raised(make_policy_issue(member=member))
    for status in ("accepted", "forwarded", "answered", "closed"):
        policy.policy_moved(make_policy_issue(status, member=member))


def send_surveys(member):
    """A survey asks, reminds, and tells that somebody answered, or changed the answers."""
    answer = make_survey_answer(member=member)
    surveys.survey_asked([answer])
    surveys.survey_reminder([answer])
    answer.changed_at = timezone.now()
    for answer.version in (1, 2):
        OutgoingMail.objects.filter(name="content/survey_answered").delete()
        surveys.survey_answered(answer)


def send_twinnings(member):
    """One of each letter of a partnership, to the people of ``member``, which is asked and has not answered."""
    other = make_member(country="UA")
    twinning = make_twinning(
        other, make_member(), title="Schools & <fire brigades>", language="en", since_year=2001
    )
    own = make_party(twinning, member, position=2, agreed_at=None, agreed_by=None)
    host = twinning.parties.get(member=other)
    twinnings.twinning_invited(twinning, other)
    twinnings.twinning_declared(twinning, other)
    twinnings.twinning_uninvited(twinning, own, other)
    twinnings.twinning_confirmed(twinning, host)
    proposal = StageProposal(
        pk=1, twinning=twinning, stage="in_force", party=host, closed_by=host, closing_text="Not yet."
    )
    for letter in (twinnings.twinning_proposed, twinnings.twinning_reached, twinnings.twinning_declined):
        letter(twinning, proposal)
    host.left_text = "Elections & budget."
    twinnings.twinning_left(twinning, host, has_ended=False)
    twinning.end_reason = "agreed"
    twinnings.twinning_ended(twinning)
    twinnings.twinning_contested(twinning, host)


def send_agreement(member):
    """To a party of a twinning: a version that another one wrote, a clock that has run out."""
    twinning = make_twinning(make_member(country="UA"), member)
    parties = list(twinning.parties.all())
    agreements.agreement_written(make_draft(twinning), parties)
    clock = Clock(SENT_TO_JUSTICE, date(2026, 1, 31), date(2026, 2, 10), key=1)
    agreements.clock_reminder(clock, parties, days=1)


def send_listings(member):
    """One of each letter about the life of a need or an offer, to the people of its member."""
    listing = make_listing(member=member, title_en="Beds & <mattresses>", desk_message="Which size?")
    partnerships_desk.listing_submitted(listing)
    for letter in (
        listings.listing_approved,
        listings.listing_returned,
        listings.listing_refused,
        listings.listing_taken_down,
    ):
        letter(listing)
    listing.asked_at = listing.asked_again_at = timezone.now()
    validity.listing_expiring(listing, 14)
    validity.listing_question(listing, is_second=False)
    OutgoingMail.objects.filter(name="partnerships/listing_question").delete()
    validity.listing_question(listing, is_second=True)


def send_clusters(receiver):
    """One of each letter of a cluster: to its lead, to a neighbour, to a member of it."""
    led = make_cluster(make_member(), lead=receiver, name="Over the <Desna> & co")
    other = led.memberships.exclude(member=receiver).get().member
    clusters.cluster_joined(led, other)
    clusters.cluster_declined(led, other)
    clusters.cluster_left(led, other)
    clusters.cluster_handed_over(led, other)
    inviting = make_cluster(name="Over the <Desna> & co")
    clusters.cluster_invited(ClusterMember.objects.create(cluster=inviting, member=receiver))
    clusters.cluster_ended(inviting, receiver)


def send_proposal(receiver):
    """What a matching round writes to both sides; the letters that follow are those of a handshake."""
    matching_round = MatchingRound.objects.create(title="Spring")
    cluster = make_cluster(make_member(), lead=make_member(country="UA"), name="Over the <Desna> & co")
    left = RoundParticipant.objects.create(
        matching_round=matching_round, member=cluster.lead, cluster=cluster, is_ukrainian=True, capacity=1
    )
    right = RoundParticipant.objects.create(
        matching_round=matching_round, member=receiver, is_ukrainian=False, capacity=1
    )
    match = make_match(cluster.lead, receiver, origin="round", requested_by=None, status="requested")
    rounds.matches_proposed(
        [RoundProposal(matching_round=matching_round, left=left, right=right, score=50, match=match)]
    )


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_no_letter_about_a_proposal_speaks_of_a_request(language):
    """Neither side asked: a matching round did."""
    receiver = make_representative(user=make_user(language=language)).member
    match = make_match(
        receiver, make_member(country="UA"), origin="round", requested_by=None, status="requested"
    )
    send_handshake(match, receiver, make_user(language=language))
    stems = ("reminder", "handed_over", "declined", "taken_back")
    letters = OutgoingMail.objects.filter(name__in=[f"partnerships/match_{stem}" for stem in stems])
    assert letters.count() == len(stems)
    words = {"en": "request", "pl": "prośb", "uk": "запит"}
    for letter in letters:
        said, _dashes, _who_to_ask = letter.text.partition("\n-- ")
        assert words[language] not in (letter.subject + said).lower(), letter.text
        assert not LEFT_OVER.search(letter.text), letter.text


def send_life(receiver, language):
    """One of each letter of a twinning's life, to the party of ``receiver``."""
    twinning = make_twinning(receiver, make_member(country="UA"), title="Youth & <bridges>", language="en")
    own, other = twinning.parties.all()
    moment = timezone.now()
    twinning_life.twinning_woken(twinning)
    for doer in (None, own):
        OutgoingMail.objects.filter(name="partnerships/twinning_planned").delete()
        row = make_milestone(twinning, text="Pupils & <teachers>", due_on=moment.date(), party=doer)
        twinning_life.twinning_planned(row, other)
    twinning_life.twinning_shared(make_twinning_document(other, caption="Plan & <map>"))
    twinning_life.twinning_news_published(make_twinning_news(other))
    twinning_people.twinning_contact_new(other, make_user())
    invitation = Invitation.objects.create(
        member=receiver,
        email="successor@example.org",
        language=language,
        invited_by=make_user(),
        expires_at=moment + timedelta(days=14),
    )
    for seat in ("contact", "second_contact"):
        OutgoingMail.objects.filter(name="partnerships/twinning_hand_over").delete()
        row = StaffHandOver(
            pk=1, party=own, seat=seat, invitation=invitation, asked_by=make_user(language=language)
        )
        twinning_people.twinning_hand_over(row)
    twinning_people.twinning_handed_over(row, make_user())
    twinning.asked_if_right_at = own.unreachable_since = moment
    for is_last in (False, True):
        OutgoingMail.objects.filter(name="partnerships/twinning_question").delete()
        twinning_clocks.twinning_question(twinning, is_last=is_last)
    twinning_clocks.twinning_dormant(twinning, moment)
    twinning_clocks.twinning_contact_missing(own)


def send_handshake(match, receiver, reader):
    """The other letters of a handshake, with words in every place for them."""
    match.decline_reason, match.decline_text, match.close_text = "language", "Not now.", "Thank you."
    for letter in (matches.match_declined, matches.match_taken_back, matches.match_ended):
        letter(match, receiver)
    for reason in ("silent", "desk", "blocked"):
        match.close_reason = reason
        OutgoingMail.objects.filter(name="partnerships/match_closed").delete()
        matches.match_closed(match, receiver)
    matches.match_reminder(match, receiver, 5)
    matches.match_handed_over(match, receiver)
    partnerships_desk.match_unanswered(match)
    partnerships_desk.match_assigned(match, reader, by=make_coordinator(), key="assigned")
    match.status = Match.Status.ACCEPTED
    matches.match_accepted(match)
    call = HelpRequest.objects.create(
        match=match, member=receiver, kind="mediator", text="Help.", answer="Done.", done_at=timezone.now()
    )
    partnerships_desk.help_requested(call)
    partnerships_desk.help_finished(call)
    report = Report.objects.create(
        reporter=receiver, author=reader, match=match, reason="abuse", status="upheld", outcome="Closed."
    )
    partnerships_desk.report_made(report)
    partnerships_desk.report_decided(report)
    meeting = make_meeting(match, receiver, topic="The water works", where="Room 5", sequence=2)
    meetings.meeting_proposed(meeting, receiver)
    meetings.meeting_agreed(meeting)
    meetings.meeting_declined(meeting, receiver)
    meetings.meeting_cancelled(meeting, receiver)


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_letter_is_whole_in_the_language_of_its_reader(language):
    send_messages(language, send_members(language))
    letters = {letter.name: letter for letter in OutgoingMail.objects.all()}
    assert set(letters) == STEMS
    for name, letter in letters.items():
        assert letter.subject.strip(), name
        assert "\n" not in letter.subject, name
        assert f'lang="{letter.language}"' in letter.html, name
        for part in (letter.subject, letter.text, letter.html):
            assert not LEFT_OVER.search(part), (name, LEFT_OVER.search(part))
        assert "&lt;" not in letter.text + letter.subject, name
        assert not ODD_SIGNS.search(letter.text + letter.subject), (name, letter.text)
        assert "<Próbna>" not in letter.html, name
        if name not in TO_AN_INBOX:
            assert letter.language == language, name
