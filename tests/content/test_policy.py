"""Issues for the institutions: what a member raises, what the desk makes of it, and what everyone reads."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.content.models import PolicyIssue
from alliance.core.models import JournalEntry, OutgoingMail
from tests.factories import (
    make_coordinator,
    make_member,
    make_place,
    make_policy_issue,
    make_representative,
    make_sector,
)

pytestmark = pytest.mark.django_db
WAY = ["raised", "accepted", "forwarded", "answered", "closed"]
GIVEN = {
    "accept": {},
    "forward": {"institution": "European Commission, DG NEAR"},
    "answer": {"answer": "Частку знижено.", "answer_language": "uk", "answer_url": "https://example.eu/a"},
    "close": {"close_reason": "Це вирішує область."},
}
LEADS = {"accept": "accepted", "forward": "forwarded", "answer": "answered", "close": "closed"}


@pytest.fixture
def member():
    region = make_place(country="UA", level="region", name_uk="Сумська область")
    place = make_place(country="UA", region=region, name_uk="Тростянецька громада")
    return make_member(country="UA", place=place, official_name="Тростянецька громада")


@pytest.fixture
def editor(client, member):
    client.user = make_representative(member, role="editor").user
    client.force_login(client.user)
    return client


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator()
    client.force_login(client.user)
    return client


def verb_url(issue, verb):
    return reverse("admin:content_policyissue_verb", args=[issue.pk, verb])


def page_of(issue):
    return reverse("content:policy_issue", args=[issue.slug])


def typed(**changes):
    return {
        "title": "Ліміти  співфінансування",
        "text": "Малі громади не мають двадцяти відсотків.",
        "language": "uk",
        "sector": make_sector().pk,
        **changes,
    }


# --- raised by a member ---


def test_a_member_raises_an_issue_and_the_desk_is_told_once(editor, member):
    data = typed()
    for _click in range(2):
        response = editor.post(reverse("content:policy_raise"), data)
        assert (response.status_code, response.url) == (302, reverse("content:policy_ours"))
    issue = PolicyIssue.objects.get()
    assert (issue.member, issue.status, issue.title) == (member, "raised", "Ліміти співфінансування")
    assert not issue.is_named
    entry = JournalEntry.objects.get(verb="policy_issue.raised")
    assert (entry.object_id, entry.actor) == (issue.pk, editor.user)
    mail = OutgoingMail.objects.get()
    assert mail.name == "content/policy_raised"
    assert "двадцяти відсотків" in mail.text
    assert verb_url(issue, "accept").rsplit("/do/")[0] in mail.text
    assert "being checked" in editor.get(reverse("content:policy_ours")).text


def test_what_is_wrong_is_said_at_the_field_and_stays_typed(editor):
    response = editor.post(reverse("content:policy_raise"), typed(title="  ", text="Kept words"))
    assert response.status_code == 422
    assert "id_title_error" in response.text
    assert "Kept words" in response.text
    assert not PolicyIssue.objects.exists()


def test_eleven_a_day_are_too_many(editor):
    for number in range(11):
        response = editor.post(reverse("content:policy_raise"), typed(text=f"Words {number}"))
    assert response.status_code == 429
    assert "Words 10" in response.text
    assert PolicyIssue.objects.count() == 10


@pytest.mark.parametrize("role", ["viewer", ""])
def test_who_does_not_write_for_a_member_raises_nothing(client, member, role):
    client.force_login(make_representative(member, role=role).user if role else make_coordinator())
    assert client.post(reverse("content:policy_raise"), typed()).status_code == 404
    assert not PolicyIssue.objects.exists()


# --- at the desk ---


@pytest.mark.parametrize("verb", GIVEN)
def test_every_button_from_every_state(desk, verb):
    for status in WAY:
        issue = make_policy_issue(status)
        reader = make_representative(issue.member).user
        applies = LEADS[verb] in PolicyIssue.MOVES[status]
        page = desk.get(reverse("admin:content_policyissue_change", args=[issue.pk]))
        assert (verb in [button["verb"].name for button in page.context["buttons"]]) == applies
        assert (page_of(issue) in page.text) == issue.is_public
        assert desk.get(verb_url(issue, verb)).status_code == (200 if applies else 302)
        for _click in range(2):
            assert desk.post(verb_url(issue, verb), GIVEN[verb]).status_code == 302
        issue.refresh_from_db()
        assert issue.status == (LEADS[verb] if applies else status)
        assert JournalEntry.objects.about(issue).count() == int(applies)
        mails = OutgoingMail.objects.filter(to=reader.email)
        assert mails.count() == int(applies)
        if applies:
            assert mails.get().name == "content/policy_moved"
            for words in GIVEN[verb].values():
                assert verb == "answer" or words in mails.get().text


def test_an_answer_without_words_or_with_a_wrong_address_is_refused(desk):
    issue = make_policy_issue("forwarded")
    response = desk.post(verb_url(issue, "answer"), {"answer": "", "answer_url": "no address"})
    assert response.status_code in (200, 422)
    assert set(response.context["form"].errors) == {"answer", "answer_language", "answer_url"}
    issue.refresh_from_db()
    assert issue.status == "forwarded"


def test_who_acts_for_the_member_leaves_it_to_a_colleague(desk):
    issue = make_policy_issue()
    make_representative(issue.member, user=desk.user)
    assert desk.post(verb_url(issue, "accept")).status_code == 403
    issue.refresh_from_db()
    assert issue.status == "raised"


# --- in public ---


def test_only_what_was_accepted_is_public_also_when_it_is_closed(client):
    rows = [make_policy_issue(status, title=f"Issue {status}") for status in WAY]
    for issue in rows:
        is_public = issue.status in ("accepted", "forwarded", "answered")
        assert client.get(page_of(issue)).status_code == (200 if is_public else 404)
        assert (issue.title in client.get(reverse("content:policy")).text) == is_public
    closed = make_policy_issue("closed", accepted_at=issue.created_at)
    assert "Це вже вирішено." in client.get(page_of(closed)).text


def test_the_page_tells_institution_and_answer(client):
    issue = make_policy_issue("answered", answer_url="https://example.eu/answer")
    text = client.get(page_of(issue)).text
    assert "European Commission" in text
    assert "The share is lowered to ten percent." in text
    assert 'href="https://example.eu/answer" rel="noopener external"' in text
    assert '<span lang="uk">Ліміти співфінансування</span>' in text


def test_a_member_is_named_only_where_it_wants_that_and_is_in_the_register(client, member):
    hidden = make_policy_issue("accepted", member=member)
    named = make_policy_issue("accepted", member=member, is_named=True)
    left = make_policy_issue(
        "accepted", member=make_member(status="left", official_name="Gone"), is_named=True
    )
    for issue, is_told in [(hidden, False), (named, True)]:
        text = client.get(page_of(issue)).text
        assert (member.official_name in text) == is_told
        assert (member.slug in text) == is_told
    assert "a hromada in" in client.get(page_of(hidden)).text
    assert "Gone" not in client.get(page_of(left)).text


def test_a_member_reads_its_own_issues_alone(editor, member):
    make_policy_issue("closed", member=member, title="Ours")
    make_policy_issue(title="Theirs")
    text = editor.get(reverse("content:policy_ours")).text
    assert "Ours" in text
    assert "Це вже вирішено." in text
    assert "Theirs" not in text


@pytest.mark.parametrize("name", ["content:policy", "content:policy_ours"])
def test_lists_cost_as_much_for_three_rows_as_for_one(editor, member, name, django_assert_max_num_queries):
    ContentType.objects.get_for_model(PolicyIssue)
    counts = []
    for _round in range(2):
        make_policy_issue("answered", member=member, is_named=True)
        editor.get(reverse(name))
        with django_assert_max_num_queries(40) as asked:
            editor.get(reverse(name))
        counts.append(len(asked))
        make_policy_issue("forwarded", member=member)
    assert counts[0] == counts[1]


# --- what the database refuses ---


@pytest.mark.parametrize(
    "nonsense",
    [
        {"title": ""},
        {"status": "accepted", "accepted_at": None},
        {"status": "forwarded", "institution": ""},
        {"status": "answered", "answer": ""},
        {"status": "closed", "close_reason": ""},
        {"status": "raised", "answer": "Early", "answer_language": "en"},
    ],
)
def test_the_database_refuses(nonsense):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_policy_issue(**nonsense)
