"""What a party does in a twinning: opening it, joining, proposing a stage, saying yes or no, steps, leaving."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.forms import sent
from members.decorators import member_page
from members.models import Representative
from members.permissions import role_of
from partnerships.actions import (
    twinning_consents,
    twinning_leaving,
    twinning_steps,
    twinnings,
)
from partnerships.forms.twinnings import StageForm, StepForm, WordsForm
from partnerships.models import AgreementDraft, StageProposal, Twinning, TwinningParty, TwinningStep
from partnerships.permissions.twinnings import can_withdraw_step, party_of, stages_for
from partnerships.twinning_rules import steps_open
from partnerships.views.twinning_closed import not_open
from partnerships.views.twinning_shared import ask, do, stage_words, too_late, twinning_for


def _is_named(twinning: Twinning, party: TwinningParty) -> bool:
    """Whether others named it as a party of an existing partnership, which is confirmed or contested."""
    return twinning.origin != Twinning.Origin.MATCH and party.invited_by_id is None


@require_POST
@member_page(role_of)
def twinning_join(request: HttpRequest, slug: str) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "join")
    if not is_open:
        return too_late(request, twinning)
    named = _is_named(twinning, party_of(twinning, request.member))
    done = (
        _("Confirmed. The other parties are told.") if named else _("You are in it now. The others are told.")
    )
    return do(
        request,
        twinning,
        lambda: twinnings.join_twinning(twinning, member=request.member, by=request.user),
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_decline(request: HttpRequest, slug: str) -> HttpResponse:
    """“No, thank you”; or “we are no party of this”, with a reason that the desk reads, too."""
    twinning, is_open = twinning_for(request, slug, "decline")
    if not is_open:
        return not_open(request, twinning, "decline")
    is_named = _is_named(twinning, party_of(twinning, request.member))
    if is_named:
        words = {
            "heading": _("We are no party of this"),
            "explained": _(
                "Your member is taken out at once. The other parties and the secretariat read your reason and look into"
                " it."
            ),
            "label": _("Contest it"),
            "done": _("Recorded. The other parties and the secretariat are told."),
        }
    else:
        words = {
            "heading": _("Decline the invitation"),
            "explained": _(
                "The other parties are told. They can go on without you, and ask you again later."
            ),
            "label": pgettext("an invitation to a partnership", "Decline"),
            "done": _("Declined. The other parties are told."),
        }
    form = WordsForm(sent(request)[0], is_required=is_named)
    return ask(
        request,
        twinning,
        form,
        lambda: twinnings.decline_twinning(
            twinning, member=request.member, text=form.cleaned_data["text"], by=request.user
        ),
        words,
    )


@require_POST
@member_page(role_of)
def twinning_uninvite(request: HttpRequest, slug: str, party: int) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "uninvite")
    asked = next((row for row in twinning.parties.all() if row.pk == party), None)
    if asked is None:
        raise Http404
    if not is_open:
        return too_late(request, twinning)
    return do(
        request,
        twinning,
        lambda: twinnings.uninvite_party(twinning, member=request.member, party=asked, by=request.user),
        _("Taken back. It has been told that there is nothing to answer."),
    )


# --- Stages ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_stage(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose what comes next; proposing it is one's own yes."""
    twinning, is_open = twinning_for(request, slug, "propose")
    if not is_open:
        return not_open(request, twinning, "propose")
    is_signatory = role_of(request.user, request.member) == Representative.Role.SIGNATORY
    stages = [(stage, stage_words(stage)) for stage in stages_for(twinning, is_signatory=is_signatory)]
    if is_signatory and (draft := AgreementDraft.objects.new_at_its_stage(twinning)):
        words = _("%(stage)s: agree to version %(n)d of the text") % {
            "stage": stage_words(twinning.stage),
            "n": draft.version,
        }
        stages = [(twinning.stage, words), *stages]
    form = StageForm(sent(request)[0], stages=stages)
    words = {
        "heading": _("Propose the next stage"),
        "explained": _(
            "Your proposal is your own yes. Every other party is asked by e-mail; the last yes decides."
        ),
        "label": pgettext("button at a partnership", "Propose"),
        "done": _("Proposed. The other parties are asked."),
    }
    return ask(
        request,
        twinning,
        form,
        lambda: twinning_consents.propose_stage(
            twinning, member=request.member, stage=form.cleaned_data["stage"], by=request.user
        ),
        words,
    )


def _proposal(request: HttpRequest, twinning: Twinning) -> StageProposal | None:
    """The one that was before the reader's eyes, if it is still open."""
    proposal = twinning.open_proposal
    number = request.POST.get("proposal", "")
    return proposal if proposal and number == str(proposal.pk) else None


@require_POST
@member_page(role_of)
def twinning_consent(request: HttpRequest, slug: str) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "consent")
    proposal = _proposal(request, twinning)
    if not is_open or proposal is None:
        return too_late(request, twinning)
    return do(
        request,
        twinning,
        lambda: twinning_consents.consent_to_stage(proposal, member=request.member, by=request.user),
        _("Recorded: you have agreed. The page shows who else has."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_object(request: HttpRequest, slug: str) -> HttpResponse:
    """No to what another party proposed, with the reason; or one's own proposal is taken back."""
    twinning, may_object = twinning_for(request, slug, "object")
    is_open = may_object or twinning_for(request, slug, "withdraw")[1]
    proposal = twinning.open_proposal
    if not is_open or proposal is None:
        return not_open(request, twinning, "object")
    if may_object:
        words = {
            "heading": _("Say no to this proposal"),
            "explained": _(
                "The partnership stays at its stage. The other parties read your reason and can propose again."
            ),
            "label": _("Say no"),
            "done": _("Recorded. The other parties are told."),
        }
    else:
        words = {
            "heading": _("Take the proposal back"),
            "explained": _("The partnership stays at its stage. Whoever agreed already is told."),
            "label": _("Take the proposal back"),
            "done": _("Taken back. The other parties are told."),
        }
    words["proposal"] = stage_words(proposal.stage)
    form = WordsForm(sent(request)[0], is_required=may_object)
    return ask(
        request,
        twinning,
        form,
        lambda: twinning_consents.decline_stage(
            proposal, member=request.member, text=form.cleaned_data["text"], by=request.user
        ),
        words,
    )


# --- Steps -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_step(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what happened on the way to the agreement, with its day."""
    twinning, is_open = twinning_for(request, slug, "step")
    if not is_open:
        return not_open(request, twinning, "step")
    form = StepForm(sent(request)[0], kinds=steps_open(twinning.stage))
    words = {
        "heading": _("Record a step"),
        "explained": _(
            "What happened, and when: the clocks of the authorities count from these days. The portal stores and"
            " reminds; it gives no legal advice."
        ),
        "label": pgettext("button at a partnership", "Record"),
        "done": _("Recorded. All parties see it."),
    }
    return ask(
        request,
        twinning,
        form,
        lambda: twinning_steps.record_step(
            twinning, member=request.member, by=request.user, **form.cleaned_data
        ),
        words,
    )


@require_POST
@member_page(role_of)
def twinning_step_withdraw(request: HttpRequest, slug: str, step: int) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "withdraw_step")
    rows = TwinningStep.objects.filter(twinning=twinning).select_related("twinning", "party")
    told = get_object_or_404(rows, pk=step)
    if not is_open or not can_withdraw_step(request.member, told):
        return too_late(request, twinning)
    return do(
        request,
        twinning,
        lambda: twinning_steps.withdraw_step(told, member=request.member, by=request.user),
        _("Withdrawn. It no longer counts; the history keeps it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_leave(request: HttpRequest, slug: str) -> HttpResponse:
    twinning, is_open = twinning_for(request, slug, "leave")
    if not is_open:
        return not_open(request, twinning, "leave")
    stay = sum(party.left_at is None for party in twinning.parties.all()) - 1
    explained = (
        _("The partnership goes on between the others. They are told, and read what you write.")
        if stay >= 2
        else _(
            "You are two: when you leave, the partnership ends. The other side is told, and reads what you write."
        )
    )
    words = {
        "heading": _("Leave the partnership"),
        "explained": explained,
        "label": pgettext("button at a partnership", "Leave"),
        "kind": "danger",
        "done": _("You have left. The others are told."),
    }
    form = WordsForm(sent(request)[0])
    response = ask(
        request,
        twinning,
        form,
        lambda: twinning_leaving.leave_twinning(
            twinning, member=request.member, text=form.cleaned_data["text"], by=request.user
        ),
        words,
    )
    # Whoever left a partnership that is not public has no page of it any more.
    return redirect("partnerships:my_twinnings") if response.status_code == 302 else response
