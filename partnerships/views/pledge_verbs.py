"""Acting on a pledge: one page and one form for each verb, the same for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.core.forms import sent
from alliance.core.refusals import Refused
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships import ledger, permissions
from partnerships.actions import deliveries, pledges
from partnerships.actions.pledge_events import Side, Written
from partnerships.forms import ledger as forms
from partnerships.forms.receipts import ConfirmForm
from partnerships.ledger import GIVER, RECEIVER, Step, Totals
from partnerships.models import Pledge, PledgeEvent
from partnerships.views import pledge_facts as facts

# Each entry is told to the other side by mail: enough for a warehouse on a busy day, too little for a nuisance.
ENTRIES_PER_HOUR, HOUR = 120, 3600


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One verb of a pledge's page. ``applies`` says whether a line still offers something to say."""

    name: str
    sides: tuple[str, ...]
    form: type[forms.LinesForm]
    may: Callable[[Any, Pledge], bool]
    applies: Callable[[Totals], Any]
    run: Callable[[Pledge, Any, dict[str, Any]], Any]
    label: Any
    heading: Any
    explained: Any
    done: Any
    kind: str = "primary"  # of the form's button: red where something promised is taken away
    step: Step | None = None  # what it answers: the one yellow button, when it is this side's turn


def _quantities(action: Callable[..., Written], **more: Any) -> Callable[..., Written]:
    """Run an action that takes so much of each line."""
    return lambda pledge, form, said: action(pledge, quantities=form.quantities, **said, **more)


def _commit(pledge: Pledge, form: Any, said: dict[str, Any]) -> Written:
    return pledges.commit_pledge(
        pledge,
        quantities=form.quantities,
        due_on=form.cleaned_data.get("due_on"),
        accepts_over=form.cleaned_data["is_meant"],
        **said,
    )


def _over_deliver(pledge: Pledge, form: Any, said: dict[str, Any]) -> Written:
    return pledges.over_deliver_pledge(
        pledge, quantities=form.quantities, accepts_over=form.cleaned_data["is_meant"], **said
    )


def _dispatch(pledge: Pledge, form: Any, said: dict[str, Any]) -> Written:
    return deliveries.dispatch_pledge(pledge, quantities=form.quantities, transport=form.transport, **said)


def _confirm(pledge: Pledge, form: Any, said: dict[str, Any]) -> Written:
    return deliveries.confirm_delivery(pledge, lines=form.confirmations, **said)


VERBS = [
    Verb(
        name="confirm",
        sides=(RECEIVER,),
        form=ConfirmForm,
        may=permissions.can_confirm_pledge,
        applies=lambda totals: totals.sendable or totals.excess,
        run=_confirm,
        label=pgettext_lazy("button at a pledge", "Confirm what arrived"),
        heading=gettext_lazy("What arrived?"),
        explained=gettext_lazy(
            "Everything on its way is filled in as arrived in good order. Change what was different. What you tell is"
            " kept as you tell it, also when the giver’s figures differ."
        ),
        done=gettext_lazy("Recorded. The giver is told."),
        step=Step.RECEIVE,
    ),
    Verb(
        name="commit",
        sides=(GIVER,),
        form=forms.CommitForm,
        may=permissions.can_commit_pledge,
        applies=lambda totals: totals.to_commit,
        run=_commit,
        label=pgettext_lazy("button at a pledge", "Commit firmly"),
        heading=gettext_lazy("Make the promise firm"),
        explained=gettext_lazy(
            "From now on the receiver counts on it, and everyone can see whether it is kept. You commit your authority."
        ),
        done=gettext_lazy("Committed. The receiver is told."),
        step=Step.COMMIT,
    ),
    Verb(
        name="dispatch",
        sides=(GIVER,),
        form=forms.DispatchForm,
        may=permissions.can_dispatch_pledge,
        applies=lambda totals: totals.to_dispatch > 0,
        run=_dispatch,
        label=pgettext_lazy("button at a pledge", "Record a dispatch"),
        heading=gettext_lazy("What leaves?"),
        explained=gettext_lazy(
            "One transport, or one visit, training or payment. When it goes in parts, record each part by itself."
        ),
        done=gettext_lazy("Recorded. The receiver is told and can confirm the receipt."),
        step=Step.DISPATCH,
    ),
    Verb(
        name="return",
        sides=(RECEIVER,),
        form=forms.ReturnForm,
        may=permissions.can_confirm_pledge,
        applies=lambda totals: totals.to_accept > 0,
        run=_quantities(deliveries.return_pledge),
        label=pgettext_lazy("button at a pledge", "Something goes back"),
        heading=gettext_lazy("What goes back?"),
        explained=gettext_lazy("What arrived and is not what was promised. Say why."),
        done=gettext_lazy("Recorded. The giver is told."),
    ),
    Verb(
        name="lose",
        sides=(GIVER,),
        form=forms.LoseForm,
        may=permissions.can_dispatch_pledge,
        applies=lambda totals: totals.in_transit,
        run=_quantities(deliveries.lose_pledge, side=Side.GIVER),
        label=pgettext_lazy("button at a pledge", "Something was lost"),
        heading=gettext_lazy("What was lost or damaged on the way?"),
        explained=gettext_lazy("The receiver no longer waits for it. You can replace it: give it on top."),
        done=gettext_lazy("Recorded. The receiver is told."),
    ),
    Verb(
        name="over-deliver",
        sides=(GIVER,),
        form=forms.OverDeliverForm,
        may=permissions.can_over_deliver_pledge,
        applies=lambda totals: totals.committed,
        run=_over_deliver,
        label=pgettext_lazy("button at a pledge", "Give on top"),
        heading=gettext_lazy("Give more than was committed"),
        explained=gettext_lazy("As a gift on top, or in place of what was lost or returned."),
        done=gettext_lazy("Recorded. The receiver is told."),
    ),
    Verb(
        name="cancel",
        sides=(GIVER,),
        form=forms.CancelForm,
        may=permissions.can_cancel_pledge,
        applies=lambda totals: min(totals.firm, totals.to_dispatch) > 0,
        run=_quantities(pledges.cancel_pledge),
        label=pgettext_lazy("button at a pledge", "Cancel a commitment"),
        heading=gettext_lazy("Cancel what you committed"),
        explained=gettext_lazy(
            "What has left already cannot be cancelled. A cancelled commitment counts as not kept, and the receiver"
            " reads the reason."
        ),
        done=gettext_lazy("Cancelled. The receiver is told."),
        kind="danger",
    ),
    Verb(
        name="withdraw",
        sides=(GIVER,),
        form=forms.WithdrawForm,
        may=permissions.can_withdraw_pledge,
        applies=lambda totals: totals.to_commit,
        run=_quantities(pledges.withdraw_pledge),
        label=pgettext_lazy("button at a pledge", "Withdraw the promise"),
        heading=gettext_lazy("Withdraw what you promised"),
        explained=gettext_lazy("It was not firm yet. The receiver reads the reason."),
        done=gettext_lazy("Withdrawn. The receiver is told."),
        kind="danger",
    ),
]
BY_NAME = {verb.name: verb for verb in VERBS}


def verbs_of(user: Any, pledge: Pledge, side: str) -> list[dict[str, Any]]:
    """The buttons of this side now: the yellow one first, then the others."""
    totals = [line_totals for _line, line_totals in facts.totals_of(pledge)]
    steps = {step for each in totals for step in ledger.waits(each)}
    open_now = [
        verb
        for verb in VERBS
        if side in verb.sides and any(map(verb.applies, totals)) and verb.may(user, pledge)
    ]
    answers = {Step.RECEIVE: steps & {Step.RECEIVE, Step.ACCEPT}}
    turn = next(
        (verb for verb in open_now if verb.step and answers.get(verb.step, steps & {verb.step})), None
    )
    return [
        {
            "label": verb.label,
            "href": reverse("partnerships:pledge_verb", args=[pledge.slug, verb.name]),
            "is_turn": verb is turn,
        }
        for verb in sorted(open_now, key=lambda verb: verb is not turn)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def pledge_verb(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Ask for the quantities of one verb, and do it."""
    verb, pledge = BY_NAME.get(name), own_pledge(request, slug)
    if verb is None or not any(getattr(pledge, f"{side}_id") == request.member.pk for side in verb.sides):
        raise Http404
    if not verb.may(request.user, pledge):
        raise PermissionDenied
    form = _form_of(request, verb, pledge)
    if not any(verb.applies(totals) for _line, totals in facts.totals_of(pledge)):
        return _nothing_left(request, pledge)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if answer := _run(request, form, pledge, verb.done, lambda said: verb.run(pledge, form, said)):
                return answer
            status = 429 if form.is_limited else 422
            if getattr(form, "is_outdated", False):
                pledge = own_pledge(request, slug)
                form = _form_of(request, verb, pledge)
                form.is_valid()
    context = {"verb": verb, "pledge": pledge, "form": form, "title": facts.title_of(pledge, "partner")}
    return render(request, "partnerships/pledge_verb.html", context, status=status)


def own_pledge(request: HttpRequest, slug: str) -> Pledge:
    """A pledge on one side of which the member stands; for everyone else it does not exist here."""
    return get_object_or_404(Pledge.objects.of(request.member).with_history(), slug=slug)


def _form_of(request: HttpRequest, verb: Verb, pledge: Pledge) -> Any:
    rows = [
        forms.Row(line, totals, facts.line_label(line, pledge), facts.facts_of(line, totals))
        for line, totals in facts.totals_of(pledge)
    ]
    more = {}
    if verb.form is forms.CommitForm:
        is_first = not any(row.totals.committed for row in rows)
        more = {"is_first": is_first, "due_on": pledge.due_on}
    form = verb.form(*sent(request), rows=rows, **more)
    form.is_limited = False
    return form


def _nothing_left(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    messages.info(request, _("There is nothing to do here any more: perhaps a colleague was faster."))
    return redirect("partnerships:pledge_detail", pledge.slug)


def _run(
    request: HttpRequest, form: Any, pledge: Pledge, done: Any, action: Callable[[dict[str, Any]], Written]
) -> HttpResponse | None:
    """The redirect after the action, or None when the form says why nothing was written."""
    if not allow("pledge", str(request.member.pk), ENTRIES_PER_HOUR, HOUR):
        form.is_limited = True
        form.add_error(None, _("Your member recorded very much in the last hour. Please try again later."))
        return None
    try:
        written = action({"by": request.user, "submission": form.submission})
    except Refused as error:
        form.add_refusal(error)
        return None
    tell(request, written, done)
    return redirect("partnerships:pledge_detail", pledge.slug)


def tell(request: HttpRequest, written: Written, done: Any) -> None:
    if not written.is_new:
        messages.info(request, _("This was recorded already; it was not written a second time."))
    else:
        messages.success(request, done)
    if written.disputed:
        messages.warning(
            request,
            _("Your figures and those of the giver differ. The secretariat has been told and asks you both."),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def pledge_correct(request: HttpRequest, slug: str, event: int) -> HttpResponse:
    """Take something off an entry of one's own side."""
    pledge = own_pledge(request, slug)
    rows = PledgeEvent.objects.filter(line__pledge=pledge, corrects__isnull=True)
    row = get_object_or_404(rows.select_related("line__template", "line__pledge"), pk=event)
    if getattr(pledge, f"{row.side}_id", None) != request.member.pk:
        raise Http404
    if not permissions.can_correct_event(request.user, row):
        raise PermissionDenied
    left = ledger.left(row.line.events.all())
    if not deliveries.is_correctable(row, left):
        return _nothing_left(request, pledge)
    form = forms.CorrectForm(*sent(request), left=row.line.quantity_text(left[row.pk]), unit=row.line.unit)
    form.is_limited = False
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("quantity", "reason")}
        answer = _run(
            request, form, pledge, _("Corrected. The other side is told."),
            lambda said: deliveries.correct_event(row, side=row.side, **values, **said),
        )  # fmt: skip
        if answer:
            return answer
    context = {
        "pledge": pledge,
        "form": form,
        "entry": facts.event_facts(pledge, row.line, row, row.side, set()),
        "title": facts.title_of(pledge, "partner"),
    }
    status = 429 if form.is_limited else 422 if form.is_bound else 200
    return render(request, "partnerships/pledge_correct.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def pledge_evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a file behind what was said before."""
    pledge = own_pledge(request, slug)
    if not permissions.can_write_for(request.user, request.member):
        raise PermissionDenied
    form = forms.EvidenceForm(*sent(request), rows=[])
    if request.method == "POST" and form.is_valid():
        side = GIVER if pledge.giver_id == request.member.pk else RECEIVER
        deliveries.add_evidence(pledge, files=form.submission.evidence, by=request.user, side=side)
        messages.success(request, _("The file is kept. Both sides and the secretariat see it."))
        return redirect("partnerships:pledge_detail", pledge.slug)
    context = {"pledge": pledge, "form": form, "title": facts.title_of(pledge, "partner")}
    status = 422 if form.is_bound else 200
    return render(request, "partnerships/pledge_evidence.html", context, status=status)
