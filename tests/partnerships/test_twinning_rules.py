"""Which stage follows which, which bind, and which legal step may be told when: tables, read by people."""

from datetime import date

import pytest

from partnerships.models import Twinning, TwinningStep
from partnerships.permissions.twinnings import stages_for
from partnerships.twinning_rules import (
    BINDING,
    DECLARED_STAGES,
    OPEN_TO_PARTIES,
    REFUSED_AS,
    NamedAs,
    Told,
    refusal_of_step,
    stages_ahead,
    steps_open,
)

Status = Twinning.Status
# From (rows) to (columns): + what a row can become.
MOVES = """\
                first solid letter draft appro force dorma ended
first_contact   .     +     +      +     .     .     +     +
solidarity      .     .     +      +     .     .     +     +
letter          .     .     .      +     .     .     +     +
drafted         .     .     .      .     +     +     +     +
in_approval     .     .     .      +     .     +     +     +
in_force        .     .     .      .     .     .     +     +
dormant         +     +     +      +     +     +     .     +
ended           .     .     .      .     .     .     .     .
"""
TODAY = date(2026, 3, 2)


def test_the_full_product_of_moves():
    head, *lines = MOVES.splitlines()
    stages = list(Status)
    assert len(head.split()) == len(lines) == len(stages)
    for line, stage in zip(lines, stages, strict=True):
        name, *marks = line.split()
        assert name == stage
        for mark, to in zip(marks, stages, strict=True):
            assert Twinning(status=stage).can_move_to(to) == (mark == "+"), (stage, to)


def test_what_parties_propose_is_a_move_and_goes_by_consent():
    by_consent = {*Twinning.BY_CONSENT, Status.ENDED}
    for stage in Status:
        if stage == Status.DORMANT:
            continue  # it wakes up first, then its stage decides
        moves = {to for to in by_consent if Twinning(status=stage).can_move_to(to)}
        # Back to the drawing board it goes by the remarks of the ministry.
        back = {Status.DRAFTED} if stage == Status.IN_APPROVAL else set()
        assert set(stages_ahead(stage)) == moves - back, stage
    assert stages_ahead(Status.ENDED) == stages_ahead(Status.DORMANT) == ()


def test_only_a_solidarity_contact_does_not_bind():
    assert {stage for stage in Status if stage in BINDING} == set(Status) - {
        Status.FIRST_CONTACT,
        Status.SOLIDARITY,
        Status.DORMANT,
    }
    twinning = Twinning(status=Status.FIRST_CONTACT)
    assert stages_for(twinning, is_signatory=False) == [Status.SOLIDARITY]
    assert stages_for(twinning, is_signatory=True) == [
        Status.SOLIDARITY,
        Status.LETTER,
        Status.DRAFTED,
        Status.ENDED,
    ]
    asleep = Twinning(status=Status.DORMANT, stage_before_dormant=Status.LETTER)
    assert stages_for(asleep, is_signatory=True) == [Status.DRAFTED, Status.ENDED]
    assert Status.IN_APPROVAL not in OPEN_TO_PARTIES
    assert set(DECLARED_STAGES) <= set(Twinning.SETTLED)


def test_every_step_belongs_to_some_stage_and_none_to_a_first_contact():
    assert {kind for stage in Status for kind in steps_open(stage)} == set(TwinningStep.Kind.values)
    assert steps_open(Status.FIRST_CONTACT) == steps_open(Status.ENDED) == steps_open(Status.DORMANT) == []
    assert "sent_to_ministry" in steps_open(Status.DRAFTED)
    assert "sent_to_ministry" not in steps_open(Status.IN_APPROVAL)


@pytest.mark.parametrize(
    ("kind", "day", "stage", "before", "code"),
    [
        ("sent_to_ministry", TODAY, "drafted", [], ""),
        ("sent_to_ministry", TODAY, "letter", [], "not now"),
        ("sent_to_ministry", date(2026, 3, 3), "drafted", [], "future"),
        ("signed", date(1944, 12, 31), "drafted", [], "long ago"),
        ("signed", date(1945, 1, 1), "drafted", [], ""),
        ("ministry_agreed", TODAY, "in_approval", [], "not asked"),
        ("ministry_agreed", TODAY, "in_approval", [("sent_to_ministry", TODAY)], ""),
        (
            "ministry_agreed",
            date(2026, 3, 1),
            "in_approval",
            [("sent_to_ministry", date(2026, 1, 5)), ("sent_to_ministry", TODAY)],
            "before asked",
        ),
        ("justice_answered", TODAY, "in_approval", [("sent_to_ministry", TODAY)], "not asked"),
        ("justice_answered", TODAY, "in_approval", [("sent_to_justice", TODAY)], ""),
        ("registered", TODAY, "in_force", [], ""),
        ("amended", TODAY, "in_approval", [], "not now"),
        ("council_decided", TODAY, "solidarity", [], ""),
        ("council_decided", TODAY, "first_contact", [], "not now"),
    ],
)
def test_steps_have_an_order(kind, day, stage, before, code):
    told = [Told(*row) for row in before]
    assert refusal_of_step(kind, day, stage=stage, before=told, today=TODAY) == code


def test_a_business_and_an_organisation_of_citizens_are_no_parties():
    assert set(REFUSED_AS) == {NamedAs.BUSINESS, NamedAs.ORGANISATION}
