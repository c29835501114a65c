"""Matching rounds at work: what is frozen, that the result keeps every rule on real rows, who computes it and when,
what is handed out and what is not."""

import itertools
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed, move
from partnerships.actions import matches, round_inputs, round_proposals, round_runs
from partnerships.actions import rounds as actions
from partnerships.models import (
    Block,
    CountryQuota,
    Match,
    MatchingRound,
    PartnerVeto,
    PartnerWish,
    RoundParticipant,
    RoundProposal,
)
from partnerships.models.rounds import MOST_TRIES, STALE_AFTER
from partnerships.refusals import RoundRefused
from tests.factories import (
    make_cluster,
    make_match,
    make_member,
    make_representative,
    make_request,
    make_sector,
    make_twinning,
    make_user,
)
from tests.partnerships.round_world import computed, looking, opened, pairs_of, published, want
from tests.partnerships.test_match_races import at_once, refused

pytestmark = pytest.mark.django_db
Status, Without, Skipped = MatchingRound.Status, RoundParticipant.Without, RoundProposal.Skipped


def verbs_of(obj):
    return list(JournalEntry.objects.about(obj).order_by("id").values_list("verb", flat=True))


def mails(stem="match_proposed"):
    return OutgoingMail.objects.filter(name=f"partnerships/{stem}")


def reasons(matching_round):
    rows = matching_round.participants.without_partner()
    return dict(rows.values_list("member", "without"))


# --- Opening, changing, the moves --------------------------------------------------------------------------


def test_one_round_at_a_time_and_its_quotas_until_it_is_computed():
    user = make_user()
    first = opened(PL=2)
    with pytest.raises(RoundRefused):
        actions.open_round(MatchingRound(title="Another"), by=user)
    actions.change_round(first, title="Summer", by=user)
    actions.set_quotas(first, changed=[CountryQuota(country="DE", most=1)], by=user)
    looking()
    actions.start_round(first, by=user)
    for change in (
        lambda: actions.change_round(first, title="No", by=user),
        lambda: actions.set_quotas(first, changed=[CountryQuota(country="FR", most=1)], by=user),
        lambda: actions.start_round(first, by=user),
        lambda: actions.publish_round(first, by=user),
    ):
        with pytest.raises((NotAllowed, RoundRefused)):
            change()
    assert dict(first.quotas.values_list("country", "most")) == {"PL": 2, "DE": 1}
    assert verbs_of(first) == ["round.opened", "round.changed", "round.quotas_changed", "round.started"]
    actions.cancel_round(first, by=user)
    actions.open_round(MatchingRound(title="Another"), by=user)


def in_status(status):
    now = timezone.now()
    fields = (
        {"frozen_at": now, "inputs_hash": "x", "computed_at": now}
        if status in ("computed", "published")
        else {}
    )
    fields |= {"published_at": now} if status == "published" else {}
    fields |= {"failure": "Fault"} if status == "failed" else {}
    return MatchingRound.objects.create(title="Round", status=status, **fields)


@pytest.mark.parametrize(("was", "to"), list(itertools.product(Status, Status)))
def test_every_move_of_a_round(was, to):
    matching_round = in_status(was)
    now = timezone.now()
    changes = {"frozen_at": now, "inputs_hash": "x", "computed_at": now, "failure": "Fault"}
    changes["published_at"] = now if to == "published" else None
    if to in MatchingRound.MOVES[was]:
        move(matching_round, to, by=make_user(), verb="round.test", **changes)
    else:
        with pytest.raises(NotAllowed):
            move(matching_round, to, by=make_user(), verb="round.test", **changes)
    matching_round.refresh_from_db()
    assert matching_round.status == (to if to in MatchingRound.MOVES[was] else was)


def test_the_database_refuses_a_result_without_its_inputs():
    for wrong in ({"status": "computed"}, {"status": "failed"}, {"share_done": 2}, {"title": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchingRound.objects.create(**({"title": "Round"} | wrong))


# --- Who takes part ----------------------------------------------------------------------------------------


def test_who_looks_and_has_a_place_takes_part():
    there = looking(capacity=3)
    make_match(there, make_member(), origin="round", requested_by=None)
    make_request(make_member(), there)
    looking(status="on_hold")
    looking(kind="institution", place=None)
    full = looking()
    make_match(full, make_member())
    PartnerWish.objects.create(member=make_member(country="UA"))
    sides = round_inputs.sides_now()
    assert [(side.member, side.capacity) for side in sides] == [(there.pk, 1)]


def test_a_cluster_takes_part_by_its_lead_and_its_members_do_not_singly():
    lead, member, alone = looking(capacity=2), looking(), looking()
    cluster = make_cluster(member, lead=lead)
    make_cluster(
        looking(), lead=make_member(country="UA")
    )  # its lead does not look: the other does, for itself
    sides = {side.member: side for side in round_inputs.sides_now()}
    assert member.pk not in sides
    assert (sides[lead.pk].cluster, sides[lead.pk].members) == (cluster.pk, (lead.pk, member.pk))
    assert (sides[lead.pk].capacity, sides[alone.pk].cluster) == (2, None)
    assert len(sides) == 3


def test_a_cluster_is_one_side_with_what_all_of_it_needs_and_vetoes():
    sector = make_sector()
    lead, member, partner = looking(population=3000), looking(population=4000), looking("PL")
    member.sectors.add(sector)
    make_cluster(member, lead=lead)
    PartnerVeto.objects.create(member=member, other=partner)
    matching_round = computed()
    row = matching_round.participants.get(member=lead)
    assert row.frozen["profile"]["population"] == 7000
    assert row.frozen["profile"]["sectors"] == [sector.code]
    assert row.frozen["apart"] == [partner.pk]
    assert reasons(matching_round) == {lead.pk: "nobody_allowed", partner.pk: "nobody_allowed"}


# --- What is found -----------------------------------------------------------------------------------------


def test_a_round_is_computed_proved_and_told_to_nobody():
    left, right = looking(), looking("PL")
    matching_round = computed()
    assert pairs_of(matching_round) == {(left, right)}
    assert verbs_of(matching_round) == ["round.opened", "round.started", "round.computed"]
    result = matching_round.result
    assert (result["covered"], result["value"]) == (result["covered_bound"], result["bound"])
    proposal = matching_round.proposals.get()
    assert sum(part["points"] for part in proposal.parts) == round(proposal.score * 10)
    assert not Match.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "kind", ["veto of one", "veto of the other", "block", "open match", "declined", "twinning"]
)
def test_who_is_kept_apart_is_not_proposed(kind):
    left, right, second = looking(), looking("PL"), looking("PL", official_name="Second")
    if kind == "veto of one":
        PartnerVeto.objects.create(member=left, other=right)
    elif kind == "veto of the other":
        PartnerVeto.objects.create(member=right, other=left)
    elif kind == "block":
        Block.objects.create(member=right, blocked=left)
    elif kind == "open match":
        make_request(right, left, created_at=timezone.now())
        PartnerWish.objects.update(capacity=2)
    elif kind == "declined":
        make_request(right, left, status="declined", decline_reason="other")
    else:
        make_twinning(left, right)
    assert pairs_of(computed()) == {(left, second)}


def test_silence_keeps_two_apart_for_a_year():
    left, right = looking(), looking("PL")
    match = make_request(right, left, status="closed", close_reason="silent")
    assert right.pk in round_inputs.pairs_apart({left.pk, right.pk})[left.pk]
    Match.objects.filter(pk=match.pk).update(status_changed_at=timezone.now() - timedelta(days=366))
    assert right.pk not in round_inputs.pairs_apart({left.pk, right.pk})[left.pk]


def test_must_haves_of_both_sides_hold():
    german, polish = looking("DE"), looking("PL")
    left = looking(wish={"must_countries": ["DE"]})
    picky = looking("FR", wish={"must_countries": ["SE"]})
    matching_round = computed()
    assert pairs_of(matching_round) == {(left, german)}
    assert reasons(matching_round)[picky.pk] == "nobody_allowed"
    assert reasons(matching_round)[polish.pk] == "nobody_allowed"


def test_a_quota_is_kept_and_named_as_the_reason():
    lefts = [looking() for _ in range(3)]
    for _ in range(3):
        looking("PL")
    matching_round = computed(PL=2)
    assert len(pairs_of(matching_round)) == 2
    (alone,) = (pk for pk in reasons(matching_round) if pk in {left.pk for left in lefts})
    assert reasons(matching_round)[alone] == "quota"
    assert matching_round.result["sides"]["left"]["without"] == {"quota": 1}
    assert [each["code"] for each in matching_round.result["countries"]] == ["PL"]


def test_more_ukrainians_than_places_and_the_reason_is_that_all_are_taken():
    for _ in range(3):
        looking()
    looking("PL", capacity=2)
    matching_round = computed()
    assert Counter(reasons(matching_round).values()) == {"taken": 1}


@pytest.mark.parametrize("seed", range(3))
def test_no_rule_is_broken_on_random_rows(seed):
    """Recounted from the rows alone: capacities, vetoes, blocks, must-haves, quotas."""
    dice = random.Random(seed)
    lefts = [looking(capacity=dice.randint(1, 3)) for _ in range(8)]
    codes = ("PL", "DE", "FR")
    rights = [looking(dice.choice(codes), capacity=dice.randint(1, 3)) for _ in range(8)]
    for left, right in itertools.product(lefts, rights):
        if dice.random() < 0.2:
            PartnerVeto.objects.create(member=left, other=right)
        elif dice.random() < 0.15:
            Block.objects.create(member=right, blocked=left)
    for member in lefts:
        if dice.random() < 0.4:
            PartnerWish.objects.filter(member=member).update(must_countries=dice.sample(codes, 2))
    quotas = {code: dice.randint(1, 4) for code in codes}
    pairs = pairs_of(computed(**quotas))
    wishes = {wish.member_id: wish for wish in PartnerWish.objects.all()}
    apart = {frozenset(row) for row in PartnerVeto.objects.values_list("member", "other")}
    apart |= {frozenset(row) for row in Block.objects.values_list("member", "blocked")}
    assert pairs
    for member, count in Counter(itertools.chain(*pairs)).items():
        assert count <= wishes[member.pk].capacity
    for left, right in pairs:
        assert frozenset((left.pk, right.pk)) not in apart
        assert right.country in (wishes[left.pk].must_countries or [right.country])
    for country, count in Counter(right.country for _left, right in pairs).items():
        assert count <= quotas[country]


# --- Workers that die, coordinators that cancel ------------------------------------------------------------


def test_a_computation_whose_worker_died_is_taken_up_and_comes_to_the_same(monkeypatch):
    for _ in range(3):
        looking(population=5000)
        looking("PL", population=9000)
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    dead = round_runs.claim_round()
    assert round_inputs.freeze_inputs(dead, token=dead.token)
    frozen = MatchingRound.objects.get()
    assert round_runs.compute_waiting() == 0, "somebody works on it"
    # Meanwhile the world goes on; the round does not see it.
    looking("DE", population=5000)
    PartnerWish.objects.filter(member__country="UA").update(must_countries=["DE"])
    MatchingRound.objects.update(pulse_at=timezone.now() - STALE_AFTER * 2)
    assert round_runs.compute_waiting() == 1
    after = MatchingRound.objects.get()
    assert (after.inputs_hash, after.frozen_at) == (frozen.inputs_hash, frozen.frozen_at)
    assert {right.country for _left, right in pairs_of(after)} == {"PL"}
    # The one that was believed dead comes back: it changes nothing.
    before = set(after.proposals.values_list("pk", flat=True))
    assert not round_runs.compute_round(dead, token=dead.token)
    assert set(after.proposals.values_list("pk", flat=True)) == before
    assert verbs_of(after).count("round.computed") == 1


def test_the_same_inputs_give_the_same_hash_and_the_same_pairs():
    for number in range(4):
        looking(population=1000 * (number + 1))
        looking("PL", population=900 * (number + 1))
    first = computed()
    facts = (first.inputs_hash, pairs_of(first), first.result)
    actions.revise_round(first, by=make_user())
    assert not RoundParticipant.objects.exists()
    actions.start_round(first, by=make_user())
    round_runs.compute_waiting()
    first.refresh_from_db()
    assert (first.inputs_hash, pairs_of(first), first.result) == facts


def test_a_round_that_kills_its_workers_fails():
    looking()
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    for _ in range(MOST_TRIES):
        assert round_runs.claim_round()
        MatchingRound.objects.update(pulse_at=timezone.now() - STALE_AFTER * 2)
    assert round_runs.claim_round() is None
    matching_round.refresh_from_db()
    assert (matching_round.status, matching_round.failure) == ("failed", "the worker died")


def test_a_fault_is_told_to_the_desk_and_the_draft_can_be_mended(monkeypatch, caplog):
    looking()
    looking("PL")
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    monkeypatch.setattr(round_runs, "solve", lambda *args, **kwargs: 1 / 0)
    assert round_runs.compute_waiting() == 0
    matching_round.refresh_from_db()
    assert (matching_round.status, matching_round.failure) == ("failed", "ZeroDivisionError")
    actions.revise_round(matching_round, by=make_user())
    assert matching_round.status == "draft"


def test_cancelled_while_it_is_computed(monkeypatch):
    looking()
    looking("PL")
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    real = round_runs.solve

    def cancelled_meanwhile(*args, **kwargs):
        actions.cancel_round(MatchingRound.objects.get(), by=make_user())
        return real(*args, **kwargs)

    monkeypatch.setattr(round_runs, "PULSE_SECONDS", 0)
    monkeypatch.setattr(round_runs, "solve", cancelled_meanwhile)
    assert round_runs.compute_waiting() == 0
    matching_round.refresh_from_db()
    assert matching_round.status == "cancelled"
    assert not RoundProposal.objects.exists()


# --- Handing out -------------------------------------------------------------------------------------------


def test_published_pairs_become_handshakes_that_both_sides_are_asked_about():
    left, right = looking(official_name="Desna"), looking("PL", official_name="Radom")
    make_representative(left, make_user(email="uk@example.org", language="uk"))
    make_representative(right, make_user(email="pl@example.org", language="pl"))
    matching_round = published()
    assert round_proposals.hand_out_proposals() == 1
    match = Match.objects.get()
    assert (match.origin, match.status, match.requested_by, match.answer_a, match.answer_b) == (
        "round",
        "requested",
        None,
        "",
        "",
    )
    assert matching_round.proposals.get().match == match
    assert match.score.total == round(matching_round.proposals.get().score * 10)
    assert {(mail.to, mail.language) for mail in mails()} == {
        ("uk@example.org", "uk"),
        ("pl@example.org", "pl"),
    }
    assert "Radom" in mails().get(to="uk@example.org").subject
    assert verbs_of(match) == ["match.proposed"]
    assert round_proposals.hand_out_proposals() == 0
    assert mails().count() == 2
    for member in (left, right):
        matches.accept_match(match, member=member, by=make_user())
    match.refresh_from_db()
    assert match.status == "accepted"


def test_a_cluster_is_named_in_the_match_and_in_the_mail():
    lead, member, right = looking(), looking(), looking("PL")
    cluster = make_cluster(member, lead=lead, name="Over the Desna")
    make_representative(right, make_user(email="pl@example.org"))
    published()
    round_proposals.hand_out_proposals()
    match = Match.objects.get()
    assert match.cluster_of(lead) == cluster
    assert match.cluster_of(right) is None
    assert "Over the Desna" in mails().get(to="pl@example.org").text


def hold(left, right):
    type(left).objects.filter(pk=right.pk).update(status="on_hold")


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (hold, "left"),
        (
            lambda left, right: PartnerWish.objects.filter(member=left).update(looking_since=None),
            "not_looking",
        ),
        (lambda left, right: make_match(left, make_member()), "no_room"),
        (lambda left, right: Block.objects.create(member=left, blocked=right), "apart"),
        (lambda left, right: PartnerVeto.objects.create(member=right, other=left), "apart"),
        (lambda left, right: make_request(left, right), "in_match"),
        (lambda left, right: make_twinning(left, right), "in_twinning"),
    ],
)
def test_what_happened_since_is_respected_and_said(meanwhile, reason):
    left, right = looking(), looking("PL")
    make_representative(left)
    matching_round = published()
    meanwhile(left, right)
    assert round_proposals.hand_out_proposals() == 0
    proposal = matching_round.proposals.get()
    assert (proposal.skipped, proposal.match) == (reason, None)
    assert not mails().exists()
    assert not Match.objects.filter(origin="round").exists()


def test_a_cluster_that_has_changed_its_lead_is_left_out():
    lead, member, right = looking(), looking(), looking("PL")
    cluster = make_cluster(member, lead=lead)
    matching_round = published()
    type(cluster).objects.filter(pk=cluster.pk).update(lead=member)
    round_proposals.hand_out_proposals()
    assert matching_round.proposals.get().skipped == "changed"
    assert right.pk


def test_what_is_declined_flows_into_the_next_round_with_another_partner():
    left, right, second = looking(), looking("PL"), looking("PL")
    first = published()
    round_proposals.hand_out_proposals()
    ((_left, chosen),) = pairs_of(first)
    match = Match.objects.get()
    matches.decline_match(match, member=chosen, reason="no_capacity", by=make_user())
    second_round = published()
    ((again, other),) = pairs_of(second_round)
    assert (again, {chosen, other}) == (left, {right, second})
    round_proposals.hand_out_proposals()
    assert Match.objects.filter(origin="round", status="requested").count() == 1


@pytest.mark.parametrize("pairs", [1, 3])
def test_a_batch_costs_the_same_queries_however_many_pairs(django_assert_num_queries, pairs):
    for _ in range(pairs):
        make_representative(looking())
        make_representative(looking("PL"))
    published()
    ContentType.objects.get_for_models(*apps.get_models())  # a process remembers them
    with django_assert_num_queries(22):
        assert round_proposals.hand_out_batch().handed_out == pairs
    assert mails().count() == 2 * pairs


@pytest.mark.parametrize("pairs", [1, 3])
def test_freezing_costs_the_same_queries_however_many_take_part(django_assert_num_queries, pairs):
    for _ in range(pairs):
        looking()
        looking("PL")
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    claimed = round_runs.claim_round()
    round_inputs.current_weights()
    with django_assert_num_queries(38):
        round_inputs.freeze_inputs(claimed, token=claimed.token)


def test_nothing_is_published_without_pairs():
    looking()
    matching_round = computed()
    with pytest.raises(RoundRefused):
        actions.publish_round(matching_round, by=make_user())
    matching_round.refresh_from_db()
    assert matching_round.status == "computed"


# --- Two at one instant ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_publish_and_two_workers_hand_out():
    for _ in range(3):
        make_representative(looking())
        make_representative(looking("PL"))
    matching_round, user = computed(), make_user()
    results = at_once(
        *[
            lambda: actions.publish_round(MatchingRound.objects.get(pk=matching_round.pk), by=user)
            for _ in range(2)
        ]
    )
    assert sorted(refused(results)) == [False, True]
    given = at_once(round_proposals.hand_out_proposals, round_proposals.hand_out_proposals)
    assert sum(given) == 3
    assert Match.objects.filter(origin="round").count() == 3
    assert mails().count() == 6
    assert JournalEntry.objects.filter(verb="round.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_cancelled_in_the_instant_in_which_it_is_finished(monkeypatch):
    looking()
    looking("PL")
    matching_round, user = opened(), make_user()
    actions.start_round(matching_round, by=user)
    results = at_once(
        round_runs.compute_waiting,
        lambda: actions.cancel_round(MatchingRound.objects.get(pk=matching_round.pk), by=user),
    )
    matching_round.refresh_from_db()
    assert not refused(results)[1]
    assert matching_round.status == "cancelled"
    assert not RoundProposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_open_a_round_at_once():
    user = make_user()
    results = at_once(
        *[lambda n=n: actions.open_round(MatchingRound(title=f"R{n}"), by=user) for n in range(2)]
    )
    assert sorted(refused(results)) == [False, True]
    assert MatchingRound.objects.under_way().count() == 1


def test_want_is_one_row_for_each_member():
    with pytest.raises(IntegrityError), transaction.atomic():
        want(looking())


# --- What members read of it -------------------------------------------------------------------------------


def test_a_member_reads_on_its_page_whether_it_takes_part(client):
    member, lead = make_member(country="UA"), looking(capacity=2)
    user = make_representative(member).user

    def page():
        client.force_login(user)
        return client.get(reverse("content:dashboard")).text

    assert "A matching round is being prepared" not in page()
    matching_round = opened()
    assert "nobody has said that you look for a partner" in page()
    wish = want(member, capacity=2)
    assert "You take part: 2 new partners at most." in page()
    make_match(member, make_member())
    assert "You take part: 1 new partner at most." in page()
    PartnerWish.objects.filter(pk=wish.pk).update(capacity=1)
    assert "as many partners as you look for are found or asked" in page()
    make_cluster(member, lead=lead)
    assert "You take part with your cluster" in page()
    actions.cancel_round(matching_round, by=make_user())
    assert "A matching round is being prepared" not in page()


def test_both_sides_read_that_a_round_proposed_it_and_may_take_their_yes_back(client):
    left, right = looking(official_name="Desna"), looking("PL", official_name="Radom")
    make_cluster(looking(), lead=left, name="Over the Desna")
    users = {member: make_representative(member).user for member in (left, right)}
    published()
    round_proposals.hand_out_proposals()
    match = Match.objects.get()
    url = reverse("partnerships:match_detail", args=[match.slug])
    client.force_login(users[right])
    assert "The matching round proposes Desna" in client.get(reverse("content:dashboard")).text
    page = client.get(url).text
    assert "The matching round proposes Desna as your partner" in page
    assert "Over the Desna" in page
    client.post(reverse("partnerships:match_accept", args=[match.slug]))
    assert "Take our yes back" in client.get(url).text
    client.force_login(users[left])
    assert "The matching round proposes Radom as your partner" in client.get(url).text
    assert (
        "Decline the proposed partnership"
        in client.get(reverse("partnerships:match_decline", args=[match.slug])).text
    )
    client.force_login(users[right])
    client.post(reverse("partnerships:match_take_back", args=[match.slug]))
    assert "You took your yes back." in client.get(url).text
