"""Names of signatories in drafts of agreements: what of them is forgotten when the person is erased, and what stays.

An agreement that was signed is an act of a public office, and who signed it in office stands in it: its last version
stays as it is. Every other version is a proposal, in which the name of whoever asked to be forgotten becomes a line to
be filled in by hand, in every language that it was written in.
"""

import json
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from alliance.core.alphabets import romanise
from alliance.core.journal import SYSTEM, record
from partnerships.agreement_text import BLANK
from partnerships.models import AgreementDraft, TwinningStep

Kind = TwinningStep.Kind
# By these steps a draft became an act.
SIGNED = [Kind.SIGNED, Kind.REGISTERED]
# The database lets nothing else change in a draft, and this only where it is said to be meant.
MEANT = "SELECT set_config('partnerships.forgets_a_name', %s, true)"


@transaction.atomic
def forget_names(names: Iterable[str], *, by: Any = SYSTEM) -> int:
    """Blank these names in all drafts that are no signed agreement. How many were changed.

    Journal, at the twinning: `twinning.draft_names_forgotten`.
    """
    known = {_plain(written) for name in names if name for written in (name, romanise(name))}
    count = 0
    for draft in _naming(known):
        written = _written(draft.terms, known)
        if not written or _is_signed(draft):
            continue
        _blank(draft, written)
        record(
            "twinning.draft_names_forgotten", draft.twinning, by=by, kind=draft.kind, version=draft.version
        )
        count += 1
    return count


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _naming(known: set[str]) -> list[AgreementDraft]:
    """Those that may name one of them, read as text."""
    quoted = [json.dumps(name, ensure_ascii=False)[1:-1] for name in known]
    if not quoted:
        return []
    rows = AgreementDraft.objects.annotate(said=Cast("terms", TextField())).select_related("twinning")
    told = reduce(or_, (Q(said__icontains=name) for name in quoted))
    return list(rows.filter(told).order_by("pk"))


def _written(terms: dict[str, Any], known: set[str]) -> list[str]:
    """How the person is written there, in both languages: where one of the two is theirs, the other is, too."""
    pairs = (party["signatories"] for party in terms["parties"])
    named = {name for pair in pairs if known & set(map(_plain, pair)) for name in pair if name}
    return sorted(named, key=len, reverse=True)


def _is_signed(draft: AgreementDraft) -> bool:
    """The last version of what was signed or registered; a wrong step that was withdrawn signs nothing."""
    if draft.kind != AgreementDraft.Kind.AGREEMENT:
        return False
    steps = TwinningStep.objects.filter(twinning=draft.twinning, kind__in=SIGNED, withdrawn_at=None)
    newest = AgreementDraft.objects.newest_of(draft.twinning, draft.kind)
    return newest.pk == draft.pk and steps.exists()


def _blank(draft: AgreementDraft, written: list[str]) -> None:
    """In the answers of the form a name becomes empty, in the texts a line."""
    terms = _replaced(draft.terms, written, "")
    first, second = (_replaced(text, written, BLANK) for text in (draft.first, draft.second))
    with connection.cursor() as cursor:
        cursor.execute(MEANT, ["on"])
        AgreementDraft.objects.filter(pk=draft.pk).update(terms=terms, first=first, second=second)
        cursor.execute(MEANT, [""])


def _replaced(value: Any, written: list[str], by: str) -> Any:
    if isinstance(value, str):
        return reduce(lambda text, name: text.replace(name, by), written, value)
    if isinstance(value, list):
        return [_replaced(each, written, by) for each in value]
    if isinstance(value, dict):
        return {key: _replaced(each, written, by) for key, each in value.items()}
    return value
