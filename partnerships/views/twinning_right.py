"""“Is this still right?”: the page that a link in a mail leads to, without a login, and the same button on the page of
the twinning."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.journal import LINK
from alliance.core.states import NotAllowed
from alliance.users.models import User
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import twinning_clocks as actions
from partnerships.links import RightLink, right_parts
from partnerships.models import Twinning, TwinningParty
from partnerships.permissions import can_write_for
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_keeping import crumb_of, do, own_twinning


@csrf_exempt  # From a mail, without a cookie; the signed link is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def twinning_right(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since mail scanners follow links; a button answers. The link stands for the person it was sent
    to: whoever neither looks after it nor writes for a party any more cannot use it."""
    link = right_parts(token)
    if link is None:
        raise Http404
    twinning = get_object_or_404(Twinning.objects.with_parties(), slug=link.slug)
    party = _party_of(get_object_or_404(User, pk=link.person), twinning)
    if party is None:
        raise Http404
    done = request.method == "POST" and request.POST.get("answer") == "yes" and _confirmed(twinning, link)
    context = {
        "done": done,
        "is_asked": not done and _is_asked(twinning, link),
        "member": party.member,
        "stage": facts.stage_pill(twinning),
        "parties": [facts.party_row(one) for one in facts.public_parties(twinning)],
        "since": facts.day(twinning.lively_at),
        **crumb_of(twinning),
    }
    return render(request, "partnerships/twinning_right.html", context)


def _party_of(person: User, twinning: Twinning) -> TwinningParty | None:
    """The party that the person may speak for."""
    parties = [party for party in facts.public_parties(twinning) if party.member_id]
    return next(
        (party for party in parties if can_write_for(person, party.member) or _looks_after(person, party)),
        None,
    )


def _looks_after(person: User, party: TwinningParty) -> bool:
    """A viewer, too, who was named as contact."""
    is_named = person.pk in (party.contact_id, party.second_contact_id)
    return is_named and bool(role_of(person, party.member))


def _is_asked(twinning: Twinning, link: RightLink) -> bool:
    asked = twinning.asked_if_right_at
    return (
        twinning.is_alive
        and asked is not None
        and asked.isoformat() == link.asked
        and twinning.lively_at < asked
    )


def _confirmed(twinning: Twinning, link: RightLink) -> bool:
    """Whether it was said now; not when the link is old: then the page says how it stands."""
    try:
        actions.confirm_twinning(twinning, asked=datetime.fromisoformat(link.asked), by=LINK)
    except NotAllowed:
        return False
    return True


@require_POST
@member_page(role_of)
def twinning_alive(request: HttpRequest, slug: str) -> HttpResponse:
    """The same on its page, for whoever writes for a party."""
    twinning, _party = own_twinning(request, slug)
    return do(request, twinning, actions.say_alive, twinning, _("Thank you. It is alive."), to="#life")
