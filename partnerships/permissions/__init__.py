"""Who may do what with needs, offers and matches. Views and templates ask the same functions."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from alliance.core.audience import Audience, may_see
from members.models import Member, Representative
from members.permissions import can_decide_member, role_of
from partnerships.models import (
    Cluster,
    ClusterMember,
    Listing,
    Match,
    Meeting,
    Pledge,
    PledgeEvent,
    Report,
    Twinning,
)

WRITERS = (Representative.Role.EDITOR, Representative.Role.SIGNATORY)


# --- Who may see (core.audience.visible) -------------------------------------------------------------------


# Its own people wrote every field of a listing, and see them all.
OWN = Audience.COORDINATORS


def reader_audience(user: Any) -> Audience:
    """What a reader is before any row is looked at: everyone, a member's person, or the desk."""
    if not getattr(user, "is_authenticated", False):
        return Audience.PUBLIC
    if getattr(user, "reads_as_desk", False):
        return Audience.COORDINATORS
    return Audience.MEMBERS if _acts_for(user) else Audience.PUBLIC


def audience_of(user: Any, listing: Listing) -> Audience:
    """Which fields of ``listing`` a reader sees. A partner is the other side of an accepted match about it, or about no
    listing in particular."""
    viewer = reader_audience(user)
    if viewer != Audience.MEMBERS:
        return viewer
    if listing.member_id in _acts_for(user):
        return OWN
    ties = {(listing.member_id, listing.pk), (listing.member_id, None)}
    return Audience.PARTNER if ties & _partners_of(user) else viewer


def audience_of_pledge(user: Any, pledge: Pledge) -> Audience:
    """Which fields of ``pledge``, its transports and its evidence a reader sees: both sides are partners of it."""
    viewer = reader_audience(user)
    if viewer == Audience.MEMBERS and {pledge.giver_id, pledge.receiver_id} & _acts_for(user):
        return Audience.PARTNER
    return viewer


def may_follow(pledge: Pledge, viewer: str) -> bool:
    """Whether a reader of this audience may open the page of a pledge: `PledgeQuerySet.for_audience`, of one row."""
    return pledge.listing is None or may_see(pledge.listing.audience, viewer)


def audience_of_member(user: Any, member: Member) -> Audience:
    """Which fields of ``member``, its contact person among them, a reader sees: partners are its own people, and the
    other side of any accepted match with it."""
    viewer = reader_audience(user)
    if viewer != Audience.MEMBERS:
        return viewer
    is_partner = member.pk in _acts_for(user) or member.pk in {
        other for other, _listing in _partners_of(user)
    }
    return Audience.PARTNER if is_partner else viewer


def audience_of_twinning(user: Any, twinning: Twinning) -> Audience:
    """Which fields of ``twinning`` a reader sees: those who are in it, or were asked to be, are partners of it."""
    viewer = reader_audience(user)
    if viewer != Audience.MEMBERS:
        return viewer
    rows = [party for party in twinning.parties.all() if party.left_at is None]
    if any(party.member_id in _acts_for(user) for party in rows):
        return Audience.PARTNER
    named = {
        party.place.same_as_id or party.place_id for party in rows if party.member is None and party.place
    }
    return Audience.PARTNER if named and named & _places_of(user) else viewer


def can_see_twinning(user: Any, twinning: Twinning) -> bool:
    """Everyone once it is public; before that its parties and the desk."""
    return twinning.public_since is not None or may_see(
        Audience.PARTNER, audience_of_twinning(user, twinning)
    )


def can_see_kept(user: Any, twinning: Twinning) -> bool:
    """What the parties keep between them (work plan, documents): those who stand by it, and the desk. Whoever was named
    or invited and has not said yes reads none of it."""
    viewer = audience_of_twinning(user, twinning)
    if viewer != Audience.PARTNER:
        return may_see(Audience.PARTNER, viewer)
    return any(
        party.agreed_at and party.left_at is None and party.member_id in _acts_for(user)
        for party in twinning.parties.all()
    )


def can_write_draft(user: Any, member: Member | None, twinning: Twinning) -> bool:
    """Editors and signatories of a member that stands by the partnership."""
    return can_write_for(user, member) and any(
        party.member_id == member.pk and party.agreed_at and party.left_at is None
        for party in twinning.parties.all()
    )


def _acts_for(user: Any) -> frozenset[int]:
    """Ids of the approved members that ``user`` acts for. Remembered per person object, as one request has it: a
    list costs one query, not one for each row."""
    if not hasattr(user, "_approved_members"):
        rows = Representative.objects.active().of(user).values_list("member_id", flat=True)
        user._approved_members = frozenset(rows)
    return user._approved_members


def _places_of(user: Any) -> frozenset[int]:
    """Ids of the places whose approved members ``user`` acts for, by their main entries; remembered too."""
    if not hasattr(user, "_member_places"):
        rows = Member.objects.filter(pk__in=_acts_for(user), place__isnull=False)
        roots = rows.values_list(Coalesce("place__same_as", "place"), flat=True)
        user._member_places = frozenset(roots)
    return user._member_places


def _partners_of(user: Any) -> frozenset[tuple[int, int | None]]:
    """(member, listing or None) of each accepted match of the members that ``user`` acts for; remembered too."""
    if not hasattr(user, "_accepted_matches"):
        own = _acts_for(user)
        rows = Match.objects.of_any(own).filter(status=Match.Status.ACCEPTED)
        user._accepted_matches = frozenset(
            (other, listing)
            for a, b, listing in rows.values_list("member_a_id", "member_b_id", "listing_id")
            for mine, other in ((a, b), (b, a))
            if mine in own
        )
    return user._accepted_matches


# --- Who may do what ---------------------------------------------------------------------------------------


def can_write_for(user: Any, member: Member | None) -> bool:
    """Editors and signatories write in the name of their approved member; viewers read."""
    return member is not None and role_of(user, member) in WRITERS


def can_write(user: Any, listing: Listing) -> bool:
    """Whether any verb of a listing is theirs; which one is open now, its status decides."""
    return can_write_for(user, listing.member)


def kinds_of(member: Member) -> list[str]:
    """Needs are what Ukrainian members ask for; anyone may offer, experience too."""
    kinds = [Listing.Kind.NEED.value, Listing.Kind.OFFER.value]
    return kinds if member.country == "UA" else kinds[1:]


def can_create_listing(user: Any, member: Member | None, kind: str) -> bool:
    return member is not None and kind in kinds_of(member) and can_write_for(user, member)


def can_edit_listing(user: Any, listing: Listing) -> bool:
    return listing.status in Listing.EDITABLE and can_write_for(user, listing.member)


def can_publish_listing(user: Any, listing: Listing) -> bool:
    """From a draft; what ended is renewed instead."""
    return listing.status == Listing.Status.DRAFT and can_write_for(user, listing.member)


def can_withdraw_listing(user: Any, listing: Listing) -> bool:
    return listing.can_move_to(Listing.Status.WITHDRAWN) and can_write_for(user, listing.member)


def can_renew_listing(user: Any, listing: Listing) -> bool:
    return listing.status in Listing.ENDED and can_write_for(user, listing.member)


# --- Files of needs and offers -----------------------------------------------------------------------------


def can_import_listings(user: Any, member: Member) -> bool:
    """Whoever writes for a member sends its needs and offers as a file, too."""
    return can_write_for(user, member)


def brings_members(user: Any, member: Member) -> bool:
    """An association's writers also bring in what their members need and offer."""
    return member.kind == Member.Kind.ASSOCIATION and can_write_for(user, member)


def listings_in_sheet(user: Any, member: Member) -> QuerySet:
    """What a member's file holds and may change: all of its own; of the members of an association what is open, and of
    that what the association may read."""
    own = Q(member=member)
    if not brings_members(user, member):
        return Listing.objects.filter(own)
    return Listing.objects.filter(own) | Listing.objects.filter(member__parent=member).open()


def members_in_sheet(user: Any, member: Member) -> QuerySet:
    """In whose name the rows of a member's file may be."""
    own = Q(pk=member.pk)
    if brings_members(user, member):
        own |= Q(parent=member)
    return Member.objects.filter(own, status=Member.Status.APPROVED)


# --- Decisions of the desk ---------------------------------------------------------------------------------


def can_decide_listing(user: Any, listing: Listing) -> bool:
    """A coordinator who does not act for its member."""
    return can_decide_member(user, listing.member)


def listings_at_desk(user: Any) -> QuerySet:
    """What a coordinator may change in a file: no drafts, and nothing of a member that they act for themselves."""
    rows = Listing.objects.exclude(status=Listing.Status.DRAFT)
    return rows if user.is_superuser else rows.exclude(member__in=_acts_for(user))


def members_at_desk(user: Any) -> QuerySet:
    rows = Member.objects.filter(status=Member.Status.APPROVED)
    return rows if user.is_superuser else rows.exclude(pk__in=_acts_for(user))


def can_request_match(user: Any, member: Member | None, listing: Listing) -> bool:
    """A representative of another approved member, about a listing that is open."""
    return (
        member is not None
        and member.pk != listing.member_id
        and listing.is_open
        and can_write_for(user, member)
    )


# --- The handshake ---------------------------------------------------------------------------------------------

# What a side may do in a match, by the facts of the row alone.
_IN_A_MATCH: dict[str, Callable[[Match, Member], bool]] = {
    "accept": Match.awaits,
    "decline": Match.awaits,
    "take_back": Match.awaits_other_side_of,
    "end": lambda match, member: match.status == Match.Status.ACCEPTED,
    "write": lambda match, member: match.status in Match.OPEN,
    "request_help": lambda match, member: match.status in Match.OPEN,
    "propose_meeting": lambda match, member: match.status == Match.Status.ACCEPTED,
}


def match_verbs(user: Any, member: Member | None, match: Match) -> set[str]:
    """What the person may do in the match now; a page shows these buttons, a view refuses the others."""
    if member is None or not match.is_side(member) or not can_write_for(user, member):
        return set()
    return {verb for verb, is_open in _IN_A_MATCH.items() if is_open(match, member)}


def can_write_to_member(user: Any, member: Member | None, other: Member) -> bool:
    """A representative of one approved member asks another one, about nothing in particular."""
    return (
        member is not None
        and member.pk != other.pk
        and other.status == Member.Status.APPROVED
        and can_write_for(user, member)
    )


def can_be_suggested(user: Any, member: Member) -> bool:
    """Whose people read suggestions, in any role: institutions are no partner of a twinning and get none."""
    return member.kind != Member.Kind.INSTITUTION and bool(role_of(user, member))


def meeting_verbs(meeting: Meeting, member: Member) -> set[str]:
    """What a side of an accepted match may do with a meeting that is still ahead. Asked beside `match_verbs`: who may
    propose a meeting may do these."""
    if not meeting.is_ahead or meeting.match.status != Match.Status.ACCEPTED:
        return set()
    if meeting.status == Meeting.Status.AGREED:
        return {"cancel"}
    if meeting.status != Meeting.Status.PROPOSED:
        return set()
    return {"cancel"} if meeting.proposed_by_id == member.pk else {"agree", "decline"}


def audience_in_match(member: Member, match: Match) -> Audience:
    """Which fields of the other side's rows a side may see (`core.audience`): those for partners only while both
    agree."""
    return Audience.PARTNER if match.is_side(member) and match.has_contacts else Audience.MEMBERS


def can_report(user: Any, member: Member | None, other: Member) -> bool:
    """Whoever acts for an approved member, in any role, about another one."""
    return member is not None and member.pk != other.pk and bool(role_of(user, member))


def can_decide_report(user: Any, report: Report) -> bool:
    """A coordinator who acts for neither of the two."""
    return can_decide_member(user, report.reporter) and can_decide_member(user, report.reported)


def can_look_after_match(user: Any, match: Match) -> bool:
    """A coordinator who acts for neither side."""
    return can_decide_member(user, match.member_a) and can_decide_member(user, match.member_b)


# --- Pledges -----------------------------------------------------------------------------------------------

# What binds the giver's authority: only its signatory says it, and only its signatory corrects it.
FIRM = (PledgeEvent.Kind.COMMITTED, PledgeEvent.Kind.CANCELLED, PledgeEvent.Kind.OVER_DELIVERED)


def can_promise_pledge(user: Any, giver: Member | None, receiver: Member) -> bool:
    """Editors and signatories promise in the name of their member; a promise binds nobody yet."""
    return giver is not None and giver.pk != receiver.pk and can_write_for(user, giver)


def can_commit_for(user: Any, member: Member) -> bool:
    """Only a signatory binds the authority of a member."""
    return role_of(user, member) == Representative.Role.SIGNATORY


def can_commit_pledge(user: Any, pledge: Pledge) -> bool:
    """Only a signatory of the giver makes a promise firm, takes it back, or gives more."""
    return can_commit_for(user, pledge.giver)


can_cancel_pledge = can_over_deliver_pledge = can_commit_pledge


def can_dispatch_pledge(user: Any, pledge: Pledge) -> bool:
    return can_write_for(user, pledge.giver)


can_withdraw_pledge = can_dispatch_pledge


def can_confirm_pledge(user: Any, pledge: Pledge) -> bool:
    """What arrived, and whether it is what was promised, the receiver's editors and signatories say."""
    return can_write_for(user, pledge.receiver)


def can_correct_event(user: Any, event: PledgeEvent) -> bool:
    """Each side corrects what it said itself."""
    pledge = event.line.pledge
    if event.side == PledgeEvent.Side.RECEIVER:
        return can_confirm_pledge(user, pledge)
    if event.side == PledgeEvent.Side.DESK:
        return False
    return can_commit_pledge(user, pledge) if event.kind in FIRM else can_dispatch_pledge(user, pledge)


def can_reconcile_pledge(user: Any, pledge: Pledge) -> bool:
    """A coordinator who acts for neither side."""
    return can_decide_member(user, pledge.giver) and can_decide_member(user, pledge.receiver)


# --- Clusters ----------------------------------------------------------------------------------------------


def can_create_cluster(user: Any, member: Member) -> bool:
    """Municipalities and regions have neighbours; whoever writes for one forms a cluster."""
    return member.is_authority and can_write_for(user, member)


def cluster_verbs(
    user: Any, member: Member, cluster: Cluster, rows: list[ClusterMember] | None = None
) -> set[str]:
    """What the person may do in a cluster now; ``rows``: who is in it, where that is read already."""
    if not cluster.is_live or not can_write_for(user, member):
        return set()
    if member.pk == cluster.lead_id:
        return {"rename", "invite", "hand_over", "end"}
    present = cluster.memberships.present() if rows is None else rows
    own = next((row for row in present if row.member_id == member.pk), None)
    if own is None:
        return set()
    if own.joined_at is None:
        return {"join", "decline"}
    # Where the lead has left the Alliance, those who stay say who leads from then on.
    return {"leave", "hand_over"} if cluster.lead.status == Member.Status.LEFT else {"leave"}
