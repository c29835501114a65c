"""What is being typed is kept: for its writer alone, outside the listing, without a trace in the journal."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from partnerships import tasks
from partnerships.actions.unsaved import KEEP, MOST_CHARACTERS
from partnerships.models import Listing, UnsavedListing
from tests.factories import make_listing, make_member, make_representative, make_sector
from tests.forms import sent_by_a_browser


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def ours(client, db):
    make_sector(code="EDU")
    member = make_member(country="UA")
    client.force_login(make_representative(member, role="editor").user)
    return member


TYPED = {"title": "Пар", "lines-0-template": "free", "lines-0-quantity": "шістдесят", "expires_on": "soon"}


def test_a_new_need_is_there_again_as_it_was_typed(client, ours):
    marks = JournalEntry.objects.count(), LogEntry.objects.count()
    for title in ("П", "Па", "Пар"):
        assert client.post(url("listing_create_keep", "need"), TYPED | {"title": title}).status_code == 204
    assert UnsavedListing.objects.count() == 1
    assert not Listing.objects.exists()
    assert (JournalEntry.objects.count(), LogEntry.objects.count()) == marks
    page = client.get(url("listing_create", "need"))
    shown = sent_by_a_browser(page)
    assert {name: shown[name] for name in TYPED} == {name: [value] for name, value in TYPED.items()}
    assert not page.context["form"].errors
    assert "Nobody else sees it" in page.text
    assert not client.get(url("listing_create", "offer")).context["form"]["title"].value()


def test_it_is_gone_once_it_is_saved_or_not_wanted(client, ours):
    client.post(url("listing_create_keep", "need"), TYPED)
    saved = client.post(
        url("listing_create", "need"), {"language": "uk", "title": "Парти", "audience": "public"}
    )
    assert saved.status_code == 302
    assert not UnsavedListing.objects.exists()
    client.post(url("listing_create_keep", "need"), TYPED)
    client.post(url("listing_create", "need"), TYPED | {"start_afresh": "1"})
    assert not UnsavedListing.objects.exists()


def test_changes_to_a_published_listing_are_kept_apart_from_it(client, ours):
    listing = make_listing(member=ours)
    address = url("listing_edit", listing.slug)
    fields = sent_by_a_browser(client.get(address)) | {"title": "Half a ti"}
    assert client.post(url("listing_edit_keep", listing.slug), fields).status_code == 204
    assert client.get(address).context["form"]["title"].value() == "Half a ti"
    assert "Half a ti" not in client.get(url("listing_detail", listing.slug)).text
    colleague = make_representative(ours, role="editor")
    client.force_login(colleague.user)
    assert client.get(address).context["form"]["title"].value() == "Training for town planners"


@pytest.mark.parametrize("text", ["\0", "😀" * 50, "<script>"])
def test_nasty_text_is_kept_without_harm(client, ours, text):
    assert client.post(url("listing_create_keep", "need"), {"title": text}).status_code in (204, 400)
    assert client.get(url("listing_create", "need")).status_code == 200


def test_who_may_not_write_keeps_nothing(client, ours):
    listing = make_listing(member=ours)
    for role in ("viewer", ""):
        client.logout()
        if role:
            client.force_login(make_representative(ours, role=role).user)
        for address in (url("listing_create_keep", "need"), url("listing_edit_keep", listing.slug)):
            assert client.post(address, TYPED).status_code == 403
    client.force_login(make_representative().user)
    assert client.post(url("listing_edit_keep", listing.slug), TYPED).status_code == 404
    assert not UnsavedListing.objects.exists()


def test_what_is_no_form_of_ours_is_refused(client, ours):
    address = url("listing_create_keep", "need")
    assert client.post(address, {"text": "x" * MOST_CHARACTERS}).status_code == 413


def test_what_nobody_came_back_to_is_forgotten(client, ours):
    client.post(url("listing_create_keep", "need"), TYPED)
    UnsavedListing.objects.update(saved_at=timezone.now() - KEEP + timedelta(minutes=1))
    assert tasks.forget_unsaved() == 0
    UnsavedListing.objects.update(saved_at=timezone.now() - KEEP - timedelta(minutes=1))
    assert tasks.forget_unsaved() == 1
