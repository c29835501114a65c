"""Templates of agreements: first loaded from our own files, then worded by the desk, version by version."""

from pathlib import Path
from typing import Any

from django.db import transaction

from alliance.core.journal import SYSTEM, as_actor, record
from alliance.core.states import lock
from partnerships.models import AgreementTemplate, AgreementWording

FOLDER = Path(__file__).resolve().parent.parent / "data" / "agreements"
Kind, Languages = AgreementTemplate.Kind, AgreementTemplate.Languages
# What there is: a text for each kind and language lies in the folder (`agreement.uk.txt`). Ukrainian alone is for
# a partner whose language the portal has no template in.
LOADED = [
    *((kind, languages) for kind in (Kind.AGREEMENT, Kind.LETTER) for languages in ("uk+pl", "uk+en", "uk")),
    (Kind.COVER_LETTER, Languages.UK),
    (Kind.CHECKLIST, Languages.PL),
]


@transaction.atomic
def load_templates() -> int:
    """Add the templates that are not there yet; what the desk wrote stays. Returns how many were added."""
    there = set(AgreementTemplate.objects.values_list("kind", "languages"))
    missing = [each for each in LOADED if each not in there]
    for kind, languages in missing:
        template = AgreementTemplate.objects.create(kind=kind, languages=languages)
        texts = [(FOLDER / f"{kind}.{code}.txt").read_text(encoding="utf-8") for code in template.codes]
        write_wording(template, texts=texts, by=SYSTEM)
    return len(missing)


@transaction.atomic
def write_wording(
    template: AgreementTemplate, *, texts: list[str], by: Any, note: str = ""
) -> AgreementWording:
    """A new version of a template: the next drafts are made of it, those that are there keep theirs. The same words
    again are a double click. Journal: `agreementtemplate.worded`."""
    stored = lock(template)
    newest = stored.wordings.first()
    if newest and newest.texts == texts:
        return newest
    first, second = [*texts, ""][:2]
    actor = as_actor(by)
    wording = AgreementWording.objects.create(
        template=stored,
        number=newest.number + 1 if newest else 1,
        first=first,
        second=second,
        note=note,
        actor=actor.user,
        actor_kind=actor.kind,
    )
    record("agreementtemplate.worded", stored, by=by, version=wording.number)
    return wording
