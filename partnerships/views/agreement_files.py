"""Files of the assistant: a version of a draft, the cover letter to the ministry, the checklist of the council."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_safe

from alliance.core import errors
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions.agreements import areas_of
from partnerships.agreement_text import BLANK, fill, read
from partnerships.agreement_words import day, facts_of
from partnerships.exports.agreements import VERSION, Document, Signature, as_pdf
from partnerships.exports.agreements_docx import as_docx
from partnerships.forms.agreements import name_in
from partnerships.models import AgreementDraft, AgreementTemplate, TwinningParty
from partnerships.views.agreements import own_twinning

FILES_PER_HOUR, HOUR = 60, 3600
MAKERS = {
    "pdf": (as_pdf, "application/pdf"),
    "docx": (as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
# Papers that go with a draft: the language of each, and which text of the draft gives it its names where it is in that.
PAPERS = {"cover_letter": ("uk", 0), "checklist": ("pl", 1)}


@require_safe
@member_page(role_of)
def twinning_draft_file(request: HttpRequest, slug: str, kind: str, version: int, form: str) -> HttpResponse:
    """One version in both languages, side by side where they go line by line and nobody asks otherwise."""
    twinning = own_twinning(request, slug)
    draft = get_object_or_404(AgreementDraft, twinning=twinning, kind=kind, version=version)
    in_columns = draft.is_parallel and request.GET.get("layout") != "after"
    name = f"{kind.replace('_', '-')}-{version}-{'-'.join(draft.languages)}"
    return _file(request, draft_document(draft, in_columns=in_columns), name, form)


@require_safe
@member_page(role_of)
def twinning_paper(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    """A paper that goes with the newest draft of the agreement."""
    twinning = own_twinning(request, slug)
    draft = AgreementDraft.objects.newest_of(twinning, AgreementDraft.Kind.AGREEMENT)
    if draft is None or name not in PAPERS:
        raise Http404
    return _file(request, paper_document(draft, name), f"{name.replace('_', '-')}-{draft.version}", form)


def _file(request: HttpRequest, document: Document, name: str, form: str) -> HttpResponse:
    if form not in MAKERS:
        raise Http404
    if request.method == "GET" and not allow("agreement-file", str(request.member.pk), FILES_PER_HOUR, HOUR):
        return errors.too_many(request, seconds=HOUR)
    make, content_type = MAKERS[form]
    response = HttpResponse(make(document), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def draft_document(draft: AgreementDraft, *, in_columns: bool) -> Document:
    terms = draft.terms
    return Document(
        title=title_of(draft.texts[0]),
        languages=draft.languages,
        texts=draft.texts,
        made_at=draft.written_at,
        version=_version_words(draft),
        signatures=[_signature(party) for party in terms["parties"]],
        in_columns=in_columns,
    )


def paper_document(draft: AgreementDraft, name: str) -> Document:
    language, index = PAPERS[name]
    wording = AgreementTemplate.objects.wording(name, language)
    if wording is None:
        raise Http404
    facts = facts_of(
        _terms_in(draft, language, index),
        areas_of(draft.terms, [language])[0],
        index=index,
        version=draft.version,
        written_on=localdate(draft.written_at),
        language=language,
    )
    text = fill(read(wording.first), facts)
    return Document(
        title=title_of(text),
        languages=[language],
        texts=[text],
        made_at=max(draft.written_at, wording.written_at),
    )


def _terms_in(draft: AgreementDraft, language: str, index: int) -> dict[str, Any]:
    """What was agreed, with names in the language of the paper: those of the draft, or, where its second text is in
    another language, those that the portal knows."""
    if draft.languages[index] == language:
        return draft.terms
    rows = TwinningParty.objects.filter(twinning=draft.twinning).select_related("member__place", "place")
    parties = {row.pk: row for row in rows}
    named = [
        party | {"names": [name_in(parties[party["id"]], language)] * 2} for party in draft.terms["parties"]
    ]
    return draft.terms | {"parties": named}


def title_of(text: list[Any]) -> str:
    return next((block.text for block in text if block.kind == "title"), text[0].text)


def _version_words(draft: AgreementDraft) -> dict[str, str]:
    written = localtime(draft.written_at).date()
    return {
        code: words % {"version": draft.version, "day": day(written, code)} for code, words in VERSION.items()
    }


def _signature(party: dict[str, Any]) -> Signature:
    """Whoever is not known yet is written in by hand."""
    pairs = zip(party["roles"], party["signatories"], strict=True)
    people = [f"{role} {signatory or BLANK}".strip() for role, signatory in pairs]
    return Signature(names=party["names"], people=people)
