"""The life of a twinning: work plan, documents, news, promises of the pair; who may do what, and what stays typed."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from alliance.core.uploads import clean_attachment
from partnerships.actions import twinning_life as actions
from partnerships.actions.twinning_life import News, Plan
from partnerships.models import (
    Milestone,
    StageProposal,
    Twinning,
    TwinningDocument,
    TwinningNews,
    TwinningParty,
)
from partnerships.refusals import LifeRefused
from tests.core.upload_samples import png
from tests.factories import (
    make_listing,
    make_member,
    make_milestone,
    make_party,
    make_pledge,
    make_representative,
    make_twinning,
    make_twinning_document,
    make_twinning_news,
    make_user,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=100)


@pytest.fixture
def pair():
    """A public twinning of a hromada and a gmina that has been silent for a while, and a writer of each."""
    sides = make_member(country="UA", name_en="Hromada"), make_member(country="PL", name_en="Gmina")
    twinning = make_twinning(*sides, lively_at=LONG_AGO)
    twinning.sides = sides
    twinning.writers = [make_representative(side, make_user(), role="editor").user for side in sides]
    return twinning


def address(name, twinning, *more):
    return reverse(f"partnerships:twinning_{name}", args=[twinning.slug, *more])


def plan(**changes):
    return Plan(**{"text": "Pupils visit each other", "language": "en"} | changes)


def news(**changes):
    return News(**{"language": "en", "titles": {"en": "A visit"}, "texts": {"en": "They came."}} | changes)


def verbs(row):
    return [entry.verb for entry in JournalEntry.objects.about(row).order_by("pk")]


def is_lively(twinning):
    return Twinning.objects.get(pk=twinning.pk).lively_at > LONG_AGO


def silence(twinning):
    Twinning.objects.filter(pk=twinning.pk).update(lively_at=LONG_AGO)


# --- Verbs -----------------------------------------------------------------------------------------------------


def test_a_milestone_from_its_first_day_to_its_last(pair):
    ours, theirs = pair.sides
    row = actions.add_milestone(pair, member=ours, plan=plan(), by=pair.writers[0])
    assert (row.added_by, row.done_at, is_lively(pair)) == (pair.writers[0], None, True)
    steps = (
        lambda: actions.change_milestone(
            row, member=theirs, plan=plan(text="Teachers, too"), by=pair.writers[1]
        ),
        lambda: actions.finish_milestone(row, member=theirs, by=pair.writers[1]),
        lambda: actions.finish_milestone(row, member=ours, by=pair.writers[0]),
        lambda: actions.reopen_milestone(row, member=ours, by=pair.writers[0]),
        lambda: actions.reopen_milestone(row, member=ours, by=pair.writers[0]),
    )
    for step in steps:
        step()
    row.refresh_from_db()
    assert (row.text, row.done_at, row.done_by) == ("Teachers, too", None, None)
    assert verbs(row) == ["milestone.added", "milestone.changed", "milestone.finished", "milestone.reopened"]
    actions.remove_milestone(row, member=theirs, by=pair.writers[1])
    actions.remove_milestone(row, member=theirs, by=pair.writers[1])
    assert not Milestone.objects.exists()
    assert verbs(pair) == ["twinning.milestone_removed"]
    with pytest.raises(NotAllowed):
        actions.finish_milestone(row, member=ours, by=pair.writers[0])


def test_a_new_line_of_the_plan_is_mailed_to_the_others_once_a_day(pair):
    with time_machine.travel("2026-11-26 09:00+00:00", tick=False):
        for text in ("Pupils visit each other", "Teachers, too"):
            actions.add_milestone(pair, member=pair.sides[0], plan=plan(text=text), by=pair.writers[0])
    letters = OutgoingMail.objects.filter(name="partnerships/twinning_planned")
    assert [letter.to for letter in letters] == [pair.writers[1].email]
    assert "Pupils visit each other" in letters[0].text
    with time_machine.travel("2026-11-27 09:00+00:00", tick=False):
        actions.add_milestone(pair, member=pair.sides[0], plan=plan(text="The next"), by=pair.writers[0])
    actions.add_milestone(pair, member=pair.sides[1], plan=plan(text="Ours"), by=pair.writers[1])
    assert sorted(letter.to for letter in letters.all()) == sorted(
        [pair.writers[1].email, pair.writers[1].email, pair.writers[0].email]
    )


def test_a_milestone_of_a_party_of_another_twinning_is_refused(pair):
    with pytest.raises(NotAllowed):
        actions.add_milestone(pair, member=pair.sides[0], plan=plan(party=make_party()), by=pair.writers[0])


def test_a_full_plan_takes_no_more(pair, monkeypatch):
    monkeypatch.setattr(actions, "MOST_MILESTONES", 1)
    actions.add_milestone(pair, member=pair.sides[0], plan=plan(), by=pair.writers[0])
    with pytest.raises(LifeRefused):
        actions.add_milestone(pair, member=pair.sides[0], plan=plan(), by=pair.writers[0])


def test_the_database_refuses_nonsense(pair):
    for wrong in ({"text": ""}, {"language": ""}, {"done_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_milestone(pair, **wrong)
    for make, wrong in (
        (make_twinning_document, {"caption": ""}),
        (make_twinning_news, {"title_en": ""}),
        (make_twinning_news, {"text_en": ""}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make(pair.parties.first(), **wrong)


def share(pair, side=0):
    upload = clean_attachment(SimpleUploadedFile("plan.png", png()))
    return actions.share_document(
        pair, member=pair.sides[side], upload=upload, caption="Our plan", language="en", by=pair.writers[side]
    )


def test_a_document_is_shared_told_and_taken_back_by_its_party_alone(
    pair, django_capture_on_commit_callbacks
):
    row = share(pair)
    storage, name = row.file.storage, row.file.name
    assert storage.exists(name)
    assert is_lively(pair)
    mail = OutgoingMail.objects.get(name="partnerships/twinning_shared")
    assert mail.to == pair.writers[1].email
    assert "Our plan" in mail.text
    with pytest.raises(NotAllowed):
        actions.remove_document(row, member=pair.sides[1], by=pair.writers[1])
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(row, member=pair.sides[0], by=pair.writers[0])
        actions.remove_document(row, member=pair.sides[0], by=pair.writers[0])
    assert not storage.exists(name)
    assert verbs(pair) == ["twinning.document_removed"]


def test_what_a_party_left_behind_any_other_may_remove(pair):
    row = make_twinning_document(pair.parties.first())
    TwinningParty.objects.filter(pk=row.party_id).update(left_at=timezone.now())
    actions.remove_document(row, member=pair.sides[1], by=pair.writers[1])
    assert not TwinningDocument.objects.exists()


def test_news_is_published_once_told_and_taken_back_by_its_party_alone(pair):
    row = actions.publish_news(pair, member=pair.sides[0], news=news(), key="1", by=pair.writers[0])
    assert actions.publish_news(pair, member=pair.sides[0], news=news(), key="1", by=pair.writers[0]) == row
    assert is_lively(pair)
    mail = OutgoingMail.objects.get(name="partnerships/twinning_news_published")
    assert (mail.to, "A visit" in mail.text) == (pair.writers[1].email, True)
    with pytest.raises(NotAllowed):
        actions.withdraw_news(row, member=pair.sides[1], by=pair.writers[1])
    actions.withdraw_news(row, member=pair.sides[0], by=pair.writers[0])
    actions.withdraw_news(row, member=pair.sides[0], by=pair.writers[0])
    assert verbs(row) == ["twinning_news.published", "twinning_news.withdrawn"]
    assert not TwinningNews.objects.published().exists()


def test_news_in_a_language_that_the_portal_does_not_speak_is_kept_as_it_is(pair):
    written = news(language="de", titles={"de": "Besuch"}, texts={"de": "Sie kamen."})
    row = actions.publish_news(pair, member=pair.sides[0], news=written, by=pair.writers[0])
    assert row.original_texts == {"title": "Besuch", "text": "Sie kamen."}
    assert row.title_en is None


@pytest.mark.parametrize("case", ["stranger", "asked", "left", "ended"])
def test_only_a_party_that_stands_by_a_living_twinning_acts(pair, case):
    member, by = pair.sides[0], pair.writers[0]
    if case == "stranger":
        member = make_member()
    elif case == "asked":
        member = make_party(pair, make_member(), agreed_at=None, agreed_by=None).member
    elif case == "left":
        TwinningParty.objects.filter(member=member).update(left_at=timezone.now())
    else:
        Twinning.objects.filter(pk=pair.pk).update(
            status="ended", end_reason="agreed", ended_on=timezone.localdate()
        )
    row, story = make_milestone(pair), make_twinning_news(pair.parties.first())
    document = make_twinning_document(pair.parties.first())
    for verb in (
        lambda: actions.add_milestone(pair, member=member, plan=plan(), by=by),
        lambda: actions.change_milestone(row, member=member, plan=plan(), by=by),
        lambda: actions.finish_milestone(row, member=member, by=by),
        lambda: actions.remove_milestone(row, member=member, by=by),
        lambda: actions.remove_document(document, member=member, by=by),
        lambda: actions.publish_news(pair, member=member, news=news(), by=by),
        lambda: actions.withdraw_news(story, member=member, by=by),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert not JournalEntry.objects.exists()


# --- Pages -----------------------------------------------------------------------------------------------------

ACTORS = ("anonymous", "stranger", "viewer", "editor", "signatory", "other", "left")


def sign_in(client, pair, actor):
    if actor == "anonymous":
        return
    if actor == "stranger":
        user = make_representative(make_member()).user
    elif actor == "left":
        party = make_party(pair, make_member(), left_at=timezone.now())
        user = make_representative(party.member).user
    elif actor == "other":
        user = make_representative(pair.sides[1], role="signatory").user
    else:
        user = make_representative(pair.sides[0], role=actor).user
    client.force_login(user)


# GET, then POST with nothing in it. 302 of the first column: to the login.
TABLE = """
milestone_add      302/403 404/404 403/403 200/422 200/422 200/422 404/404
milestone_edit     302/403 404/404 403/403 200/422 200/422 200/422 404/404
milestone_finish   405/403 405/404 405/403 405/302 405/302 405/302 405/404
milestone_remove   405/403 405/404 405/403 405/302 405/302 405/302 405/404
documents          302/403 404/404 200/403 200/422 200/422 200/422 404/404
document_remove    405/403 405/404 405/403 405/302 405/302 405/302 405/404
news_publish       302/403 404/404 403/403 200/422 200/422 200/422 404/404
news_withdraw      405/403 405/404 405/403 405/302 405/302 405/302 405/404
contacts           302/403 404/404 403/403 200/422 200/422 200/422 404/404
hand_over          302/403 404/404 403/403 404/404 200/422 200/422 404/404
alive              405/403 405/404 405/403 405/302 405/302 405/302 405/404
news               200/405 200/405 200/405 200/405 200/405 200/405 200/405
pledges            200/405 200/405 200/405 200/405 200/405 200/405 200/405
"""
ROWS = {
    name: dict(zip(ACTORS, codes, strict=True))
    for name, *codes in (line.split() for line in TABLE.strip().splitlines())
}


@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_do_what(client, pair, actor):
    sign_in(client, pair, actor)
    party = pair.parties.first()
    rows = {
        "milestone": make_milestone(pair),
        "document": make_twinning_document(party),
        "news": make_twinning_news(party),
    }
    for name, codes in ROWS.items():
        noun, _bar, verb = name.partition("_")
        more = [rows[noun].slug] if noun in rows and verb in ("edit", "finish", "remove", "withdraw") else []
        url = address(name, pair, *more)
        found = f"{client.get(url).status_code}/{client.post(url).status_code}"
        assert found == codes[actor], name


def test_what_the_parties_keep_is_on_no_page_and_in_no_file_for_others(client, pair):
    row = share(pair)
    TwinningDocument.objects.update(caption="Canary-paper")
    make_milestone(pair, text="Canary-plan")
    TwinningParty.objects.filter(member=pair.sides[0]).update(contact=pair.writers[0])
    type(pair.writers[0]).objects.filter(pk=pair.writers[0].pk).update(name="Canary-person")
    file = address("document", pair, row.slug)
    for actor in ("anonymous", "stranger", "left"):
        client.logout()
        sign_in(client, pair, actor)
        for name in ("detail", "news", "pledges"):
            page = client.get(address(name, pair))
            assert page.status_code == 200
            assert "Canary" not in page.text, (actor, name)
            assert pair.writers[0].email not in page.text
        assert client.get(file).status_code == (302 if actor == "anonymous" else 404)
    for actor in ("viewer", "other"):
        client.logout()
        sign_in(client, pair, actor)
        page = client.get(address("detail", pair)).text
        assert {"Canary-paper", "Canary-plan", "Canary-person"} <= set(
            page.replace("<", " ").replace(">", " ").split()
        )
        answer = client.get(file)
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]


def test_who_was_asked_and_has_not_said_yes_reads_nothing_that_the_parties_keep(client, pair):
    row = share(pair)
    TwinningDocument.objects.update(caption="Canary-paper")
    make_milestone(pair, text="Canary-plan")
    first, second = pair.parties.all()
    StageProposal.objects.create(
        twinning=pair, stage="letter", number=1, status="declined", party=first, author=pair.writers[0],
        closed_by=second, closing_text="Canary-no",
    )  # fmt: skip
    asked = make_party(pair, make_member(), agreed_at=None, agreed_by=None)
    client.force_login(make_representative(asked.member, role="signatory").user)
    page = client.get(address("detail", pair))
    assert page.status_code == 200
    assert reverse("partnerships:twinning_join", args=[pair.slug]) in page.text
    assert "Canary" not in page.text
    assert client.get(address("document", pair, row.slug)).status_code == 404
    TwinningParty.objects.filter(pk=asked.pk).update(agreed_at=timezone.now(), agreed_by=pair.writers[0])
    assert {"Canary-paper", "Canary-plan", "Canary-no"} <= set(
        client.get(address("detail", pair)).text.replace("<", " ").replace(">", " ").split()
    )
    assert client.get(address("document", pair, row.slug)).status_code == 200


def test_what_is_not_public_has_no_news_page_either(client, pair):
    Twinning.objects.filter(pk=pair.pk).update(public_since=None)
    make_twinning_news(pair.parties.first())
    for name in ("news", "pledges"):
        assert client.get(address(name, pair)).status_code == 404
    client.force_login(pair.writers[1])
    assert "Pupils came for a week" in client.get(address("news", pair)).text


def read_in(language, page, pair):
    with translation.override(language):
        return address(page, pair)


def test_news_is_read_in_the_readers_language_or_with_a_mark(client, pair):
    make_twinning_news(pair.parties.first(), title_pl="Uczniowie przyjechali", text_pl="Zbudowali most.")
    for page in ("detail", "news"):
        polish, ukrainian = (client.get(read_in(language, page, pair)).text for language in ("pl", "uk"))
        assert "Uczniowie przyjechali" in polish
        assert "Pupils came" not in polish
        assert 'lang="en"' in ukrainian
        assert "language-mark" in ukrainian
    make_twinning_news(pair.parties.first(), title_en="Taken back", withdrawn_at=timezone.now())
    assert "Taken back" not in client.get(address("news", pair)).text


GOOD_NEWS = {"language": "en", "title": "A visit", "text": "They came.", "names_no_site": "on"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"names_no_site": ""}, "names_no_site"),
        ({"language": "xx"}, "language"),
        ({"title_pl": "Wizyta"}, "text_pl"),
        ({"text_uk": "Вони приїхали."}, "title_uk"),
        ({"title_en": "Another"}, "title_en"),
        ({"title": "x" * 161}, "title"),
    ],
)
def test_bad_news_is_refused_at_its_field_and_stays_typed(client, pair, changes, field):
    client.force_login(pair.writers[0])
    answer = client.post(address("news_publish", pair), GOOD_NEWS | {"text": "Kept words"} | changes)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Kept words" in answer.text
    assert not TwinningNews.objects.exists()


def test_news_is_published_in_several_languages_by_one_form_once(client, pair):
    client.force_login(pair.writers[0])
    key = client.get(address("news_publish", pair)).context["form"].initial["key"]
    sent = GOOD_NEWS | {"key": key, "title_pl": "Wizyta", "text_pl": "Przyjechali."}
    for _twice in range(2):
        assert client.post(address("news_publish", pair), sent).status_code == 302
    row = TwinningNews.objects.get()
    assert (row.title_en, row.title_pl, row.title_uk, row.original_language) == (
        "A visit",
        "Wizyta",
        None,
        "en",
    )


def test_a_line_of_the_plan_is_written_changed_and_ticked_off_without_scripts(client, pair):
    client.force_login(pair.writers[0])
    party = pair.parties.last()
    bad = {"text": "A school visit", "language": "en", "due_on": "31.02.2027", "party": party.pk}
    refused = client.post(address("milestone_add", pair), bad)
    assert (refused.status_code, "A school visit" in refused.text) == (422, True)
    assert set(refused.context["form"].errors) == {"due_on"}
    assert client.post(address("milestone_add", pair), bad | {"due_on": "2020-03-01"}).status_code == 302
    row = Milestone.objects.get()
    assert (row.party, row.is_late) == (party, True)
    page = client.get(address("detail", pair)).text
    assert "was due on 1 March 2020" in page
    client.post(address("milestone_finish", pair, row.slug))
    assert "done on" in client.get(address("detail", pair)).text
    assert (
        client.post(address("milestone_edit", pair, row.slug), bad | {"due_on": "", "party": "0"}).status_code
        == 422
    )
    assert client.post(address("milestone_edit", pair, row.slug), bad | {"due_on": ""}).status_code == 302
    row.refresh_from_db()
    assert row.due_on is None


def test_a_bad_document_is_refused_at_its_field(client, pair):
    client.force_login(pair.writers[0])
    sent = {"caption": "Minutes of May", "language": "en", "file": SimpleUploadedFile("a.pdf", b"<html>")}
    answer = client.post(address("documents", pair), sent)
    assert (answer.status_code, "Minutes of May" in answer.text) == (422, True)
    assert set(answer.context["form"].errors) == {"file"}


def test_nothing_can_be_written_in_what_has_ended(client, pair):
    Twinning.objects.filter(pk=pair.pk).update(
        status="ended", end_reason="agreed", ended_on=timezone.localdate()
    )
    client.force_login(pair.writers[0])
    answer = client.post(address("news_publish", pair), GOOD_NEWS, follow=True)
    assert "Nothing changed" in answer.text
    assert "Tell what is new" not in answer.text
    assert not TwinningNews.objects.exists()


def test_a_dormant_one_is_woken_by_a_button(client, pair):
    Twinning.objects.filter(pk=pair.pk).update(status="dormant", stage_before_dormant="letter")
    client.force_login(pair.writers[0])
    assert "wake it up" in client.get(address("detail", pair)).text
    client.post(address("alive", pair))
    assert Twinning.objects.get(pk=pair.pk).status == "letter"


# --- Promises of the pair --------------------------------------------------------------------------------------


def test_promises_of_the_pair_are_counted_and_listed(client, pair):
    ours, theirs = pair.sides
    make_pledge("committed 3 · received 3 · accepted 2", giver=theirs, receiver=ours, title="Beds")
    make_pledge("promised 5", giver=ours, receiver=theirs, title="Training")
    make_pledge("committed 9", giver=make_member(), receiver=ours, title="Of a stranger")
    page = client.get(address("pledges", pair))
    assert "Beds" in page.text
    assert "Training" in page.text
    assert "Of a stranger" not in page.text
    assert [figure["number"] for figure in page.context["figures"]] == ["1", "1", "1", "1"]
    assert "What they gave each other" in client.get(address("detail", pair)).text


@pytest.mark.parametrize("case", ["receiver", "need", "offer", "members"])
def test_a_promise_that_hides_a_side_is_not_found_out_on_the_page_that_names_both(client, pair, case):
    ours, theirs = pair.sides
    changes = {}
    if case == "receiver":
        changes = {"is_receiver_hidden": True}
    elif case == "members":
        changes = {"listing": make_listing(member=ours, kind="need", audience="members")}
    else:
        owner = ours if case == "need" else theirs
        changes = {"listing": make_listing(member=owner, kind=case, is_member_hidden=True)}
    make_pledge("committed 3 · accepted 3", giver=theirs, receiver=ours, title="Canary", **changes)
    for name in ("pledges", "detail"):
        page = client.get(address(name, pair))
        assert "Canary" not in page.text
        assert 'class="figures"' not in page.text
    client.force_login(pair.writers[0])
    page = client.get(address("pledges", pair))
    assert "Canary" in page.text
    assert page.context["figures"]


def test_of_three_parties_one_reads_of_the_other_two_what_every_member_reads(client, pair):
    ours, theirs = pair.sides
    third = make_party(pair, make_member()).member
    need = make_listing(member=ours, kind="need", field_audiences={"lines": "partner"})
    make_pledge("committed 3", giver=theirs, receiver=ours, listing=need, title="Beds")
    client.force_login(make_representative(third).user)
    page = client.get(address("pledges", pair))
    assert "Beds" in page.text
    assert page.context["figures"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_with_one_row_and_with_three(client, pair, django_assert_num_queries, rows):
    for _n in range(rows):
        for party in pair.parties.all():
            make_twinning_news(party)
            make_milestone(pair, party=party)
            make_twinning_document(party)
        make_pledge("committed 3 · accepted 2", giver=pair.sides[1], receiver=pair.sides[0])
    # The twinning, its parties, consents, proposals, steps; the news, the figures of the pair.
    with django_assert_num_queries(7):
        client.get(address("detail", pair))
    # The twinning, its parties; the news.
    with django_assert_num_queries(3):
        client.get(address("news", pair))
    # The twinning, its parties; figures and money; promises, their lines, events.
    with django_assert_num_queries(7):
        client.get(address("pledges", pair))
    client.force_login(pair.writers[0])
    client.get(address("detail", pair))
    # As above; session, person, whom they act for, their roles; what a party is asked; work plan, documents, contacts.
    with django_assert_num_queries(20):
        client.get(address("detail", pair))
