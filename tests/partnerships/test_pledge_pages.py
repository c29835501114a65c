"""The page of a pledge, the forms of its verbs, its files, the lists of a member: who sees what, and what it costs."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships import ledger
from partnerships.models import Evidence, Pledge, PledgeEvent, Transport
from partnerships.views.pledge_verbs import VERBS
from tests.core.upload_samples import pdf
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_listing,
    make_member,
    make_pledge,
    make_representative,
    make_user,
    write_history,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def login(client, member, role="signatory", **changes):
    representative = make_representative(member=member, role=role, user=make_user(**changes))
    client.login(username=representative.user.email, password=PASSWORD)
    return representative.user


@pytest.fixture
def giver():
    return make_member(official_name="Gdynia")


@pytest.fixture
def receiver():
    return make_member(official_name="Sumy", country="UA")


def totals(pledge, line=0):
    return ledger.totals(pledge.lines.all()[line].events.all())


def post(client, pledge, verb, **data):
    """Send a form as it was shown, with changes; the key that the page carried included."""
    page = client.get(url("pledge_verb", pledge.slug, verb))
    form = page.context["form"]
    shown = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    shown.pop("file", None)
    return client.post(url("pledge_verb", pledge.slug, verb), shown | data)


def field(pledge, name="quantity", line=0):
    return f"{name}_{pledge.lines.all()[line].slug}"


# --- Who sees what ------------------------------------------------------------------------------------------

SECRETS = ["Secret note", "Secret carrier", "Secret route", "Secret reason", "secret.pdf", "Secret person"]


@pytest.fixture
def pledge(giver, receiver):
    """On its way, with everything that only both sides may read."""
    row = make_pledge(
        "promised 10 · committed 10", giver=giver, receiver=receiver, note="Secret note", due_on=TODAY
    )
    transport = Transport.objects.create(pledge=row, number=1, carrier="Secret carrier", route="Secret route")
    user = make_user(name="Secret person")
    write_history(
        row.lines.get(),
        "dispatched 6",
        transport=transport,
        reason="Secret reason",
        actor=user,
        actor_kind="user",
    )
    evidence = Evidence.objects.create(
        pledge=row, file=SimpleUploadedFile("x.pdf", pdf()), original_filename="secret.pdf",
        content_type="application/pdf", size=10, side="giver",
    )  # fmt: skip
    evidence.events.set(PledgeEvent.objects.filter(kind="dispatched"))
    return row


def test_both_sides_and_the_desk_read_the_same_ledger(client, pledge, giver, receiver, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    tables = []
    for member in (giver, receiver, None):
        if member:
            login(client, member, role="viewer")
        else:
            client.force_login(make_coordinator())
        page = client.get(url("pledge_detail", pledge.slug))
        tables.append(page.context["table"])
        seen = [secret for secret in SECRETS if secret in page.text]
        # The person's name is for the own side and the desk: the other side gets it with the contacts.
        assert seen == (SECRETS if member != receiver else SECRETS[:-1])
        assert [cell["label"] for cell in page.context["table"]["columns"]][1:-1] == [
            "Promised", "Committed", "Dispatched", "Received", "Accepted", "Still open",
        ]  # fmt: skip
        assert page.context["table"]["rows"][0][1:] == ["10", "10", "6", "0", "0", "10", "partly dispatched"]
    assert tables[0] == tables[1] == tables[2]


def test_the_public_reads_no_transport_no_note_no_file(client, pledge, receiver):
    login_free = client.get(url("pledge_detail", pledge.slug))
    for page in (login_free, client.get(url("pledge_detail", pledge.slug, language="uk"))):
        assert page.status_code == 200
        assert [secret for secret in SECRETS if secret in page.text] == []
        assert pledge.title in page.text
        assert "Gdynia" in page.text
        assert "Sumy" in page.text
    # That it is on the road is nobody's business: it reads “committed”.
    assert login_free.context["table"]["rows"][0][1:] == ["10", "10", "0", "0", "10", "committed"]
    assert login_free.context["state"]["label"] == "committed"
    assert "ispatch" not in login_free.text
    # A third member reads what the public reads.
    login(client, make_member())
    page = client.get(url("pledge_detail", pledge.slug))
    assert [secret for secret in SECRETS if secret in page.text] == []


def test_a_hidden_receiver_is_no_name_and_no_words_that_lead_to_it(client, pledge, giver, receiver):
    need = make_listing(kind="need", member=receiver, title_en="Generators for Sumy water works")
    Pledge.objects.filter(pk=pledge.pk).update(
        is_receiver_hidden=True, listing=need, title="Generators for Sumy water works"
    )
    page = client.get(url("pledge_detail", pledge.slug))
    for word in ("Sumy", "water works", need.slug, receiver.slug):
        assert word not in page.text
    assert "a hromada in" in page.text
    login(client, make_member())
    page = client.get(url("pledge_detail", pledge.slug))
    assert "Sumy" in page.text


def test_what_came_of_a_need_for_members_is_for_members(client, pledge, receiver):
    need = make_listing(kind="need", member=receiver, audience="members")
    Pledge.objects.filter(pk=pledge.pk).update(listing=need)
    assert client.get(url("pledge_detail", pledge.slug)).status_code == 404
    login(client, make_member())
    assert client.get(url("pledge_detail", pledge.slug)).status_code == 200


def test_quantities_that_a_need_keeps_for_members_are_not_public_here_either(client, pledge, receiver):
    need = make_listing(kind="need", member=receiver, field_audiences={"lines": "members"})
    Pledge.objects.filter(pk=pledge.pk).update(listing=need)
    page = client.get(url("pledge_detail", pledge.slug))
    assert page.context["table"] is None
    assert "generators 1" not in page.text
    login(client, make_member())
    assert "generators 1" in client.get(url("pledge_detail", pledge.slug)).text


def test_files_are_for_both_sides_and_the_desk(client, pledge, giver, receiver):
    address = url("pledge_file", pledge.slug, Evidence.objects.get().slug)
    assert client.get(address).status_code == 302
    login(client, make_member())
    assert client.get(address).status_code == 404
    login(client, receiver, role="viewer")
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer) == pdf()
    other = make_pledge()
    assert client.get(url("pledge_file", other.slug, Evidence.objects.get().slug)).status_code == 404


# --- Whose turn it is ------------------------------------------------------------------------------------------

# history | side, role | the yellow button, the others
TURNS = [
    ("promised 3", "giver", "signatory", "Commit firmly", ["Withdraw the promise"]),
    ("promised 3", "giver", "editor", None, ["Withdraw the promise"]),
    ("promised 3", "giver", "viewer", None, []),
    ("promised 3", "receiver", "signatory", None, []),
    ("promised 3 · committed 3", "giver", "editor", "Record a dispatch", []),
    ("committed 3", "giver", "signatory", "Record a dispatch", ["Give on top", "Cancel a commitment"]),
    ("committed 3", "receiver", "editor", None, ["Confirm what arrived"]),
    ("committed 3 · dispatched 3", "receiver", "editor", "Confirm what arrived", []),
    ("committed 3 · dispatched 3", "giver", "editor", None, ["Something was lost"]),
    (
        "committed 3 · dispatched 3 · received 3",
        "receiver",
        "editor",
        "Confirm what arrived",
        ["Something goes back"],
    ),
    (
        "committed 3 · dispatched 3 · received 3 · accepted 3",
        "receiver",
        "editor",
        None,
        ["Confirm what arrived"],
    ),
]


@pytest.mark.parametrize(("history", "side", "role", "turn", "others"), TURNS)
def test_what_a_person_can_do_now(client, giver, receiver, history, side, role, turn, others):
    pledge = make_pledge(history, giver=giver, receiver=receiver)
    login(client, giver if side == "giver" else receiver, role=role)
    page = client.get(url("pledge_detail", pledge.slug))
    buttons = page.context["verbs"]
    assert [str(b["label"]) for b in buttons if b["is_turn"]] == ([turn] if turn else [])
    assert [str(b["label"]) for b in buttons if not b["is_turn"]] == others
    assert page.text.count("button-primary") == bool(turn)
    for button in buttons:
        assert client.get(button["href"]).status_code == 200


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_is_its_sides_and_its_roles(client, giver, receiver, verb):
    pledge = make_pledge(
        "promised 9 · committed 5 · dispatched 4 · received 2", giver=giver, receiver=receiver
    )
    address = url("pledge_verb", pledge.slug, verb.name)
    assert client.get(address).status_code == 302
    login(client, make_member())
    assert client.get(address).status_code == 404
    own, other = (giver, receiver) if verb.sides == ("giver",) else (receiver, giver)
    login(client, other)
    assert client.get(address).status_code == client.post(address, {}).status_code == 404
    login(client, own, role="viewer")
    assert client.get(address).status_code == client.post(address, {}).status_code == 403
    login(client, own, role="editor")
    is_firm = verb.name in ("commit", "cancel", "over-deliver")
    assert client.get(address).status_code == (403 if is_firm else 200)
    login(client, own)
    assert client.get(address).status_code == 200
    assert client.get(url("pledge_verb", pledge.slug, "nothing")).status_code == 404
    assert PledgeEvent.objects.count() == 4


# --- Every verb through its form -------------------------------------------------------------------------------


def test_from_promise_to_acceptance_by_forms(client, giver, receiver):
    """The whole road of journey 7, as forms send it: two transports, one lost, the rest accepted; each other side is
    told by mail in its language."""
    pledge = make_pledge("promised 3", giver=giver, receiver=receiver)
    ukrainian = make_representative(receiver, make_user(language="uk", email="uk@example.org"))
    polish = make_representative(giver, make_user(language="pl", email="pl@example.org"))
    client.force_login(polish.user)
    assert post(client, pledge, "commit", due_on=str(TODAY + timedelta(days=9))).status_code == 302
    assert (
        post(client, pledge, "dispatch", **{field(pledge): "2"}, carrier="Trans", packages="2").status_code
        == 302
    )
    assert post(client, pledge, "dispatch", route="Gdynia – Sumy").status_code == 302
    client.force_login(ukrainian.user)
    answer = post(
        client, pledge, "confirm", reason="Одна розбита",
        **{field(pledge, "received"): "2", field(pledge, "accepted"): "2", field(pledge, "lost"): "1"},
    )  # fmt: skip
    assert answer.status_code == 302
    line = totals(pledge)
    assert (line.committed, line.dispatched, line.received, line.accepted, line.lost) == (3, 3, 2, 2, 1)
    assert (line.state, line.outstanding) == ("partly_accepted", 0)
    assert list(Transport.objects.values_list("number", "carrier", "route", "packages")) == [
        (1, "Trans", "", 2), (2, "", "Gdynia – Sumy", None),
    ]  # fmt: skip
    mails = OutgoingMail.objects.order_by("id")
    assert [(mail.name.removeprefix("partnerships/"), mail.to, mail.language) for mail in mails] == [
        ("pledge_committed", "uk@example.org", "uk"),
        ("pledge_dispatched", "uk@example.org", "uk"),
        ("pledge_dispatched", "uk@example.org", "uk"),
        ("pledge_confirmed", "pl@example.org", "pl"),
    ]
    assert "Одна розбита" in mails.last().text
    assert f"/pl/pledges/{pledge.slug}/" in mails.last().text
    assert "2\xa0sztuki" in mails.last().text


def test_a_double_click_is_told_and_writes_nothing(client, giver, receiver):
    pledge = make_pledge("committed 9", giver=giver, receiver=receiver)
    login(client, giver)
    page = client.get(url("pledge_verb", pledge.slug, "dispatch"))
    data = {"key": page.context["form"]["key"].value(), field(pledge): "4", "happened_on": str(TODAY)}
    for _click in range(2):
        answer = client.post(url("pledge_verb", pledge.slug, "dispatch"), data, follow=True)
    assert "recorded already" in answer.text
    assert totals(pledge).dispatched == 4
    assert JournalEntry.objects.filter(verb="pledge.dispatched").count() == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"quantity": "11"}, "At most 10 pieces can be dispatched"),
        ({"quantity": "-1"}, "greater than or equal to 0"),
        ({"quantity": "0"}, "at least one line"),
        ({"quantity": ""}, "at least one line"),
        ({"quantity": "NaN"}, "Enter a number"),
        ({"quantity": "1e99"}, "no more than"),
        ({"quantity": "1.0001"}, "no more than 3 decimal places"),
        ({"quantity": "0.5"}, "Write a whole number"),
        ({"quantity": "1", "happened_on": "2999-01-01"}, "not come yet"),
        ({"quantity": "1", "happened_on": "1999-01-01"}, "too long ago"),
        ({"quantity": "1", "happened_on": "yesterday"}, "valid date"),
        ({"quantity": "1", "arrives_on": "2020-01-01"}, "cannot arrive before"),
        ({"quantity": "1", "packages": "-3"}, "greater than or equal to 1"),
        ({"quantity": "1", "carrier": "x" * 161}, "at most 160 characters"),
    ],
)
def test_bad_input_is_explained_and_kept(client, giver, receiver, data, error):
    pledge = make_pledge("committed 10", giver=giver, receiver=receiver)
    login(client, giver)
    data = {"carrier": "Kept carrier", **data}
    sent = {field(pledge) if name == "quantity" else name: value for name, value in data.items()}
    answer = post(client, pledge, "dispatch", **sent)
    assert answer.status_code == 422
    assert error in answer.text
    assert "error-summary" in answer.text
    assert data["carrier"] in answer.text
    assert PledgeEvent.objects.count() == 1
    assert not Transport.objects.exists()


def test_more_arrived_than_was_sent_has_to_be_meant(client, giver, receiver):
    pledge = make_pledge("committed 10 · dispatched 4", giver=giver, receiver=receiver)
    make_representative(giver, make_user(email="pl@example.org", language="pl"))
    login(client, receiver, email="uk@example.org", language="uk")
    data = {field(pledge, "received"): "5", field(pledge, "accepted"): "5"}
    answer = post(client, pledge, "confirm", **data)
    assert answer.status_code == 422
    assert "1 piece more than was dispatched" in answer.text
    assert totals(pledge).received == 0
    answer = post(client, pledge, "confirm", **data, is_meant="on")
    assert answer.status_code == 302
    assert totals(pledge).state == "disputed"
    page = client.get(url("pledge_detail", pledge.slug))
    assert "figures differ" in page.text
    mails = OutgoingMail.objects.values_list("name", "to", "language")
    assert set(mails) == {
        ("partnerships/pledge_disputed", "uk@example.org", "uk"),
        ("partnerships/pledge_disputed", "pl@example.org", "pl"),
        ("partnerships/pledge_disputed_desk", "supportukraine@alliance.example", "en"),
    }


@pytest.mark.parametrize(
    ("history", "words", "quantity"),
    [
        ("committed 30 · dispatched 10", "Of these in good order", 10),
        ("committed 30 · dispatched 30 · received 20", "In good order, earlier deliveries included", 30),
    ],
)
def test_what_came_before_is_no_part_of_what_arrives_now(client, receiver, history, words, quantity):
    pledge = make_pledge(history, receiver=receiver)
    login(client, receiver)
    form = client.get(url("pledge_verb", pledge.slug, "confirm")).context["form"]
    accepted = form[field(pledge, "accepted")]
    assert (accepted.label, accepted.value()) == (words, quantity)
    assert form[field(pledge, "received")].value() == 10


def test_a_lost_piece_needs_a_reason(client, giver, receiver):
    pledge = make_pledge("committed 4 · dispatched 4", giver=giver, receiver=receiver)
    login(client, receiver)
    data = {field(pledge, "received"): "3", field(pledge, "accepted"): "3", field(pledge, "lost"): "1"}
    answer = post(client, pledge, "confirm", **data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert post(client, pledge, "confirm", **data, reason="Crushed").status_code == 302


def test_over_cover_is_asked_and_then_allowed(client, giver, receiver):
    need = make_listing(kind="need", member=receiver, line={"item": "beds", "quantity": 2, "unit": "piece"})
    line = {"item": "beds", "unit": "piece", "listing_line": need.lines.get()}
    pledge = make_pledge("promised 5", giver=giver, receiver=receiver, line=line)
    login(client, giver)
    data = {"due_on": str(TODAY)}
    answer = post(client, pledge, "commit", **data)
    assert answer.status_code == 422
    assert "beds: this is 3 pieces more than is still needed." in answer.text
    assert 'type="checkbox" name="is_meant"' in answer.text
    assert totals(pledge).committed == 0
    assert post(client, pledge, "commit", **data, is_meant="on").status_code == 302
    assert need.lines.get().coverage.over == 3


@pytest.mark.parametrize(
    ("history", "side", "verb", "data", "kind"),
    [
        ("committed 5", "giver", "cancel", {"reason": "Sold"}, "cancelled"),
        ("committed 5", "giver", "over-deliver", {"quantity": "2", "reason": "A gift"}, "over_delivered"),
        ("committed 5 · dispatched 5", "giver", "lose", {"quantity": "2", "reason": "Fire"}, "lost"),
        (
            "committed 5 · dispatched 5 · received 5",
            "receiver",
            "return",
            {"quantity": "2", "reason": "Wrong voltage"},
            "returned",
        ),
        ("promised 5", "giver", "withdraw", {"reason": "No money"}, "promised"),
    ],
)
def test_the_other_verbs(client, giver, receiver, history, side, verb, data, kind):
    pledge = make_pledge(history, giver=giver, receiver=receiver)
    member, other = (giver, receiver) if side == "giver" else (receiver, giver)
    told = make_representative(other).user
    login(client, member)
    sent = {field(pledge) if name == "quantity" else name: value for name, value in data.items()}
    refused = post(client, pledge, verb, **(sent | {"reason": " "}))
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"]
    assert post(client, pledge, verb, **sent).status_code == 302
    event = PledgeEvent.objects.latest("id")
    assert (event.kind, event.reason, event.side) == (kind, data["reason"], side)
    mail = OutgoingMail.objects.get()
    assert mail.to == told.email
    assert data["reason"] in mail.text


def test_an_entry_is_corrected_beside_it(client, giver, receiver):
    pledge = make_pledge("committed 9 · dispatched 9", giver=giver, receiver=receiver)
    event = PledgeEvent.objects.get(kind="dispatched")
    address = url("pledge_correct", pledge.slug, event.pk)
    login(client, receiver)
    assert client.get(address).status_code == 404
    login(client, giver, role="editor")
    page = client.get(url("pledge_detail", pledge.slug))
    assert [entry["correct_url"] for entry in page.context["history"]] == [
        address,
        "",
    ]  # firm words: a signatory
    assert client.get(address).status_code == 200
    for data, error in [
        ({"quantity": "10", "reason": "x"}, "At most 9 pieces can be taken off"),
        ({"quantity": "1", "reason": ""}, "required"),
        ({"quantity": "0", "reason": "x"}, "greater than zero"),
    ]:
        answer = client.post(address, data)
        assert answer.status_code == 422
        assert error in answer.text
    key = client.get(address).context["form"]["key"].value()
    for _click in range(2):
        client.post(address, {"quantity": "2", "reason": "Counted again", "key": key})
    assert totals(pledge).dispatched == 7
    page = client.get(url("pledge_detail", pledge.slug))
    assert page.context["history"][0]["what"] == "correction of “dispatched”"
    assert page.context["history"][0]["quantity"] == "−2"
    login(client, giver)
    committed = PledgeEvent.objects.get(kind="committed")
    assert client.get(url("pledge_correct", pledge.slug, committed.pk)).status_code == 200


def photo_with_place() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Secret warehouse"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    assert b"Secret warehouse" in out.getvalue()
    return out.getvalue()


def test_a_photo_comes_without_its_metadata(client, giver, receiver):
    pledge = make_pledge("committed 4 · dispatched 4", giver=giver, receiver=receiver)
    login(client, receiver)
    file = SimpleUploadedFile("склад.jpg", photo_with_place(), "image/jpeg")
    assert post(client, pledge, "confirm", file=file, caption="The boxes").status_code == 302
    row = Evidence.objects.get()
    assert (row.caption, row.side, row.original_filename) == ("The boxes", "receiver", "склад.jpg")
    assert {event.kind for event in row.events.all()} == {"received", "accepted"}
    with row.file.open() as stored:
        assert b"Secret warehouse" not in stored.read()
    page = client.get(url("pledge_detail", pledge.slug))
    assert page.text.count("The boxes") == 3  # at both entries, and among the files


def test_a_file_is_added_later_once(client, giver, receiver):
    pledge = make_pledge("committed 4", giver=giver, receiver=receiver)
    address = url("pledge_evidence", pledge.slug)
    login(client, giver, role="viewer")
    assert client.get(address).status_code == 403
    login(client, giver, role="editor")
    assert client.post(address, {}).status_code == 422
    bad = SimpleUploadedFile("x.exe", b"MZ not a document")
    assert client.post(address, {"file": bad}).status_code == 422
    for _click in range(2):
        client.post(address, {"file": SimpleUploadedFile("a.pdf", pdf()), "caption": "Protocol"})
    assert Evidence.objects.get().side == "giver"
    assert JournalEntry.objects.filter(verb="pledge.evidence_added").count() == 1


def test_the_receiver_decides_whether_the_public_reads_its_name(client, giver, receiver):
    pledge = make_pledge("committed 4", giver=giver, receiver=receiver)
    address = url("pledge_receiver", pledge.slug)
    login(client, giver)
    assert client.post(address, {"hide": "1"}).status_code == 404
    login(client, receiver, role="viewer")
    assert client.post(address, {"hide": "1"}).status_code == 403
    login(client, receiver, role="editor")
    assert client.get(address).status_code == 405
    client.post(address, {"hide": "1"})
    assert Pledge.objects.get().is_receiver_hidden
    client.post(address, {"hide": "0"})
    assert not Pledge.objects.get().is_receiver_hidden


def test_what_was_done_meanwhile_is_said(client, giver, receiver):
    pledge = make_pledge("committed 4 · dispatched 4", giver=giver, receiver=receiver)
    login(client, giver)
    answer = client.get(url("pledge_verb", pledge.slug, "dispatch"), follow=True)
    assert "nothing to do here any more" in answer.text


def test_entries_are_limited_per_member(client, giver, receiver, monkeypatch):
    monkeypatch.setattr("partnerships.views.pledge_verbs.ENTRIES_PER_HOUR", 1)
    pledge = make_pledge("committed 9", giver=giver, receiver=receiver)
    login(client, giver)
    assert post(client, pledge, "dispatch", **{field(pledge): "1"}).status_code == 302
    assert post(client, pledge, "dispatch", **{field(pledge): "1"}).status_code == 429
    assert totals(pledge).dispatched == 1


# --- Lists and costs ------------------------------------------------------------------------------------------


def test_lists_show_what_waits_first(client, giver, receiver):
    soft = make_pledge("promised 1", giver=giver, receiver=receiver, title="Soft one")
    make_pledge("committed 1 · dispatched 1", giver=giver, receiver=receiver, title="On its way")
    make_pledge("promised 1", title="Of others")
    late = make_pledge(
        "committed 1", giver=giver, receiver=receiver, title="Late one", due_on=TODAY - timedelta(days=1)
    )
    login(client, giver, role="viewer")
    page = client.get(url("my_promises"))
    names = [row[0]["text"] for row in page.context["waiting"]["rows"]]
    assert names == ["Late one", "Soft one"]
    assert [row[0]["text"] for row in page.context["table"]["rows"]] == ["Late one", "On its way", "Soft one"]
    assert "late" in page.context["table"]["rows"][0][4]
    assert "Of others" not in page.text
    assert [row[3] for row in page.context["table"]["rows"]] == [
        "you: dispatch", "the other side: receipt", "you: commitment",
    ]  # fmt: skip
    login(client, receiver, role="viewer")
    page = client.get(url("my_deliveries"))
    assert [row[0]["text"] for row in page.context["waiting"]["rows"]] == ["On its way"]
    assert client.get(url("my_promises")).context["table"]["rows"] == []
    assert {soft.slug, late.slug} <= set(re.findall(r"/pledges/(\w+)/", page.text))


def queries(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_with_one_and_three_rows(client, giver, receiver, count):
    for _row in range(count):
        make_pledge("promised 2 · committed 1", "committed 1", giver=giver, receiver=receiver)
    login(client, giver)
    assert queries(client, url("my_promises")) == LIST_QUERIES


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_with_one_and_three_of_everything(client, giver, receiver, count):
    pledge = make_pledge(*["committed 9 · dispatched 2"] * count, giver=giver, receiver=receiver)
    for number in range(count):
        transport = Transport.objects.create(pledge=pledge, number=number + 1)
        for line in pledge.lines.all():
            events = write_history(
                line, "dispatched 1", transport=transport, actor=make_user(), actor_kind="user"
            )
            row = Evidence.objects.create(
                pledge=pledge, file="evidence/x.pdf", original_filename="x.pdf", content_type="application/pdf",
                size=1, side="giver",
            )  # fmt: skip
            row.events.set(events)
    login(client, giver)
    assert queries(client, url("pledge_detail", pledge.slug)) == PAGE_QUERIES


LIST_QUERIES = 15
PAGE_QUERIES = 20


def test_numbers_are_written_as_the_reader_writes_them(client, giver, receiver):
    pledge = make_pledge(
        "committed 12345.5", giver=giver, receiver=receiver, line={"item": "cement", "unit": "kg"}
    )
    login(client, giver)
    page = client.get(url("pledge_detail", pledge.slug, language="uk"))
    assert page.context["table"]["rows"][0][2].replace("\xa0", " ") == "12 345,5"
    answer = client.post(
        url("pledge_verb", pledge.slug, "dispatch", language="uk"),
        {field(pledge): "7,5", "happened_on": str(TODAY)},
    )
    assert answer.status_code == 302
    assert totals(pledge).dispatched == Decimal("7.5")
