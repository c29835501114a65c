"""Needs and offers that the desk reads first: rules, decisions, what changed, letters, pages, two at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships.actions import listings as actions
from partnerships.actions import review_rules, reviews
from partnerships.actions.files import caption_file
from partnerships.models import Listing, ListingFile, ListingSearch, ReviewRule
from partnerships.refusals import ReviewRefused
from tests.desk import open_desk
from tests.factories import (
    make_coordinator,
    make_listing,
    make_member,
    make_pledge_line,
    make_representative,
    make_sector,
    make_template,
    make_user,
)
from tests.partnerships.test_listing_actions import content

Status = Listing.Status
pytestmark = pytest.mark.django_db
WORDS = "Хто підписує? Див. https://evil.example.org/login та <b>це</b>"


@pytest.fixture
def rule(db):
    return ReviewRule.objects.update_or_create(tier="core", defaults={"is_required": True})[0]


@pytest.fixture
def member(db):
    """A member with two people of two languages."""
    member = make_member(country="UA", official_name="Sumy", tier="core")
    for language in ("uk", "pl"):
        make_representative(member, make_user(email=f"{language}@example.org", language=language))
    return member


def listing_of(member, status=Status.DRAFT, **changes):
    return make_listing([make_sector()], member=member, status=status, **changes)


def fresh(listing):
    return Listing.objects.get(pk=listing.pk)


def mails(stem):
    return OutgoingMail.objects.filter(name=f"partnerships/{stem}")


def verbs():
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


# --- The rule ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", Member.Tier.values)
@pytest.mark.parametrize("is_required", [True, False])
def test_only_a_rule_of_the_members_class_puts_it_before_the_desk(tier, is_required):
    ReviewRule.objects.update_or_create(tier="associated", defaults={"is_required": is_required})
    draft = listing_of(make_member(tier=tier), published_at=None)
    actions.publish_listing(draft, by=make_user())
    waits = is_required and tier == "associated"
    assert fresh(draft).status == (Status.REVIEW if waits else Status.PUBLISHED)
    assert ListingSearch.objects.filter(listing=draft).exists() != waits
    assert bool(fresh(draft).unread_since) == waits
    assert verbs() == ["listing.submitted" if waits else "listing.published"]
    assert mails("listing_submitted").count() == int(waits)


def test_change_review_rule_is_journalled_once(rule):
    desk = make_coordinator()
    review_rules.change_review_rule(rule, is_required=True, by=desk)
    assert verbs() == []
    review_rules.change_review_rule(rule, is_required=False, by=desk)
    assert not ReviewRule.objects.get(tier="core").is_required
    assert verbs() == ["review_rule.switched_off"]


def test_the_desk_switches_a_rule_and_adds_or_removes_none(desk, rule):
    address = reverse("admin:partnerships_reviewrule_change", args=[rule.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {}).status_code == 302  # the box is not ticked
    assert not ReviewRule.objects.get(pk=rule.pk).is_required
    assert verbs() == ["review_rule.switched_off"]
    assert desk.get(reverse("admin:partnerships_reviewrule_add")).status_code == 403
    assert desk.get(reverse("admin:partnerships_reviewrule_delete", args=[rule.pk])).status_code == 403


# --- Decisions -----------------------------------------------------------------------------------------------

# action, what it needs, from which statuses, to which, journal verb and mail
VERBS = {
    "approve": (reviews.approve_listing, {}, {"review"}, "published", "listing.approved", "listing_approved"),
    "return": (
        reviews.return_listing, {"question": WORDS}, {"review"}, "draft", "listing.returned", "listing_returned",
    ),
    "refuse": (
        reviews.refuse_listing, {"reason": WORDS}, {"review"}, "withdrawn", "listing.refused", "listing_refused",
    ),
    "take_down": (
        reviews.take_down_listing, {"reason": WORDS}, {"draft", "review", "published", "expired"}, "withdrawn",
        "listing.withdrawn", "listing_taken_down",
    ),
}  # fmt: skip


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", VERBS)
def test_every_verb_from_every_status(member, name, status):
    action, given, starts, to, verb, mail = VERBS[name]
    listing, by = listing_of(member, status), make_coordinator()
    if status not in starts:
        with pytest.raises(NotAllowed):
            action(listing, by=by, **given)
        assert fresh(listing).status == status
        assert not OutgoingMail.objects.exists()
        assert verbs() == []
        return
    action(listing, by=by, **given)
    assert fresh(listing).status == to
    assert fresh(listing).desk_message == next(iter(given.values()), "")
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.actor, entry.data["was"], entry.data["now"]) == (verb, by, status, to)
    assert set(mails(mail).values_list("to", "language")) == {
        ("uk@example.org", "uk"), ("pl@example.org", "pl"),
    }  # fmt: skip
    assert OutgoingMail.objects.count() == 2
    with pytest.raises(NotAllowed):
        action(fresh(listing), by=by, **given)
    assert OutgoingMail.objects.count() == 2
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["return", "refuse", "take_down"])
def test_the_words_of_the_desk_are_quoted_as_text_without_a_link(member, name):
    action, given, starts, _to, _verb, mail = VERBS[name]
    action(listing_of(member, min(starts - {"draft"})), by=make_coordinator(), **given)
    letter = mails(mail).get(language="uk")
    for body in (letter.text, letter.html):
        assert "https://evil.example.org" not in body
        assert "evil[.]example[.]org" in body
    assert "<b>це</b>" in letter.text
    assert "<b>це" not in letter.html


def test_approve_listing_shows_it_and_makes_it_findable(rule, member):
    draft = listing_of(member, published_at=None)
    actions.publish_listing(draft, by=make_user())
    reviews.approve_listing(draft, by=make_coordinator())
    listing = fresh(draft)
    assert listing.published_at == listing.confirmed_at
    assert listing.unread_since is None
    assert ListingSearch.objects.get().published_at == listing.published_at


def test_approve_listing_takes_only_what_the_desk_had_before_its_eyes(rule, member):
    listing = listing_of(member, Status.REVIEW)
    seen = review_rules.version_of(fresh(listing))
    actions.update_listing(listing, content=content(sectors=[listing.sectors.get().code]), by=make_user())
    with pytest.raises(ReviewRefused, match="changed it since"):
        reviews.approve_listing(fresh(listing), by=make_coordinator(), seen=seen)
    assert fresh(listing).status == Status.REVIEW
    reviews.approve_listing(
        fresh(listing), by=make_coordinator(), seen=review_rules.version_of(fresh(listing))
    )
    assert fresh(listing).status == Status.PUBLISHED


def test_approve_listing_refuses_what_is_past_its_last_day(member):
    past = listing_of(member, Status.REVIEW, expires_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ReviewRefused, match="last day has passed"):
        reviews.approve_listing(past, by=make_coordinator())


def test_what_waits_for_the_desk_is_not_published_by_its_member(rule, member):
    listing = listing_of(member, Status.REVIEW)
    with pytest.raises(NotAllowed):
        actions.publish_listing(listing, by=make_user())
    with pytest.raises(actions.Incomplete):
        actions.update_listing(listing, content=content(lines=[]), by=make_user())


# --- What had been read, and changed -------------------------------------------------------------------------


def edited(listing, **changes):
    written = content(
        sectors=[listing.sectors.get().code],
        language="en",
        titles={"en": listing.title_en},
        texts={"en": listing.text_en},
        **changes,
    )
    actions.update_listing(listing, content=written, by=make_user())
    return fresh(listing)


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.EXPIRED, Status.WITHDRAWN])
def test_new_words_stand_and_come_to_the_list_of_the_desk(rule, member, status):
    listing = listing_of(member, status)
    listing = edited(listing)  # “training places” became “генератори”
    assert listing.status == status
    assert listing.unread_since
    first = listing.unread_since
    assert edited(listing).unread_since == first  # no new words, and the older day stays
    assert Listing.objects.changed_unread().exists() == (status == Status.PUBLISHED)


def test_a_new_day_is_no_new_word(rule, member):
    listing = edited(listing_of(member))
    Listing.objects.update(status=Status.PUBLISHED, unread_since=None)
    assert edited(fresh(listing), expires_on=timezone.localdate() + timedelta(days=20)).unread_since is None


def test_without_a_rule_nobody_reads(member):
    assert edited(listing_of(member, Status.PUBLISHED)).unread_since is None


def test_a_new_caption_of_a_photo_is_new_to_the_desk(rule, member):
    listing = listing_of(member, Status.PUBLISHED)
    file = ListingFile.objects.create(
        listing=listing, kind="photo", original_filename="a.png", size=1, caption="A", file="a.png"
    )
    caption_file(file, caption="Anything at all", by=make_user())
    assert fresh(listing).unread_since


def test_read_listing_takes_it_off_the_list_once(rule, member):
    listing = edited(listing_of(member, Status.PUBLISHED))
    with pytest.raises(NotAllowed):
        review_rules.read_listing(listing, by=make_coordinator(), seen="2020-01-01")
    review_rules.read_listing(listing, by=make_coordinator(), seen=review_rules.version_of(listing))
    assert not Listing.objects.changed_unread().exists()
    with pytest.raises(NotAllowed):
        review_rules.read_listing(fresh(listing), by=make_coordinator())
    assert verbs().count("listing.read") == 1


@pytest.mark.parametrize("status", Listing.ENDED)
@pytest.mark.parametrize(
    ("was_published", "has_changed", "is_read_first"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
def test_renewing_leads_to_the_desk_only_with_words_it_has_not_read(
    rule, member, status, was_published, has_changed, is_read_first
):
    listing = listing_of(member, status)
    unread = timezone.now() if has_changed else None
    Listing.objects.update(unread_since=unread, status=Status.WITHDRAWN if not was_published else status)
    if not was_published:
        Listing.objects.update(published_at=None)
    actions.renew_listing(fresh(listing), by=make_user())
    assert fresh(listing).status == (Status.REVIEW if is_read_first else Status.PUBLISHED)
    assert fresh(listing).expires_on == timezone.localdate() + timedelta(days=actions.RENEWED_DAYS)


def test_what_the_desk_refused_or_withdrew_comes_back_to_the_desk(rule, member):
    refused = listing_of(member, Status.REVIEW, published_at=None)
    reviews.refuse_listing(refused, reason="No.", by=make_coordinator())
    taken = listing_of(member, Status.PUBLISHED)
    reviews.take_down_listing(taken, reason="No.", by=make_coordinator())
    for listing in (refused, taken):
        actions.renew_listing(fresh(listing), by=make_user())
        assert fresh(listing).status == Status.REVIEW


# --- Two at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_the_desk_approves_while_the_member_withdraws(_round):
    member, user, desk = make_member(), make_user(), make_coordinator()
    make_representative(member)
    listing = make_listing([make_sector()], member=member, status=Status.REVIEW)
    start, results = threading.Barrier(2), []

    def run(action, by):
        mine = fresh(listing)
        start.wait(timeout=120)
        try:
            action(mine, by=by)
            results.append(action.__name__)
        except NotAllowed:
            results.append("refused")
        finally:
            connection.close()

    pairs = [(reviews.approve_listing, desk), (actions.withdraw_listing, user)]
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    # The member may withdraw what was published a moment ago; nothing withdrawn is ever published.
    assert fresh(listing).status == Status.WITHDRAWN
    assert not ListingSearch.objects.exists()
    assert "withdraw_listing" in results
    assert mails("listing_approved").exists() == ("approve_listing" in results)
    assert JournalEntry.objects.count() == len(set(results) - {"refused"})


# --- Pages of the desk ---------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def verb_url(listing, name):
    return reverse("admin:partnerships_listing_verb", args=[listing.pk, name])


def test_the_queue_shows_the_longest_wait_first(desk, member):
    moments = [timezone.now() - timedelta(days=days) for days in (1, 5, 3)]
    rows = [listing_of(member, Status.REVIEW, status_changed_at=moment) for moment in moments]
    listing_of(member, Status.PUBLISHED)
    page = desk.get(reverse("admin:partnerships_listing_changelist"), {"read": "first"})
    assert [row.pk for row in page.context["cl"].result_list] == [rows[n].pk for n in (1, 2, 0)]
    assert "5 days" in page.text
    assert "Needs and offers to be read before they are published" in desk.get(reverse("admin:index")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_row_and_three(
    desk, member, count, django_assert_num_queries
):
    for _ in range(count):
        listing_of(member, Status.REVIEW)
    address = reverse("admin:partnerships_listing_changelist")
    desk.get(address)
    with django_assert_num_queries(7):
        desk.get(address, {"read": "first"})


def test_approving_sends_what_was_read_along_and_opens_the_next_one(desk, rule, member):
    first, second = (listing_of(member, Status.REVIEW) for _ in range(2))
    page = desk.get(verb_url(first, "approve"))
    assert "Two weeks in our planning office." in page.text
    version = page.context["version"]
    assert f'name="seen" value="{version}"' in page.text
    Listing.objects.filter(pk=first.pk).update(updated_at=timezone.now() + timedelta(seconds=5))
    told = desk.post(verb_url(first, "approve"), {"seen": version}, follow=True)
    assert "changed it since you opened it" in told.text
    assert fresh(first).status == Status.REVIEW
    version = desk.get(verb_url(first, "approve")).context["version"]
    answer = desk.post(verb_url(first, "approve"), {"seen": version, "_next": "1"})
    assert fresh(first).status == Status.PUBLISHED
    assert answer.url == reverse("admin:partnerships_listing_change", args=[second.pk])


def test_several_are_approved_at_once_after_a_page_that_asks(desk, member):
    rows = [listing_of(member, Status.REVIEW), listing_of(member, Status.REVIEW), listing_of(member)]
    chosen = {"action": "approve", "_selected_action": [row.pk for row in rows]}
    asked = desk.post(reverse("admin:partnerships_listing_changelist"), chosen)
    assert len(asked.context["chosen"]) == 2
    assert not JournalEntry.objects.filter(verb="listing.approved").exists()
    desk.post(reverse("admin:partnerships_listing_changelist"), chosen | {"_confirmed": "1"})
    assert [fresh(row).status for row in rows] == [Status.PUBLISHED, Status.PUBLISHED, Status.DRAFT]
    assert mails("listing_approved").count() == 4


def test_a_coordinator_does_not_decide_about_a_member_of_their_own(desk, member):
    listing = listing_of(member, Status.REVIEW)
    make_representative(member, desk.user)
    assert desk.get(verb_url(listing, "approve")).status_code == 403
    assert desk.post(verb_url(listing, "return"), {"question": "Why?"}).status_code == 403
    assert fresh(listing).status == Status.REVIEW


def test_a_question_without_words_is_refused_at_its_field(desk, member):
    listing = listing_of(member, Status.REVIEW)
    assert desk.post(verb_url(listing, "return"), {"question": " "}).status_code == 422
    assert fresh(listing).status == Status.REVIEW


# --- Pages of the member -------------------------------------------------------------------------------------


def test_the_page_says_before_and_after_that_the_desk_reads_first(client, rule, member):
    client.force_login(member.representatives.first().user)
    draft = listing_of(member, published_at=None)
    address = reverse("partnerships:listing_detail", args=[draft.slug])
    client.cookies["django_language"] = "en"
    page = client.get(address)
    assert "The desk reads this first" in page.text
    assert "Send to the desk" in page.text
    told = client.post(reverse("partnerships:listing_publish", args=[draft.slug]), follow=True)
    assert "Sent to the desk, which reads it first." in told.text
    assert "At the desk" in told.text
    assert not told.context["can_publish"]
    reviews.return_listing(fresh(draft), question=WORDS, by=make_coordinator())
    page = client.get(address)
    assert "evil[.]example[.]org" in page.text
    assert page.context["can_publish"]
    client.logout()
    assert client.get(address).status_code == 404


def test_the_link_of_a_letter_leads_through_the_login_to_the_listing(client, member):
    listing = listing_of(member, Status.REVIEW)
    reviews.return_listing(listing, question="Who signs?", by=make_coordinator())
    letter = mails("listing_returned").get(language="uk")
    path = "/" + next(line for line in letter.text.splitlines() if "/open/" in line).split("/", 3)[3]
    assert "/account/login/" in client.get(path).url
    stranger = make_representative().user
    client.force_login(stranger)
    assert client.get(path).status_code == 404
    ours = member.representatives.first().user
    make_representative(user=ours)
    client.force_login(ours)
    page = client.get(path, follow=True)
    assert "Who signs?" in page.text
    assert page.context["is_own"]


def test_the_desk_reads_every_field_of_a_need_in_words(desk, member):
    need = listing_of(
        member,
        Status.PUBLISHED,
        kind="need",
        urgency="critical",
        transport_by="shared",
        partner_note="Ring at the gate.",
        field_audiences={"text": "partner"},
        line={
            "template": make_template(name_en="Generator"),
            "item": "",
            "quantity": 20,
            "unit": "piece",
            "range_min": 10,
            "range_max": 700,
            "range_unit": "kw",
            "specs": {"fuel": "diesel"},
            "condition": "good",
            "needed_by": timezone.localdate() + timedelta(days=40),
        },
    )
    make_pledge_line(need.lines.get(), {"committed": 12})
    ListingFile.objects.create(
        listing=need, kind="photo", original_filename="a.png", size=1000, caption="The works", file="a.png"
    )
    page = desk.get(reverse("admin:partnerships_listing_change", args=[need.pk])).text
    for words in (
        *("Generator", "20 pieces", "10–700 kW", "diesel; used, in good order", "12 pieces", "8 pieces"),
        *("both sides", "lives or basic services depend on it", "Ring at the gate.", "The works"),
        "Description: partners after both sides agreed",
    ):
        assert words in page, words
