"""The assistant's pages: what there is of an agreement, and the form that makes the next version of a draft."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core.countries import language_name
from alliance.core.errors import pause_words
from alliance.core.forms import sent
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import agreements as actions
from partnerships.forms.agreements import DraftForm, LanguageForm, second_languages
from partnerships.models import AgreementDraft, Twinning, TwinningConsent, TwinningParty
from partnerships.names_shown import party_named
from partnerships.permissions import can_write_draft
from partnerships.refusals import AgreementRefused
from partnerships.views import twinning_facts as facts

DRAFTS_PER_HOUR, HOUR = 30, 3600
Kind = AgreementDraft.Kind


def own_twinning(request: HttpRequest, slug: str) -> Twinning:
    """A partnership of the member that the reader acts for, who stands by it; anybody else's does not exist here."""
    agreed = TwinningParty.objects.agreed().filter(member=request.member).values("twinning")
    return get_object_or_404(Twinning.objects.with_parties(), slug=slug, pk__in=agreed)


@require_safe
@member_page(role_of)
def twinning_agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything written so far: versions, who agreed to the newest one, files."""
    twinning = own_twinning(request, slug)
    parties = actions.parties_of(twinning)
    reason = actions.refusal(twinning, parties)
    may_write = can_write_draft(request.user, request.member, twinning)
    context = {
        "twinning": twinning,
        "title": facts.title_of(twinning, facts.public_parties(twinning)),
        "drafts": [_of_kind(twinning, kind, parties) for kind in Kind],
        "refusal": str(AgreementRefused(reason)) if reason else "",
        "may_write": may_write and not reason,
        "has_polish_party": any(party.country == "PL" for party in parties),
    }
    return render(request, "partnerships/twinning_agreement.html", context)


def _of_kind(twinning: Twinning, kind: str, parties: Sequence[TwinningParty]) -> dict[str, Any]:
    rows = list(twinning.drafts.filter(kind=kind).select_related("written_for").order_by("-version"))
    newest = rows[0] if rows else None
    return {
        "kind": kind,
        "newest": _row(newest) if newest else None,
        "earlier": [_row(draft) for draft in rows[1:]],
        "consents": _consents(newest, parties) if newest else None,
    }


def _row(draft: AgreementDraft) -> dict[str, Any]:
    """One version for the page: in words, and its files."""
    return {
        "version": draft.version,
        "by": draft.written_for.shown_name,
        "when": facts.day(draft.written_at),
        "languages": ", ".join(language_name(code) for code in draft.languages),
        "note": draft.note,
        "files": [_file(draft, form, layout) for form in ("pdf", "docx") for layout in _layouts(draft)],
    }


def _layouts(draft: AgreementDraft) -> list[str]:
    return ["columns", "after"] if draft.is_parallel else ["after"]


def _file(draft: AgreementDraft, form: str, layout: str) -> dict[str, str]:
    words = {
        "columns": _("both languages side by side"),
        "after": _("one language after the other"),
    }
    address = [draft.twinning.slug, draft.kind, draft.version, form]
    url = reverse("partnerships:twinning_draft_file", args=address)
    return {
        "href": url if layout == "columns" else f"{url}?layout={layout}",
        "label": form.upper(),
        "words": words[layout],
    }


def _consents(draft: AgreementDraft, parties: Sequence[TwinningParty]) -> dict[str, list[str]]:
    """Who said yes to this very version, and who has not."""
    asked = {(proposal.stage, proposal.number) for proposal in draft.proposals.all()}
    consents = TwinningConsent.objects.filter(party__in=parties).values_list("party", "stage", "version")
    given = {party for party, *about in consents if tuple(about) in asked}
    named: dict[str, list[str]] = {"given": [], "missing": []}
    for party in parties:
        if party.member_id:
            named["given" if party.pk in given else "missing"].append(party_named(party).name.text)
    return named


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_draft(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The form; sent, it is the next version."""
    if kind not in Kind.values:
        raise Http404
    twinning = own_twinning(request, slug)
    if not can_write_draft(request.user, request.member, twinning):
        raise PermissionDenied
    parties = actions.parties_of(twinning)
    if reason := actions.refusal(twinning, parties):
        messages.info(request, str(AgreementRefused(reason)))
        return redirect("partnerships:twinning_agreement", slug)
    newest = AgreementDraft.objects.newest_of(twinning, kind)
    language = request.GET.get("language", "")
    if language not in dict(second_languages()):
        language = _usual_language(newest, parties)
    form = DraftForm(sent(request)[0], kind=kind, language=language, parties=parties, newest=newest)
    status = 200
    if request.method == "POST":
        status = _written(request, twinning, form)
        if status == 302:
            return redirect("partnerships:twinning_agreement", slug)
    context = {
        "twinning": twinning,
        "title": facts.title_of(twinning, facts.public_parties(twinning)),
        "form": form,
        "languages": LanguageForm(initial={"language": language}),
        "is_letter": kind == Kind.LETTER,
        "version": newest.version + 1 if newest else 1,
        "language": language_name(language),
    }
    return render(request, "partnerships/twinning_draft.html", context, status=status)


def _usual_language(newest: AgreementDraft | None, parties: Sequence[TwinningParty]) -> str:
    """That of the version before; else the partner's where there is a template in it; else English."""
    if newest:
        return newest.languages[1]
    return "pl" if any(party.country == "PL" for party in parties) else "en"


def _written(request: HttpRequest, twinning: Twinning, form: DraftForm) -> int:
    """Write the version; the status of the answer."""
    if not form.is_valid():
        return 422
    if not allow("agreement", str(request.member.pk), DRAFTS_PER_HOUR, HOUR):
        form.add_error(None, pause_words(HOUR))
        return 429
    try:
        draft = actions.write_draft(
            twinning,
            kind=form.kind,
            terms=form.terms,
            member=request.member,
            by=request.user,
            seen=form.cleaned_data["seen"] or 0,
            note=form.cleaned_data.get("note", ""),
        )
    except AgreementRefused as error:
        form.add_refusal(error, AgreementDraft.objects.newest_of(twinning, form.kind))
        return 422
    words = _(
        "Version %(n)d is written, and the other parties are told. Read it below before you agree to it."
    )
    messages.success(request, words % {"n": draft.version})
    return 302
