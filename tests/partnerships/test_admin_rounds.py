"""Matching rounds at the desk: opened with quotas, computed, looked at, published after a second look at who one is."""

import pytest
from django.urls import reverse

from alliance.core.models import JournalEntry
from partnerships.actions import round_proposals, round_runs
from partnerships.actions import rounds as actions
from partnerships.models import CountryQuota, MatchingRound, RoundParticipant
from tests.desk import open_desk, prove
from tests.factories import make_cluster, make_coordinator, make_place, make_user
from tests.partnerships.round_world import computed, looking, opened, published

pytestmark = pytest.mark.django_db
ADD = reverse("admin:partnerships_matchinground_add")
LIST = reverse("admin:partnerships_matchinground_changelist")
PAIRS = reverse("admin:partnerships_roundproposal_changelist")
SIDES = reverse("admin:partnerships_roundparticipant_changelist")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client, make_coordinator(language="en"))


def change_url(matching_round):
    return reverse("admin:partnerships_matchinground_change", args=[matching_round.pk])


def verb_url(matching_round, verb):
    return reverse("admin:partnerships_matchinground_verb", args=[matching_round.pk, verb])


def written(title, *quotas, stored=()):
    fields = {"title": title, "quotas-TOTAL_FORMS": len(quotas), "quotas-INITIAL_FORMS": len(stored)}
    for number, (country, most) in enumerate(quotas):
        fields |= {f"quotas-{number}-country": country, f"quotas-{number}-most": most}
        if number < len(stored):
            fields |= {f"quotas-{number}-id": stored[number].pk}
    return fields


def test_the_desk_opens_computes_publishes(desk):
    looking(official_name="Desna")
    looking("PL", official_name="Radom")
    assert desk.post(ADD, written("Spring", ("PL", "1"))).status_code == 302
    matching_round = MatchingRound.objects.get()
    assert dict(matching_round.quotas.values_list("country", "most")) == {"PL": 1}
    assert desk.get(verb_url(matching_round, "compute")).status_code == 200
    assert desk.post(verb_url(matching_round, "compute")).status_code == 302
    page = desk.get(change_url(matching_round)).text
    assert "waiting for a worker" in page
    assert "Show how far it is now" in page
    round_runs.compute_waiting()
    page = desk.get(change_url(matching_round)).text
    assert "1; more than 1 is not possible" in page
    assert "Matching rounds to look at" in desk.get(reverse("admin:index")).text
    assert "Desna" in desk.get(f"{PAIRS}?matching_round__id__exact={matching_round.pk}").text
    assert desk.post(verb_url(matching_round, "publish")).status_code == 302
    matching_round.refresh_from_db()
    assert matching_round.status == "published"
    assert "still to be handed out" in desk.get(change_url(matching_round)).text.lower()
    actors = (
        JournalEntry.objects.about(matching_round).filter(actor_kind="user").values_list("actor", flat=True)
    )
    assert set(actors) == {desk.user.pk}


def test_publishing_asks_who_one_is(desk):
    looking()
    looking("PL")
    matching_round = computed()
    prove(desk, seconds_ago=3600)
    answer = desk.post(verb_url(matching_round, "publish"))
    assert answer.status_code == 302
    assert "reauthenticate" in answer.url
    matching_round.refresh_from_db()
    assert matching_round.status == "computed"


def test_wrong_quotas_and_a_second_round_are_refused_at_their_field(desk):
    page = desk.post(ADD, written("Spring", ("PL", "-1"), ("XX", "2")))
    assert page.status_code == 422
    assert not MatchingRound.objects.exists()
    assert desk.post(ADD, written("Spring", ("PL", "1"), ("PL", "2"))).status_code == 422
    opened()
    page = desk.post(ADD, written("Summer"))
    assert page.status_code == 422
    assert "Another matching round is under way" in page.text


def test_quotas_change_in_the_draft_and_stay_afterwards(desk):
    matching_round = opened(PL=1)
    stored = [matching_round.quotas.get()]
    desk.post(change_url(matching_round), written("Autumn", ("PL", "5"), ("DE", "2"), stored=stored))
    matching_round.refresh_from_db()
    assert matching_round.title == "Autumn"
    assert dict(matching_round.quotas.values_list("country", "most")) == {"PL": 5, "DE": 2}
    looking()
    looking("PL")
    actions.start_round(matching_round, by=make_user())
    round_runs.compute_waiting()
    desk.post(change_url(matching_round), written("Winter", ("PL", "9"), stored=stored))
    matching_round.refresh_from_db()
    assert matching_round.title == "Autumn"
    assert CountryQuota.objects.get(country="PL").most == 5
    desk.post(verb_url(matching_round, "revise"))
    matching_round.refresh_from_db()
    assert (matching_round.status, matching_round.result) == ("draft", {})


def test_a_click_that_comes_second_changes_nothing(desk):
    matching_round = opened()
    for _ in range(2):
        desk.post(verb_url(matching_round, "cancel"))
    page = desk.post(verb_url(matching_round, "compute"), follow=True).text
    assert "Somebody was faster" in page
    matching_round.refresh_from_db()
    assert matching_round.status == "cancelled"
    assert JournalEntry.objects.filter(verb="round.cancelled").count() == 1


def test_who_gets_nobody_is_listed_with_the_reason_and_the_cluster(desk):
    lead = looking(official_name="Ripky")
    make_cluster(looking(), lead=lead, name="Over the Desna")
    looking("PL", wish={"must_countries": ["DE"]})
    matching_round = computed()
    page = desk.get(f"{SIDES}?matching_round__id__exact={matching_round.pk}&got=nobody").text
    assert "Ripky, for the cluster “Over the Desna”" in page
    assert "no partner fulfils the conditions of both sides" in page
    assert "Ripky" not in desk.get(f"{SIDES}?matching_round__id__exact={matching_round.pk}&got=somebody").text


def test_how_far_it_is_and_then_who_gets_a_partner_by_oblast_and_country(desk):
    oblast = make_place(level="region", code="UA74000000000025378", country="UA", name_en="Chernihiv Oblast")
    for number in range(3):
        looking(place=make_place(country="UA", region=oblast, lat=51.0 + number, lon=31.0))
    looking("PL"), looking("DE", wish={"must_countries": ["FR"]})
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    MatchingRound.objects.update(share_done=0.42, step=MatchingRound.Step.OPTIMUM)
    page = desk.get(change_url(matching_round)).text
    assert 'value="42"' in page
    assert f"42 %: {MatchingRound.Step.OPTIMUM.label}" in page
    round_runs.compute_waiting()
    panel = desk.get(change_url(matching_round)).context["panel"]
    reasons = [str(reason.label) for reason in RoundParticipant.Without]
    alike = [reasons.index(str(RoundParticipant.Without[name].label)) for name in ("TAKEN", "NOBODY_ALLOWED")]

    def rows(table):
        return {row[0]: (row[1], row[2], *(row[3 + n] for n in alike)) for row in table["rows"]}

    oblasts, countries = panel["tables"]
    assert rows(panel["sides"])["Ukrainian sides"] == ("3", "1", "2", "0")
    assert rows(panel["sides"])["other sides"] == ("2", "1", "0", "1")
    assert rows(oblasts) == {"Chernihiv Oblast": ("3", "1", "2", "0")}
    assert rows(countries) == {"Germany": ("1", "0", "0", "1"), "Poland": ("1", "1", "0", "0")}
    assert any("% less" in str(value) for _label, value in panel["proof"])


def test_a_pair_shows_the_parts_of_its_score(desk):
    looking()
    looking("PL")
    proposal = computed().proposals.get()
    page = desk.get(reverse("admin:partnerships_roundproposal_change", args=[proposal.pk])).text
    assert "Distance: " in page


def test_a_failure_is_told_on_the_page(desk):
    MatchingRound.objects.create(title="Round", status="failed", failure="ZeroDivisionError")
    page = desk.get(change_url(MatchingRound.objects.get())).text
    assert "ZeroDivisionError" in page
    assert "Matching rounds that could not be computed" in desk.get(reverse("admin:index")).text


@pytest.mark.parametrize("pairs", [1, 3])
def test_pages_cost_the_same_for_many(desk, django_assert_num_queries, pairs):
    for _ in range(pairs):
        looking()
        looking("PL")
    matching_round = published()
    round_proposals.hand_out_proposals()
    for url, queries in ((PAIRS, 9), (SIDES, 9), (LIST, 7), (change_url(matching_round), 11)):
        desk.get(url)
        with django_assert_num_queries(queries):
            desk.get(url)


def test_a_stranger_and_a_member_find_no_desk(client):
    matching_round = opened()
    client.force_login(make_user())
    for url in (LIST, PAIRS, SIDES, change_url(matching_round), verb_url(matching_round, "compute")):
        assert client.get(url).status_code in (302, 403)
