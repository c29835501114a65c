"""A party's own part of the page of a twinning: what it is asked, what it can do, who has agreed."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.languages import reader_language
from members.models import Member, Representative
from members.permissions import role_of
from partnerships.models import StageProposal, Twinning, TwinningParty
from partnerships.names_shown import party_named
from partnerships.permissions.twinnings import can_withdraw_step, has_agreed, is_asked, party_of, verbs_in
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_shared import stage_words


def own_of(request: HttpRequest, twinning: Twinning) -> dict[str, Any]:
    """Empty for everyone who is no party of it. ``twinning`` as `TwinningQuerySet.for_parties` gives it."""
    party = party_of(twinning, request.member or None)
    if party is None:
        return {}
    verbs = verbs_in(twinning, party, role_of(request.user, request.member))
    may_sign = verbs_in(twinning, party, Representative.Role.SIGNATORY)
    proposal = twinning.open_proposal
    return {
        "verbs": verbs,
        "is_asked": party.agreed_at is None and twinning.is_alive,
        "is_named": twinning.origin != Twinning.Origin.MATCH and party.invited_by_id is None,
        "needs_signatory": bool(may_sign & {"join", "consent"}) and not verbs & {"join", "consent"},
        "proposal": _proposal(twinning, proposal, party) if proposal else None,
        # Why somebody said no was written to those who stood by it then.
        "refused": _refused(twinning) if party.agreed_at else None,
        "buttons": _buttons(twinning, verbs),
        "invited": _invited(twinning, party) if "uninvite" in verbs else [],
        "steps": _steps(twinning, request.member) if "withdraw_step" in verbs else [],
        "waits_for_place": _silent_places(twinning),
    }


def _proposal(twinning: Twinning, proposal: StageProposal, own: TwinningParty) -> dict[str, Any]:
    """What is proposed, by whom, and who has said yes so far."""
    rows = [party for party in twinning.parties.all() if party.left_at is None and is_asked(party)]
    return {
        "pk": proposal.pk,
        "words": stage_words(proposal.stage),
        "proposer": proposal.party.shown_name,
        "is_ours": proposal.party_id == own.pk,
        "when": facts.day(proposal.proposed_at),
        "answers": [
            {
                "name": party_named(party).name,
                "label": _("agreed") if has_agreed(party, proposal) else _("has not answered yet"),
                "tone": "ok" if has_agreed(party, proposal) else "wait",
            }
            for party in rows
        ],
    }


def _refused(twinning: Twinning) -> dict[str, Any] | None:
    """The last proposal that somebody said no to, while nothing newer is there."""
    last = next(reversed(twinning.proposals.all()), None)
    Status = StageProposal.Status  # noqa: N806  a class
    if last is None or last.status not in (Status.DECLINED, Status.WITHDRAWN, Status.LAPSED):
        return None
    names = {"stage": last.get_stage_display(), "name": last.closed_by.shown_name if last.closed_by else ""}
    words = {
        Status.DECLINED: _("%(name)s did not agree to: %(stage)s."),
        Status.WITHDRAWN: _("%(name)s took its proposal back: %(stage)s."),
        Status.LAPSED: _(
            "The proposal lapsed, as the parties or the text changed: %(stage)s. It can be made again."
        ),
    }
    is_other = bool(last.language) and last.language != reader_language()
    return {
        "text": words[last.status] % names,
        "quote": last.closing_text,
        "language": last.language if is_other else "",
    }


def _buttons(twinning: Twinning, verbs: set[str]) -> list[dict[str, Any]]:
    """Links to forms; what is proposed comes first and is yellow when nobody waits for an answer."""
    labels = {
        "propose": ("twinning_stage", _("Propose the next stage")),
        "step": ("twinning_step", _("Record a step")),
        "invite": ("twinning_invite", _("Ask one more member in")),
        "name": ("twinning_name", _("Give it another title") if twinning.title else _("Give it a title")),
        "leave": ("twinning_leave", _("Leave the partnership")),
    }
    waits = bool(verbs & {"join", "consent"})
    return [
        {
            "label": label,
            "href": reverse(f"partnerships:{name}", args=[twinning.slug]),
            "kind": "primary"
            if verb == "propose" and not waits
            else "quiet"
            if verb in ("name", "leave")
            else "secondary",
        }
        for verb, (name, label) in labels.items()
        if verb in verbs
    ]


def _invited(twinning: Twinning, own: TwinningParty) -> list[dict[str, Any]]:
    """Who was asked and has not answered; the invitation can be taken back while two others stay."""
    rows = [party for party in twinning.parties.all() if party.left_at is None]
    if len(rows) <= 2:
        return []
    return [
        {"pk": party.pk, "name": party_named(party).name}
        for party in rows
        if party.agreed_at is None and party.member_id and party.pk != own.pk
    ]


def _steps(twinning: Twinning, member: Member) -> list[dict[str, Any]]:
    """Steps that the member may take back."""
    return [
        {"pk": step.pk, "what": step.get_kind_display(), "day": facts.day(step.happened_on)}
        for step in twinning.steps_taken
        if can_withdraw_step(member, step)
    ]


def _silent_places(twinning: Twinning) -> list[str]:
    """Sides of a declared partnership that are no members, so that nobody can confirm for them yet."""
    if twinning.public_since or twinning.origin != Twinning.Origin.DECLARED:
        return []
    return [
        party.shown_name for party in twinning.parties.all() if party.left_at is None and not party.member_id
    ]
