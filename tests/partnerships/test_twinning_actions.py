"""Verbs of a twinning: rows, journal and mails that each leaves, and what it refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed, move
from members.models import Member
from partnerships.actions import (
    safety,
    twinning_consents,
    twinning_declaring,
    twinning_leaving,
    twinning_steps,
    twinning_title,
    twinnings,
)
from partnerships.actions.clusters import MOST_MEMBERS
from partnerships.models import (
    Cluster,
    StageProposal,
    Twinning,
    TwinningConsent,
    TwinningParty,
    TwinningStep,
)
from partnerships.models.profiles import known_ties
from partnerships.models.twinning_queries import tie_pairs
from partnerships.refusals import KeptApart, TwinningRefused
from partnerships.twinning_rules import MOST_PARTIES, Declared, OtherSide
from tests.factories import (
    make_cluster,
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


def make_side(name, country, language="en"):
    """A member with one person who reads ``language``."""
    member = make_member(official_name=name, country=country)
    make_representative(member, make_user(email=f"{name.lower()}@example.org", language=language))
    return member


@pytest.fixture
def sumy():
    return make_side("Sumy", "UA", "uk")


@pytest.fixture
def gdynia():
    return make_side("Gdynia", "PL", "pl")


@pytest.fixture
def user():
    return make_user()


def told(stem):
    """Who got the mail, in order."""
    rows = OutgoingMail.objects.filter(name=f"partnerships/{stem}").order_by("id")
    return [row.to.split("@")[0] for row in rows]


def verbs(obj):
    return list(JournalEntry.objects.about(obj).order_by("id").values_list("verb", flat=True))


def present(twinning):
    return [party.member.official_name for party in twinning.parties.filter(left_at=None)]


def propose(twinning, member, stage, user):
    return twinning_consents.propose_stage(twinning, member=member, stage=stage, by=user)


def consent(proposal, member, user):
    return twinning_consents.consent_to_stage(proposal, member=member, by=user)


def reach(twinning, stage, members, user):
    first, *others = members
    proposal = propose(twinning, first, stage, user)
    for member in others:
        consent(proposal, member, user)
    twinning.refresh_from_db()
    assert twinning.status == stage


def drafted(*members, **changes):
    return make_twinning(*members, status=Status.DRAFTED, needs_registration=True, **changes)


# --- Opening, joining, declining -------------------------------------------------------------------------------


def test_opened_from_a_match_the_opener_is_in_it_and_the_other_is_asked(sumy, gdynia, user):
    match = make_match(gdynia, sumy)
    twinning, is_new = twinnings.open_twinning(match, member=gdynia, by=user)
    assert is_new
    assert (twinning.status, twinning.origin, twinning.public_since) == ("first_contact", "match", None)
    assert twinning.needs_registration
    agreed = {party.member: bool(party.agreed_at) for party in twinning.parties.all()}
    assert agreed == {gdynia: True, sumy: False}
    assert told("twinning_invited") == ["sumy"]
    assert verbs(twinning) == ["twinning.opened"]
    for member in (gdynia, sumy):
        assert twinnings.open_twinning(match, member=member, by=user) == (twinning, False)
    again = make_match(gdynia, sumy, listing=None, status="closed", close_reason="ended")
    with pytest.raises(NotAllowed):
        twinnings.open_twinning(again, member=gdynia, by=user)
    assert Twinning.objects.count() == 1


def test_a_partnership_without_a_ukrainian_side_needs_no_register(gdynia, user):
    match = make_match(gdynia, make_side("Lyon", "FR"))
    twinning, _is_new = twinnings.open_twinning(match, member=gdynia, by=user)
    assert not twinning.needs_registration


def test_an_institution_is_no_party(gdynia, user):
    bank = make_member(kind=Member.Kind.INSTITUTION, official_name="Bank")
    with pytest.raises(TwinningRefused) as refusal:
        twinnings.open_twinning(make_match(gdynia, bank), member=gdynia, by=user)
    assert refusal.value.args == (TwinningRefused.INSTITUTION,)
    twinning = make_twinning(gdynia, make_side("Sumy", "UA"))
    with pytest.raises(TwinningRefused):
        twinnings.invite_party(twinning, member=gdynia, other=bank, by=user)
    assert TwinningParty.objects.filter(member=bank).count() == 0


def test_clusters_come_with_all_who_take_part(sumy, gdynia, user):
    cluster = Cluster.objects.create(name="Pomorze", language="pl", lead=gdynia, status="active")
    sopot, invited = make_side("Sopot", "PL"), make_side("Reda", "PL")
    for member in (gdynia, sopot):
        cluster.memberships.create(member=member, joined_at=timezone.now(), joined_by=user)
    cluster.memberships.create(member=invited)
    match = make_match(gdynia, sumy)
    side = match.side_of(gdynia)
    type(match).objects.filter(pk=match.pk).update(**{f"cluster_{side}": cluster})
    match.refresh_from_db()
    twinning, _is_new = twinnings.open_twinning(match, member=sumy, by=user)
    assert present(twinning) == ["Sumy", "Gdynia", "Sopot"]
    assert set(twinning.parties.filter(cluster=cluster).values_list("member", flat=True)) == {
        gdynia.pk,
        sopot.pk,
    }
    assert sorted(told("twinning_invited")) == ["gdynia", "sopot"]


def test_of_a_cluster_nobody_is_asked_across_a_block(sumy, gdynia, user):
    sopot, reda, puck = (make_side(name, "PL") for name in ("Sopot", "Reda", "Puck"))
    cluster = make_cluster(sopot, reda, puck, lead=gdynia)
    match = make_match(gdynia, sumy)
    type(match).objects.filter(pk=match.pk).update(**{f"cluster_{match.side_of(gdynia)}": cluster})
    match.refresh_from_db()
    safety.block_member(sopot, other=sumy, by=user)
    safety.block_member(sumy, other=puck, by=user)
    OutgoingMail.objects.all().delete()
    assert [one for one, _cluster in twinnings.parties_of(match, sumy)] == [sumy, gdynia, reda]
    twinning, _is_new = twinnings.open_twinning(match, member=sumy, by=user)
    assert present(twinning) == ["Sumy", "Gdynia", "Reda"]
    assert sorted(told("twinning_invited")) == ["gdynia", "reda"]


def test_two_full_clusters_are_as_many_as_there_can_be(sumy, user, monkeypatch):
    sides = [sumy, *(make_member(country="UA") for _ in range(11))], [make_member() for _ in range(12)]
    match = make_match(sides[0][0], sides[1][0])
    for lead, *others in sides:
        cluster = make_cluster(*others, lead=lead)
        type(match).objects.filter(pk=match.pk).update(**{f"cluster_{match.side_of(lead)}": cluster})
    match.refresh_from_db()
    monkeypatch.setattr(twinnings, "MOST_PARTIES", 23)
    with pytest.raises(TwinningRefused, match="room"):
        twinnings.open_twinning(match, member=sumy, by=user)
    assert not Twinning.objects.exists()
    monkeypatch.undo()
    twinning, _is_new = twinnings.open_twinning(match, member=sumy, by=user)
    assert twinning.parties.count() == MOST_PARTIES == 2 * MOST_MEMBERS
    with pytest.raises(TwinningRefused, match="room"):
        twinnings.invite_party(twinning, member=sumy, other=make_member(), by=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_party(twinning, make_member())
    # Whoever is taken back gives its seat to the next.
    asked = twinning.parties.get(position=5)
    twinnings.uninvite_party(twinning, member=sumy, party=asked, by=user)
    assert twinnings.invite_party(twinning, member=sumy, other=make_member(), by=user).position == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        TwinningParty.objects.filter(pk=asked.pk).update(left_at=None, left_by=None)


def test_a_title_of_one_party_is_that_of_all(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.LETTER)

    def name(title, language="pl", member=gdynia):
        twinning_title.name_twinning(twinning, member=member, title=title, language=language, by=user)
        twinning.refresh_from_db()
        return twinning.title, twinning.language

    assert name("Partnerstwo szkół") == ("Partnerstwo szkół", "pl")
    assert name("Partnerstwo szkół") == ("Partnerstwo szkół", "pl")
    assert verbs(twinning) == ["twinning.named"]
    assert name("", member=sumy) == ("", "")
    asked = make_party(twinning, make_member(), agreed_at=None, agreed_by=None).member
    for nobody in (make_member(), asked):
        with pytest.raises(NotAllowed):
            name("Ours", member=nobody)
    Twinning.objects.update(status=Status.ENDED, end_reason="agreed", ended_on=TODAY)
    with pytest.raises(NotAllowed):
        name("Ours")
    assert verbs(twinning) == ["twinning.named"] * 2


def test_one_more_is_asked_in_joins_and_what_was_proposed_lapses(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.LETTER)
    proposal = propose(twinning, sumy, Status.DRAFTED, user)
    lyon = make_side("Lyon", "FR")
    party = twinnings.invite_party(twinning, member=gdynia, other=lyon, by=user)
    proposal.refresh_from_db()
    assert proposal.status == "lapsed"
    assert party.invited_by.member == gdynia
    assert told("twinning_invited") == ["lyon"]
    with pytest.raises(TwinningRefused) as refusal:
        twinnings.invite_party(twinning, member=sumy, other=lyon, by=user)
    assert refusal.value.args == (TwinningRefused.THERE_ALREADY,)
    twinnings.join_twinning(twinning, member=lyon, by=user)
    assert sorted(told("twinning_confirmed")) == ["gdynia", "sumy"]
    with pytest.raises(NotAllowed):
        twinnings.join_twinning(twinning, member=lyon, by=user)
    # Now its yes is needed, too.
    again = propose(twinning, sumy, Status.DRAFTED, user)
    assert again.number == 2
    consent(again, gdynia, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.LETTER
    consent(again, lyon, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.DRAFTED


def test_nobody_is_asked_into_an_agreement_that_is_with_the_ministry(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.IN_APPROVAL)
    with pytest.raises(NotAllowed):
        twinnings.invite_party(twinning, member=gdynia, other=make_side("Lyon", "FR"), by=user)


def test_nobody_is_asked_across_a_block(sumy, gdynia, user):
    lyon = make_side("Lyon", "FR")
    safety.block_member(lyon, other=gdynia, by=user)
    with pytest.raises(KeptApart):
        twinnings.invite_party(make_twinning(sumy, gdynia), member=gdynia, other=lyon, by=user)


def test_an_invitation_is_declined_or_taken_back_and_two_stay(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia)
    lyon, gent = make_side("Lyon", "FR"), make_side("Gent", "BE")
    for other in (lyon, gent):
        twinnings.invite_party(twinning, member=sumy, other=other, by=user)
    twinnings.decline_twinning(twinning, member=lyon, text="No staff.", by=user)
    asked = twinning.parties.get(member=gent)
    twinnings.uninvite_party(twinning, member=gdynia, party=asked, by=user)
    assert present(twinning) == ["Sumy", "Gdynia"]
    assert told("twinning_uninvited") == ["gent"]
    assert told("twinning_contested") == []
    assert verbs(twinning)[-2:] == ["twinning.refused", "twinning.uninvited"]
    with pytest.raises(NotAllowed):  # it is a party, not an invitation
        twinnings.uninvite_party(twinning, member=gdynia, party=twinning.parties.get(member=sumy), by=user)
    match = make_match(gdynia, make_side("Lviv", "UA"))
    fresh, _is_new = twinnings.open_twinning(match, member=gdynia, by=user)
    with pytest.raises(TwinningRefused) as refusal:
        twinnings.uninvite_party(fresh, member=gdynia, party=fresh.parties.get(agreed_at=None), by=user)
    assert refusal.value.args == (TwinningRefused.TWO_STAY,)


def test_the_other_side_of_a_match_declines_and_it_ends_as_a_contact_that_led_to_nothing(sumy, gdynia, user):
    twinning, _is_new = twinnings.open_twinning(make_match(gdynia, sumy), member=gdynia, by=user)
    twinnings.decline_twinning(twinning, member=sumy, by=user)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason, twinning.ended_on) == ("ended", "closed_before", TODAY)
    assert told("twinning_left") == ["gdynia"]
    assert told("twinning_contested") == []


# --- Stages ----------------------------------------------------------------------------------------------------


def test_each_party_says_yes_for_itself_and_the_last_yes_moves_the_stage(sumy, gdynia, user):
    members = [sumy, gdynia, make_side("Lyon", "FR"), make_side("Gent", "BE")]
    twinning = make_twinning(*members, public_since=None)
    proposal = propose(twinning, gdynia, Status.LETTER, user)
    assert sorted(told("twinning_proposed")) == ["gent", "lyon", "sumy"]
    for member in members[2:]:
        assert consent(proposal, member, user)
        assert not consent(proposal, member, user)  # a double click is one yes
        twinning.refresh_from_db()
        assert (twinning.status, twinning.public_since) == (Status.FIRST_CONTACT, None)
    assert told("twinning_reached") == []
    consent(proposal, sumy, user)
    twinning.refresh_from_db()
    proposal.refresh_from_db()
    assert (twinning.status, proposal.status) == (Status.LETTER, "reached")
    assert twinning.public_since is not None
    given = TwinningConsent.objects.filter(party__twinning=twinning, stage="letter", version=1)
    assert {row.party.member for row in given} == set(members)
    assert sorted(told("twinning_reached")) == ["gdynia", "gent", "lyon", "sumy"]
    assert verbs(twinning).count("stage.agreed") == 4
    assert verbs(twinning).count("twinning.moved") == 1
    with pytest.raises(NotAllowed):
        consent(proposal, sumy, user)


def test_whoever_was_asked_joins_with_its_yes(sumy, gdynia, user):
    twinning, _is_new = twinnings.open_twinning(make_match(gdynia, sumy), member=gdynia, by=user)
    proposal = propose(twinning, gdynia, Status.SOLIDARITY, user)
    consent(proposal, sumy, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.SOLIDARITY
    assert twinning.parties.get(member=sumy).agreed_at
    assert twinning.public_since


def test_only_one_stage_is_asked_at_a_time_and_only_forward(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.LETTER)
    for stage in (Status.SOLIDARITY, Status.IN_FORCE, Status.IN_APPROVAL, Status.LETTER, Status.DORMANT):
        with pytest.raises(NotAllowed):
            propose(twinning, sumy, stage, user)
    propose(twinning, sumy, Status.DRAFTED, user)
    with pytest.raises(NotAllowed):
        propose(twinning, gdynia, Status.ENDED, user)
    assert StageProposal.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        StageProposal.objects.create(
            twinning=twinning, stage="ended", number=1, party=twinning.parties.first(), author=user
        )


def test_a_no_has_a_reason_and_a_later_question_is_asked_anew(sumy, gdynia, user):
    lyon = make_side("Lyon", "FR")
    twinning = make_twinning(sumy, gdynia, lyon)
    proposal = propose(twinning, sumy, Status.LETTER, user)
    consent(proposal, lyon, user)
    with pytest.raises(TwinningRefused):
        twinning_consents.decline_stage(proposal, member=gdynia, text="", by=user)
    twinning_consents.decline_stage(proposal, member=gdynia, text="Our council meets in May.", by=user)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.closed_by.member) == ("declined", gdynia)
    assert sorted(told("twinning_declined")) == ["lyon", "sumy"]
    mail = OutgoingMail.objects.filter(name="partnerships/twinning_declined").first()
    assert mail.is_secret
    assert "Our council meets in May" in mail.text
    again = propose(twinning, sumy, Status.LETTER, user)
    assert again.number == 2
    consent(again, gdynia, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.FIRST_CONTACT  # the yes of Lyon was to the first one
    consent(again, lyon, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.LETTER


def test_a_proposal_is_taken_back_by_who_made_it(sumy, gdynia, user):
    proposal = propose(make_twinning(sumy, gdynia), sumy, Status.LETTER, user)
    twinning_consents.decline_stage(proposal, member=sumy, by=user)
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert told("twinning_declined") == ["gdynia"]
    with pytest.raises(NotAllowed):
        consent(proposal, gdynia, user)


def test_a_member_that_left_the_alliance_or_is_none_is_not_asked(sumy, gdynia, user):
    gone = make_member(official_name="Gone", status=Member.Status.LEFT)
    twinning = make_twinning(sumy, gdynia, gone, make_place(country="DE"), "Springfield")
    reach(twinning, Status.LETTER, [sumy, gdynia], user)


def test_a_member_on_hold_is_waited_for(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, make_member(status=Member.Status.ON_HOLD))
    consent(propose(twinning, sumy, Status.LETTER, user), gdynia, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.FIRST_CONTACT


def test_in_force_only_with_the_number_where_one_is_needed(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    with pytest.raises(TwinningRefused) as refusal:
        propose(twinning, sumy, Status.IN_FORCE, user)
    assert refusal.value.args == (TwinningRefused.NO_NUMBER,)
    with pytest.raises(IntegrityError), transaction.atomic():
        move(twinning, Status.IN_FORCE, by=user, verb="twinning.moved")
    twinning.refresh_from_db()
    twinning_steps.record_step(
        twinning, member=sumy, kind="registered", happened_on=TODAY, number="12-UA", by=user
    )
    reach(twinning, Status.IN_FORCE, [sumy, gdynia], user)
    assert (twinning.registry_number, twinning.registered_on) == ("12-UA", TODAY)


def test_without_a_register_in_force_needs_the_consents_alone(gdynia, user):
    lyon = make_side("Lyon", "FR")
    twinning = make_twinning(gdynia, lyon, status=Status.DRAFTED)
    reach(twinning, Status.IN_FORCE, [gdynia, lyon], user)


def test_the_registration_goes_while_the_last_is_asked(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia, registry_number="1", registered_on=TODAY)
    proposal = propose(twinning, sumy, Status.IN_FORCE, user)
    Twinning.objects.update(registry_number="", registered_on=None)
    with pytest.raises(TwinningRefused):
        consent(proposal, gdynia, user)
    twinning.refresh_from_db()
    assert twinning.status == Status.DRAFTED


def test_it_ends_when_all_agree_to_its_end(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.IN_FORCE)
    consent(propose(twinning, sumy, Status.ENDED, user), gdynia, user)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason, twinning.ended_on) == ("ended", "agreed", TODAY)
    assert sorted(told("twinning_ended")) == ["gdynia", "sumy"]
    assert told("twinning_reached") == []
    with pytest.raises(NotAllowed):
        propose(twinning, sumy, Status.LETTER, user)


def test_any_deed_wakes_a_dormant_one_up_to_its_stage(sumy, gdynia, user):
    long_ago = timezone.now() - timedelta(days=400)
    twinning = make_twinning(
        sumy, gdynia, status=Status.DORMANT, stage_before_dormant=Status.LETTER, lively_at=long_ago
    )
    propose(twinning, sumy, Status.DRAFTED, user)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.stage_before_dormant) == (Status.LETTER, "")
    assert twinning.lively_at > long_ago + timedelta(days=399)
    assert verbs(twinning)[0] == "twinning.woken"


# --- Steps -----------------------------------------------------------------------------------------------------


def step(twinning, member, kind, user, day=None, **more):
    made = twinning_steps.record_step(
        twinning, member=member, kind=kind, happened_on=day or TODAY, by=user, **more
    )
    twinning.refresh_from_db()
    return made


def test_the_way_through_the_ministry_and_back(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    council = step(twinning, gdynia, "council_decided", user, number="XII/3")
    assert council.party.member == gdynia
    sent = step(twinning, sumy, "sent_to_ministry", user, TODAY - timedelta(days=30))
    assert (twinning.status, sent.party) == (Status.IN_APPROVAL, None)
    assert step(twinning, sumy, "ministry_refused", user, TODAY - timedelta(days=5))
    assert twinning.status == Status.DRAFTED
    step(twinning, sumy, "sent_to_ministry", user, TODAY - timedelta(days=4))
    step(twinning, sumy, "sent_to_justice", user, TODAY - timedelta(days=3))
    step(twinning, sumy, "justice_answered", user, TODAY - timedelta(days=2))
    step(twinning, sumy, "ministry_agreed", user, TODAY - timedelta(days=1))
    step(twinning, gdynia, "signed", user, TODAY, valid_until=TODAY + timedelta(days=365))
    with pytest.raises(TwinningRefused) as refusal:
        step(twinning, sumy, "registered", user)
    assert refusal.value.args == (TwinningRefused.NUMBER,)
    step(twinning, sumy, "registered", user, number="77")
    assert (twinning.signed_on, twinning.valid_until) == (TODAY, TODAY + timedelta(days=365))
    assert (twinning.status, twinning.registry_number) == (Status.IN_APPROVAL, "77")
    reach(twinning, Status.IN_FORCE, [gdynia, sumy], user)
    assert verbs(twinning).count("step.recorded") == 9


def test_the_same_step_twice_is_one(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    first = step(twinning, sumy, "signed", user)
    assert step(twinning, gdynia, "signed", user) == first
    one = step(twinning, sumy, "council_decided", user)
    assert step(twinning, gdynia, "council_decided", user) != one  # each council decides for itself
    assert TwinningStep.objects.count() == 3


def test_a_wrong_step_is_withdrawn_with_what_it_brought_about(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    sent = step(twinning, sumy, "sent_to_ministry", user)
    proposal = propose_with_number(twinning, sumy, user)
    twinning_steps.withdraw_step(sent, member=gdynia, by=user)
    twinning.refresh_from_db()
    sent.refresh_from_db()
    proposal.refresh_from_db()
    assert (twinning.status, proposal.status) == (Status.DRAFTED, "lapsed")
    assert sent.withdrawn_at
    with pytest.raises(NotAllowed):
        twinning_steps.withdraw_step(sent, member=gdynia, by=user)
    signed = step(twinning, sumy, "signed", user)
    twinning_steps.withdraw_step(signed, member=sumy, by=user)
    twinning.refresh_from_db()
    assert twinning.signed_on is None


def propose_with_number(twinning, member, user):
    Twinning.objects.filter(pk=twinning.pk).update(registry_number="1", registered_on=TODAY)
    return propose(twinning, member, Status.IN_FORCE, user)


def test_remarks_that_were_none_bring_it_back_to_the_ministry(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    step(twinning, sumy, "sent_to_ministry", user)
    remarks = step(twinning, sumy, "ministry_refused", user)
    twinning_steps.withdraw_step(remarks, member=sumy, by=user)
    twinning.refresh_from_db()
    assert twinning.status == Status.IN_APPROVAL


def test_what_a_council_decided_only_its_own_member_takes_back(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    council = step(twinning, gdynia, "council_decided", user)
    with pytest.raises(NotAllowed):
        twinning_steps.withdraw_step(council, member=sumy, by=user)
    twinning_steps.withdraw_step(council, member=gdynia, by=user)


def test_the_registration_of_an_agreement_in_force_stays(sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    registered = step(twinning, sumy, "registered", user, number="1")
    reach(twinning, Status.IN_FORCE, [sumy, gdynia], user)
    with pytest.raises(TwinningRefused) as refusal:
        twinning_steps.withdraw_step(registered, member=sumy, by=user)
    assert refusal.value.args == (TwinningRefused.IN_FORCE,)
    registered.refresh_from_db()
    assert registered.withdrawn_at is None
    step(twinning, sumy, "registered", user, number="2")  # the right one
    twinning_steps.withdraw_step(registered, member=sumy, by=user)
    twinning.refresh_from_db()
    assert twinning.registry_number == "2"


def test_a_declared_signature_is_not_lost_by_a_later_step(sumy, gdynia, user):
    twinning = make_twinning(sumy, gdynia, status=Status.IN_FORCE, signed_on=TODAY - timedelta(days=900))
    step(twinning, sumy, "amended", user, valid_until=TODAY + timedelta(days=10))
    assert (twinning.signed_on, twinning.valid_until) == (
        TODAY - timedelta(days=900),
        TODAY + timedelta(days=10),
    )


@pytest.mark.parametrize("model", [TwinningConsent, TwinningStep])
def test_the_database_refuses_to_change_or_delete_what_was_said(model, sumy, gdynia, user):
    twinning = drafted(sumy, gdynia)
    step(twinning, sumy, "signed", user)
    propose(twinning, sumy, Status.ENDED, user)
    changes = {TwinningConsent: {"stage": "letter"}, TwinningStep: {"happened_on": TODAY - timedelta(days=1)}}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model.objects.update(**changes[model])
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.count() == 1


def test_of_a_step_only_its_withdrawal_and_its_reminders_change(sumy, gdynia, user):
    step(drafted(sumy, gdynia), sumy, "signed", user)
    assert TwinningStep.objects.update(reminded_days=3) == 1
    assert TwinningStep.objects.update(withdrawn_at=timezone.now()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        TwinningStep.objects.update(withdrawn_at=None)


# --- Leaving ---------------------------------------------------------------------------------------------------


def test_from_four_to_three_to_two_and_then_it_ends(sumy, gdynia, user):
    lyon, gent = make_side("Lyon", "FR"), make_side("Gent", "BE")
    twinning = make_twinning(sumy, gdynia, lyon, gent, status=Status.LETTER)
    proposal = propose(twinning, sumy, Status.DRAFTED, user)
    assert not twinning_leaving.leave_twinning(twinning, member=gent, text="Elections.", by=user)
    proposal.refresh_from_db()
    twinning.refresh_from_db()
    assert (proposal.status, twinning.status) == ("lapsed", Status.LETTER)
    assert sorted(told("twinning_left")) == ["gdynia", "lyon", "sumy"]
    assert not twinning_leaving.leave_twinning(twinning, member=lyon, by=user)
    assert present(twinning) == ["Sumy", "Gdynia"]
    assert twinning_leaving.leave_twinning(twinning, member=gdynia, by=user)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason) == ("ended", "parties_left")
    assert twinning.public_since  # its page stays as a record
    for member in (sumy, gdynia, gent):
        with pytest.raises(NotAllowed):
            twinning_leaving.leave_twinning(twinning, member=member, by=user)
    left = twinning.parties.get(member=gent)
    assert (left.left_by, left.left_text, left.left_language) == (user, "Elections.", "en")


def test_who_left_can_come_back(sumy, gdynia, user):
    lyon = make_side("Lyon", "FR")
    twinning = make_twinning(sumy, gdynia, lyon)
    twinning_leaving.leave_twinning(twinning, member=lyon, by=user)
    twinnings.invite_party(twinning, member=sumy, other=lyon, by=user)
    twinnings.join_twinning(twinning, member=lyon, by=user)
    assert present(twinning) == ["Sumy", "Gdynia", "Lyon"]


# --- Declaring -------------------------------------------------------------------------------------------------


def declare(member, user, other=None, **facts):
    given = {"stage": "solidarity", "since_year": 2010} | facts
    return twinning_declaring.declare_twinning(
        member=member, other=other or OtherSide(), facts=Declared(**given), by=user
    )


def test_declared_by_one_and_confirmed_by_the_other_it_is_public(sumy, gdynia, user):
    twinning, is_new = declare(gdynia, user, OtherSide(member=sumy))
    assert is_new
    assert (twinning.status, twinning.public_since, twinning.since_year) == ("solidarity", None, 2010)
    assert twinning.needs_registration
    assert told("twinning_declared") == ["sumy"]
    # The map and the scores know of it once both say so.
    assert (tie_pairs(), known_ties().linked) == ([], {})
    twinnings.join_twinning(twinning, member=sumy, by=user)
    twinning.refresh_from_db()
    assert twinning.public_since
    assert told("twinning_confirmed") == ["gdynia"]
    assert tie_pairs() == [tuple(sorted([sumy.place_id, gdynia.place_id]))]
    assert set(known_ties().linked) == {sumy.place_id, gdynia.place_id}


def test_declared_by_both_it_is_one_and_confirmed(sumy, gdynia, user):
    twinning, _is_new = declare(gdynia, user, OtherSide(member=sumy))
    assert declare(sumy, user, OtherSide(member=gdynia)) == (twinning, False)
    twinning.refresh_from_db()
    assert twinning.public_since
    assert declare(sumy, user, OtherSide(member=gdynia)) == (twinning, False)
    assert Twinning.objects.count() == 1


def test_contested_it_ends_unseen_and_the_desk_is_told(sumy, gdynia, user, settings):
    settings.INBOXES = {"default": "desk@alliance.example"}
    twinning, _is_new = declare(gdynia, user, OtherSide(member=sumy))
    with pytest.raises(TwinningRefused):
        twinnings.decline_twinning(twinning, member=sumy, by=user)
    twinnings.decline_twinning(twinning, member=sumy, text="We never signed.", by=user)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason, twinning.public_since) == ("ended", "parties_left", None)
    assert told("twinning_contested") == ["desk"]
    assert told("twinning_left") == ["gdynia"]
    assert "twinning.contested" in verbs(twinning)


def test_an_imported_pair_of_places_is_taken_up_by_the_member_or_contested(sumy, gdynia, user):
    twinning = make_twinning(
        sumy.place, gdynia.place, origin="imported", source_note="A list.", status=Status.SOLIDARITY
    )
    assert Twinning.objects.of(sumy).get() == twinning
    twinnings.join_twinning(twinning, member=sumy, by=user)
    party = twinning.parties.get(place=sumy.place)
    assert (party.member, party.agreed_by) == (sumy, user)
    # Declaring what the desk imported already is the same yes.
    assert declare(gdynia, user, OtherSide(member=sumy, place=sumy.place)) == (twinning, False)
    assert twinning.parties.get(place=gdynia.place).member == gdynia
    other = make_twinning(gdynia.place, make_place(), origin="imported", source_note="A list.")
    twinnings.decline_twinning(other, member=gdynia, text="No.", by=user)
    other.refresh_from_db()
    assert (other.status, other.public_since) == ("ended", None)


def test_with_a_place_or_a_name_it_waits_for_them_unseen(gdynia, user):
    twinning, _is_new = declare(gdynia, user, OtherSide(place=make_place(country="DE")))
    assert (twinning.public_since, twinning.needs_registration) == (None, False)
    named = OtherSide(name="Springfield", country="US", named_as="community")
    twinning, is_new = declare(gdynia, user, named)
    assert is_new
    assert declare(gdynia, user, named._replace(name="SPRINGFIELD")) == (twinning, False)
    assert twinning.parties.get(member=None).country == "US"


@pytest.mark.parametrize(
    ("other", "facts", "code"),
    [
        ({"name": "Budex sp. z o.o.", "country": "PL", "named_as": "business"}, {}, "business"),
        ({"name": "ТОВ «Буд»", "country": "UA", "named_as": "community"}, {}, "business name"),
        ({"name": "Fundacja", "country": "PL", "named_as": "organisation"}, {}, "not a public body"),
        ({}, {"stage": "in_force", "needs_registration": True}, "no number"),
        ({}, {"stage": "drafted"}, "not now"),
        ({}, {"since_year": 1944}, "long ago"),
        ({}, {"since_year": TODAY.year + 2}, "future"),
        ({}, {"signed_on": TODAY + timedelta(days=2)}, "future"),
    ],
)
def test_what_cannot_be_declared(gdynia, user, other, facts, code):
    side = OtherSide(**({"name": "Sumy", "country": "UA", "named_as": "community"} | other))
    with pytest.raises(TwinningRefused) as refusal:
        declare(gdynia, user, side, **facts)
    assert refusal.value.args == (code,)
    assert str(refusal.value)
    assert Twinning.objects.count() == 0


def test_oneself_an_institution_and_a_blocked_one_cannot_be_declared(sumy, gdynia, user):
    bank = make_member(kind=Member.Kind.INSTITUTION)
    for other in (OtherSide(member=gdynia), OtherSide(place=gdynia.place), OtherSide(member=bank)):
        with pytest.raises(TwinningRefused):
            declare(gdynia, user, other)
    safety.block_member(sumy, other=gdynia, by=user)
    with pytest.raises(KeptApart):
        declare(gdynia, user, OtherSide(member=sumy))
    sumy.status = Member.Status.ON_HOLD
    sumy.save()
    with pytest.raises(NotAllowed):
        declare(sumy, user, OtherSide(member=gdynia))


def test_in_force_and_registered_is_declared_whole(sumy, gdynia, user):
    twinning, _is_new = declare(
        gdynia,
        user,
        OtherSide(member=sumy),
        stage="in_force",
        registry_number="5",
        registered_on=TODAY,
        needs_registration=True,
    )
    assert (twinning.status, twinning.registry_number, twinning.needs_registration) == ("in_force", "5", True)


# --- Questions over rows ---------------------------------------------------------------------------------------


def test_what_waits_for_a_member(sumy, gdynia, user):
    asked, _is_new = twinnings.open_twinning(make_match(gdynia, sumy), member=gdynia, by=user)
    lyon = make_side("Lyon", "FR")
    letter, solidarity = make_twinning(sumy, gdynia, lyon), make_twinning(sumy, gdynia, lyon)
    proposal = propose(letter, gdynia, Status.LETTER, user)
    propose(solidarity, gdynia, Status.SOLIDARITY, user)
    quiet = make_party(make_twinning(gdynia), sumy).twinning
    waiting = Twinning.objects.awaiting
    assert set(waiting(sumy)) == {asked, letter, solidarity}
    assert set(waiting(sumy, may_commit=False)) == {asked, solidarity}
    assert set(waiting(gdynia)) == set()
    consent(proposal, sumy, user)
    assert set(waiting(sumy)) == {asked, solidarity}
    assert {row.pk: row.waits for row in Twinning.objects.of(sumy).with_waiting(sumy)} == {
        asked.pk: 1,
        letter.pk: 0,
        solidarity.pk: 1,
        quiet.pk: 0,
    }
