"""A form that arrives after the login has expired: nothing typed is lost, and nothing else happens."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.models import JournalEntry
from partnerships.models import Listing, Match
from tests.factories import make_listing, make_member, make_representative

pytestmark = pytest.mark.django_db

TYPED = "\"Žluté\" <script>alert(1)</script> & 'sto'\r\nsecond line"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def hidden(response) -> list[tuple[str, str]]:
    """What the browser would send: line ends become CRLF again, whatever they were in the page."""
    found = HIDDEN.findall(response.content.decode())
    return [(unescape(name), re.sub(r"\r?\n", "\r\n", unescape(value))) for name, value in found]


def addresses() -> list[str]:
    listing = make_listing()
    return [
        reverse("members:member_edit"),
        reverse("members:contact_edit"),
        reverse("members:people_invite"),
        reverse("partnerships:listing_create", args=["offer"]),
        reverse("partnerships:listing_edit", args=[listing.slug]),
        reverse("partnerships:match_request", args=[listing.slug]),
        reverse("partnerships:match_detail", args=["unknown"]),
        reverse("users:settings"),
    ]


def test_every_form_behind_a_login_keeps_what_was_typed(client):
    for address in addresses():
        response = client.post(address, {"text": TYPED, "languages_spoken": ["uk", "pl"]})
        assert response.status_code == 403, address
        assert "no-store" in response["Cache-Control"]
        assert "<script>alert" not in response.content.decode()
        fields = [pair for pair in hidden(response) if pair[0] != "csrfmiddlewaretoken"]
        assert fields == [("text", TYPED), ("languages_spoken", "uk"), ("languages_spoken", "pl")]
        assert f'href="{reverse("account_login")}"' in response.content.decode()


def test_reading_still_leads_to_the_login(client):
    response = client.get(reverse("members:member_edit"))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={reverse('members:member_edit')}"


def test_passwords_are_never_repeated_and_files_are_named_as_lost(client):
    from_page = client.post(
        reverse("members:member_edit"),
        {
            "new_password1": "hunter2",
            "Password": "hunter2",
            "text": "kept",
            "logo_file": SimpleUploadedFile("logo.png", b"bytes"),
        },
    )
    page = from_page.content.decode()
    assert "hunter2" not in page
    assert ("text", "kept") in hidden(from_page)
    assert "Files cannot be kept" in page
    assert "Files cannot be kept" not in client.post(reverse("members:member_edit")).content.decode()


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_page_is_in_the_readers_language(client, language):
    with translation.override(language):
        address = reverse("members:member_edit")
    page = client.post(address, {"text": TYPED}).content.decode()
    assert f'<html lang="{language}">' in page


def test_the_whole_way_expired_signed_in_elsewhere_and_sent_again():
    """With real tokens: signing in makes those of open pages old, so the first press is asked to repeat itself."""
    representative = make_representative(make_member(country="PL"))
    listing = make_listing(member=make_member(country="UA"))
    address = reverse("partnerships:match_request", args=[listing.slug])
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    client.get(reverse("content:contact"))  # a page with a token, as the form was
    token = client.cookies["csrftoken"].value
    expired = client.post(address, {"text": TYPED, "csrfmiddlewaretoken": token})
    assert expired.status_code == 403
    assert "Your session has expired" in expired.content.decode()
    client.force_login(representative.user)
    client.cookies["csrftoken"] = "n" * 32
    again = client.post(address, dict(hidden(expired)))
    assert again.status_code == 403
    assert "no-store" in again["Cache-Control"]
    assert dict(hidden(again))["text"] == TYPED
    assert not Match.objects.exists()
    assert client.post(address, dict(hidden(again))).status_code == 302
    assert Match.objects.get().messages.get().text.splitlines() == TYPED.splitlines()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_words_of_another_site_never_stand_in_a_form_with_a_token(origin):
    client = Client(enforce_csrf_checks=True, headers={"origin": origin} if origin else {})
    response = client.post(reverse("content:contact"), {"text": "planted words"})
    assert response.status_code == 403
    assert "planted words" not in response.content.decode()
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_a_login_form_with_an_old_token_repeats_nothing():
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    response = client.post(reverse("account_login"), {"login": "a@example.org", "password": "hunter2"})
    assert response.status_code == 403
    assert "hunter2" not in response.content.decode()
    assert not hidden(response)


def test_nothing_is_done_for_a_stranger(client):
    listing = make_listing()
    client.post(reverse("partnerships:listing_withdraw", args=[listing.slug]))
    listing.refresh_from_db()
    assert listing.status == Listing.Status.PUBLISHED
    assert not JournalEntry.objects.exists()
