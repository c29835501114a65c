"""Machine translation of needs and offers: asked for, ordered, arrived, marked, stale, never in a human's place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness, machine_translation, translators
from alliance.core.models import MachineText
from partnerships.actions import listings as actions
from partnerships.actions.search import reindex_stale
from partnerships.models import Listing, ListingSearch
from tests.factories import make_listing, make_sector, make_user
from tests.partnerships.test_listing_actions import content

Status = MachineText.Status


@pytest.fixture
def service(settings, monkeypatch):
    """A service that answers at once with the language before the text; what it was asked is kept."""
    settings.MACHINE_TRANSLATION = "libretranslate://translate.example.org"
    asked = []

    def answer(_service, order):
        asked.append(order)
        return f"[{order.target}] {order.text}"

    monkeypatch.setattr(translators, "translate", answer)
    return asked


@pytest.fixture
def listing(db):
    return make_listing([make_sector()], title_en="Beds", text_en="Forty beds.", status="draft")


def publish(listing):
    actions.publish_listing(listing, by=make_user())


def page(client, listing, language):
    freshness.touch()  # nothing commits here, so nothing else tells the micro-cache
    with translation.override(language):
        return client.get(reverse("partnerships:listing_detail", args=[listing.slug])).content.decode()


def test_nothing_is_asked_where_no_service_is_set_up(listing):
    publish(listing)
    assert not MachineText.objects.exists()
    assert machine_translation.translate_due() == 0


def test_a_published_listing_is_translated_and_marked(client, listing, service):
    publish(listing)
    assert MachineText.objects.filter(status=Status.REQUESTED).count() == 4
    assert machine_translation.translate_due() == 4
    assert {(order.source, order.target) for order in service} == {("en", "pl"), ("en", "uk")}
    shown = page(client, listing, "pl")
    assert "[pl] Forty beds." in shown
    assert "tłumaczenie maszynowe" in shown
    assert 'href="#original"' in shown
    assert '<div class="prose" lang="en"><p>Forty beds.</p></div>' in shown
    assert "machine translation" not in page(client, listing, "en")


def test_a_human_text_always_goes_before_the_machine(client, listing, service):
    listing.title_pl, listing.text_pl = "Łóżka", "Czterdzieści łóżek."
    listing.save()
    publish(listing)
    machine_translation.translate_due()
    assert {order.target for order in service} == {"uk"}
    assert "tłumaczenie maszynowe" not in page(client, listing, "pl")
    listing.title_uk, listing.text_uk = "Ліжка", "Сорок ліжок."
    listing.save()
    machine_translation.request_texts(listing, ["title", "text"])
    assert not MachineText.objects.exists()


def test_a_changed_original_makes_the_translation_stale_and_asks_anew(client, listing, service):
    publish(listing)
    machine_translation.translate_due()
    Listing.objects.filter(pk=listing.pk).update(text_en="Fifty beds.")
    stale = page(client, listing, "pl")
    assert "[pl] Forty beds." not in stale
    assert "Fifty beds." in stale
    listing.refresh_from_db()
    assert machine_translation.request_texts(listing, ["title", "text"]) == 2
    assert machine_translation.translate_due() == 2
    assert "[pl] Fifty beds." in page(client, listing, "pl")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"audience": "members"}, set()), ({"field_audiences": {"text": "partner"}}, {"title"})],
)
def test_only_what_everyone_may_read_leaves_the_portal(listing, service, changes, fields):
    Listing.objects.filter(pk=listing.pk).update(**changes)
    listing.refresh_from_db()
    publish(listing)
    assert set(MachineText.objects.values_list("field", flat=True)) == fields


def test_a_text_in_a_fourth_language_is_translated_into_all_three(sector_draft, service):
    publish(sector_draft)
    machine_translation.translate_due()
    assert {(order.source, order.target) for order in service} == {
        ("de", code) for code in ("en", "pl", "uk")
    }


@pytest.fixture
def sector_draft(db):
    make_sector(code="ENE-02", parent=make_sector(code="ENE"))
    german = content(language="de", titles={"de": "Betten"}, texts={"de": "Vierzig Betten."})
    return actions.create_listing(member=make_listing().member, kind="offer", content=german, by=make_user())


def test_a_service_that_fails_is_asked_again_later_and_given_up_in_the_end(listing, service, monkeypatch):
    def fails(_service, _order):
        raise translators.ServiceFailed("HTTP 503", is_passing=True)

    monkeypatch.setattr(translators, "translate", fails)
    publish(listing)
    for attempt in range(1, machine_translation.MOST_ATTEMPTS + 1):
        machine_translation.translate_due()
        assert set(MachineText.objects.values_list("attempts", flat=True)) == {attempt}
        assert machine_translation.translate_due() == 0  # not before its pause is over
        MachineText.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert set(MachineText.objects.values_list("status", "last_error")) == {("failed", "HTTP 503")}


def callback(client, row, **data):
    return client.post(machine_translation.callback_url(row).removeprefix("http://portal.example.org"), data)


@pytest.fixture
def ordered(listing, service, monkeypatch):
    """A row that an asynchronous service has taken."""
    monkeypatch.setattr(translators, "translate", lambda _service, _order: None)
    publish(listing)
    assert machine_translation.translate_due() == 0
    return MachineText.objects.get(field="text", language="pl", status=Status.ORDERED)


def test_a_result_arrives_by_callback_once(client, ordered):
    assert callback(client, ordered, **{"translated-text": "Czterdzieści\x00 łóżek."}).status_code == 204
    ordered.refresh_from_db()
    assert (ordered.status, ordered.text, ordered.service) == ("done", "Czterdzieści łóżek.", "etranslation")
    callback(client, ordered, **{"translated-text": "Another"})
    ordered.refresh_from_db()
    assert ordered.text == "Czterdzieści łóżek."


def test_a_result_for_a_text_that_changed_meanwhile_is_not_kept(client, ordered):
    MachineText.objects.filter(pk=ordered.pk).update(fingerprint="other")
    assert callback(client, ordered, **{"translated-text": "Old"}).status_code == 204
    assert not MachineText.objects.filter(status=Status.DONE).exists()


def test_an_error_by_callback_asks_again_later(client, ordered):
    callback(client, ordered, **{"error-code": "-20025", "error-message": "engine down"})
    ordered.refresh_from_db()
    assert (ordered.status, ordered.last_error) == ("requested", "engine down")
    assert ordered.due_at > timezone.now()


def test_a_callback_that_we_did_not_sign_does_not_exist(client, ordered):
    address = reverse("core:machine_text", args=["forged"])
    assert client.post(address, {"translated-text": "x"}).status_code == 404
    assert client.get(address).status_code == 405


def test_an_order_without_an_answer_is_due_again(ordered):
    assert ordered not in MachineText.objects.due()
    MachineText.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert ordered in MachineText.objects.due()


def test_cards_show_it_after_the_next_sweep(client, listing, service):
    publish(listing)
    machine_translation.translate_due()
    before = ListingSearch.objects.get(listing=listing).indexed_at
    assert reindex_stale() == 1
    assert ListingSearch.objects.get(listing=listing).indexed_at > before
    assert reindex_stale() == 0
    with translation.override("uk"):
        shown = client.get(reverse("partnerships:offer_list")).content.decode()
    assert "[uk] Beds" in shown
    assert "машинний переклад" in shown
