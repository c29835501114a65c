"""Documents and photos of a listing: kept with a caption, changed, removed, and served to whoever may see them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.core.models import JournalEntry
from alliance.core.uploads import clean_attachment
from partnerships.actions import files as actions
from partnerships.models import Listing, ListingFile
from tests.core.test_metadata import told_docx, told_jpeg
from tests.factories import make_listing, make_member, make_representative, make_sector, make_user
from tests.partnerships.test_audience import WHO, reader


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def ours(client, db):
    member = make_member(country="UA")
    client.force_login(make_representative(member, role="editor").user)
    return member


def photo(name="bridge.jpg"):
    return SimpleUploadedFile(name, told_jpeg(), content_type="image/jpeg")


def add(listing, file=None, caption="The old bridge", **more):
    upload = clean_attachment(file or photo())
    return actions.add_file(listing, upload=upload, caption=caption, by=make_user(), **more)


def test_a_file_is_added_captioned_and_removed(client, ours):
    listing = make_listing(member=ours)
    page = url("listing_files", listing.slug)
    assert client.get(page).status_code == 200
    assert client.post(page, {"file": photo(), "caption": "The bridge"}).status_code == 302
    document = SimpleUploadedFile("плани.docx", told_docx())
    client.post(page, {"file": document, "caption": "Plans"})
    first, second = listing.files.all()
    assert (first.kind, first.caption, second.kind, second.caption) == (
        "photo",
        "The bridge",
        "document",
        "Plans",
    )
    assert (first.position, second.position, second.original_filename) == (0, 1, "плани.docx")
    assert b"CANARY" not in first.file.read()
    change = url("listing_file_change", listing.slug, first.slug)
    client.post(change, {f"{first.slug}-caption": "The new bridge"})
    first.refresh_from_db()
    assert first.caption == "The new bridge"
    refused = client.post(change, {f"{first.slug}-caption": " "})
    assert refused.status_code == 422
    assert f'href="#id_{first.slug}-caption"' in refused.text
    storage, name, small = first.file.storage, first.file.name, first.small_name
    assert storage.exists(small)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda call, **_: call())
        client.post(change, {"remove": "1"})
    assert not storage.exists(name)
    assert not storage.exists(small)
    assert client.post(change, {"remove": "1"}).status_code == 404
    verbs = JournalEntry.objects.filter(verb__startswith="listing.file").values_list("verb", flat=True)
    assert sorted(verbs) == [
        "listing.file_added",
        "listing.file_added",
        "listing.file_captioned",
        "listing.file_removed",
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"caption": "A bridge"}, "file"),
        ({"file": "photo"}, "caption"),
        ({"file": "photo", "caption": "x" * 201}, "caption"),
        ({"file": "svg", "caption": "A bridge"}, "file"),
        ({"file": "empty", "caption": "A bridge"}, "file"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(client, ours, fields, field):
    listing = make_listing(member=ours)
    made = {
        "photo": photo(),
        "svg": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>"),
        "empty": SimpleUploadedFile("a.png", b""),
    }
    sent = {name: made.get(value, value) for name, value in fields.items()}
    refused = client.post(url("listing_files", listing.slug), sent)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in refused.text
    assert not ListingFile.objects.exists()


def test_there_is_room_for_so_many(client, ours):
    listing = make_listing(member=ours)
    for _ in range(actions.MOST_FILES):
        add(listing)
    assert "There is no room" in client.get(url("listing_files", listing.slug)).text
    answer = client.post(url("listing_files", listing.slug), {"file": photo(), "caption": "One more"})
    assert answer.status_code == 409
    assert listing.files.count() == actions.MOST_FILES


def test_a_guarded_need_needs_the_word_for_each_public_file(client, ours):
    sector = make_sector(code="ENE")
    need = make_listing([sector], member=ours, kind="need")
    page = url("listing_files", need.slug)
    refused = client.post(page, {"file": photo(), "caption": "The plant"})
    assert list(refused.context["form"].errors) == ["shows_no_site"]
    with pytest.raises(actions.Incomplete):
        add(need)
    assert client.post(page, {"file": photo(), "caption": "A pump", "shows_no_site": "on"}).status_code == 302
    assert Listing.objects.get().names_no_site_confirmed_at
    for changes in (
        {"audience": "members"},
        {"field_audiences": {"files": "partner"}},
        {"is_member_hidden": True},  # then members alone see the files
    ):
        other = make_listing([sector], member=ours, kind="need", **changes)
        assert (
            client.post(url("listing_files", other.slug), {"file": photo(), "caption": "x"}).status_code
            == 302
        )


@pytest.mark.parametrize("needed", ["public", "members", "partner", "coordinators"])
@pytest.mark.parametrize("who", WHO)
def test_a_file_is_served_to_whoever_may_see_it(client, db, who, needed):
    listing = make_listing(field_audiences={"files": needed} if needed != "public" else {})
    file = add(listing, caption="CANARYCAPTION")
    user = reader(who, listing)
    if user.is_authenticated:
        client.force_login(user)
    rank = {"public": 0, "members": 1, "partner": 2, "coordinators": 3}
    seen = {"anonymous": 0, "stranger": 0, "desk_one_factor": 0, "member": 1, "asking": 1}
    seen |= {"partner": 2, "general_partner": 2, "own": 3, "desk": 3}
    may = seen[who] >= rank[needed]
    answer = client.get(url("listing_file", listing.slug, file.slug))
    assert answer.status_code == (200 if may else 404)
    page = client.get(url("listing_detail", listing.slug)).text
    assert ("CANARYCAPTION" in page) == may
    if may:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        kept = "max-age=300" if needed == "public" else "no-store"
        assert answer.headers["Cache-Control"] == f"private, {kept}"
        assert answer.getvalue().startswith(b"\xff\xd8")
    public = "CANARYCAPTION" in page or f"files/{file.slug}" in page
    assert public == may


@pytest.mark.parametrize("status", ["draft", "withdrawn", "expired"])
def test_files_of_what_is_not_open_are_for_its_own_people(client, db, status):
    listing = make_listing(status=status)
    address = url("listing_file", listing.slug, add(listing).slug)
    assert client.get(address).status_code == 404
    client.force_login(make_representative().user)
    assert client.get(address).status_code == 404
    client.force_login(make_representative(listing.member, role="viewer").user)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_document_is_saved_and_never_opened_here(client, db):
    listing = make_listing()
    file = add(listing, SimpleUploadedFile("plan.docx", told_docx()))
    answer = client.get(url("listing_file", listing.slug, file.slug))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.docx"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_that_is_no_longer_on_the_disk_is_not_found(client, db):
    listing = make_listing()
    file = add(listing)
    file.file.storage.delete(file.file.name)
    assert client.get(url("listing_file", listing.slug, file.slug)).status_code == 404


def test_a_file_of_another_listing_is_not_found(client, db):
    one, other = make_listing(), make_listing()
    assert client.get(url("listing_file", other.slug, add(one).slug)).status_code == 404


@pytest.mark.parametrize(("role", "code"), [("viewer", 403), ("editor", 302), (None, 404)])
def test_who_may_change_files(client, db, role, code):
    listing = make_listing()
    file = add(listing)
    who = make_representative(listing.member, role=role) if role else make_representative()
    client.force_login(who.user)
    sent = {"file": photo(), "caption": "x"}
    assert client.post(url("listing_files", listing.slug), sent).status_code == code
    change = url("listing_file_change", listing.slug, file.slug)
    assert client.post(change, {"remove": "1"}).status_code == code


@pytest.mark.parametrize("files", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_files(client, ours, django_assert_num_queries, files):
    listing = make_listing(member=ours)
    for _ in range(files):
        add(listing)
    client.get(url("listing_files", listing.slug))
    with django_assert_num_queries(10):
        client.get(url("listing_files", listing.slug))
