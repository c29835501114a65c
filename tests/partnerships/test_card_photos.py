"""The small photo on a card: drawn anew, for those who may see the files of its listing, fresh when it changes."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from alliance.core import freshness
from alliance.core.uploads import SMALL_PHOTO, clean_attachment
from partnerships.actions import files as actions
from partnerships.actions.search import reindex_listings
from partnerships.models import ListingFile
from tests.core.test_metadata import told_docx, told_jpeg
from tests.factories import PASSWORD, make_listing, make_representative, make_user


def add(listing, content=None, name="bridge.jpg", caption="The old bridge"):
    upload = clean_attachment(SimpleUploadedFile(name, content or told_jpeg()))
    return actions.add_file(listing, upload=upload, caption=caption, by=make_user())


def drawn(size=(900, 300), mode="RGB", kind="PNG"):
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind)
    return out.getvalue()


def photo_on_card(client):
    freshness.touch()
    [card] = client.get(reverse("partnerships:offer_list")).context["cards"]
    assert bool(card["photo"]) == ("<img" in card["html"])
    return card["photo"], card["html"]


def sign_in(client):
    client.login(username=make_representative().user.email, password=PASSWORD)


@pytest.fixture
def listing(db):
    listing = make_listing()
    reindex_listings()
    return listing


@pytest.mark.parametrize(("size", "mode"), [((900, 300), "RGB"), ((40, 700), "RGBA"), ((10, 10), "L")])
def test_every_photo_is_drawn_anew_in_one_size(client, listing, size, mode):
    file = add(listing, drawn(size, mode), "a.png")
    response = client.get(reverse("partnerships:listing_photo", args=[listing.slug, file.slug]))
    content = b"".join(response.streaming_content)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", SMALL_PHOTO)


def test_the_small_photo_says_nothing_of_its_camera_and_place(client, listing):
    file = add(listing)
    address = reverse("partnerships:listing_photo", args=[listing.slug, file.slug])
    content = b"".join(client.get(address).streaming_content)
    assert b"CANARY" not in content
    assert b"Exif" not in content
    # One that came before small ones were kept is drawn when it is asked for.
    file.file.storage.delete(file.small_name)
    assert b"".join(client.get(address).streaming_content) == content
    assert not file.file.storage.exists(file.small_name)
    file.file.storage.delete(file.file.name)
    assert client.get(address).status_code == 404


def test_a_card_shows_the_first_photo_with_its_size_and_words(client, listing):
    add(listing, told_docx(), "plans.docx", "Plans")
    assert photo_on_card(client)[0] is None
    first = add(listing, caption='The "old" bridge')
    add(listing, caption="Another")
    photo, html = photo_on_card(client)
    assert photo["url"].endswith(f"/files/{first.slug}/small/")
    assert 'alt="The &quot;old&quot; bridge" width="480" height="360" loading="lazy"' in html
    actions.remove_file(first, by=make_user())
    assert photo_on_card(client)[0]["alt"] == "Another"


def test_a_document_has_no_small_photo(client, listing):
    document = add(listing, told_docx(), "plans.docx", "Plans")
    address = reverse("partnerships:listing_photo", args=[listing.slug, document.slug])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "everyone", "members"),
    [
        ({}, True, True),
        ({"field_audiences": {"files": "members"}}, False, True),
        ({"field_audiences": {"files": "partner"}}, False, False),
        ({"is_member_hidden": True}, False, True),
    ],
)
def test_a_photo_is_on_the_cards_of_those_who_may_see_it(client, db, changes, everyone, members):
    listing = make_listing(**changes)
    file = add(listing)
    reindex_listings()
    address = reverse("partnerships:listing_photo", args=[listing.slug, file.slug])
    for expected in (everyone, members):
        assert bool(photo_on_card(client)[0]) == expected
        assert client.get(address).status_code == (200 if expected else 404)
        sign_in(client)


@pytest.mark.parametrize("count", [1, 3])
def test_photos_cost_one_query(client, listing, django_assert_max_num_queries, count):
    for _n in range(count):
        add(make_listing(member=listing.member))
    reindex_listings()
    with django_assert_max_num_queries(22):
        client.get(reverse("partnerships:offer_list"))
    assert ListingFile.objects.count() == count
