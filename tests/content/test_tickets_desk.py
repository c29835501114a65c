"""The desk at a ticket: reads, answers in the thread, notes, gives away, sorts, spam, applications and needs."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions import tickets
from alliance.content.actions.answers import answer_ticket, note_ticket
from alliance.content.actions.inbound import take_mail
from alliance.content.actions.ticket_erasure import empty_tickets, forget_old_tickets
from alliance.content.actions.ticket_turns import turn_into_application, turn_into_need
from alliance.content.forms.tickets import AnswerForm
from alliance.content.models import CannedAnswer, InboundMail, SpamRule, Ticket, TicketFile, TicketMessage
from alliance.content.refusals import TicketRefused
from alliance.core.delivery import deliver_due
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.core.uploads import clean_attachment
from members.models import Member
from partnerships.models import Listing
from tests.content.mails import mail
from tests.core import upload_samples
from tests.desk import open_desk
from tests.factories import (
    make_canned_answer,
    make_coordinator,
    make_member,
    make_representative,
    make_ticket,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def do(desk, ticket, verb, **data):
    return desk.post(reverse("admin:content_ticket_verb", args=[ticket.pk, verb]), data)


def mails(name):
    return OutgoingMail.objects.filter(name=f"content/{name}")


def test_answer_stands_in_the_thread_of_the_mail_it_answers(settings):
    settings.TICKET_ADDRESS = "desk@example.org"
    ticket = take_mail(
        mail("Dzień dobry, czy gmina może?", Subject="Re: RE: Pytanie", Message_ID="<q@a.b>")
    ).ticket
    told = mails("ticket_acknowledged").get()
    message = answer_ticket(ticket, text="Tak.\n\nPozdrawiamy", by=make_coordinator(language="uk"))
    sent = mails("ticket_answered").get()
    assert (sent.to, sent.language, sent.reply_to) == ("anna@example.org", "pl", "desk@example.org")
    assert sent.subject == f"Re: Pytanie [{ticket.number}]"
    assert sent.headers["In-Reply-To"] == told.message_id
    assert sent.headers["References"] == f"<q@a.b> {told.message_id}"
    assert sent.headers["Auto-Submitted"] == "no"
    assert "Tak.\n\nPozdrawiamy" in sent.text
    assert "> Dzień dobry, czy gmina może?" in sent.text
    assert (message.message_id, message.mail) == (sent.message_id, sent)
    ticket.refresh_from_db()
    assert ticket.waits_since is None
    assert ticket.first_answered_at
    entry = JournalEntry.objects.get(verb="ticket.answered")
    assert "Tak" not in str(entry.data)


def test_answer_to_the_form_stands_in_the_thread_of_the_acknowledgement():
    ticket = tickets.open_ticket(
        ticket=Ticket(topic="press", language="uk", name="A", email="a@example.org"),
        message=TicketMessage(subject="Q", text="Text"),
    )
    answer_ticket(ticket, text="A", by=make_coordinator())
    assert (
        mails("ticket_answered").get().headers["In-Reply-To"] == mails("ticket_acknowledged").get().message_id
    )


def test_answer_quotes_nothing_that_came_from_another_address():
    ticket = make_ticket()
    take_mail(mail("Words of a stranger", Subject=ticket.number))
    answer_ticket(ticket, text="Yes", by=make_coordinator())
    sent = mails("ticket_answered").get()
    assert "stranger" not in sent.text
    assert "> How do we join?" in sent.text


def test_answer_twice_is_sent_once_and_closes_if_asked():
    ticket, by = make_ticket(), make_coordinator()
    answer_ticket(ticket, text="Yes", closes=True, by=by)
    with pytest.raises(TicketRefused):
        answer_ticket(ticket, text="Yes", by=by)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.coordinator) == ("closed", by)
    assert mails("ticket_answered").count() == 1


def test_files_go_out_with_an_answer_and_stay_at_the_ticket(desk, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ticket = make_ticket(language="uk")
    given = SimpleUploadedFile("Статут.png", upload_samples.png())
    do(desk, ticket, "answer", text="Ось статут", files=given)
    file = TicketFile.objects.get(message__kind="answer", message__ticket=ticket)
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk])).text
    assert reverse("admin:content_ticket_file", args=[ticket.pk, file.slug]) in page
    deliver_due()
    (sent,) = [one for one in mailoutbox if one.to == [ticket.email]]
    ((name, content, kind),) = sent.attachments
    assert (name, kind, content) == ("Статут.png", "image/png", file.file.read())
    assert "- Статут.png" in sent.body
    # The same words without the file that was forgotten are no second click.
    answer_ticket(ticket, text="Ось статут", by=desk.user)
    empty_tickets([Ticket.objects.get(pk=ticket.pk)], by=desk.user)
    assert not any(mail.files for mail in OutgoingMail.objects.all())


def test_a_mail_whose_file_is_gone_does_not_go_out_without_it(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    upload = clean_attachment(SimpleUploadedFile("plan.png", upload_samples.png()))
    answer_ticket(make_ticket(), text="Plan", files=[upload], by=make_coordinator())
    file = TicketFile.objects.get().file
    file.storage.delete(file.name)
    deliver_due()
    assert not mailoutbox
    assert mails("ticket_answered").get().status == "failed"


@pytest.mark.parametrize("content", [b"MZ program", b"", b"%PDF-1.4" + b" " * 11 * 1024 * 1024])
def test_files_of_an_answer_keep_the_rules_of_uploads(desk, content):
    ticket = make_ticket()
    page = do(desk, ticket, "answer", text="Typed words", files=SimpleUploadedFile("a.pdf", content))
    assert page.status_code == 422
    assert "Typed words" in page.text
    assert not TicketFile.objects.exists()


def test_files_of_an_answer_are_together_no_larger_than_mail_servers_take(desk, monkeypatch):
    monkeypatch.setattr(AnswerForm.base_fields["files"], "most_bytes", 100)
    files = [SimpleUploadedFile(f"{n}.png", upload_samples.png()) for n in (1, 2)]
    page = do(desk, make_ticket(), "answer", text="Yes", files=files)
    assert page.status_code == 422
    assert "Together the files are larger" in page.text


def test_answer_needs_somebody_to_read_it():
    ticket, by = make_ticket(), make_coordinator()
    tickets.mark_spam(ticket, by=by)
    with pytest.raises(NotAllowed):
        answer_ticket(ticket, text="Yes", by=by)
    other = make_ticket(emptied_at=timezone.now())
    with pytest.raises(TicketRefused):
        answer_ticket(other, text="Yes", by=by)


def test_the_desk_answers_on_its_page_with_a_prepared_answer(desk):
    ticket = make_ticket(language="uk", name="Олена")
    chosen = make_canned_answer(text_uk="Шановна {name}, запит {number}.")
    url = reverse("admin:content_ticket_verb", args=[ticket.pk, "answer"])
    page = desk.get(url, {"canned": chosen.pk}).text
    assert f"Шановна Олена, запит {ticket.number}." in page
    assert "How do we join?" in page
    assert do(desk, ticket, "answer", text="").status_code == 422
    assert do(desk, ticket, "answer", text="Так").status_code == 302
    assert mails("ticket_answered").get().to == ticket.email
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk])).text
    assert "Так" in page
    assert "queued" in page


def test_a_prepared_answer_in_another_language_says_so_and_keeps_the_place_in_the_queue(desk):
    ticket = make_ticket(language="uk")
    make_canned_answer(text_en="", text_pl="Dzień dobry")
    url = reverse("admin:content_ticket_verb", args=[ticket.pk, "answer"])
    page = desk.get(url, {"queue": "abc"}).text
    assert "shown in Polish" in page
    assert re.search(r'href="\?queue=abc&amp;canned=\d+"', page)


def test_the_page_shows_whole_mails_files_and_what_was_left_out(desk):
    ticket = make_ticket()
    message = TicketMessage.objects.create(
        ticket=ticket,
        subject="S",
        text="New",
        whole_text="New > old",
        is_other_address=True,
        from_email="eve@example.org",
        left_out=[{"name": "run.exe", "reason": "wrong_type"}],
    )
    file = TicketFile.objects.create(
        message=message,
        file=ContentFile(b"%PDF", name="x.pdf"),
        original_filename="plan.pdf",
        content_type="application/pdf",
        size=4,
    )
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk])).text
    for words in ("New &gt; old", "run.exe", "plan.pdf", "eve@example.org", "another address"):
        assert words in page
    url = reverse("admin:content_ticket_file", args=[ticket.pk, file.slug])
    answer = desk.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    other = reverse("admin:content_ticket_file", args=[make_ticket().pk, file.slug])
    assert desk.get(other).status_code == 404
    desk.force_login(make_user())
    assert desk.get(url).status_code in (302, 403)


def test_notes_stay_at_the_desk(desk):
    ticket = make_ticket()
    do(desk, ticket, "note", text="Ask the lawyers first")
    assert ticket.messages.last().kind == "note"
    assert not OutgoingMail.objects.exists()
    ticket.refresh_from_db()
    assert ticket.waits_since, "a note answers nobody"


def test_whose_ticket_it_is(desk):
    ticket, other = make_ticket(), make_coordinator(name="Olena")
    do(desk, ticket, "take")
    ticket.refresh_from_db()
    assert ticket.coordinator == desk.user
    assert desk.get(reverse("admin:content_ticket_verb", args=[ticket.pk, "take"])).status_code == 403
    do(desk, ticket, "assign", coordinator=other.pk)
    ticket.refresh_from_db()
    assert ticket.coordinator == other
    listed = reverse("admin:content_ticket_changelist")
    desk.get(listed)  # the messages of what was done name the ticket, too
    assert ticket.number not in desk.get(listed, {"hands": "mine"}).text
    assert ticket.number in desk.get(listed, {"hands": "others"}).text
    with pytest.raises(TicketRefused):
        tickets.assign_ticket(ticket, coordinator=make_user(), by=other)


def test_a_ticket_is_sorted(desk):
    ticket = make_ticket()
    do(desk, ticket, "sort", topic="press", language="pl", tags="Media,  media , Kyiv")
    ticket.refresh_from_db()
    assert (ticket.topic, ticket.language) == ("press", "pl")
    assert [tag.name for tag in ticket.tags.all()] == ["kyiv", "media"]
    page = desk.get(reverse("admin:content_ticket_verb", args=[ticket.pk, "sort"])).text
    assert 'value="kyiv, media"' in page
    assert do(desk, ticket, "sort", topic="press", language="pl", tags="x" * 41).status_code == 422


def test_spam_and_one_click_back(desk):
    SpamRule.objects.create(kind="word", value="casino")
    ticket = take_mail(mail("Casino of our town burnt down")).ticket
    assert not OutgoingMail.objects.exists()
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk])).text
    assert "(casino)" in page
    do(desk, ticket, "no-spam")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.spam_reason) == ("open", "")
    assert mails("ticket_acknowledged").count() == mails("ticket_arrived").count() == 1
    do(desk, ticket, "spam", is_sender_listed="on")
    assert SpamRule.objects.filter(kind="sender", value="anna@example.org").count() == 1
    assert take_mail(mail("Again")).ticket.spam_reason == "sender"


def test_spam_through_the_form_is_acknowledged_all_the_same():
    SpamRule.objects.create(kind="word", value="casino")
    ticket = Ticket(topic="other", language="en", name="A", email="a@example.org")
    tickets.open_ticket(ticket=ticket, message=TicketMessage(subject="S", text="casino"))
    assert ticket.status == "spam"
    assert list(OutgoingMail.objects.values_list("name", flat=True)) == ["content/ticket_acknowledged"]


def test_a_ticket_becomes_an_application(desk):
    ticket = make_ticket(language="uk", country="UA", organisation="Хотинська громада", name="Олена")
    page = desk.get(reverse("admin:content_ticket_verb", args=[ticket.pk, "application"])).text
    assert "Хотинська громада" in page
    data = {"kind": "association", "official_name": "Спілка громад", "country": "UA"}
    assert do(desk, ticket, "application", **data).status_code == 302
    ticket.refresh_from_db()
    member = ticket.application
    assert (member.status, member.contact_email, member.contact_language) == ("draft", ticket.email, "uk")
    assert OutgoingMail.objects.get(name="members/application_started").to == ticket.email
    assert JournalEntry.objects.about(member).filter(data__ticket=ticket.number).exists()
    ours, theirs = (
        reverse(f"admin:{name}_change", args=[row.pk])
        for name, row in (("content_ticket", ticket), ("members_member", member))
    )
    assert theirs in desk.get(ours).text
    assert ours in desk.get(theirs).text
    with pytest.raises(TicketRefused):
        turn_into_application(ticket, kind="association", official_name="X", country="UA", by=desk.user)


def test_a_ticket_becomes_a_need_that_its_member_publishes(desk):
    member = make_member(country="UA", contact_email="visitor@example.org")
    writer = make_representative(member, make_user(language="pl")).user
    ticket = make_ticket(language="uk")
    page = desk.get(reverse("admin:content_ticket_verb", args=[ticket.pk, "need"])).text
    assert member.reference in page
    data = {"member": member.reference.lower(), "title": "Генератори", "text": "Потрібні генератори"}
    assert do(desk, ticket, "need", **data).status_code == 302
    ticket.refresh_from_db()
    listing = ticket.listing
    assert (listing.status, listing.kind, listing.member) == ("draft", "need", member)
    assert (listing.title_uk, listing.text_uk, listing.original_language) == (*list(data.values())[1:], "uk")
    told = mails("listing_drafted").get()
    assert (told.to, told.language) == (writer.email, "pl")
    assert JournalEntry.objects.about(listing).filter(data__ticket=ticket.number).exists()
    ours = reverse("admin:content_ticket_change", args=[ticket.pk])
    assert ours in desk.get(reverse("admin:partnerships_listing_change", args=[listing.pk])).text
    assert do(desk, make_ticket(), "need", **data | {"member": "ALL-NONE"}).status_code == 422
    draft = make_member(status="draft", submitted_at=None)
    with pytest.raises(TicketRefused):
        turn_into_need(make_ticket(), member=draft, title="T", text="X", by=desk.user)
    assert Listing.objects.count() == 1


def test_a_draft_that_is_forgotten_leaves_its_ticket():
    ticket, by = make_ticket(), make_coordinator()
    member = turn_into_application(ticket, kind="association", official_name="X", country="UA", by=by)
    Member.objects.filter(pk=member.pk).delete()
    ticket.refresh_from_db()
    assert ticket.application is None


# --- lists, figures, prepared answers -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_a_constant_number_of_queries(desk, django_assert_num_queries, count):
    for _ in range(count):
        make_ticket(coordinator=make_coordinator())
    ContentType.objects.get_for_model(Ticket)
    with django_assert_num_queries(10):
        desk.get(reverse("admin:content_ticket_changelist"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_a_constant_number_of_queries(desk, django_assert_num_queries, count):
    ticket = make_ticket()
    for number in range(count):
        note_ticket(ticket, text=f"Note {number}", by=desk.user)
    with django_assert_num_queries(13):
        desk.get(reverse("admin:content_ticket_change", args=[ticket.pk]))


def test_service_times_are_the_median_of_the_week(desk):
    monday = timezone.now() - timedelta(days=21)
    for hours in (1, 5, 100, None):
        ticket = make_ticket()
        answered = hours and monday + timedelta(hours=hours)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=monday, first_answered_at=answered)
    spam = make_ticket(status="spam", spam_reason="desk")
    Ticket.objects.filter(pk=spam.pk).update(created_at=monday)
    (week,) = Ticket.objects.service_weeks(8)
    assert (week.opened, week.answered, week.within_goal, week.hours) == (4, 3, 2, 5)
    assert week.is_met
    assert "5 hours" in desk.get(reverse("admin:content_ticket_changelist")).text


def test_prepared_answers_are_written_by_the_desk(desk):
    url = reverse("admin:content_cannedanswer_add")
    data = {
        "title": "Joining",
        "topic": "",
        "original_language": "en",
        "is_used": "on",
        "text_en": "Dear {nmae}",
    }
    assert "{nmae}" in desk.post(url, data).text
    assert not CannedAnswer.objects.exists()
    assert desk.post(url, data | {"text_en": "Dear {name}"}).status_code == 302
    assert CannedAnswer.objects.get().text_en == "Dear {name}"
    assert JournalEntry.objects.filter(verb="cannedanswer.created").count() == 1


def test_rules_against_spam_are_written_by_the_desk(desk):
    url = reverse("admin:content_spamrule_add")
    assert desk.post(url, {"kind": "sender", "value": "everybody", "is_used": "on"}).status_code == 200
    assert desk.post(url, {"kind": "sender", "value": " Bad.Example ", "is_used": "on"}).status_code == 302
    assert SpamRule.objects.get().value == "bad.example"


def test_mails_that_came_in_are_seen_by_the_desk(desk):
    row = take_mail(b"nobody\r\n\r\n<script>alert(1)</script>")
    page = desk.get(reverse("admin:content_inboundmail_change", args=[row.pk])).text
    assert "alert(1)" not in page
    raw = desk.get(reverse("admin:content_inboundmail_raw", args=[row.pk]))
    assert raw.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in raw.headers["Content-Disposition"]
    desk.post(reverse("admin:content_inboundmail_verb", args=[row.pk, "seen"]))
    row.refresh_from_db()
    assert row.outcome == "seen"
    assert row.message_id.strip("<>") in desk.get(reverse("admin:content_inboundmail_changelist")).text


# --- what is forgotten ----------------------------------------------------------------------------------------------


def test_old_tickets_are_emptied_and_young_ones_stay():
    now = timezone.now()
    closed, spam, young, waiting = (make_ticket() for _ in range(4))
    for ticket, status, days in ((closed, "closed", 366), (spam, "spam", 91), (young, "closed", 364)):
        changed = {"status": status, "status_changed_at": now - timedelta(days=days), "waits_since": None}
        Ticket.objects.filter(pk=ticket.pk).update(spam_reason="desk", **changed)
    Ticket.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(days=2000))
    broken = InboundMail.objects.create(message_id="<b@b.b>", outcome="broken", raw=b"x")
    InboundMail.objects.filter(pk=broken.pk).update(received_at=now - timedelta(days=91))
    assert forget_old_tickets() == 2
    assert forget_old_tickets() == 0
    assert set(Ticket.objects.filter(emptied_at=None)) == {young, waiting}
    closed.refresh_from_db()
    assert (closed.name, "anonymous.invalid" in closed.email) == ("–", True)
    assert closed.messages.get().text == "–"
    broken.refresh_from_db()
    assert broken.raw is None
