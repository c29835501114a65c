"""What a member reads on its page while a matching round is being prepared: whether it takes part, and how."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from partnerships.models import Cluster, MatchingRound, PartnerWish


def round_note(member: Member) -> str:
    """Empty while no round is under way, and for institutions, which are no partner of a twinning."""
    if member.kind == Member.Kind.INSTITUTION or not MatchingRound.objects.under_way().exists():
        return ""
    cluster = Cluster.objects.active().joined_by(member).first()
    if cluster and cluster.lead_id != member.pk and _looks(cluster.lead_id):
        return _("You take part with your cluster; its leading member answers for all of you.")
    wish = PartnerWish.objects.looking().with_room().filter(member=member).first()
    if wish is None:
        return _("You do not take part: nobody has said that you look for a partner.")
    if wish.room < 1:
        return _("You do not take part: as many partners as you look for are found or asked.")
    words = ngettext(
        "You take part: %(n)s new partner at most.", "You take part: %(n)s new partners at most.", wish.room
    )
    return words % {"n": wish.room}


def _looks(member: int) -> bool:
    return PartnerWish.objects.looking().filter(member=member).exists()
