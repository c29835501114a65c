"""Verbs about the people who look after a twinning for a party: contact, second contact, and the hand-over of a place
to a successor by a link from a mail."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from alliance.users.models import User
from members.actions import people
from members.models import Representative
from partnerships.actions.twinning_signs import sign_of_life, standing
from partnerships.emails import twinning_people as mails
from partnerships.models import StaffHandOver, TwinningParty
from partnerships.refusals import LifeRefused

Seat = StaffHandOver.Seat


@transaction.atomic
def set_contacts(party: TwinningParty, *, contact: User | None, second: User | None, by: Any) -> None:
    """Who looks after it for this party. A second one alone is the first one. Journal: `party.contacts_set`, with how
    many. Mails: `twinning_contact_new` to the other parties where somebody is new.

    Raises `LifeRefused` when one of them does not act for its member or both are the same, `NotAllowed` when the party
    has left or the twinning has ended.
    """
    standing(party.twinning, party.member)
    stored = lock(party)
    if contact is None:
        contact, second = second, None
    for person in filter(None, (contact, second)):
        if not Representative.objects.active().of(person).filter(member=stored.member_id).exists():
            raise LifeRefused(LifeRefused.NOT_ACTING)
    if contact is not None and contact == second:
        raise LifeRefused(LifeRefused.SAME_PERSON)
    before = {stored.contact_id, stored.second_contact_id}
    _seat(party, stored, contact=contact, second_contact=second)
    record("party.contacts_set", stored, by=by, people=sum(one is not None for one in (contact, second)))
    for person in filter(None, (contact, second)):
        if person.pk not in before:
            mails.twinning_contact_new(stored, person)
    sign_of_life(party.twinning, by=by)


@transaction.atomic
def hand_over(
    party: TwinningParty, *, seat: str, email: str, role: str, language: str, by: Any
) -> StaffHandOver:
    """Invite a successor to a contact's place; the link works once, for `people.INVITATION_DAYS`. An earlier hand-over
    of the same place ends. Whoever holds the place keeps it until the successor has taken it.

    Journal: `representative.invited`, `party.hand_over_begun`. Mails: `twinning_hand_over` to the successor. Raises
    `people.AlreadyThere` for somebody who acts for the member already or is invited, `NotAllowed` as above.
    """
    standing(party.twinning, party.member)
    stored = lock(party)
    for earlier in StaffHandOver.objects.filter(party=stored, seat=seat, taken_at=None).select_related(
        "invitation"
    ):
        if earlier.invitation.is_open:
            people.withdraw_invitation(earlier.invitation, by=by)
    invitation = people.invite_representative(
        stored.member, email=email, role=role, language=language, by=by, is_told=False
    )
    row = StaffHandOver.objects.create(party=stored, seat=seat, invitation=invitation, asked_by=by)
    record("party.hand_over_begun", stored, by=by, seat=seat)
    mails.twinning_hand_over(row)
    sign_of_life(party.twinning, by=by)
    return row


@transaction.atomic
def take_over(row: StaffHandOver, *, name: str = "") -> User:
    """The successor takes the place: acts for the member from now on, and is its contact. The account is made where
    there is none.

    Journal: `invitation.accepted`, `representative.added`, `party.handed_over`. Mails: `twinning_contact_new` to the
    other parties, `twinning_handed_over` to whoever asked for it. Raises `NotAllowed` when the link was used, is too
    old, was withdrawn, or the party has left.
    """
    standing(row.party.twinning, row.party.member)
    stored = StaffHandOver.objects.select_for_update(of=("self",)).select_related("invitation").get(pk=row.pk)
    stored.party = party = lock(row.party)
    if not stored.is_open:
        raise NotAllowed(row, "ended", "taken")
    user = people.accept_invitation(stored.invitation, name=name).user
    places = {"contact": party.contact, "second_contact": party.second_contact}
    places = {seat: None if person == user else person for seat, person in places.items()}
    _seat(row.party, party, **places | {stored.seat: user})
    stored.taken_at = timezone.now()
    stored.save(update_fields=["taken_at"])
    record("party.handed_over", party, by=user, seat=stored.seat)
    mails.twinning_contact_new(party, user)
    mails.twinning_handed_over(stored, user)
    sign_of_life(row.party.twinning, by=user)
    return user


def _seat(shown: TwinningParty, stored: TwinningParty, **people_of_it: User | None) -> None:
    """Written to the row, and to the object that the caller goes on showing. Whoever is named can be reached."""
    for name, value in people_of_it.items():
        setattr(stored, name, value)
        setattr(shown, name, value)
    changed = [*people_of_it]
    if stored.contact_id or stored.second_contact_id:
        stored.unreachable_since = None
        changed.append("unreachable_since")
    stored.save(update_fields=changed)
