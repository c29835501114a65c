"""What a verb answers whose form was opened by its address while it has no place: why, and how far the twinning is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships.models import Twinning
from partnerships.views.twinning_shared import title_of, too_late

CONFLICT = 409
ENDED = gettext_lazy("This partnership has ended. Its page stays as a record.")
PENDING = gettext_lazy("A proposal waits for answers. Once it is settled, another one can be made.")
# By the verb as `permissions.twinnings.verbs_in` names it.
WORDS = {
    "step": gettext_lazy("There is no step to record at this stage."),
    "invite": gettext_lazy("Nobody else can come in at this stage: a further party needs a new agreement."),
    "propose": gettext_lazy("There is nothing to propose at this stage."),
    "object": gettext_lazy("Nothing is proposed that your member could say no to, or take back."),
    "decline": gettext_lazy("Your member takes part already, so there is no invitation to decline."),
    "leave": gettext_lazy(
        "Your member does not take part yet, so there is nothing to leave. You can decline the invitation."
    ),
    "name": gettext_lazy(
        "Your member does not take part yet. Whoever does can give the partnership a title."
    ),
}


def not_open(request: HttpRequest, twinning: Twinning, verb: str) -> HttpResponse:
    """Of a form that was sent twice, or after a colleague, the page of the twinning says that nothing changed."""
    is_sent_late = request.method == "POST" and verb not in ("step", "invite", "name")
    if is_sent_late and twinning.is_alive:
        return too_late(request, twinning)
    words = WORDS[verb] if twinning.is_alive else ENDED
    if verb == "propose" and twinning.open_proposal:
        words = PENDING
    context = {
        "twinning": twinning,
        "title": title_of(twinning),
        "words": words,
        "stage": _("Stage: %(stage)s") % {"stage": twinning.get_status_display()},
    }
    return render(request, "partnerships/twinning_closed.html", context, status=CONFLICT)
