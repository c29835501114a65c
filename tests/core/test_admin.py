"""What every page of the desk has in common: who gets in, buttons by MOVES, history, nothing deleted, our policy."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db.models import DateTimeField
from django.forms import DateField
from django.urls import reverse
from django.utils import timezone

from alliance.content.models import (
    CannedAnswer,
    Document,
    Event,
    EvidenceReport,
    InboundMail,
    NewsItem,
    NewsletterIssue,
    Page,
    PolicyIssue,
    SpamRule,
    Subscription,
    Survey,
    Ticket,
    TranslationGap,
    Video,
)
from alliance.core.admin import FewRows, StatedAdmin, VerbAdmin
from alliance.core.admin.base import MOST_ROWS
from alliance.core.journal import record
from alliance.core.mail import send
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.states import Stated
from members.models import AddressChange, Invitation, Member
from partnerships.actions.agreement_templates import load_templates
from partnerships.actions.weights import current_weights
from partnerships.models import (
    AgreementTemplate,
    AgreementWording,
    Appeal,
    Cluster,
    HelpRequest,
    Listing,
    Match,
    MatchingRound,
    Report,
    ReviewRule,
    RoundParticipant,
    RoundProposal,
    Twinning,
)
from tests.factories import (
    make_address_change,
    make_appeal,
    make_canned_answer,
    make_cluster,
    make_coordinator,
    make_document,
    make_issue,
    make_listing,
    make_member,
    make_news,
    make_page,
    make_party,
    make_pledge,
    make_policy_issue,
    make_public_event,
    make_representative,
    make_request,
    make_sector,
    make_subscription,
    make_survey,
    make_ticket,
    make_twinning,
    make_user,
    make_video,
)

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def make_complete_listing(**changes):
    return make_listing(sectors=[make_sector()], **changes)


def make_any_match(status="requested"):
    reasons = {"declined": {"decline_reason": "language"}, "closed": {"close_reason": "silent"}}
    return make_request(status=status, **reasons.get(status, {}))


def make_report(status="open"):
    return Report.objects.create(
        reporter=make_member(),
        author=make_user(),
        listing=make_listing(),
        reason="fraud",
        status=status,
        outcome="" if status == "open" else "Done.",
    )


def make_any_ticket(status="open"):
    return make_ticket(status=status, spam_reason="desk" if status == "spam" else "")


MAKERS = {
    Member: make_member,
    AddressChange: make_address_change,
    Ticket: make_any_ticket,
    Listing: make_complete_listing,
    Match: make_any_match,
    Report: make_report,
    Appeal: make_appeal,
}
# Their members move them, and the desk has no button for it; the buttons of rounds, documents, videos, the
# newsletter, issues and surveys are tried in test_admin_rounds, test_documents_desk, test_videos_desk,
# test_stories_desk, test_policy and test_surveys_desk.
MOVED_ELSEWHERE = {
    Cluster,
    Twinning,
    MatchingRound,
    Document,
    Video,
    NewsletterIssue,
    Subscription,
    PolicyIssue,
    Survey,
}
# What the desk itself writes.
ADDED = {
    *(Appeal, MatchingRound, Page, NewsItem, Event, NewsletterIssue),
    *(Document, Video, CannedAnswer, SpamRule, Survey),
}
# Moves that are not the desk's: applicants submit and send again; a newer address replaces an older one; members
# publish and renew, the sweep expires; the sides of a match answer.
NOT_OURS = {
    ("members.Member", "draft", "pending"),
    ("members.Member", "returned", "pending"),
    ("members.AddressChange", "pending", "withdrawn"),
    ("partnerships.Listing", "draft", "review"),
    ("partnerships.Listing", "draft", "published"),
    ("partnerships.Listing", "published", "expired"),
    ("partnerships.Listing", "expired", "review"),
    ("partnerships.Listing", "expired", "published"),
    ("partnerships.Listing", "withdrawn", "review"),
    ("partnerships.Listing", "withdrawn", "published"),
    ("partnerships.Match", "requested", "accepted"),
    ("partnerships.Match", "requested", "declined"),
}


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator()
    client.force_login(client.user)
    return client


def url_of(obj, page, *more):
    opts = obj._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[obj.pk, *more])


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def stated_admins():
    return [site for model, site in admin.site._registry.items() if issubclass(model, Stated)]


# --- who gets in ---


def test_visitors_are_sent_to_the_one_login(client):
    response = client.get(INDEX, follow=True)
    assert response.redirect_chain[-1][0].startswith("/en/account/login/?next=/admin/")


def test_members_are_refused(client):
    client.force_login(make_user())
    assert client.get(INDEX, follow=True).status_code == 403


def test_staff_outside_the_group_see_nothing(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_user(is_staff=True))
    assert client.get(INDEX, follow=True).status_code == 403
    assert client.get(reverse("admin:members_member_changelist"), follow=True).status_code == 403


def test_a_coordinator_needs_a_second_factor(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    user = make_coordinator()
    client.force_login(user)
    response = client.get(INDEX, follow=True)
    assert response.status_code == 403
    assert reverse("mfa_index") in response.text
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get(INDEX).status_code == 200


RELAXED = "the desk opens without a second factor"


def test_a_desk_without_second_factor_says_so_on_its_pages(client, settings):
    user = make_coordinator()
    client.force_login(user)
    settings.SECOND_FACTOR_REQUIRED = False
    for page in (INDEX, reverse("admin:members_member_changelist")):
        assert RELAXED in client.get(page).text
    settings.SECOND_FACTOR_REQUIRED = True
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert RELAXED not in client.get(INDEX).text


def test_a_login_leads_back_to_our_own_pages_only(desk):
    url = reverse("admin:login")
    assert desk.get(url, {"next": "https://evil.example.org/"}).url == INDEX
    assert desk.get(url, {"next": "/admin/members/member/"}).url == "/admin/members/member/"


# --- buttons ---


def test_every_model_with_a_life_has_a_desk():
    assert {site.model for site in stated_admins()} == {*MAKERS, *MOVED_ELSEWHERE}
    assert all(isinstance(site, StatedAdmin) or site.is_read_only for site in stated_admins())


PRODUCT = [
    (model, verb, status)
    for model in MAKERS
    for verb in admin.site._registry[model].verbs
    if verb.to
    for status in model.Status.values
]


@pytest.mark.parametrize(
    ("model", "verb", "status"),
    PRODUCT,
    ids=lambda part: getattr(part, "name", getattr(part, "__name__", part)),
)
def test_every_button_from_every_status(desk, model, verb, status):
    obj = MAKERS[model](status=status)
    applies = verb.to in model.MOVES[status] and (not verb.starts or status in verb.starts)
    names = [button["verb"].name for button in desk.get(url_of(obj, "change")).context["buttons"]]
    assert (verb.name in names) == applies
    data = {
        name: timezone.localdate().isoformat() if isinstance(field, DateField) else "A reason"
        for name, field in verb.form.base_fields.items()
    }
    response = desk.post(url_of(obj, "verb", verb.name), data)
    assert response.status_code == 302
    obj.refresh_from_db()
    assert obj.status == (verb.to if applies else status)
    assert JournalEntry.objects.about(obj).filter(data__now=verb.to).count() == int(applies)
    again = desk.post(url_of(obj, "verb", verb.name), data)
    assert again.status_code == 302
    assert JournalEntry.objects.about(obj).filter(data__now=verb.to).count() == int(applies)
    if not applies:
        assert "Somebody was faster" in told(response)[0]
        assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("model", MAKERS)
def test_every_move_has_a_button_or_belongs_to_somebody_else(model):
    verbs = admin.site._registry[model].verbs
    missing = {
        (model._meta.label, str(start), str(to))
        for start, targets in model.MOVES.items()
        for to in targets
        if not any(verb.to == to and (not verb.starts or start in verb.starts) for verb in verbs)
    }
    assert missing == {row for row in NOT_OURS if row[0] == model._meta.label}


@pytest.mark.parametrize("model", MAKERS)
def test_status_is_read_only(desk, model):
    form = desk.get(url_of(MAKERS[model](), "change")).context["adminform"].form
    assert "status" not in form.fields


def test_who_comes_second_reads_who_decided_and_when(desk):
    colleague = make_coordinator(name="Hanna Nowak")
    ticket = make_ticket()
    site = admin.site._registry[Ticket]
    close = next(verb for verb in site.verbs if verb.name == "close")
    close.action(ticket, by=colleague)
    message = told(desk.post(url_of(ticket, "verb", "close")))[0]
    assert "Somebody was faster" in message
    assert "closed" in message
    assert "Hanna Nowak" in message
    assert str(JournalEntry.objects.get().created_at.year) in message


def test_verbs_need_the_right_to_change(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_coordinator()
    user.groups.get().permissions.remove(*user.groups.get().permissions.filter(codename="change_ticket"))
    client.force_login(user)
    ticket = make_ticket()
    assert client.get(url_of(ticket, "change")).context["buttons"] == []
    assert client.post(url_of(ticket, "verb", "close")).status_code == 403


# --- history and journal ---


def test_history_joins_decisions_and_fields(desk):
    member = make_member(official_name="Old name")
    member.official_name = "New name"
    member.save()
    record("member.held", member, by=desk.user, was="approved", now="on_hold", reason="Unclear mandate")
    text = desk.get(url_of(member, "history")).text
    assert "Old name → New name" in text
    assert "approved → on hold" in text
    assert "Unclear mandate" in text
    assert desk.user.name in text
    assert "sort_en" not in text


def test_journal_is_read_and_never_changed(desk):
    ticket = make_ticket()
    record("ticket.closed", ticket, by=desk.user, was="open", now="closed")
    record("member.left", make_member(), by=desk.user)
    listing = reverse("admin:core_journalentry_changelist")
    text = desk.get(listing).text
    assert ticket.number in text
    assert "open → closed" in text
    assert len(desk.get(listing, {"verb": "ticket.closed"}).context["cl"].result_list) == 1
    entry = JournalEntry.objects.first()
    assert desk.post(url_of(entry, "change"), {"verb": "x"}).status_code == 403
    assert desk.get(url_of(entry, "delete")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_journal_asks_the_same_number_of_questions_whatever_its_length(
    desk, count, django_assert_num_queries
):
    for _n in range(count):
        record("ticket.closed", make_ticket(), by=desk.user)
        record("representative.added", make_representative(), by=desk.user)
    url = reverse("admin:core_journalentry_changelist")
    desk.get(url)
    with django_assert_num_queries(12):
        desk.get(url)


@pytest.mark.parametrize("count", [1, 4])
def test_index_asks_the_same_number_of_questions_whatever_was_decided(desk, count, django_assert_num_queries):
    for _n in range(count):
        record("representative.added", make_representative(), by=desk.user)
    desk.get(INDEX)
    with django_assert_num_queries(30):
        assert len(desk.get(INDEX).context["latest"]) == count


def test_nothing_is_deleted_and_nothing_but_what_is_named_is_added(desk):
    for model, site in admin.site._registry.items():
        if isinstance(site, VerbAdmin) or model._meta.app_label != "auth":
            request = desk.get(INDEX).wsgi_request
            assert not site.has_delete_permission(request), model
            assert site.has_add_permission(request) == (model in ADDED), model


def test_every_list_takes_a_moment_typed_into_its_address(desk):
    asked = []
    for model, one in admin.site._registry.items():
        for name in filter(lambda name: isinstance(name, str), one.list_filter):
            if isinstance(model._meta.get_field(name), DateTimeField):
                asked.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
                for typed, status in (("2026-11-27 10:00", 200), ("1" * 5000, 200), ("no moment", 302)):
                    assert desk.get(asked[-1], {f"{name}__gte": typed}).status_code == status
    assert len(asked) >= 4


def test_rows_within_a_form_are_few_whatever_the_form_claims(desk):
    inlines = [inline for one in admin.site._registry.values() for inline in one.inlines]
    assert [inline for inline in inlines if not issubclass(inline, FewRows)] == []
    counts = {"sections-TOTAL_FORMS": "2000", "sections-INITIAL_FORMS": "0"}
    answer = desk.post(reverse("admin:content_page_add"), {"title_en": "Page"} | counts)
    (rows,) = (one.formset for one in answer.context["inline_admin_formsets"])
    assert (len(rows.forms), len(rows.non_form_errors())) == (MOST_ROWS, 1)
    assert str(MOST_ROWS) in rows.non_form_errors()[0]


def test_secrets_of_accounts_have_no_page():
    labels = {model._meta.label for model in admin.site._registry}
    assert not labels & {"mfa.Authenticator", "account.EmailAddress", "auditlog.LogEntry"}


# --- all pages, three languages, our policy ---


def round_rows(sides):
    """A round with a pair."""
    matching_round = MatchingRound.objects.create(title="Spring")
    here, there = (
        RoundParticipant.objects.create(
            matching_round=matching_round, member=member, is_ukrainian=is_ukrainian, capacity=1
        )
        for member, is_ukrainian in zip(sides, (True, False), strict=True)
    )
    pair = RoundProposal.objects.create(matching_round=matching_round, left=here, right=there, score=1)
    return [matching_round, here, pair]


def public_face():
    """What the Alliance publishes, and what the desk has for its inbox."""
    page = make_page({})
    return [
        page,
        TranslationGap.objects.first(),
        make_document(),
        make_video(),
        make_news(),
        make_public_event(),
        make_issue(),
        make_subscription(),
        make_canned_answer(),
        make_policy_issue(),
        make_survey(),
        SpamRule.objects.create(kind="word", value="casino"),
        InboundMail.objects.create(message_id="<a@example.org>", outcome="too_large", raw=b"x"),
    ]


def every_page(user):
    """Every list, and the page, history and confirmation of one object of every model."""
    member, listing = make_member(status="pending"), make_complete_listing()
    representative = make_representative(member)
    send("members/member_left", "reader@example.org", "uk", {"name": "x", "reference": "y"})
    record("ticket.closed", make_ticket(), by=user)
    pledge = make_pledge("committed 3 · dispatched 2 · received 3")
    sides = sorted([member, listing.member], key=lambda one: one.pk)
    objects = [
        member,
        member.place,
        listing,
        listing.sectors.first(),
        make_appeal(),
        representative,
        make_address_change(member),
        user,
        Ticket.objects.get(),
        OutgoingMail.objects.get(),
        JournalEntry.objects.get(),
        MailStop.objects.create(email="reader@example.org", category="desk"),
        EvidenceReport.objects.create(quarter="2025-Q4", published={}, counted=[]),
        pledge,
        pledge.lines.get(),
        (
            match := Match.objects.create(
                member_a=sides[0], member_b=sides[1], origin="round", listing=listing
            )
        ),
        HelpRequest.objects.create(match=match, member=member, kind="mediator"),
        ReviewRule.objects.get_or_create(tier="core")[0],
        Report.objects.create(reporter=sides[0], author=user, match=match, reason="abuse"),
        Invitation.objects.create(
            member=member, email="new@example.org", language="uk", invited_by=user, expires_at=timezone.now()
        ),
    ]
    objects += [make_cluster(make_member()), make_twinning(), make_party(), *round_rows(sides)]
    load_templates()
    objects += [
        AgreementTemplate.objects.first(),
        AgreementWording.objects.first(),
        current_weights(),
    ]
    objects += public_face()
    # Every model has its page tried.
    assert {type(obj) for obj in objects} == {m for m in admin.site._registry if m._meta.app_label != "auth"}
    pages = [INDEX]
    for model in admin.site._registry:
        opts = model._meta
        if opts.app_label != "auth":
            pages.append(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))
    for obj in objects:
        site = admin.site._registry[type(obj)]
        pages += [url_of(obj, "change"), url_of(obj, "history")]
        verbs = getattr(site, "verbs", [])
        pages += [url_of(obj, "verb", verb.name) for verb in verbs if verb.is_single and verb.applies_to(obj)]
    return pages


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_page_in_the_persons_language_without_anything_inline(client, settings, language):
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_coordinator(language=language)
    client.force_login(user)
    pages = every_page(user)
    assert len(pages) > 25
    for url in pages:
        response = client.get(url)
        assert response.status_code == 200, url
        text = response.content.decode()
        assert f'lang="{language}"' in text, url
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", text), url
        assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", text), url
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        for address in re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text):
            assert not urlsplit(address).netloc, address


def test_index_counts_what_waits_with_the_age_of_the_oldest(desk):
    make_member(status="pending")
    make_ticket()
    lines = {str(line.label): line for line in desk.get(INDEX).context["waiting"]}
    assert lines["Applications that await a decision"].count == 1
    assert lines["Open tickets"].count == 1
    assert lines["Open tickets"].age == "less than a day"
    assert lines["Mails that failed"].count == 0
    for line in lines.values():
        shown = desk.get(line.url).context["cl"].result_count
        assert shown == line.count, line
