"""The mail of a matching round: both sides of each pair are introduced to each other, everybody in their own language.
Written for a whole batch in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import Category, Letter, send_many
from members.models import Member, Representative
from members.names_shown import place_of
from partnerships.emails.readers import Reader
from partnerships.links import match_path
from partnerships.models import Match, RoundProposal


def matches_proposed(proposals: Iterable[RoundProposal]) -> None:
    """To everybody who acts for one of the two sides: who is proposed, and until when an answer is awaited."""
    proposals = list(proposals)
    readers = people_of_all([side.member for each in proposals for side in (each.left, each.right)])
    letters = [
        letter
        for each in proposals
        for one, other in ((each.left, each.right), (each.right, each.left))
        for letter in _letters(each.match, one, other, readers[one.member_id])
    ]
    send_many("partnerships/match_proposed", letters, category=Category.CONVERSATION)


def people_of_all(members: Iterable[Member]) -> dict[int, list[Reader]]:
    """`people_of` for many members at once."""
    found: dict[int, list[Reader]] = defaultdict(list)
    rows = Representative.objects.current().filter(member__in=list(members), user__is_active=True)
    for row in rows.select_related("user").order_by("id"):
        found[row.member_id].append(Reader(row.user.email, as_ours(row.user.language)))
    return found


def _letters(match: Match, one: Any, other: Any, readers: list[Reader]) -> Iterable[Letter]:
    """To the people of ``one`` about ``other``, both participants of the round."""
    for reader in readers:
        with translation.override(reader.language):
            context = {
                "receiver": one.member.shown_name,
                "own_cluster": one.cluster.name if one.cluster else "",
                "other": other.member.shown_name,
                "cluster": other.cluster.name if other.cluster else "",
                "place": place_of(other.member),
                "closes_on": date_format(localtime(match.closes_at), "DATE_FORMAT"),
                "action_url": absolute(match_path(match, one.member)),
                "action_label": _("Read and answer"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": one.member.shown_name},
            }
        yield Letter(reader.email, reader.language, context, f"match_proposed:{match.pk}:{one.member_id}")
