"""Verbs of drafts of agreements: a party writes a version, the others read it and consent to it, or write the next."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import lock
from members.models import Member, Sector
from partnerships.actions.twinning_state import lapse_proposal, note_life
from partnerships.agreement_text import Block, as_blocks, fill, read, stored
from partnerships.agreement_words import facts_of
from partnerships.business_names import looks_like_business
from partnerships.emails import agreements as mails
from partnerships.models import (
    AgreementDraft,
    AgreementTemplate,
    AgreementWording,
    StageProposal,
    Twinning,
    TwinningParty,
)
from partnerships.refusals import AgreementRefused

Status = Twinning.Status
# By its stage, also by the one that a dormant partnership wakes up to.
CLOSED = {
    Status.IN_APPROVAL: AgreementRefused.AT_MINISTRY,
    Status.IN_FORCE: AgreementRefused.IN_FORCE,
}
# Languages in which the portal has a text beside the Ukrainian one.
WITH_TEMPLATE = ("pl", "en")


def refusal(twinning: Twinning, parties: Sequence[TwinningParty]) -> str:
    """Why no draft can be made of this partnership now, as a reason of `AgreementRefused`; empty when one can."""
    if not twinning.is_alive:
        return AgreementRefused.ENDED
    if reason := CLOSED.get(Status(twinning.stage)):
        return reason
    if len(parties) < 2:
        return AgreementRefused.FEW
    if any(party.member and party.member.kind == Member.Kind.INSTITUTION for party in parties):
        return AgreementRefused.INSTITUTION
    if any(looks_like_business(party.name) for party in parties):
        return AgreementRefused.BUSINESS
    if not any(party.country == "UA" for party in parties):
        return AgreementRefused.NOT_UKRAINIAN
    return ""


def parties_of(twinning: Twinning) -> list[TwinningParty]:
    """Who signs: those that stand by it and have not left, in their order."""
    rows = TwinningParty.objects.agreed().filter(twinning=twinning)
    return list(rows.select_related("member__place", "place").order_by("position", "id"))


@transaction.atomic
def write_draft(
    twinning: Twinning,
    *,
    kind: str,
    terms: Mapping[str, Any],
    member: Member,
    by: Any,
    seen: int = 0,
    note: str = "",
) -> AgreementDraft:
    """The next version of a draft, with its whole text in both languages. ``terms`` is what the form asks, ``seen`` the
    version that its writer had read. Who agreed to an earlier version has not agreed to this one: a proposal about
    it lapses.

    Journal: `twinning.draft_written`, `proposal.lapsed`. Mail: `agreement_written` to the other members that are
    parties. Raises `AgreementRefused`.
    """
    locked = lock(twinning)
    parties = parties_of(locked)
    _check(locked, parties, terms)
    newest = AgreementDraft.objects.newest_of(locked, kind)
    version = newest.version if newest else 0
    if version != seen:
        raise AgreementRefused(AgreementRefused.CHANGED)
    wording = wording_for(kind, terms["languages"][1])
    if newest and newest.terms == terms and newest.wording_id == wording.pk:
        return newest
    first, second = texts_of(terms, wording, version=version + 1)
    draft = AgreementDraft.objects.create(
        twinning=locked,
        kind=kind,
        version=version + 1,
        wording=wording,
        terms=terms,
        first=stored(first),
        second=stored(second),
        note=note,
        written_by=by,
        written_for=member,
    )
    note_life(locked, by=by)
    if StageProposal.objects.open().filter(twinning=locked, stage__in=stages_of(kind)).exists():
        lapse_proposal(locked, by=by)
    record("twinning.draft_written", locked, by=by, kind=kind, version=draft.version)
    mails.agreement_written(draft, parties)
    return draft


def _check(twinning: Twinning, parties: Sequence[TwinningParty], terms: Mapping[str, Any]) -> None:
    """Raises `AgreementRefused` unless these very parties can make an agreement."""
    if reason := refusal(twinning, parties):
        raise AgreementRefused(reason)
    if [party.pk for party in parties] != [party["id"] for party in terms["parties"]]:
        raise AgreementRefused(AgreementRefused.PARTIES)
    if any(looks_like_business(name) for party in terms["parties"] for name in party["names"]):
        raise AgreementRefused(AgreementRefused.BUSINESS)


def stages_of(kind: str) -> list[str]:
    """The stages whose consents are about a text of this kind."""
    return [stage for stage, each in AgreementDraft.STAGES.items() if each == kind]


def wording_for(kind: str, second_language: str) -> AgreementWording:
    """What the next draft is made of. Raises `AgreementRefused` where the desk has no template."""
    pair = f"uk+{second_language}" if second_language in WITH_TEMPLATE else "uk"
    wording = AgreementTemplate.objects.wording(kind, pair)
    if wording is None:
        raise AgreementRefused(AgreementRefused.NO_TEMPLATE)
    return wording


def texts_of(terms: Mapping[str, Any], wording: AgreementWording, *, version: int) -> list[list[Block]]:
    """The text in each language; where there is no template, the one that the parties wrote."""
    languages = wording.template.codes
    texts = [
        fill(
            read(text), facts_of(terms, areas, index=index, version=version, written_on=timezone.localdate())
        )
        for index, (text, areas) in enumerate(zip(wording.texts, areas_of(terms, languages), strict=True))
    ]
    return texts if len(texts) == len(terms["languages"]) else [*texts, as_blocks(terms["own_text"])]


def areas_of(terms: Mapping[str, Any], languages: Sequence[str]) -> list[list[str]]:
    """Names of the chosen sectors in each language, as they stand inside of a sentence."""
    sectors = Sector.objects.filter(code__in=terms["areas"]).in_order()
    return [[as_item(getattr(sector, f"name_{code}")) for sector in sectors] for code in languages]


def as_item(name: str) -> str:
    """“Energy” in a list reads “energy”; an abbreviation stays as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
