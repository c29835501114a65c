"""Page of a twinning, second area: its agreement and the legal steps to it (`_twinning_agreement.html`)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.core.audience import Audience, may_see
from partnerships.actions.agreements import CLOSED
from partnerships.actions.legal_clocks import clocks_of, today_there
from partnerships.legal_clocks import SENT_TO_JUSTICE, Clock
from partnerships.models import AgreementDraft, Twinning, TwinningStep
from partnerships.names_shown import party_named
from partnerships.views import twinning_facts as facts
from partnerships.views.readers import acting_member


def agreement_of(request: HttpRequest, twinning: Twinning, viewer: str) -> dict[str, Any]:
    """Everyone reads what was signed and the steps to it; parties and the desk also what the clocks say; the parties
    alone get to the drafts, of which the desk reads that they exist."""
    context = {"facts": _facts(twinning), "steps": [_step(step) for step in twinning.steps_taken]}
    if not may_see(Audience.PARTNER, viewer):
        return context
    drafts = [
        draft for kind in AgreementDraft.Kind if (draft := AgreementDraft.objects.newest_of(twinning, kind))
    ]
    return context | {
        "clocks": _clocks(twinning),
        "drafts": [_draft(draft) for draft in drafts],
        "is_ours": stands_by(request, twinning),
        "can_begin": twinning.is_alive and twinning.stage not in CLOSED,
    }


def stands_by(request: HttpRequest, twinning: Twinning) -> bool:
    """Whether the member that the reader acts for is a party that has said so."""
    member = acting_member(request)
    return member is not None and any(
        party.member_id == member.pk for party in facts.public_parties(twinning)
    )


def _facts(twinning: Twinning) -> list[dict[str, str]]:
    """Parameters of `components/definitions.html`: what is known."""
    rows = [
        (_("Signed"), facts.day(twinning.signed_on)),
        (_("Valid until"), facts.day(twinning.valid_until)),
        (_("Number in the register of the ministry"), twinning.registry_number),
        (pgettext("of an agreement", "Registered"), facts.day(twinning.registered_on)),
    ]
    return [{"term": term, "text": text} for term, text in rows if text]


def _step(step: TwinningStep) -> dict[str, Any]:
    """Whose step it was is said where one party's council decided, or one party signed."""
    return {
        "day": facts.day(step.happened_on),
        "what": step.get_kind_display(),
        "number": step.number,
        "party": party_named(step.party) if step.party else None,
    }


def _draft(draft: AgreementDraft) -> dict[str, Any]:
    return {
        "is_letter": draft.kind == AgreementDraft.Kind.LETTER,
        "version": draft.version,
        "day": facts.day(draft.written_at),
        "by": draft.written_for.shown_name,
    }


def _clocks(twinning: Twinning) -> list[dict[str, str]]:
    """What the ministries still have to say while the agreement is in approval."""
    if twinning.status != Twinning.Status.IN_APPROVAL:
        return []
    today = today_there()
    return [
        {
            "what": _("Answer of the Ministry of Justice")
            if clock.kind == SENT_TO_JUSTICE
            else _("Answer of the ministry"),
            "last_day": facts.day(clock.last_day),
            "left": left_words(clock.days_left(today)),
            "tone": _tone(clock),
        }
        for clock in clocks_of(twinning.steps_taken)
    ]


def _tone(clock: Clock) -> str:
    today = today_there()
    if clock.is_past(today):
        return "stop"
    return "warn" if clock.is_near(today) else "wait"


def left_words(days: int) -> str:
    if days == 0:
        return _("today is the last day")
    if days < 0:
        return ngettext("%(n)d day past", "%(n)d days past", -days) % {"n": -days}
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
