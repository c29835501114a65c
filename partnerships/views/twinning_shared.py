"""What the pages of a twinning's parties share: the member's own twinning, whether a verb is open, one verb done
politely."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from alliance.core.errors import pause_words
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.models import Representative
from members.permissions import role_of
from partnerships.models import Twinning
from partnerships.permissions.twinnings import party_of, verbs_in
from partnerships.twinning_rules import ENDED
from partnerships.views import twinning_facts as facts

# Each deed is told to the other parties by mail: enough for a busy day, too little for a nuisance.
DEEDS_PER_HOUR, HOUR = 60, 3600


def own_twinning(request: HttpRequest, slug: str) -> Twinning:
    """A twinning of the member that the person acts for; anybody else's does not exist here."""
    return get_object_or_404(Twinning.objects.of(request.member).for_parties(), slug=slug)


def twinning_for(request: HttpRequest, slug: str, verb: str) -> tuple[Twinning, bool]:
    """The twinning, and whether ``verb`` is open in it now; 403 for those whose role does not do this."""
    twinning = own_twinning(request, slug)
    party = party_of(twinning, request.member)
    if verb in verbs_in(twinning, party, role_of(request.user, request.member)):
        return twinning, True
    is_of_signatory = verb in verbs_in(twinning, party, Representative.Role.SIGNATORY)
    if is_of_signatory or role_of(request.user, request.member) == Representative.Role.VIEWER:
        raise PermissionDenied
    return twinning, False


def too_late(request: HttpRequest, twinning: Twinning) -> HttpResponse:
    """Somebody was faster, or it is over: the page says how it stands now."""
    messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    return to_twinning(twinning)


def to_twinning(twinning: Twinning) -> HttpResponse:
    return redirect("partnerships:twinning_detail", twinning.slug)


def title_of(twinning: Twinning) -> Any:
    return facts.title_of(twinning, [party for party in twinning.parties.all() if party.left_at is None])


def stage_words(stage: str) -> str:
    if stage == ENDED:
        return _("End the partnership: it ends when all parties have agreed. Its page stays as a record.")
    return f"{capfirst(Twinning.Status(stage).label)}. {facts.MEANINGS[Twinning.Status(stage)]}"


def is_allowed(request: HttpRequest) -> bool:
    return allow("twinning", str(request.member.pk), DEEDS_PER_HOUR, HOUR)


def do(request: HttpRequest, twinning: Twinning, act: Callable[[], Any], done: str) -> HttpResponse:
    """One deed without a form, then back to the page, which says what came of it."""
    if not is_allowed(request):
        messages.warning(request, pause_words(HOUR))
        return to_twinning(twinning)
    try:
        act()
    except NotAllowed:
        return too_late(request, twinning)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return to_twinning(twinning)
    messages.success(request, done)
    return to_twinning(twinning)


def ask(
    request: HttpRequest, twinning: Twinning, form: Any, act: Callable[[], Any], words: dict[str, Any]
) -> HttpResponse:
    """One deed with a form: what was typed stays with the message at its field, or back to the page. ``words``:
    heading, explained, label of the button (and its kind), done."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if not is_allowed(request):
            form.add_error(None, pause_words(HOUR))
            status = 429
        else:
            try:
                act()
            except NotAllowed:
                return too_late(request, twinning)
            except Refused as refusal:
                form.add_refusal(refusal)
            else:
                messages.success(request, words["done"])
                return to_twinning(twinning)
    context = {"form": form, "twinning": twinning, "title": title_of(twinning), **words}
    return render(request, "partnerships/twinning_verb.html", context, status=status)
