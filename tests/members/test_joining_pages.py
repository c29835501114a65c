"""The pages of joining: every step, good and bad; strangers; mailed links; limits."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.forms import shown_at_token
from alliance.core.languages import shown
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.throttle import allow
from alliance.core.uploads import CONTENT_TYPES
from members.links import application_path, application_token, resume_path
from members.models import Mandate, Member
from tests.core.upload_samples import pdf, png
from tests.factories import make_member, make_place, make_sector, make_user

pytestmark = pytest.mark.django_db

PEOPLE = {
    "contact_name": "Olena",
    "contact_role": "",
    "contact_email": "office@example.org",
    "contact_phone": "+380441234567",
    "contact_language": "uk",
    "signatory_name": "The Mayor",
    "signatory_role": "Mayor",
}
AUTHORITY = {
    "official_name": "Miasto Łódź",
    "name_en": "Łódź",
    "description_en": "A city.",
    "website": "lodz.example.org",
}


@pytest.fixture(autouse=True)
def _one_second(monkeypatch):
    """A link holds the second in which it was signed; here the same link is written twice and compared."""
    now = TimestampSigner().timestamp()
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda _signer: now)


def make_draft(**changes):
    fields = {
        "status": Member.Status.DRAFT,
        "email_confirmed_at": None,
        "submitted_at": None,
        "principles_accepted_at": None,
        "contact_email": "office@example.org",
    } | changes
    return make_member(**fields)


def make_complete(**changes):
    now = timezone.now()
    fields = {
        "email_confirmed_at": now,
        "principles_accepted_at": now,
        "signatory_name": "The Mayor",
    } | changes
    member = make_draft(**fields)
    Mandate.objects.create(member=member, promised_by=timezone.localdate() + timedelta(days=30))
    return member


def in_form(**data):
    return {"shown_at": shown_at_token(60), "homepage": ""} | data


def start_url(code):
    return f"{reverse('members:join_start')}?place={code}"


# --- the first claim ---------------------------------------------------------------------------------------


def test_join_start_says_what_is_needed_and_leads_to_the_search(client):
    page = client.get(reverse("members:join_start"))
    assert page.status_code == 200
    assert b"The decision of your council" in page.content


def test_join_start_claims_a_place(client):
    place = make_place(official_name="Łódź")
    page = client.get(start_url(place.code))
    key = re.search(r'name="page_key" value="([^"]+)"', page.content.decode()).group(1)
    data = in_form(kind="municipality", contact_name="Jan", email="jan@example.org", page_key=key)
    answer = client.post(start_url(place.code), data)
    member = Member.objects.get()
    assert answer.url == application_path(member, "authority")
    assert (member.place, member.contact_name, member.contact_language) == (place, "Jan", "en")
    client.post(start_url(place.code), data)
    assert Member.objects.count() == OutgoingMail.objects.count() == 1


def test_join_start_speaks_the_language_of_the_page(client):
    place = make_place()
    with translation.override("uk"):
        client.post(
            start_url(place.code), in_form(kind="municipality", contact_name="О", email="o@example.org")
        )
    assert Member.objects.get().contact_language == "uk"
    assert OutgoingMail.objects.get().language == "uk"


def test_join_start_without_a_place_asks_for_name_and_country(client):
    answer = client.post(
        start_url("none"), in_form(kind="association", contact_name="Jan", email="jan@example.org")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"official_name", "country"}
    client.post(
        start_url("none"),
        in_form(
            kind="municipality",
            contact_name="J",
            email="j@example.org",
            official_name="Wieś",
            country="PL",
            region_text="Lubelskie",
        ),
    )
    assert Member.objects.get().place.official_name == "Wieś (Lubelskie)"


@pytest.mark.parametrize("code", ["NOWHERE", "a\0b", "x" * 5000, "'; --"])
def test_join_start_of_an_unknown_place_is_404(client, code):
    assert client.get(reverse("members:join_start"), {"place": code}).status_code in (400, 404)


def test_join_start_keeps_what_was_typed(client):
    place = make_place()
    answer = client.post(
        start_url(place.code), in_form(kind="municipality", contact_name="Jan", email="nonsense")
    )
    assert answer.status_code == 422
    assert b'value="nonsense"' in answer.content
    assert b"error-summary" in answer.content
    assert not Member.objects.exists()


def test_join_start_tells_politely_that_somebody_was_first(client):
    place = make_place()
    make_member(place=place, contact_name="Secret Person")
    page = client.get(start_url(place.code)).content
    assert b"joined or applied for this place already" in page
    assert b"Secret Person" not in page


def test_join_start_of_a_logged_in_person_confirms_at_once(client):
    user, place = make_user(), make_place()
    client.force_login(user)
    client.post(start_url(place.code), in_form(kind="municipality", contact_name="Jan"))
    member = Member.objects.get()
    assert (member.contact_email, bool(member.email_confirmed_at)) == (user.email, True)
    assert JournalEntry.objects.about(member).get().actor == user
    assert not OutgoingMail.objects.exists()


def test_join_start_trips_bots(client):
    place = make_place()
    data = in_form(
        kind="municipality", contact_name="Jan", email="j@example.org", homepage="http://spam.example"
    )
    assert client.post(start_url(place.code), data).status_code == 422
    data = in_form(kind="municipality", contact_name="Jan", email="j@example.org", shown_at=shown_at_token())
    assert client.post(start_url(place.code), data).status_code == 422
    assert not Member.objects.exists()


def test_join_start_is_limited_per_address_and_a_forged_header_changes_nothing(client):
    place = make_place()
    data = {"kind": "municipality", "contact_name": "Jan", "email": "victim@example.org"}
    statuses = [
        client.post(
            start_url(place.code), in_form(**data), headers={"x-forwarded-for": f"10.0.0.{n}"}
        ).status_code
        for n in range(7)
    ]
    assert statuses == [302] * 5 + [429] * 2
    assert OutgoingMail.objects.count() == 5


def test_join_start_at_the_limit_keeps_what_was_typed(client):
    place = make_place()
    data = in_form(kind="municipality", contact_name="Jan Typed", email="victim@example.org")
    answers = [client.post(start_url(place.code), data) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert 'value="Jan Typed"' in answers[-1].content.decode()
    assert "Please try again in 60 minutes." in answers[-1].content.decode()


def test_join_step_at_the_limit_of_letters_saves_the_rest_and_keeps_what_was_typed(client):
    member = make_draft()
    for _ in range(5):
        allow("join-mail", "new@example.org", 5, 24 * 3600)
    typed = PEOPLE | {"contact_email": "new@example.org", "signatory_name": "Typed Mayor"}
    answer = client.post(application_path(member, "people"), typed)
    assert answer.status_code == 429
    assert 'value="new@example.org"' in answer.content.decode()
    assert "contact_email" in answer.context["form"].errors
    member.refresh_from_db()
    assert (member.signatory_name, member.contact_email) == ("Typed Mayor", "office@example.org")
    assert not OutgoingMail.objects.exists()


def test_join_start_is_limited_per_network(client):
    place = make_place()
    statuses = [
        client.post(
            start_url(place.code),
            in_form(kind="municipality", contact_name="Jan", email=f"v{n}@example.org"),
            headers={"x-forwarded-for": f"10.0.0.{n}"},
        ).status_code
        for n in range(22)
    ]
    assert statuses == [302] * 20 + [429] * 2


# --- steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["authority", "people", "principles", "decision", "check"])
def test_join_step_shows_progress_and_stays_private(client, step):
    page = client.get(application_path(make_draft(), step))
    assert page.status_code == 200
    assert b"of 5" in page.content
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert b"canonical" not in page.content


@pytest.mark.parametrize("step", ["authority", "people", "principles", "decision", "check"])
def test_join_step_in_every_language(client, step):
    member = make_draft()
    for language in ("pl", "uk"):
        with translation.override(language):
            assert client.get(application_path(member, step)).status_code == 200


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_each_principle_leads_to_its_place_on_the_page_of_the_alliance(client, language):
    with translation.override(language):
        page = client.get(application_path(make_draft(), "principles")).text
    links = re.findall(rf'<a href="/{language}/about/#([a-z0-9-]+)">', page)
    assert len(links) == 8
    about = client.get(f"/{language}/about/").text
    assert [anchor for anchor in links if f'<li id="{anchor}">' not in about] == []


@pytest.mark.parametrize("name", ["join_status", "join_step"])
def test_a_strangers_token_is_404(client, name):
    good, other = application_token(make_draft()), application_token(make_draft())
    forged = good.split(":")[0] + ":" + other.split(":", 1)[1]
    for token in (forged, "x", good[:-1], "a" * 3000):
        args = [token, "people"] if name == "join_step" else [token]
        assert client.get(reverse(f"members:{name}", args=args)).status_code == 404


def test_an_old_link_is_404(client):
    member = make_draft()
    path = application_path(member, "people")
    Member.objects.update(link_version=2)
    assert client.get(path).status_code == 404


def test_an_unknown_step_is_404(client):
    token = application_token(make_draft())
    assert client.get(reverse("members:join_step", args=[token, "payment"])).status_code == 404


def test_authority_is_saved_and_leads_on(client):
    member, sector = make_draft(original_language=""), make_sector()
    data = AUTHORITY | {"population": "655000", "sectors": [sector.pk], "languages_spoken": ["pl", "de"]}
    answer = client.post(
        application_path(member, "authority"), data | {"logo_file": upload("logo.png", png())}
    )
    assert answer.url == application_path(member, "people")
    member.refresh_from_db()
    assert (member.official_name, member.website) == ("Miasto Łódź", "https://lodz.example.org")
    assert (member.population, member.languages_spoken) == (655000, ["pl", "de"])
    assert list(member.sectors.all()) == [sector]
    assert member.logo.name.startswith("logos/")
    assert "logo.png" not in member.logo.name
    assert member.original_language == "en"


def upload(name, content, content_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"official_name": ""}, "official_name"),
        ({"official_name": "x" * 201}, "official_name"),
        ({"official_name": "a\0b"}, "official_name"),
        ({"name_en": "", "name_pl": "", "name_uk": ""}, "name_en"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"population": "-5"}, "population"),
        ({"population": "9" * 30}, "population"),
        ({"languages_spoken": ["xx"]}, "languages_spoken"),
        ({"sectors": ["999999"]}, "sectors"),
        ({"description_pl": "x" * 3001}, "description_pl"),
        ({"logo_file": upload("a.svg", b"<svg/>")}, "logo_file"),
        ({"other_text": "Eine Stadt."}, "other_language"),
        ({"other_text": "x", "other_language": "pl"}, "other_language"),
    ],
)
def test_authority_refuses_and_keeps(client, changes, field):
    member = make_draft()
    answer = client.post(application_path(member, "authority"), AUTHORITY | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert b"A city." in answer.content
    member.refresh_from_db()
    assert member.description_en == "A city.", "what is right is saved at once"


def test_a_text_in_a_language_that_the_portal_does_not_speak_is_kept(client):
    member = make_draft()
    path = application_path(member, "authority")
    client.post(path, AUTHORITY | {"description_en": "", "other_language": "de", "other_text": "Eine Stadt."})
    member.refresh_from_db()
    shown_text = shown(member, "description", "uk")
    assert (shown_text.text, shown_text.language, shown_text.is_other) == ("Eine Stadt.", "de", True)
    assert b"Eine Stadt." in client.get(path).content
    client.post(path, AUTHORITY)
    member.refresh_from_db()
    assert (member.original_language, member.original_texts) == ("en", {})


def test_people_are_saved(client):
    member = make_draft()
    answer = client.post(application_path(member, "people"), PEOPLE)
    assert answer.url == application_path(member, "principles")
    member.refresh_from_db()
    assert (member.signatory_name, str(member.contact_phone)) == ("The Mayor", "+380441234567")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_name": ""}, "contact_name"),
        ({"contact_email": "nonsense"}, "contact_email"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"contact_language": "xx"}, "contact_language"),
        ({"signatory_name": ""}, "signatory_name"),
    ],
)
def test_people_refuse_and_keep(client, changes, field):
    member = make_draft()
    answer = client.post(application_path(member, "people"), PEOPLE | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    member.refresh_from_db()
    assert member.signatory_role == "Mayor"


def test_a_new_address_gets_a_new_link_and_the_browser_follows(client):
    member = make_draft(email_confirmed_at=timezone.now())
    old = application_path(member, "people")
    answer = client.post(old, PEOPLE | {"contact_email": "mayor@example.org"})
    member.refresh_from_db()
    assert answer.url == application_path(member, "principles")
    assert member.email_confirmed_at is None
    assert OutgoingMail.objects.get().to == "mayor@example.org"
    assert client.get(old).status_code == 404


def test_an_invalid_page_never_changes_the_address(client):
    member = make_draft()
    client.post(
        application_path(member, "people"), PEOPLE | {"contact_email": "new@example.org", "contact_name": ""}
    )
    member.refresh_from_db()
    assert member.contact_email == "office@example.org"


def keep_url(member, step):
    return reverse("members:join_keep", args=[application_token(member), step])


def test_the_page_saves_itself_while_one_types(client):
    member = make_draft()
    page = client.get(application_path(member, "people"))
    assert b"data-autosave" in page.content
    answer = client.post(
        keep_url(member, "people"),
        PEOPLE | {"contact_phone": "12", "contact_email": "half@example.o", "signatory_name": ""},
    )
    assert answer.status_code == 204
    member.refresh_from_db()
    assert (member.contact_name, member.signatory_role) == ("Olena", "Mayor")
    assert member.contact_email == "office@example.org"
    assert not JournalEntry.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_the_page_does_not_save_itself_where_a_declaration_is_made(client):
    member = make_draft()
    for step in ("principles", "decision", "check"):
        assert client.post(keep_url(member, step), {"accepts_principles": "on"}).status_code == 404
    sent = make_member(status=Member.Status.PENDING)
    assert client.post(keep_url(sent, "people"), PEOPLE).status_code == 409
    assert client.get(keep_url(member, "people")).status_code == 405
    member.refresh_from_db()
    assert member.principles_accepted_at is None


def test_principles_are_all_there_and_need_a_tick(client):
    member = make_draft()
    path = application_path(member, "principles")
    page = client.get(path)
    assert page.content.count(b"<li><strong>") == 8
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"accepts_principles": "on"}).url == application_path(member, "decision")
    member.refresh_from_db()
    assert member.principles_accepted_at


def test_decision_as_a_file_comes_back_as_an_attachment(client):
    member = make_draft()
    data = {"how": "file", "file": upload("../../Рішення ради.PDF", pdf())}
    answer = client.post(application_path(member, "decision"), data)
    assert answer.url == application_path(member, "check")
    mandate = Mandate.objects.get(member=member)
    assert mandate.original_filename == "Рішення ради.pdf"
    assert "Рішення" not in mandate.file.name
    file = client.get(reverse("members:join_decision_file", args=[application_token(member)]))
    assert b"".join(file.streaming_content) == pdf()
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Type"] == CONTENT_TYPES["pdf"]
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    other = make_draft()
    assert (
        client.get(reverse("members:join_decision_file", args=[application_token(other)])).status_code == 404
    )


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_decision_may_be_promised(client):
    member = make_draft()
    client.post(application_path(member, "decision"), {"how": "promise", "promised_by": day(30)})
    assert Mandate.objects.get(member=member).promised_by == timezone.localdate() + timedelta(days=30)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "how"),
        ({"how": "file"}, "file"),
        ({"how": "file", "file": upload("a.pdf", b"<html>")}, "file"),
        ({"how": "promise"}, "promised_by"),
        ({"how": "promise", "promised_by": day(0)}, "promised_by"),
        ({"how": "promise", "promised_by": day(366)}, "promised_by"),
        ({"how": "promise", "promised_by": "31.02.2027"}, "promised_by"),
        ({"how": "none"}, "how"),
    ],
)
def test_decision_refuses(client, data, field):
    member = make_draft()
    answer = client.post(application_path(member, "decision"), data)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Mandate.objects.exists()


def test_check_lists_what_is_missing_and_refuses_to_send(client):
    member = make_draft()
    path = application_path(member, "check")
    assert application_path(member, "people").encode() in client.get(path).content
    answer = client.post(path)
    assert answer.status_code == 422
    assert [item["step"] for item in answer.context["missing"]] == ["people", "principles", "decision"]


def test_check_sends_once_however_often_the_button_is_pressed(client):
    member = make_complete()
    path = application_path(member, "check")
    assert client.post(path).url == application_path(member)
    assert client.post(path).url == application_path(member)
    assert JournalEntry.objects.about(member).filter(verb="member.submitted").count() == 1
    assert OutgoingMail.objects.count() == 2
    assert b"with the desk" in client.get(application_path(member)).content


def test_later_saves_what_is_right_and_mails_the_link(client):
    member = make_draft()
    answer = client.post(application_path(member, "people"), {"contact_name": "Olena", "later": "1"})
    assert answer.url == application_path(member)
    member.refresh_from_db()
    assert member.contact_name == "Olena"
    assert OutgoingMail.objects.get().name == "members/application_link"


def test_later_says_what_is_wrong_instead_of_losing_it(client):
    member = make_draft()
    answer = client.post(application_path(member, "people"), PEOPLE | {"contact_phone": "12", "later": "1"})
    assert answer.status_code == 422
    assert b'value="12"' in answer.content


def test_a_returned_application_shows_the_question_and_can_be_sent_again(client):
    member = make_member(status=Member.Status.RETURNED, desk_message="Who signs for you?", signatory_name="")
    path = application_path(member, "people")
    page = client.get(path)
    assert b"Who signs for you?" in page.content
    assert "contact_email" not in page.context["form"].fields
    client.post(path, PEOPLE)
    Mandate.objects.create(member=member, promised_by=timezone.localdate())
    client.post(application_path(member, "check"))
    member.refresh_from_db()
    assert member.status == Member.Status.PENDING
    assert OutgoingMail.objects.filter(name="members/application_resubmitted").count() == 1


@pytest.mark.parametrize("status", ["pending", "approved", "refused", "on_hold", "left"])
def test_a_sent_application_cannot_be_changed(client, status):
    member = make_member(status=status)
    path = application_path(member, "people")
    assert client.get(path).url == application_path(member)
    assert client.post(path, PEOPLE | {"contact_name": "Other"}).url == application_path(member)
    member.refresh_from_db()
    assert member.contact_name == "Contact Person"


def test_a_promised_decision_may_follow_after_sending(client):
    member = make_member(status=Member.Status.PENDING)
    answer = client.post(
        application_path(member, "decision"), {"how": "file", "file": upload("a.pdf", pdf())}
    )
    assert answer.url == application_path(member)
    assert Mandate.objects.get(member=member).file


# --- status and links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Member.Status.values)
def test_join_status_for_every_status(client, status):
    member = make_draft() if status == "draft" else make_member(status=status)
    for language in ("en", "pl", "uk"):
        with translation.override(language):
            page = client.get(application_path(member))
        assert page.status_code == 200
        assert member.reference.encode() in page.content


def test_opening_the_mailed_link_changes_nothing_and_the_button_confirms(client):
    member = make_draft()
    path = resume_path(member)
    for _ in range(2):
        assert client.get(path).status_code == client.head(path).status_code == 200
    member.refresh_from_db()
    assert member.email_confirmed_at is None
    assert not JournalEntry.objects.exists()
    assert client.post(path).url == application_path(member, "people")
    member.refresh_from_db()
    assert member.email_confirmed_at


def test_confirming_after_sending_completes_the_application(client):
    member = make_complete(email_confirmed_at=None)
    client.post(application_path(member, "check"))
    assert b"One thing is left" in client.get(application_path(member)).content
    assert client.post(resume_path(member)).url == application_path(member)
    member.refresh_from_db()
    assert member.status == Member.Status.PENDING


def test_an_ended_link_explains_itself(client):
    member = make_draft()
    path = resume_path(member)
    Member.objects.update(contact_email="other@example.org")
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"Send me the link again" in answer.content


def test_send_link_is_limited(client):
    member = make_draft()
    path = reverse("members:join_send_link", args=[application_token(member)])
    for _ in range(5):
        assert client.post(path).url == application_path(member)
    assert OutgoingMail.objects.count() == 3
    assert client.get(path).status_code == 405


@pytest.mark.parametrize("by", ["reference", "contact_email"])
def test_resume_mails_only_the_stored_address_and_answers_alike(client, by):
    member = make_draft()
    path = reverse("members:join_resume")
    known = client.post(path, in_form(who=getattr(member, by).lower()))
    unknown = client.post(path, in_form(who="nobody@example.org"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert OutgoingMail.objects.get().to == member.contact_email


def test_resume_is_limited_per_network(client):
    path = reverse("members:join_resume")
    statuses = [client.post(path, in_form(who=f"n{n}@example.org")).status_code for n in range(12)]
    assert statuses == [302] * 10 + [429] * 2


def test_resume_refuses_what_is_no_text(client):
    assert client.post(reverse("members:join_resume"), in_form(who="a\0b")).status_code in (400, 422)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client, method):
    member = make_draft()
    for path in (application_path(member, "people"), application_path(member), resume_path(member)):
        assert getattr(client, method)(path).status_code == 405


def test_a_step_asks_the_database_a_constant_number_of_questions(client, django_assert_num_queries):
    member = make_draft()
    for sectors in (1, 2):
        for _ in range(sectors):
            make_sector()
        client.get(application_path(member, "authority"))
        with django_assert_num_queries(4):
            client.get(application_path(member, "authority"))
