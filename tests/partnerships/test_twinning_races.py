"""Two parties of a twinning at one instant, with real threads on the database: one wins, and nothing happens twice."""

import pytest

from partnerships.actions import twinning_consents, twinning_declaring, twinning_leaving, twinnings
from partnerships.models import StageProposal, Twinning, TwinningConsent
from partnerships.twinning_rules import Declared, OtherSide
from tests.factories import make_match, make_member, make_representative, make_twinning, make_user
from tests.partnerships.test_match_races import at_once, count, mails, refused

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)


@pytest.fixture
def sides():
    members = [make_member(country=country) for country in ("UA", "PL", "FR")]
    for member in members:
        make_representative(member)
    return members


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_two_last_consents_at_one_moment_are_one_move(sides, _round):
    a, b, c = sides
    user = make_user()
    twinning = make_twinning(a, b, c)
    proposal = twinning_consents.propose_stage(twinning, member=a, stage="letter", by=user)

    def consent(member):
        fresh = StageProposal.objects.get(pk=proposal.pk)
        return lambda: twinning_consents.consent_to_stage(fresh, member=member, by=user)

    results = at_once(consent(b), consent(c))
    assert results == [True, True]
    twinning.refresh_from_db()
    assert twinning.status == "letter"
    assert TwinningConsent.objects.count() == 3
    assert count("twinning.moved") == 1
    assert mails("twinning_reached").count() == 3


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_last_yes_against_a_departure(sides, _round):
    a, b, _c = sides
    user = make_user()
    twinning = make_twinning(a, b)
    proposal = twinning_consents.propose_stage(twinning, member=a, stage="letter", by=user)
    results = at_once(
        lambda: twinning_consents.consent_to_stage(
            StageProposal.objects.get(pk=proposal.pk), member=b, by=user
        ),
        lambda: twinning_leaving.leave_twinning(Twinning.objects.get(pk=twinning.pk), member=b, by=user),
    )
    twinning.refresh_from_db()
    assert twinning.status == "ended"  # b is gone either way
    assert refused(results) in ([False, False], [True, False])
    assert count("twinning.moved") == refused(results).count(False) - 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_proposals_at_once_and_a_yes_twice(sides, _round):
    a, b, _c = sides
    user = make_user()
    twinning = make_twinning(a, b)

    def propose(member):
        fresh = Twinning.objects.get(pk=twinning.pk)
        return lambda: twinning_consents.propose_stage(fresh, member=member, stage="letter", by=user)

    assert sorted(refused(at_once(propose(a), propose(b)))) == [False, True]
    proposal = StageProposal.objects.get()
    other = b if proposal.party.member == a else a

    def consent():
        return twinning_consents.consent_to_stage(
            StageProposal.objects.get(pk=proposal.pk), member=other, by=user
        )

    results = at_once(consent, consent)
    assert results.count(True) == 1
    assert TwinningConsent.objects.count() == 2
    assert mails("twinning_reached").count() == 2


@pytest.mark.parametrize("_round", ROUNDS)
def test_both_open_and_both_declare_at_once(sides, _round):
    a, b, c = sides
    user = make_user()
    match = make_match(a, b)

    def open_it(member):
        return lambda: twinnings.open_twinning(type(match).objects.get(pk=match.pk), member=member, by=user)

    results = at_once(open_it(a), open_it(b))
    assert sorted(is_new for _twinning, is_new in results) == [False, True]

    def declare(member, other):
        facts = Declared(stage="letter", since_year=2001)
        return lambda: twinning_declaring.declare_twinning(
            member=member, other=OtherSide(member=other), facts=facts, by=user
        )

    results = at_once(declare(a, c), declare(c, a))
    assert sorted(is_new for _twinning, is_new in results) == [False, True]
    twinning = Twinning.objects.get(origin="declared")
    assert twinning.public_since
