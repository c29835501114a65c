"""Who is, or was, whose partner: handshakes, firm commitments and partnerships together."""

from collections import defaultdict
from collections.abc import Collection
from itertools import combinations

from django.db.models import Q, QuerySet

from members.models import Member
from partnerships.ledger import Kind
from partnerships.models.matches import Match
from partnerships.models.pledges import PledgeEvent
from partnerships.models.twinnings import TwinningParty

Pairs = dict[int, set[int]]
# Up to so many members are asked about by rows that name one of them; of more, all are read.
FEW = 1000


def had_partners(members: QuerySet) -> set[int]:
    """Those of ``members`` that ever had a partner: a handshake that both sides accepted, a firm commitment given or
    received, a partnership that is public."""
    agreed = Match.objects.filter(accepted_at__isnull=False)
    firm = PledgeEvent.objects.filter(kind=Kind.COMMITTED)
    parties = TwinningParty.objects.filter(twinning__public_since__isnull=False)
    had = Q(pk__in=agreed.values("member_a")) | Q(pk__in=agreed.values("member_b"))
    had |= Q(pk__in=firm.values("line__pledge__giver")) | Q(pk__in=firm.values("line__pledge__receiver"))
    had |= Q(pk__in=parties.filter(member__isnull=False).values("member"))
    had |= Q(place__in=parties.filter(place__isnull=False).values("place"))
    return set(Member.objects.filter(had, pk__in=members).values_list("pk", flat=True))


def partners_now(members: Collection[int]) -> Pairs:
    """Whom each of ``members`` is together with: accepted handshakes and partnerships that have not ended. Places that
    are no members count as minus their id."""
    found: Pairs = defaultdict(set)
    accepted, parties = Match.objects.accepted(), TwinningParty.objects.in_living().agreed()
    for a, b in naming(accepted, members, "member_a", "member_b").values_list("member_a", "member_b"):
        _note(found, members, a, b)
    for sides in parties_by_twinning(with_any_of(parties, members)).values():
        for one, other in combinations(sides, 2):
            _note(found, members, one, other)
    return found


def _note(found: Pairs, members: Collection[int], one: int, other: int) -> None:
    for mine, its in ((one, other), (other, one)):
        if mine in members:
            found[mine].add(its)


def naming(rows: QuerySet, members: Collection[int] | None, one: str, other: str) -> QuerySet:
    """As far as ``rows`` name one of ``members`` on either side. Of many members all rows: asking costs more."""
    if members is None or len(members) > FEW:
        return rows
    keys = list(members)
    return rows.filter(Q(**{f"{one}__in": keys}) | Q(**{f"{other}__in": keys}))


def with_any_of(parties: QuerySet, members: Collection[int] | None) -> QuerySet:
    """All parties of twinnings in which one of ``members`` is, or its place. Of many members, of all twinnings."""
    if members is None or len(members) > FEW:
        return parties
    keys = list(members)
    places = Member.objects.filter(pk__in=keys).values("place")
    theirs = TwinningParty.objects.filter(Q(member__in=keys) | Q(place__in=places))
    return parties.filter(twinning__in=theirs.values("twinning"))


def parties_by_twinning(parties: QuerySet) -> dict[int, set[int]]:
    """Twinning → its members by id, and minus the id of places that nobody holds."""
    rows = list(parties.order_by().values_list("twinning", "member", "place"))
    places = {place for _twinning, member, place in rows if place and not member}
    holder = dict(
        Member.objects.holding_their_place()
        .filter(place__in=places, kind__in=["municipality", "region"])
        .values_list("place", "pk")
    )
    found: dict[int, set[int]] = defaultdict(set)
    for twinning, member, place in rows:
        side = member or holder.get(place) or (-place if place else None)
        if side:
            found[twinning].add(side)
    return found
