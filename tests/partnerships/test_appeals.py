"""Appeals: every verb from every status, twice and at once; the sweep; what attaches and what counts; their pages."""

import re
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from alliance.core.audience import Audience
from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from partnerships import tasks
from partnerships.actions import appeals as actions
from partnerships.actions.listings import create_listing, update_listing
from partnerships.drafts import Line, ListingContent
from partnerships.models import Appeal, AppealLine, Listing, PledgeLine
from partnerships.permissions import may_follow
from partnerships.refusals import AppealRefused
from partnerships.targets import figures_of, share_out
from partnerships.views.progress import progress_of
from partnerships.views.progress import rows_of as progress_rows
from tests.factories import (
    PASSWORD,
    make_appeal,
    make_coordinator,
    make_event,
    make_listing,
    make_member,
    make_pledge_line,
    make_representative,
    make_template,
    write_history,
)

TODAY = timezone.localdate


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


# --- Verbs ------------------------------------------------------------------------------------------------

VERBS = {
    "open": (actions.open_appeal, dict, "draft", "open", "appeal.opened"),
    "close": (actions.close_appeal, dict, "open", "closed", "appeal.closed"),
    "reopen": (actions.reopen_appeal, lambda: {"deadline": TODAY()}, "closed", "open", "appeal.reopened"),
}
PRODUCT = [(name, status) for name in VERBS for status in Appeal.Status.values]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), PRODUCT)
def test_every_verb_from_every_status_once(name, status):
    action, given, start, to, verb = VERBS[name]
    appeal, by = make_appeal(status=status), make_coordinator()
    if status == start:
        action(appeal, by=by, **given())
        entry = JournalEntry.objects.about(appeal).get()
        assert (entry.verb, entry.actor, entry.data["was"], entry.data["now"]) == (verb, by, start, to)
    with pytest.raises(NotAllowed):  # the second click, or the wrong status
        action(appeal, by=by, **given())
    appeal.refresh_from_db()
    assert appeal.status == (to if status == start else status)
    assert bool(appeal.closed_at) == (appeal.status == "closed")
    assert JournalEntry.objects.about(appeal).count() == int(status == start)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_wins():
    appeal, people = make_appeal(), [make_coordinator(), make_coordinator()]
    results, together = [], threading.Barrier(2)

    def close(user):
        try:
            together.wait()
            actions.close_appeal(Appeal.objects.get(pk=appeal.pk), by=user)
            results.append("closed")
        except NotAllowed:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["closed", "told"]
    assert JournalEntry.objects.about(appeal).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title_en": None}, "title"),
        ({"title_uk": ""}, "title"),
        ({"text_en": ""}, "text"),
        ({"text_pl": None}, "text"),
        ({"deadline": None}, "deadline"),
        ({"deadline": "yesterday"}, "deadline"),
        ({"lines": None}, "lines"),
    ],
)
def test_an_incomplete_appeal_is_not_opened(changes, reason):
    if changes.get("deadline") == "yesterday":
        changes = {"deadline": TODAY() - timedelta(days=1)}
    without_lines = "lines" in changes
    appeal = make_appeal(status="draft", **{k: v for k, v in changes.items() if k != "lines"})
    if without_lines:
        appeal.lines.all().delete()
    with pytest.raises(AppealRefused) as refused:
        actions.open_appeal(appeal, by=make_coordinator())
    assert refused.value.args == (reason,)
    assert str(refused.value)
    appeal.refresh_from_db()
    assert appeal.status == "draft"


@pytest.mark.django_db
def test_it_is_not_opened_again_for_a_day_that_has_passed():
    appeal = make_appeal(status="closed")
    with pytest.raises(AppealRefused):
        actions.reopen_appeal(appeal, deadline=TODAY() - timedelta(days=1), by=make_coordinator())


@pytest.mark.django_db
def test_one_from_before_the_rule_keeps_its_words_and_is_opened_again_in_all_languages():
    older = make_appeal(title_uk="", text_pl="", is_from_before_languages=True)
    older.deadline += timedelta(days=1)
    actions.update_appeal(older, fields=["deadline"], by=make_coordinator())
    actions.close_appeal(older, by=make_coordinator())
    with pytest.raises(AppealRefused) as refused:
        actions.reopen_appeal(older, deadline=TODAY(), by=make_coordinator())
    assert refused.value.args == ("title",)
    older.title_uk, older.text_pl = "Генератори", "Generatory"
    actions.update_appeal(older, fields=["title_uk", "text_pl"], by=make_coordinator())
    actions.reopen_appeal(older, deadline=TODAY(), by=make_coordinator())
    older.refresh_from_db()
    assert (older.status, older.is_from_before_languages) == ("open", False)


@pytest.mark.django_db
def test_the_database_refuses_an_open_appeal_without_one_of_the_languages():
    with pytest.raises(IntegrityError, match="appeal_speaks_all_languages"):
        make_appeal(text_uk="")


@pytest.mark.django_db
def test_an_open_appeal_keeps_its_target():
    appeal = make_appeal()
    with pytest.raises(AppealRefused):
        actions.write_target(appeal, removed=list(appeal.lines.all()), by=make_coordinator())
    assert appeal.lines.count() == 1


# --- The clock --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sweep_closes_what_is_past_its_day_and_nothing_else():
    past = [make_appeal(deadline=TODAY() - timedelta(days=days)) for days in (1, 40)]
    today, draft = make_appeal(deadline=TODAY()), make_appeal(status="draft", deadline=None)
    closed = make_appeal(status="closed", deadline=TODAY() - timedelta(days=9))
    assert tasks.close_appeals() == 2
    assert tasks.close_appeals() == 0
    assert {a.pk for a in Appeal.objects.filter(status="closed")} == {a.pk for a in [*past, closed]}
    assert [today.status, draft.status] == ["open", "draft"]
    assert JournalEntry.objects.filter(verb="appeal.closed", actor_kind="system").count() == 2


@pytest.mark.django_db
def test_past_its_day_it_is_closed_for_everyone_before_the_sweep_comes(client):
    appeal = make_appeal(deadline=TODAY() - timedelta(days=1))
    page = client.get(url("appeal_detail", appeal.slug)).content.decode()
    assert "was open until" in page
    assert "Take part" not in page
    assert list(Appeal.objects.running()) == []


# --- What attaches ----------------------------------------------------------------------------------------


def content(appeal="", **changes):
    line = Line("generator", Decimal(3), "piece")
    return ListingContent(language="en", titles={"en": "We need it"}, lines=[line], appeal=appeal, **changes)


@pytest.mark.django_db
def test_a_need_attaches_to_a_running_appeal_and_stays_attached_after_its_end():
    member, by = make_member(country="UA"), make_coordinator()
    appeal = make_appeal()
    need = create_listing(member=member, kind="need", content=content(appeal.slug), by=by)
    assert need.appeal == appeal
    actions.close_appeal(appeal, by=by)
    assert update_listing(need, content=content(appeal.slug), by=by).appeal == appeal
    assert update_listing(need, content=content(), by=by).appeal is None
    with pytest.raises(AppealRefused):
        update_listing(need, content=content(appeal.slug), by=by)


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"status": "draft"}, {"status": "closed"}, {"deadline": "yesterday"}])
def test_nothing_attaches_to_an_appeal_that_does_not_run(changes):
    if changes.get("deadline"):
        changes = {"deadline": TODAY() - timedelta(days=1)}
    appeal = make_appeal(**changes)
    with pytest.raises(AppealRefused):
        create_listing(
            member=make_member(country="UA"), kind="need", content=content(appeal.slug), by=make_coordinator()
        )
    assert not Listing.objects.exists()


# --- What counts ------------------------------------------------------------------------------------------


def make_need(appeal=None, **line):
    fields = {"item": "generator", "quantity": 40, "unit": "piece"} | line
    return make_listing(
        kind="need",
        title_en="We need generators",
        appeal=appeal,
        member=make_member(country="UA"),
        line=fields,
    )


def promise(appeal=None, need=None, events=None, **line):
    row = make_pledge_line(need.lines.get() if need else None, events or {"committed": 5}, **line)
    if appeal:
        row.pledge.appeal = appeal
        row.pledge.save()
    return row


def progress(appeal, viewer=Audience.PUBLIC):
    return progress_of([Appeal.objects.with_target().get(pk=appeal.pk)], viewer)[appeal.pk]


def figures(appeal, viewer=Audience.PUBLIC):
    found = progress(appeal, viewer).lines[0].figures
    return (int(found.promised), int(found.firm), int(found.delivered))


@pytest.mark.django_db
def test_promised_firm_and_delivered_are_told_apart():
    appeal = make_appeal()
    promise(appeal, events={"promised": 7})
    promise(appeal, events={"promised": 9, "committed": 5})
    row = promise(appeal, events={"committed": 20, "cancelled": 2, "dispatched": 10, "received": 10})
    make_event(row, "accepted", 8)
    make_event(row, "returned", 1)
    assert figures(appeal) == (11, 22, 8)
    coverage = progress(appeal).whole
    assert (coverage.asked, coverage.accepted, coverage.underway, coverage.promised, coverage.open) == (
        100,
        8,
        14,
        11,
        78,
    )


@pytest.mark.django_db
def test_a_promise_counts_by_its_appeal_or_by_its_need_and_only_once():
    appeal, other = make_appeal(), make_appeal()
    need = make_need(appeal)
    promise(need=need)  # through the need
    promise(appeal)  # by name
    promise(appeal, need=need)  # both: once
    promise(other, need=need)  # named another one: counts there
    promise()  # neither
    promise(need=make_need())  # a need of no appeal
    assert figures(appeal) == (0, 15, 0)
    assert figures(other) == (0, 5, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ({}, True),
        ({"item": "Generators", "unit": "piece"}, True),
        ({"item": "beds"}, False),
        ({"unit": "kg"}, False),
        ({"range_min": 50, "range_max": 50, "range_unit": "kw"}, True),
        ({"range_min": Decimal("0.05"), "range_max": Decimal("0.7"), "range_unit": "mw"}, True),
        ({"range_min": 5, "range_max": 50, "range_unit": "kw"}, False),
        ({"specs": {"fuel": "gas"}}, False),
        ({"specs": {"fuel": "diesel"}}, True),
        ({"condition": "usable"}, False),
    ],
)
def test_what_is_promised_must_fit_the_target(line, counts):
    target = {"range_min": 10, "range_max": 700, "range_unit": "kw", "condition": "good"}
    appeal = make_appeal(line=target | {"specs": {"fuel": "diesel"}})
    promise(appeal, **line)
    assert figures(appeal) == (0, 5 if counts else 0, 0)


@pytest.mark.django_db
def test_other_units_convert_and_more_than_the_target_is_visible():
    appeal = make_appeal(line={"item": "cement", "quantity": 12, "unit": "t"})
    promise(appeal, events={"committed": 14500}, item="cement", unit="kg")
    line = progress(appeal).lines[0]
    assert (line.figures.firm, line.figures.unit) == (Decimal("14.5"), "t")
    assert (line.coverage.covered, line.coverage.over) == (12, Decimal("2.5"))


@pytest.mark.django_db
def test_what_only_members_follow_counts_for_members():
    appeal = make_appeal()
    need = make_need(appeal)
    Listing.objects.filter(pk=need.pk).update(audience="members")
    promise(need=need)
    promise(appeal)
    assert figures(appeal) == (0, 5, 0)
    assert figures(appeal, Audience.MEMBERS) == (0, 10, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_progress_costs_a_constant_number_of_queries(django_assert_num_queries, count):
    for _ in range(count):
        appeal = make_appeal(line={"template": make_template(), "item": ""})
        need = make_need(appeal, template=appeal.lines.get().template, item="")
        for _ in range(count):
            promise(need=need)
            promise(appeal, template=appeal.lines.get().template, item="")
    with django_assert_num_queries(5):  # appeals, lines, items; sums by kind, their items
        found = progress_of(list(Appeal.objects.public().with_target()), Audience.PUBLIC)
    assert [int(each.whole.covered) for each in found.values()] == [10 * count] * count


# After one piece that was promised.
HISTORIES = [
    "promised 7 · committed 4",
    "promised 9 · fix#2 2",
    "committed 20 · cancelled 2 · dispatched 10 · received 10 · accepted 8 · returned 1",
    "committed 5 · fix#2 3 · dispatched 2 · lost 1",
    "committed 5 · over_delivered 2 · dispatched 7 · received 7 · accepted 7 · fix#6 3",
    "committed 3 · dispatched 3 · received 9 · accepted 9 · returned 9",
    "committed 4 · cancelled 4",
]


@pytest.mark.django_db
def test_sums_of_the_database_equal_a_recount_of_rows_and_their_list(client):
    template = make_template()
    appeal = make_appeal(line={"range_min": 10, "range_max": 700, "range_unit": "kw"})
    by_code = AppealLine.objects.create(
        appeal=appeal, template=template, item="", quantity=9, unit="piece", position=1
    )
    cement = AppealLine.objects.create(appeal=appeal, item="cement", quantity=12, unit="t", position=2)
    kinds = [
        {"item": "generator", "range_min": 20, "range_max": 20, "range_unit": "kw"},
        {
            "item": "Generators",
            "range_min": Decimal("0.02"),
            "range_max": Decimal("0.02"),
            "range_unit": "mw",
        },
        {"item": "generator", "range_min": 5, "range_max": 5, "range_unit": "kw"},  # too small
        {"item": "", "template": template, "specs": {"fuel": "gas"}},
        {"item": "cement", "unit": "kg"},
        {"item": "cement", "unit": "t", "condition": "good"},
        {"item": "beds"},
    ]
    need = make_need(appeal)
    for number in range(28):
        row = promise(None if number % 3 else appeal, need if number % 3 else None, {"promised": 1})
        PledgeLine.objects.filter(pk=row.pk).update(**({"template": None} | kinds[number % 7]))
        row.refresh_from_db()
        write_history(row, HISTORIES[number // 4 % 7])
    rows = list(PledgeLine.objects.of_appeals([appeal]).with_parties())
    targets = list(appeal.lines.all())
    shares = share_out([line.as_item() for line in targets], [row.as_item() for row in rows])
    found = progress(appeal)
    for position, (line, target) in enumerate(zip(targets, found.lines, strict=True)):
        mine = [row for row, share in zip(rows, shares, strict=True) if share == position]
        assert mine
        assert target.figures == figures_of([row.given for row in mine], line.unit)
        for figure in ("", "promised", "firm", "delivered"):
            expected = {
                row.pk for row in mine if not figure or getattr(figures_of([row.given], line.unit), figure)
            }
            behind = progress_rows(appeal, Audience.PUBLIC, [target], figure)
            assert {row.pk for row in behind} == expected, (line, figure)
    assert {by_code.pk, cement.pk} < {line.pk for line in targets}


@pytest.mark.django_db
def test_progress_is_remembered_until_anything_is_written(django_assert_num_queries):
    appeal = make_appeal()
    promise(appeal)
    freshness.touch()
    assert figures(appeal) == (0, 5, 0)
    stored = Appeal.objects.with_target().get(pk=appeal.pk)
    list(stored.lines.all())
    with django_assert_num_queries(0):
        assert progress_of([stored], Audience.PUBLIC)[appeal.pk].lines[0].figures.firm == 5
    promise(appeal)
    assert figures(appeal) == (0, 5, 0)
    freshness.touch()  # what every verb does through the journal
    assert figures(appeal) == (0, 10, 0)


# --- Pages ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_drafts_are_the_desks_alone(client):
    draft = make_appeal(status="draft")
    for name in ("appeal_detail", "appeal_needs", "appeal_offers", "appeal_pledges"):
        assert client.get(url(name, draft.slug)).status_code == 404
    assert "No appeal has been opened yet" in client.get(url("appeal_list")).content.decode()


@pytest.mark.django_db
def test_the_list_shows_running_and_closed_ones_with_their_progress(client):
    make_appeal(title_en="Over", status="closed", opened_at=timezone.now() - timedelta(days=9))
    appeal = make_appeal(title_en="Runs")
    promise(appeal, events={"promised": 3, "committed": 3})
    make_need(appeal)
    cards = client.get(url("appeal_list")).context["cards"]
    assert [(card["title"], card["state"]) for card in cards] == [("Runs", ""), ("Over", "closed")]
    assert int(cards[0]["coverage"]["underway"]) == 3
    assert cards[0]["facts"][1:] == ["1 open need", "0 open offers"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_a_constant_number_of_queries(client, count, django_assert_num_queries):
    for _ in range(count):
        appeal = make_appeal()
        for kind in ("need", "offer"):
            make_listing(kind=kind, appeal=appeal, line={"item": "generator", "unit": "piece"})
        promise(need=make_need(appeal))
    for _ in range(count):
        promise(need=make_need(appeal))
        make_listing(appeal=appeal)
    for name, args, queries in (
        ("appeal_list", [], 4),
        ("appeal_detail", [appeal.slug], 14),
        ("appeal_needs", [appeal.slug], 7),
        ("appeal_pledges", [appeal.slug], 6),
    ):
        with django_assert_num_queries(queries):
            assert client.get(url(name, *args)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["promised, not yet firm", "11 pieces", "22 pieces", "8 pieces", "open until"]),
        (
            "pl",
            ["zadeklarowano, jeszcze niewiążąco", "11\xa0sztuk", "22\xa0sztuki", "8\xa0sztuk", "otwarty do"],
        ),
        ("uk", ["обіцяно, ще без зобов’язання", "11\xa0штук", "22\xa0штуки", "8\xa0штук", "відкрите до"]),
    ],
)
def test_the_page_tells_three_figures_each_a_link_to_its_rows(client, language, words):
    appeal = make_appeal()
    promise(appeal, events={"promised": 11})
    row = promise(appeal, events={"committed": 22, "dispatched": 9, "received": 9})
    make_event(row, "accepted", 8)
    response = client.get(url("appeal_detail", appeal.slug, language=language))
    page = response.content.decode()
    assert [word for word in words if word not in page] == []
    firm = client.get(response.context["figures"][1]["href"])
    assert len(firm.context["rows"]) == 1
    promised = client.get(response.context["figures"][0]["href"])
    assert len(promised.context["rows"]) == 1
    assert firm.context["rows"] != promised.context["rows"]


@pytest.mark.django_db
def test_the_rows_of_one_line_of_the_target(client):
    appeal = make_appeal()
    beds = AppealLine.objects.create(appeal=appeal, item="beds", quantity=10, unit="piece", position=1)
    promise(appeal, events={"committed": 10})
    promise(appeal, item="bed", events={"committed": 4})
    response = client.get(url("appeal_pledges", appeal.slug), {"line": beds.slug, "figure": "firm"})
    assert [row[4] for row in response.context["rows"]] == ["4 pieces"]
    response = client.get(url("appeal_pledges", appeal.slug), {"line": "nonsense", "figure": "<b>"})
    assert len(response.context["rows"]) == 2
    whole = client.get(url("appeal_detail", appeal.slug)).context["figures"]
    assert [figure["number"] for figure in whole] == ["0%", "25%", "0%"]


@pytest.mark.django_db
def test_rows_come_in_pages(client, monkeypatch):
    monkeypatch.setattr("alliance.core.lists.PAGE_SIZE", 2)
    appeal = make_appeal()
    rows = [promise(appeal, events={"committed": n}) for n in (1, 2, 3, 4, 5)]
    address, seen = url("appeal_pledges", appeal.slug), []
    while address:
        response = client.get(address)
        seen += [row[4] for row in response.context["rows"]]
        address = response.context["pages"]["next_url"]
        address = address and url("appeal_pledges", appeal.slug) + address
    assert seen == ["5 pieces", "4 pieces", "3 pieces", "2 pieces", "1 piece"]
    back = client.get(url("appeal_pledges", appeal.slug) + response.context["pages"]["previous_url"])
    assert [row[4] for row in back.context["rows"]] == ["3 pieces", "2 pieces"]
    assert len(rows) == 5


@pytest.mark.django_db
def test_a_row_leads_to_its_promise_where_the_reader_may_follow_it(client):
    appeal = make_appeal()
    row = promise(appeal)
    address = url("pledge_detail", row.pledge.slug)
    assert f'href="{address}"' in client.get(url("appeal_pledges", appeal.slug)).content.decode()
    assert client.get(address).status_code == 200
    assert may_follow(row.pledge, "public")
    row.pledge.listing = make_listing(audience="members")
    assert [may_follow(row.pledge, viewer) for viewer in ("public", "members", "coordinators")] == [
        False,
        True,
        True,
    ]


@pytest.mark.django_db
def test_a_receiver_that_is_not_named_in_public_is_in_no_row(client):
    appeal = make_appeal()
    row = promise(appeal)
    row.pledge.is_receiver_hidden = True
    row.pledge.save()
    page = client.get(url("appeal_pledges", appeal.slug)).content.decode()
    assert row.pledge.receiver.official_name not in page
    assert row.pledge.giver.official_name in page


@pytest.mark.django_db
def test_attached_needs_and_offers_stand_on_the_page_and_lead_to_it(client):
    appeal = make_appeal()
    need, offer = make_need(appeal), make_listing(appeal=appeal, title_en="We have some")
    hidden = make_listing(appeal=appeal, title_en="For members", audience="members")
    ended = make_listing(appeal=appeal, title_en="Ended", status="expired")
    page = client.get(url("appeal_detail", appeal.slug)).content.decode()
    assert all(listing.title_en in page for listing in (need, offer))
    assert not any(listing.title_en in page for listing in (hidden, ended))
    assert appeal.title_en in client.get(url("listing_detail", need.slug)).content.decode()
    client.login(username=make_representative().user.email, password=PASSWORD)
    assert "For members" in client.get(url("appeal_offers", appeal.slug)).content.decode()


@pytest.mark.django_db
def test_the_home_page_shows_running_appeals(client):
    make_appeal(title_en="Runs")
    make_appeal(title_en="Over", status="closed")
    page = client.get(reverse("content:home")).content.decode()
    assert "Open appeals" in page
    assert "Runs" in page
    assert "Over" not in page


# --- In the form of a need or an offer --------------------------------------------------------------------


def form_fields(appeal, **changes):
    return {"language": "en", "title": "We need it", "audience": "public", "appeal": appeal} | changes


@pytest.mark.django_db
def test_the_form_offers_running_appeals_and_attaches(client):
    appeal, closed = make_appeal(title_en="Runs"), make_appeal(title_en="Over", status="closed")
    member = make_member(country="UA")
    client.login(username=make_representative(member).user.email, password=PASSWORD)
    address = url("listing_create", "need")
    form = client.get(address, {"appeal": appeal.slug}).context["form"]
    assert [value for value, _label in form.fields["appeal"].choices] == ["", appeal.slug]
    assert form["appeal"].value() == appeal.slug
    assert client.post(address, form_fields(appeal.slug)).status_code == 302
    assert Listing.objects.get().appeal == appeal
    refused = client.post(address, form_fields(closed.slug))
    assert refused.status_code == 422
    assert "appeal" in refused.context["form"].errors


@pytest.mark.django_db
def test_an_appeal_that_closes_while_one_writes_is_no_silent_loss(client):
    appeal, member = make_appeal(), make_member(country="UA")
    client.login(username=make_representative(member).user.email, password=PASSWORD)
    actions.close_appeal(appeal, by=make_coordinator())
    response = client.post(url("listing_create", "need"), form_fields(appeal.slug))
    assert response.status_code == 422
    assert "appeal" in response.context["form"].errors
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_who_is_a_blink_too_late_reads_so_at_the_field(client, monkeypatch):
    appeal, member = make_appeal(), make_member(country="UA")
    client.login(username=make_representative(member).user.email, password=PASSWORD)
    monkeypatch.setattr("partnerships.actions.appeals.Appeal.is_running", False)
    response = client.post(url("listing_create", "need"), form_fields(appeal.slug))
    assert response.status_code == 422
    assert response.context["form"].errors["appeal"] == [str(AppealRefused(AppealRefused.CLOSED))]


# --- What a need keeps for fewer people ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["the need", "a conversation"])
def test_quantities_that_members_only_read_come_through_no_appeal_and_no_pledge(client, way):
    """A need whose lines are for members: neither bar, figure nor row of its appeal, nor the page of the pledge."""
    appeal, member = make_appeal(), make_representative().user
    need = make_need(appeal, item="generator")
    Listing.objects.filter(pk=need.pk).update(field_audiences={"lines": "members"})
    need.refresh_from_db()
    row = promise(need=need, events={"committed": 8765})
    if way == "a conversation":
        type(row.pledge).objects.filter(pk=row.pledge_id).update(listing=None)
    addresses = [url("appeal_list"), url("appeal_detail", appeal.slug)]
    addresses += [url("appeal_pledges", appeal.slug), url("pledge_detail", row.pledge.slug)]
    addresses += [url("appeal_needs", appeal.slug), url("iati_alliance")]
    canary = re.compile("8,?765")
    read = lambda address: bool(canary.search(client.get(address).getvalue().decode()))  # noqa: E731
    seen = {address: read(address) for address in addresses}
    assert seen == dict.fromkeys(addresses, False)
    client.force_login(member)
    for address in addresses[1:4]:
        assert read(address), address


@pytest.mark.django_db
def test_a_receiver_that_is_not_named_is_not_told_by_the_words_of_a_row(client):
    appeal = make_appeal()
    row = promise(appeal, item="generator")
    type(row).objects.filter(pk=row.pk).update(item="generator")
    type(row.pledge).objects.filter(pk=row.pledge_id).update(is_receiver_hidden=True)
    name = row.pledge.receiver.official_name
    rows = client.get(url("appeal_pledges", appeal.slug)).context["rows"]
    assert (name in str(rows), rows[0][2]["text"]) == (False, "an item that is not named in public")
