"""Mails about the people who look after a twinning: a new contact, and the hand-over of a place to a successor."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import send
from alliance.users.models import User
from members.names_shown import name_of
from partnerships.emails.twinning_readers import day, members_of, tell_keepers, tell_person, title_of
from partnerships.links import hand_over_path
from partnerships.models import Block, StaffHandOver, TwinningParty
from partnerships.names_shown import party_named

TAKE = gettext_lazy("See what it is about")


def twinning_contact_new(party: TwinningParty, person: User) -> None:
    """To the other parties, not across a block: whom they ask from now on. The address stands on the page, behind the
    login."""
    others = [other for other in members_of(party.twinning) if other.pk != party.pk]
    kept = Block.objects.kept_from(party.member_id, [other.member_id for other in others])
    tell_keepers(
        "twinning_contact_new",
        [other for other in others if other.member_id not in kept],
        key=f"twinning_contact_new:{party.pk}:{person.pk}:{party.twinning.lively_at.isoformat()}",
        words=lambda: {"by": party_named(party).name.text, "person": person.name},
        is_secret=True,
    )


def twinning_hand_over(row: StaffHandOver) -> None:
    """To the successor, who may have no account: a link that works once."""
    invitation = row.invitation
    language = as_ours(invitation.language)
    with translation.override(language):
        context = {
            "title": title_of(row.party.twinning),
            "member": str(name_of(row.party.member)),
            "until": day(invitation.expires_at),
            "is_second": row.seat == StaffHandOver.Seat.SECOND,
            "why": _("You get this because a representative of a member entered your address."),
            "action_url": absolute(hand_over_path(row)),
            "action_label": str(TAKE),
        }
    send(
        "partnerships/twinning_hand_over",
        invitation.email,
        language,
        context,
        key=f"twinning_hand_over:{row.pk}",
        is_secret=True,
    )


def twinning_handed_over(row: StaffHandOver, successor: User) -> None:
    """To whoever asked for it: the place is taken."""
    tell_person(
        "twinning_handed_over",
        row.party,
        row.asked_by,
        key=f"twinning_handed_over:{row.pk}",
        words=lambda: {"person": successor.name},
        is_secret=True,
    )
