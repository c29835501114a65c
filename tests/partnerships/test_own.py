"""A member's own needs and offers: the form, its errors, the verbs, and who may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing, ListingSearch
from tests.factories import PASSWORD, make_listing, make_member, make_representative, make_sector, make_user
from tests.forms import sent_by_a_browser
from tests.meanwhile import just_before_the_lock

Status = Listing.Status
VERBS = ["publish", "withdraw", "renew"]


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def sectors(db):
    return [make_sector(code=code) for code in ("EDU", "ENE", "CIV")]


@pytest.fixture
def ours(client, sectors):
    """A Ukrainian member whose editor is signed in."""
    member = make_member(country="UA")
    login(client, member, role="editor")
    return member


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


def written(**changes):
    fields = {
        "language": "uk",
        "title": "Меблі для школи",
        "text": "Парти й стільці на 120 місць.",
        "sectors": ["EDU"],
        "lines-0-template": "free",
        "lines-0-item": "парти",
        "lines-0-quantity": "60",
        "lines-0-unit": "piece",
        "expires_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        "audience": "public",
    }
    return fields | changes


def without_lines(**changes):
    return {name: value for name, value in written(**changes).items() if not name.startswith("lines-")}


def test_a_need_is_written_checked_and_published(client, ours):
    assert client.get(url("listing_create", "need")).status_code == 200
    response = client.post(url("listing_create", "need"), written(title_pl="Meble szkolne", text_pl="Ławki."))
    listing = Listing.objects.get()
    assert response.url == url("listing_detail", listing.slug)
    preview = client.get(response.url)
    assert preview.context["can_publish"]
    assert "Only the representatives of your member see this page." in preview.content.decode()
    assert (listing.member, listing.kind, listing.status) == (ours, "need", Status.DRAFT)
    assert (listing.title_uk, listing.title_pl, listing.title_en) == (
        "Меблі для школи",
        "Meble szkolne",
        None,
    )
    response = client.post(url("listing_publish", listing.slug))
    assert response.url == url("listing_detail", listing.slug)
    client.logout()
    assert "Меблі для школи" in client.get(url("need_list")).content.decode()


def test_a_title_is_enough_for_a_draft_and_too_little_to_publish(client, ours):
    only_title = {"language": "uk", "title": "Меблі", "audience": "public"}
    response = client.post(url("listing_create", "need"), only_title)
    listing = Listing.objects.get()
    assert response.status_code == 302
    preview = client.get(response.url)
    assert preview.context["missing"] == [
        "a description",
        "a sector",
        "a quantity",
        "a day until which it is valid",
    ]
    refused = client.post(url("listing_publish", listing.slug))
    assert refused.status_code == 422
    assert Listing.objects.get().status == Status.DRAFT


YEAR_AND_A_DAY = (timezone.localdate() + timedelta(days=366)).isoformat()
BAD = [
    ({"title": ""}, "title"),
    ({"title": "x" * 161}, "title"),
    ({"text": "x" * 5001}, "text"),
    ({"title": "a\0b"}, "title"),
    ({"language": "xx"}, "language"),
    ({"sectors": ["NO"]}, "sectors"),
    ({"new_item": "free"}, "new_item"),
    ({"handover_text": "Nowhere"}, "handover_text"),
    ({"urgency": "panic"}, "urgency"),
    ({"transport_by": "pigeon"}, "transport_by"),
    ({"audience_text": "nobody"}, "audience_text"),
    ({"partner_note": "x" * 3001}, "partner_note"),
    ({"expires_on": timezone.localdate().isoformat()}, "expires_on"),
    ({"expires_on": "1999-01-01"}, "expires_on"),
    ({"expires_on": YEAR_AND_A_DAY}, "expires_on"),
    ({"expires_on": "2026-02-31"}, "expires_on"),
    ({"expires_on": "soon"}, "expires_on"),
    ({"audience": "coordinators"}, "audience"),
    ({"audience": ""}, "audience"),
    ({"text_pl": "Bez tytułu."}, "title_pl"),
    ({"title_uk": "Щось інше"}, "title_uk"),
    ({"sectors": ["ENE"]}, "names_no_site"),
    ({"sectors": ["EDU", "CIV"]}, "names_no_site"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_bad_input_is_refused_at_its_field_and_kept(client, ours, changes, field):
    response = client.post(url("listing_create", "need"), written(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert f'href="#id_{field}' in page
    if changes.get("title") != "":
        assert response.context["form"]["text"].value() == changes.get(
            "text", "Парти й стільці на 120 місць."
        )
        assert "Парти й стільці" in page or "xxx" in page
    assert not Listing.objects.exists()


def test_a_guarded_need_needs_a_word_or_a_closed_audience(client, ours):
    for changes in ({"names_no_site": "on"}, {"audience": "members"}):
        assert (
            client.post(url("listing_create", "need"), written(sectors=["ENE"], **changes)).status_code == 302
        )
    assert client.post(url("listing_create", "offer"), written(sectors=["ENE"])).status_code == 302
    words = Listing.objects.order_by("id").values_list("names_no_site_confirmed_at", flat=True)
    assert [bool(word) for word in words] == [True, False, False]


def test_a_guarded_need_without_the_word_is_not_published_and_the_page_says_why(client, ours, sectors):
    need = make_listing(sectors[1:2], member=ours, kind="need", status=Status.DRAFT)
    refused = client.post(url("listing_publish", need.slug))
    assert refused.status_code == 422
    assert "your confirmation that the text names no site" in refused.text
    assert Listing.objects.get().status == Status.DRAFT
    form = client.get(url("listing_edit", need.slug)).context["form"]
    assert not form["names_no_site"].value()
    client.post(url("listing_edit", need.slug), written(sectors=["ENE"], names_no_site="on"))
    assert client.get(url("listing_edit", need.slug)).context["form"]["names_no_site"].value()
    client.post(url("listing_publish", need.slug))
    assert Listing.objects.get().status == Status.PUBLISHED


def test_a_published_listing_cannot_be_emptied_by_editing(client, ours, sectors):
    listing = make_listing(sectors[:1], member=ours, title_uk="Стара", text_uk="Стара.")
    page = client.get(url("listing_edit", listing.slug))
    assert page.context["form"].initial["title"] == "Training for town planners"
    response = client.post(url("listing_edit", listing.slug), without_lines())
    assert response.status_code == 422
    response = client.post(url("listing_edit", listing.slug), written())
    assert response.status_code == 302
    listing.refresh_from_db()
    assert (listing.title_uk, listing.title_en, listing.status) == ("Меблі для школи", None, Status.PUBLISHED)


def test_a_draft_that_a_colleague_publishes_meanwhile_is_not_emptied(client, ours, sectors):
    listing = make_listing(sectors[:1], member=ours, status=Status.DRAFT)
    rows = Listing.objects.filter(pk=listing.pk)
    with just_before_the_lock(lambda: rows.update(status=Status.PUBLISHED)):
        response = client.post(url("listing_edit", listing.slug), without_lines(text=""))
    assert response.status_code == 422
    assert response.context["form"].errors
    assert "Меблі для школи" in response.text
    listing.refresh_from_db()
    assert listing.title_en == "Training for town planners"


def test_what_the_form_shows_is_what_it_stores(client, ours, sectors):
    client.post(url("listing_create", "offer"), written(language="de", title="Bänke", text="Zehn Bänke."))
    listing = Listing.objects.get()
    page = client.get(url("listing_edit", listing.slug))
    client.post(url("listing_edit", listing.slug), sent_by_a_browser(page))
    again = Listing.objects.get()
    assert again.original_texts == {"title": "Bänke", "text": "Zehn Bänke."} == listing.original_texts
    assert again.expires_on == listing.expires_on
    assert again.lines.get().quantity == listing.lines.get().quantity


def test_only_ukrainian_members_ask_and_every_member_offers(client, sectors):
    login(client, make_member(country="PL"))
    assert client.get(url("listing_create", "need")).status_code == 403
    assert client.post(url("listing_create", "need"), written()).status_code == 403
    assert client.get(url("listing_create", "offer")).status_code == 200
    assert client.get(url("my_listings")).context["kinds"] == ["offer"]
    assert client.get(url("listing_create", "wish")).status_code == 404


def pages_of(listing):
    return [
        ("get", url("my_listings")),
        ("get", url("listing_create", "offer")),
        ("get", url("listing_edit", listing.slug)),
        *[("post", url(f"listing_{verb}", listing.slug)) for verb in VERBS],
    ]


def test_strangers_reach_nothing(client, sectors):
    listing = make_listing(sectors[:1])
    for method, address in pages_of(listing):
        answer = getattr(client, method)(address)
        assert answer.status_code == (302 if method == "get" else 403), address
        assert "/account/login/" in (answer.url if method == "get" else answer.text), address
    client.force_login(make_user())
    for method, address in pages_of(listing):
        assert getattr(client, method)(address).status_code == 404, address
    assert Listing.objects.get().status == Status.PUBLISHED


def test_another_members_listing_does_not_exist_here(client, ours, sectors):
    theirs = make_listing(sectors[:1])
    for method, address in pages_of(theirs)[2:]:
        assert getattr(client, method)(address).status_code == 404, address
    assert not JournalEntry.objects.filter(object_id=theirs.pk, verb__startswith="listing.").exists()


def test_a_viewer_reads_and_does_nothing(client, sectors):
    member = make_member()
    login(client, member, role="viewer")
    listing = make_listing(sectors[:1], member=member)
    assert client.get(url("my_listings")).status_code == 200
    for method, address in pages_of(listing)[1:]:
        assert getattr(client, method)(address).status_code == 403, address
    assert Listing.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize("status", ["pending", "on_hold", "left", "refused"])
def test_a_member_that_is_not_approved_does_nothing(client, sectors, status):
    member = make_member(status=status)
    login(client, member)
    listing = make_listing(sectors[:1], member=member)
    for method, address in pages_of(listing):
        assert getattr(client, method)(address).status_code == 404, address


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_take_posts_only(client, ours, sectors, verb):
    listing = make_listing(sectors[:1], member=ours)
    assert client.get(url(f"listing_{verb}", listing.slug)).status_code == 405


def test_a_double_click_tells_politely_and_changes_once(client, ours, sectors):
    listing = make_listing(sectors[:1], member=ours)
    reindex_listings()
    client.post(url("listing_withdraw", listing.slug))
    again = client.post(url("listing_withdraw", listing.slug), follow=True)
    assert "Nothing changed" in again.content.decode()
    assert JournalEntry.objects.filter(verb="listing.withdrawn").count() == 1
    assert not ListingSearch.objects.exists()
    client.post(url("listing_renew", listing.slug))
    assert Listing.objects.get().status == Status.PUBLISHED
    assert client.get(url("offer_list")).context["total"] == "1 offer"


@pytest.mark.parametrize(
    "text", ["\0", "😀" * 40, "x" * 10_000, "<script>alert(1)</script>", "\u202e", "'\"\\"]
)
@pytest.mark.parametrize(
    "field", [*written(), "title_pl", "text_en", "handover", "lines-0-slug", "names_no_site"]
)
def test_nasty_values_do_no_harm(client, ours, field, text):
    response = client.post(url("listing_create", "need"), written(**{field: text}), follow=True)
    assert response.status_code in (200, 400, 422)
    assert "<script>alert(1)" not in response.content.decode()
