"""Pages of a twinning's parties: who may do what, forms with their messages, what waits, and constant queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import twinning_consents, twinnings
from partnerships.links import twinning_path
from partnerships.models import StageProposal, Twinning, TwinningStep
from tests.factories import (
    PASSWORD,
    make_match,
    make_member,
    make_party,
    make_place,
    make_representative,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db

Status = Twinning.Status
TODAY = timezone.localdate()


@pytest.fixture
def sides():
    """Sumy and Gdynia, each with a viewer, an editor and a signatory."""
    members = {}
    for name, country in (("Sumy", "UA"), ("Gdynia", "PL")):
        members[name] = make_member(official_name=name, country=country, contact_name=f"Contact-{name}")
        for role in ("viewer", "editor", "signatory"):
            person = make_user(email=f"{role}@{name.lower()}.example.org", language="en")
            make_representative(members[name], person, role=role)
    return members


def signed_in(email):
    client = Client()
    assert client.login(username=f"{email}.example.org", password=PASSWORD)
    return client


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def made(sides, **changes):
    return make_twinning(sides["Sumy"], sides["Gdynia"], **changes)


def proposed(sides, stage, **changes):
    """Sumy proposes ``stage``."""
    twinning = made(sides, **changes)
    twinning_consents.propose_stage(twinning, member=sides["Sumy"], stage=stage, by=make_user())
    return twinning


def page(client, twinning):
    return client.get(url("twinning_detail", twinning.slug)).content.decode()


# --- Who may do what -------------------------------------------------------------------------------------------


def test_the_table_of_roles(sides):
    make_representative(make_member(), make_user(email="signatory@other.example.org"), role="signatory")
    twinning = proposed(sides, Status.LETTER)
    forms = ("twinning_invite", "twinning_step", "twinning_object", "twinning_leave")
    Twinning.objects.update(status=Status.SOLIDARITY)
    table = {
        "viewer@gdynia": [403, 403, 403, 403],
        "editor@gdynia": [200, 200, 403, 403],
        "signatory@gdynia": [200, 200, 200, 200],
        "signatory@other": [404, 404, 404, 404],
    }
    for who, expected in table.items():
        client = signed_in(who)
        answers = [client.get(url(name, twinning.slug)).status_code for name in forms]
        assert answers == expected, who
    consent = url("twinning_consent", twinning.slug)
    told = {"proposal": StageProposal.objects.get().pk}
    answers = {who: signed_in(who).post(consent, told).status_code for who in table}
    assert list(answers.values()) == [403, 403, 302, 404]
    assert Client().post(consent, told).status_code == 403
    twinning.refresh_from_db()
    assert twinning.status == Status.LETTER


def test_an_editor_agrees_to_a_solidarity_contact_but_proposes_no_letter(sides):
    twinning = proposed(sides, Status.SOLIDARITY)
    editor = signed_in("editor@gdynia")
    told = {"proposal": StageProposal.objects.get().pk}
    assert editor.post(url("twinning_consent", twinning.slug), told).status_code == 302
    twinning.refresh_from_db()
    assert twinning.status == Status.SOLIDARITY
    stage = url("twinning_stage", twinning.slug)
    assert editor.get(stage).status_code == 403
    signatory = signed_in("signatory@gdynia")
    assert signatory.post(stage, {"stage": "letter"}).status_code == 302
    assert StageProposal.objects.latest("id").stage == "letter"


def test_a_stage_that_is_not_ahead_is_refused_at_its_field(sides):
    twinning = made(sides, status=Status.LETTER)
    client = signed_in("signatory@gdynia")
    for stage in ("", "solidarity", "in_force", "x"):
        response = client.post(url("twinning_stage", twinning.slug), {"stage": stage})
        assert response.status_code == 422
        assert response.context["form"].errors["stage"]
    assert StageProposal.objects.count() == 0


def test_in_force_without_a_number_says_what_is_missing(sides):
    twinning = made(sides, status=Status.DRAFTED, needs_registration=True)
    response = signed_in("signatory@gdynia").post(url("twinning_stage", twinning.slug), {"stage": "in_force"})
    assert response.status_code == 422
    assert "Record the registration" in response.context["form"].errors["stage"][0]


def test_an_old_page_agrees_to_nothing_new(sides):
    twinning = proposed(sides, Status.LETTER)
    seen = StageProposal.objects.get()
    twinning_consents.decline_stage(seen, member=sides["Sumy"], by=make_user())
    twinning_consents.propose_stage(twinning, member=sides["Sumy"], stage=Status.DRAFTED, by=make_user())
    response = signed_in("signatory@gdynia").post(
        url("twinning_consent", twinning.slug), {"proposal": seen.pk}, follow=True
    )
    assert "Nothing changed" in response.content.decode()
    twinning.refresh_from_db()
    assert twinning.status == Status.FIRST_CONTACT


def test_a_no_needs_its_reason_and_keeps_what_was_typed(sides):
    twinning = proposed(sides, Status.LETTER)
    client, address = signed_in("signatory@gdynia"), url("twinning_object", twinning.slug)
    assert client.post(address, {"text": " "}).status_code == 422
    long = "x" * 1001
    response = client.post(address, {"text": long})
    assert response.status_code == 422
    assert long in response.content.decode()
    assert client.post(address, {"text": "In May."}).status_code == 302
    assert StageProposal.objects.get().closing_text == "In May."
    assert "In May." in page(signed_in("viewer@sumy"), twinning)
    assert "In May." not in page(Client(), twinning)


# --- The page --------------------------------------------------------------------------------------------------


def test_the_page_shows_who_has_agreed_and_one_yellow_button(sides):
    twinning = proposed(sides, Status.LETTER)
    seen = {
        who: page(signed_in(who), twinning) for who in ("signatory@gdynia", "editor@gdynia", "viewer@sumy")
    }
    for words in seen.values():
        assert words.count("button-primary") <= 1
        assert "has not answered yet" in words
        assert words.count(">agreed<") == 1
    assert url("twinning_consent", twinning.slug) in seen["signatory@gdynia"]
    assert url("twinning_consent", twinning.slug) not in seen["editor@gdynia"]
    assert "a signatory of your member answers" in seen["editor@gdynia"]
    assert "<form" not in seen["viewer@sumy"].split("<main")[1]
    public = page(Client(), twinning)
    assert "has not answered yet" not in public


def test_contacts_are_for_parties_that_are_in_it_and_not_across_a_block(sides):
    twinning = made(sides)
    third = make_member(official_name="Lyon", contact_name="Contact-Lyon")
    make_party(twinning, third, agreed_at=None, agreed_by=None, position=2)
    make_representative(third, make_user(email="editor@lyon.example.org"), role="editor")
    assert "Contact-Gdynia" in page(signed_in("viewer@sumy"), twinning)
    assert "Contact-Lyon" not in page(signed_in("viewer@sumy"), twinning)  # it has not agreed yet
    assert "Contact-" not in page(signed_in("editor@lyon"), twinning)
    twinning.parties.filter(member=sides["Gdynia"]).update(
        contact=sides["Gdynia"].representatives.get(role="editor").user
    )
    assert "editor@gdynia.example.org" in page(signed_in("viewer@sumy"), twinning)
    assert "editor@gdynia.example.org" not in page(signed_in("editor@lyon"), twinning)
    assert "Contact-" not in page(Client(), twinning)
    sides["Gdynia"].blocks.create(blocked=sides["Sumy"])
    assert "Contact-Gdynia" not in page(signed_in("viewer@sumy"), twinning)


def test_the_ladder_leaves_out_what_was_skipped(sides):
    twinning = proposed(sides, Status.LETTER)
    twinning_consents.consent_to_stage(StageProposal.objects.get(), member=sides["Gdynia"], by=make_user())
    steps = Client().get(url("twinning_detail", twinning.slug)).context["stages"]["steps"]
    assert [(step["title"], step["state"]) for step in steps] == [
        ("Letter of intent", "now"),
        ("Agreement drafted", ""),
        ("Agreement in force", ""),
    ]


def test_the_number_of_queries_does_not_grow_with_parties_or_partnerships(sides):
    twinning = proposed(sides, Status.LETTER)
    client = signed_in("signatory@gdynia")
    counts = {}
    for address in (url("twinning_detail", twinning.slug), url("my_twinnings"), reverse("content:dashboard")):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        counts[address] = len(queries)
    for _n in range(2):
        make_party(twinning, make_member(contact_name="C"))
        proposed(sides, Status.SOLIDARITY)
    for address, before in counts.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) == before, address


# --- Beginning -------------------------------------------------------------------------------------------------


def test_from_a_match_to_a_partnership(sides):
    match = make_match(sides["Sumy"], sides["Gdynia"])
    client = signed_in("editor@gdynia")
    assert url("twinning_create", match.slug) in client.get(url("match_detail", match.slug)).content.decode()
    assert signed_in("viewer@gdynia").post(url("twinning_create", match.slug)).status_code == 403
    form = client.get(url("twinning_create", match.slug)).content.decode()
    assert "<li>Gdynia</li><li>Sumy</li>" in form
    response = client.post(url("twinning_create", match.slug))
    twinning = Twinning.objects.get()
    assert response.headers["Location"] == url("twinning_detail", twinning.slug)
    assert client.post(url("twinning_create", match.slug)).status_code == 302
    assert Twinning.objects.count() == 1
    assert (
        url("twinning_detail", twinning.slug) in client.get(url("match_detail", match.slug)).content.decode()
    )
    # The other side reads of it in its own list, joins, and is not asked twice.
    other = signed_in("editor@sumy")
    assert "waits for you" in other.get(url("my_twinnings")).content.decode()
    assert "you are asked to take part" in other.get(reverse("content:dashboard")).content.decode()
    assert other.post(url("twinning_join", twinning.slug)).status_code == 302
    assert twinning.parties.filter(agreed_at=None).count() == 0
    assert "waits for you" not in other.get(url("my_twinnings")).content.decode()
    assert "Nothing changed" in other.post(url("twinning_join", twinning.slug), follow=True).content.decode()


def test_a_match_that_is_not_accepted_opens_nothing(sides):
    match = make_match(sides["Sumy"], sides["Gdynia"], status="requested")
    client = signed_in("editor@gdynia")
    assert (
        url("twinning_create", match.slug) not in client.get(url("match_detail", match.slug)).content.decode()
    )
    assert client.post(url("twinning_create", match.slug)).status_code == 302
    assert Twinning.objects.count() == 0


def test_one_more_member_is_found_and_asked_in(sides):
    twinning, lyon = made(sides), make_member(official_name="Lyon", spellings="lyon", name_en="Lyon")
    make_member(official_name="Lyon Bank", spellings="lyon bank", kind="institution")
    client, address = signed_in("editor@gdynia"), url("twinning_invite", twinning.slug)
    found = client.post(address, {"q": "lyon", "search": "1"})
    assert found.status_code == 200
    assert [value for value, _words in found.context["form"].fields["pick"].choices] == [lyon.slug]
    assert "aria-invalid" not in found.content.decode()
    for wrong in (
        {"q": ""},
        {"q": "lyon"},
        {"q": "lyon", "pick": "x"},
        {"q": "gdynia", "pick": sides["Gdynia"].slug},
    ):
        assert client.post(address, wrong).status_code == 422, wrong
    assert client.post(address, {"q": "lyon", "pick": lyon.slug}).status_code == 302
    party = twinning.parties.get(member=lyon)
    assert party.agreed_at is None
    assert url("twinning_uninvite", twinning.slug, party.pk) in page(client, twinning)
    assert client.post(url("twinning_uninvite", twinning.slug, party.pk)).status_code == 302
    party.refresh_from_db()
    assert party.left_at


def declared(**changes):
    return {
        "q": "Wiesbaden",
        "pick": "",
        "name": "",
        "country": "",
        "named_as": "",
        "stage": "letter",
        "since_year": "1996",
        "signed_on": "",
        "is_registered": "",
        "registry_number": "",
        "registered_on": "",
    } | changes


@pytest.fixture
def wiesbaden():
    return make_place(
        country="DE", official_name="Wiesbaden", spellings="wiesbaden", keys="|wiesbaden|", register="lau"
    )


def test_an_existing_partnership_is_declared_with_a_place(sides, wiesbaden):
    client, address = signed_in("editor@gdynia"), url("twinning_declare")
    found = client.post(address, declared(search="1"))
    assert found.status_code == 200
    values = [value for value, _words in found.context["form"].fields["pick"].choices]
    assert values == [f"place:{wiesbaden.pk}", "none"]
    assert 'value="1996"' in found.content.decode()
    response = client.post(address, declared(pick=f"place:{wiesbaden.pk}"), follow=True)
    twinning = Twinning.objects.get()
    assert (twinning.status, twinning.since_year, twinning.public_since) == (Status.LETTER, 1996, None)
    assert "is no member of the Alliance yet" in response.content.decode()
    assert Client().get(url("twinning_detail", twinning.slug)).status_code == 404
    # Once Wiesbaden is a member, it reads of it and confirms.
    member = make_member(official_name="Wiesbaden", country="DE", place=wiesbaden)
    make_representative(member, make_user(email="signatory@wiesbaden.example.org"))
    other = signed_in("signatory@wiesbaden")
    assert "please confirm that it exists" in other.get(url("my_twinnings")).content.decode()
    assert other.post(url("twinning_join", twinning.slug)).status_code == 302
    assert Client().get(url("twinning_detail", twinning.slug)).status_code == 200


def test_a_business_is_refused_with_an_explanation_at_the_field(sides):
    client, address = signed_in("editor@gdynia"), url("twinning_declare")
    sent = declared(pick="none", name="Acme", country="US", named_as="business")
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "A business cannot be a party" in response.context["form"].errors["named_as"][0]
    words = response.content.decode()
    assert 'value="Acme"' in words
    assert "id_named_as_error" in words
    assert Twinning.objects.count() == 0
    by_name = client.post(address, sent | {"named_as": "community", "name": "Acme Ltd."})
    assert "name of a business" in by_name.context["form"].errors["name"][0]
    assert client.post(address, sent | {"named_as": "community"}).status_code == 302
    assert Twinning.objects.get().parties.get(member=None).name == "Acme"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"q": "", "pick": ""}, "q"),
        ({"pick": "place:999999"}, "pick"),
        ({"pick": "none"}, "name"),
        ({"pick": "none", "name": "X", "country": "US"}, "named_as"),
        ({"pick": "none", "name": "X", "named_as": "region"}, "country"),
        ({"since_year": ""}, "since_year"),
        ({"since_year": "1800"}, "since_year"),
        ({"since_year": "9999"}, "since_year"),
        ({"since_year": "x"}, "since_year"),
        ({"stage": "drafted"}, "stage"),
        ({"stage": "in_force"}, "is_registered"),
        ({"stage": "in_force", "is_registered": "yes", "registry_number": "1"}, "registered_on"),
        ({"stage": "in_force", "is_registered": "yes", "registered_on": "2020-01-01"}, "registry_number"),
        ({"signed_on": "2020-13-40"}, "signed_on"),
    ],
)
def test_what_is_wrong_stands_at_its_field(sides, wiesbaden, changes, field):
    sent = declared(pick=f"place:{wiesbaden.pk}") | changes
    response = signed_in("editor@gdynia").post(url("twinning_declare"), sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Twinning.objects.count() == 0


def test_contesting_asks_for_a_reason_and_tells_the_desk(sides):
    client = signed_in("editor@gdynia")
    place = f"place:{sides['Sumy'].place.pk}"
    sides["Sumy"].place.spellings, sides["Sumy"].place.keys = "sumy", "|sumy|"
    sides["Sumy"].place.official_name = sides["Sumy"].place.name_en = "Sumy"
    sides["Sumy"].place.save()
    client.post(url("twinning_declare"), declared(q="sumy", pick=place))
    twinning = Twinning.objects.get()
    assert twinning.parties.get(member=sides["Sumy"]).agreed_at is None
    address = url("twinning_decline", twinning.slug)
    assert signed_in("editor@sumy").get(address).status_code == 403  # a letter binds
    other = signed_in("signatory@sumy")
    assert other.post(address, {"text": ""}).status_code == 422
    assert other.post(address, {"text": "Never."}).status_code == 302
    assert OutgoingMail.objects.filter(name="partnerships/twinning_contested").count() == 1


# --- What has no place now ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("twinning_step", "There is no step to record at this stage."),
        ("twinning_object", "Nothing is proposed"),
        ("twinning_decline", "takes part already"),
    ],
)
def test_a_form_that_has_no_place_says_why(sides, verb, words):
    twinning = made(sides)
    client = signed_in("signatory@gdynia")
    answer = client.get(url(verb, twinning.slug))
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert url("twinning_detail", twinning.slug) in answer.content.decode()


def test_what_is_over_or_waits_says_so(sides):
    client = signed_in("signatory@gdynia")
    waiting = url("twinning_stage", proposed(sides, Status.LETTER, status=Status.SOLIDARITY).slug)
    answer = client.get(waiting)
    assert answer.status_code == 409
    assert "A proposal waits for answers" in answer.content.decode()
    # Sent twice, it was done already: that page says so.
    assert "Nothing changed" in client.post(waiting, {"stage": "letter"}, follow=True).content.decode()
    over = made(sides, status=Status.ENDED, end_reason="agreed", ended_on=TODAY)
    for verb in ("twinning_step", "twinning_leave", "twinning_name", "twinning_invite"):
        answer = client.post(url(verb, over.slug), {"kind": "signed", "happened_on": TODAY.isoformat()})
        assert answer.status_code == 409, verb
        assert "has ended" in answer.content.decode()
    assert not TwinningStep.objects.exists()


def test_a_title_with_its_language(sides):
    twinning = made(sides)
    editor, address = signed_in("editor@gdynia"), url("twinning_name", twinning.slug)
    assert address in page(editor, twinning)
    told = {"title": " Наші  школи ", "language": "uk"}
    wrong = editor.post(address, told | {"language": "xx"})
    assert (wrong.status_code, wrong.context["form"]["title"].value()) == (422, " Наші  школи ")
    assert editor.post(address, told | {"title": "a" * 161}).status_code == 422
    assert editor.post(address, told).status_code == 302
    assert '<span lang="uk">Наші школи</span>' in page(editor, twinning)
    assert signed_in("viewer@gdynia").get(address).status_code == 403


# --- Steps and leaving -----------------------------------------------------------------------------------------


def test_a_step_is_recorded_and_withdrawn(sides):
    twinning = made(sides, status=Status.DRAFTED, needs_registration=True)
    client, address = signed_in("editor@gdynia"), url("twinning_step", twinning.slug)
    base = {"kind": "sent_to_ministry", "happened_on": TODAY.isoformat()}
    wrong = [
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"happened_on": ""}, "happened_on"),
        ({"kind": "ministry_agreed"}, "kind"),
        ({"kind": "registered"}, "number"),
        ({"kind": "signed", "valid_until": "1999-01-01"}, "valid_until"),
        ({"valid_until": "2999-01-01"}, "valid_until"),
    ]
    for changes, field in wrong:
        response = client.post(address, base | changes)
        assert response.status_code == 422, changes
        assert field in response.context["form"].errors, changes
    assert client.post(address, base).status_code == 302
    twinning.refresh_from_db()
    assert twinning.status == Status.IN_APPROVAL
    step = TwinningStep.objects.get()
    withdraw = url("twinning_step_withdraw", twinning.slug, step.pk)
    assert withdraw in page(client, twinning)
    assert signed_in("viewer@sumy").post(withdraw).status_code == 403
    assert client.post(url("twinning_step_withdraw", made(sides).slug, step.pk)).status_code == 404
    assert client.post(withdraw).status_code == 302
    twinning.refresh_from_db()
    assert twinning.status == Status.DRAFTED
    assert "Nothing changed" in client.post(withdraw, follow=True).content.decode()
    assert JournalEntry.objects.filter(verb="step.withdrawn").count() == 1


def test_leaving_says_what_follows_and_ends_a_partnership_of_two(sides):
    twinning = made(sides, status=Status.LETTER)
    client, address = signed_in("signatory@gdynia"), url("twinning_leave", twinning.slug)
    assert "the partnership ends" in client.get(address).content.decode()
    response = client.post(address, {"text": "Elections."})
    assert response.headers["Location"] == url("my_twinnings")
    twinning.refresh_from_db()
    assert twinning.end_reason == "parties_left"
    assert client.get(address).status_code == 404  # it is no party any more
    mail = OutgoingMail.objects.filter(name="partnerships/twinning_left").first()
    assert "Elections." in mail.text
    assert "has ended" in mail.text


def test_too_much_in_an_hour_is_refused_with_what_was_typed(sides, monkeypatch):
    monkeypatch.setattr("partnerships.views.twinning_shared.DEEDS_PER_HOUR", 1)
    twinning = made(sides, status=Status.LETTER)
    client, address = signed_in("signatory@gdynia"), url("twinning_leave", twinning.slug)
    proposal = client.post(url("twinning_stage", twinning.slug), {"stage": "drafted"})
    assert proposal.status_code == 302
    response = client.post(address, {"text": "Elections."})
    assert response.status_code == 429
    assert "Elections." in response.content.decode()
    assert twinning.parties.filter(left_at=None).count() == 2


def test_the_link_of_a_mail_lets_nobody_in(sides):
    twinning, _is_new = twinnings.open_twinning(
        make_match(sides["Sumy"], sides["Gdynia"]), member=sides["Gdynia"], by=make_user()
    )
    path = twinning_path(twinning, sides["Sumy"])
    assert "/account/login/" in Client().get(path).headers["Location"]
    assert signed_in("viewer@gdynia").get(path).status_code == 404
    assert signed_in("viewer@sumy").get(path).headers["Location"] == url("twinning_detail", twinning.slug)
    assert signed_in("viewer@sumy").get(url("twinning_open", "x:y")).status_code == 404
