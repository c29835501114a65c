"""The contact form: reaches the inbox of its topic, gets a number, is acknowledged in the sender's language."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from alliance.content.models import Ticket, TicketFile
from alliance.core.forms import shown_at_token
from alliance.core.models import JournalEntry, OutgoingMail
from tests.core.upload_samples import docx, png
from tests.factories import make_coordinator, make_member, make_representative, make_user

pytestmark = pytest.mark.django_db


def address(language="en", name="content:contact"):
    with translation.override(language):
        return reverse(name)


def message(**changes):
    return {
        "topic": "membership",
        "subject": "Joining",
        "text": "How does our municipality join?",
        "name": "Anna Nowak",
        "email": "Anna@example.org",
        "organisation": "Gmina",
        "shown_at": shown_at_token(10),
    } | changes


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_contact_stores_the_message_and_mails_both_sides(client, settings, language):
    settings.INBOXES = {"default": "desk@example.org", f"membership:{language}": "joining@example.org"}
    response = client.post(address(language), message(), follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.language, ticket.topic, ticket.status) == (language, "membership", "open")
    assert ticket.messages.get().text == "How does our municipality join?"
    assert ticket.number in response.content.decode()
    assert (
        JournalEntry.objects.filter(verb="ticket.opened", object_id=ticket.pk, actor_kind="link").count() == 1
    )
    arrived = OutgoingMail.objects.get(name="content/ticket_arrived")
    told = OutgoingMail.objects.get(name="content/ticket_acknowledged")
    assert (arrived.to, told.to, told.language) == ("joining@example.org", "anna@example.org", language)
    assert "How does our municipality join?" in arrived.text
    assert ticket.number in told.subject


def test_the_desk_reads_what_was_written(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.post(address("uk"), message())
    ticket = Ticket.objects.get()
    client.force_login(make_coordinator())
    queue = client.get(reverse("admin:content_ticket_changelist")).content.decode()
    assert ticket.number in queue
    page = client.get(reverse("admin:content_ticket_change", args=[ticket.pk])).content.decode()
    for words in (ticket.number, "How does our municipality join?", "Anna Nowak", ticket.email):
        assert words in page


def test_contact_of_a_logged_in_person_is_journalled_as_theirs(client):
    user = make_user()
    client.force_login(user)
    assert client.post(address(), message()).status_code == 302
    assert JournalEntry.objects.get(verb="ticket.opened").actor == user


def test_contact_reaches_the_inbox_of_the_country(client, settings):
    settings.INBOXES = {"default": "desk@example.org", "membership:UA": "kyiv@example.org"}
    client.post(address("en"), message(country="UA"))
    client.post(address("en"), message(country="FR", subject="Another"))
    arrived = OutgoingMail.objects.filter(name="content/ticket_arrived").order_by("pk")
    assert list(arrived.values_list("to", flat=True)) == ["kyiv@example.org", "desk@example.org"]
    assert list(Ticket.objects.order_by("pk").values_list("country", flat=True)) == ["UA", "FR"]


def test_contact_guesses_the_country_and_lets_one_say_otherwise(client):
    chosen = {
        code: client.get(address(code)).context["form"].initial["country"] for code in ("en", "pl", "uk")
    }
    assert chosen == {"en": "", "pl": "PL", "uk": "UA"}
    member = make_member(country="DE")
    client.force_login(make_representative(member).user)
    assert client.get(address("pl")).context["form"].initial["country"] == "DE"


def test_contact_keeps_files_by_the_rules_of_uploads(client):
    files = [SimpleUploadedFile("photo.png", png()), SimpleUploadedFile("plan.docx", docx())]
    assert client.post(address(), message(files=files)).status_code == 302
    kept = TicketFile.objects.order_by("pk").values_list("original_filename", flat=True)
    assert list(kept) == ["photo.png", "plan.docx"]


def test_contact_names_the_file_that_cannot_be_taken_and_keeps_what_was_typed(client):
    files = [SimpleUploadedFile("photo.png", png()), SimpleUploadedFile("run.exe", b"MZ")]
    response = client.post(address("pl"), message(files=files, text="Typed with great care"))
    assert response.status_code == 422
    (words,) = response.context["form"].errors["files"]
    assert words.startswith("run.exe: ")
    assert "Typed with great care</textarea>" in response.text
    assert not Ticket.objects.exists()
    many = [SimpleUploadedFile(f"{n}.png", png()) for n in range(6)]
    assert client.post(address(), message(files=many)).status_code == 422


def test_contact_to_an_inbox_of_all_languages_is_announced_in_its_own(client, settings):
    settings.INBOXES = {"default": "desk@example.org"}
    client.post(address("uk"), message())
    languages = dict(OutgoingMail.objects.values_list("name", "language"))
    assert languages == {"content/ticket_arrived": "en", "content/ticket_acknowledged": "uk"}


def test_contact_acknowledgement_repeats_nothing_a_stranger_typed(client):
    client.post(
        address(),
        message(text="Buy at http://evil.example", name="Evil http://evil.example", subject="evil.example"),
    )
    told = OutgoingMail.objects.get(name="content/ticket_acknowledged")
    assert "evil" not in told.text + told.html + told.subject


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "not an address"},
        {"text": ""},
        {"topic": "nothing"},
        {"name": "x\x00y"},
        {"subject": "s" * 300},
    ],
)
def test_contact_explains_bad_input_at_the_field_and_keeps_what_was_typed(client, changes):
    response = client.post(address("pl"), message(**changes))
    assert response.status_code == 422
    field = next(iter(changes))
    assert response.context["form"].errors[field]
    if field != "text":
        assert "How does our municipality join?" in response.content.decode()
    assert not Ticket.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_contact_header_injection_ends_as_one_line(client):
    client.post(address(), message(subject="Hello\r\nBcc: victim@example.org"))
    arrived = OutgoingMail.objects.get(name="content/ticket_arrived")
    assert "\n" not in arrived.subject
    assert "\r" not in arrived.subject


def test_contact_that_trips_the_bot_trap_is_told_and_nothing_is_stored(client):
    for changes in ({"homepage": "spam"}, {"shown_at": shown_at_token(0)}, {"shown_at": ""}):
        response = client.post(address(), message(**changes))
        assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_contact_is_limited_per_address(client):
    codes = [client.post(address(), message()).status_code for _ in range(7)]
    assert codes[:5] == [302] * 5
    assert codes[5:] == [429] * 2
    assert Ticket.objects.count() == 5


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_contact_at_the_limit_keeps_what_was_typed(client, language):
    for _ in range(5):
        client.post(address(), message())
    response = client.post(address(language), message(text="Typed with great care"))
    page = response.content.decode()
    assert response.status_code == 429
    assert "Typed with great care</textarea>" in page
    assert response.context["form"].non_field_errors()[0] in page.replace("&#x27;", "'")
    assert Ticket.objects.count() == 5


def test_contact_at_the_limit_of_a_network_keeps_what_was_typed(client):
    for _ in range(20):
        client.post(address(), {})
    response = client.post(address(), message(text="Typed with great care"))
    assert response.status_code == 429
    assert "Typed with great care</textarea>" in response.content.decode()
    assert not Ticket.objects.exists()


def test_contact_says_how_soon_an_answer_is_to_come(client):
    assert "We aim to answer within 3 days." in client.get(reverse("content:contact")).text


def test_contact_sent_page_needs_our_token(client):
    assert client.get("/en/contact/sent/forged/").status_code == 404


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
@pytest.mark.parametrize("page", ["about", "joining", "accessibility", "privacy", "contact"])
def test_page_renders_in_each_language(client, page, language):
    response = client.get(address(language, f"content:{page}"))
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
