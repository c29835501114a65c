"""Verbs of a twinning's life: work plan, shared documents, news. Each is a sign of life in the name of one party."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import LANGUAGES
from alliance.core.machine_translation import request_texts
from alliance.core.states import NotAllowed, lock
from alliance.core.uploads import CleanUpload, as_content_file
from members.models import Member
from partnerships.actions.twinning_signs import sign_of_life, standing
from partnerships.emails import twinning_life as mails
from partnerships.models import Milestone, Twinning, TwinningDocument, TwinningNews, TwinningParty
from partnerships.refusals import LifeRefused

MOST_MILESTONES = 100
MOST_DOCUMENTS = 50


@dataclass(frozen=True)
class Plan:
    """What a line of the work plan says; ``party``: who does it, None where all do."""

    text: str
    language: str
    due_on: date | None = None
    party: TwinningParty | None = None


@dataclass(frozen=True)
class News:
    """``titles`` and ``texts`` by language code; one that the portal does not speak is kept as the original."""

    language: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]


# --- The work plan ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_milestone(twinning: Twinning, *, member: Member, plan: Plan, by: Any) -> Milestone:
    """One more line of the joint work plan. Journal: `milestone.added`. Mails: `twinning_planned` to the other parties.
    Raises `LifeRefused` when it is full, `NotAllowed` when the member is no party of it or it has ended."""
    own = standing(twinning, member)
    if twinning.milestones.count() >= MOST_MILESTONES:
        raise LifeRefused(LifeRefused.PLAN_FULL)
    milestone = Milestone.objects.create(
        twinning=twinning,
        text=plan.text,
        language=plan.language,
        due_on=plan.due_on,
        party=_one_of(twinning, plan.party),
        added_by=by,
    )
    record("milestone.added", milestone, by=by, twinning=twinning.slug)
    mails.twinning_planned(milestone, own)
    sign_of_life(twinning, by=by)
    return milestone


@transaction.atomic
def change_milestone(milestone: Milestone, *, member: Member, plan: Plan, by: Any) -> None:
    """Any party says anew what, until when, who. Journal: `milestone.changed`. Raises `NotAllowed` as above."""
    stored = _planned(milestone, member)
    stored.text, stored.language, stored.due_on = plan.text, plan.language, plan.due_on
    stored.party = _one_of(stored.twinning, plan.party)
    stored.save(update_fields=["text", "language", "due_on", "party", "updated_at"])
    record("milestone.changed", stored, by=by, twinning=stored.twinning.slug)
    sign_of_life(stored.twinning, by=by)


@transaction.atomic
def finish_milestone(milestone: Milestone, *, member: Member, by: Any) -> None:
    """It is done. Twice does it once. Journal: `milestone.finished`. Raises `NotAllowed` as above."""
    stored = _planned(milestone, member)
    if stored.done_at is not None:
        return
    stored.done_at, stored.done_by = timezone.now(), by
    stored.save(update_fields=["done_at", "done_by", "updated_at"])
    record("milestone.finished", stored, by=by, twinning=stored.twinning.slug)
    sign_of_life(stored.twinning, by=by)


@transaction.atomic
def reopen_milestone(milestone: Milestone, *, member: Member, by: Any) -> None:
    """It is not done after all. Twice does it once. Journal: `milestone.reopened`. Raises `NotAllowed` as above."""
    stored = _planned(milestone, member)
    if stored.done_at is None:
        return
    stored.done_at = stored.done_by = None
    stored.save(update_fields=["done_at", "done_by", "updated_at"])
    record("milestone.reopened", stored, by=by, twinning=stored.twinning.slug)
    sign_of_life(stored.twinning, by=by)


@transaction.atomic
def remove_milestone(milestone: Milestone, *, member: Member, by: Any) -> None:
    """Take a line out of the plan. Twice does it once. Journal, at the twinning: `twinning.milestone_removed`. Raises
    `NotAllowed` as above."""
    twinning = milestone.twinning
    standing(twinning, member)
    if not Milestone.objects.filter(pk=milestone.pk).delete()[0]:
        return
    record("twinning.milestone_removed", twinning, by=by, milestone=milestone.slug)
    sign_of_life(twinning, by=by)


def _planned(milestone: Milestone, member: Member) -> Milestone:
    """The stored line, behind the lock of its twinning; one that somebody took out meanwhile cannot change."""
    standing(milestone.twinning, member)
    stored = Milestone.objects.filter(pk=milestone.pk).select_related("twinning").first()
    if stored is None:
        raise NotAllowed(milestone, "removed", "changed")
    return stored


def _one_of(twinning: Twinning, party: TwinningParty | None) -> TwinningParty | None:
    if party is not None and party.twinning_id != twinning.pk:
        raise NotAllowed(twinning, "party", "of another twinning")
    return party


# --- Documents -------------------------------------------------------------------------------------------------


@transaction.atomic
def share_document(
    twinning: Twinning, *, member: Member, upload: CleanUpload, caption: str, language: str, by: Any
) -> TwinningDocument:
    """One party shares a document with the others. Journal: `document.shared`. Mails: `twinning_shared`. Raises
    `LifeRefused` when there is no room, `NotAllowed` as above."""
    party = standing(twinning, member)
    if twinning.documents.count() >= MOST_DOCUMENTS:
        raise LifeRefused(LifeRefused.DOCUMENTS_FULL)
    document = TwinningDocument.objects.create(
        twinning=twinning,
        party=party,
        file=as_content_file(upload),
        original_filename=upload.original_filename,
        content_type=upload.content_type,
        size=upload.size,
        caption=caption,
        language=language,
        added_by=by,
    )
    record("document.shared", document, by=by, twinning=twinning.slug)
    mails.twinning_shared(document)
    sign_of_life(twinning, by=by)
    return document


@transaction.atomic
def remove_document(document: TwinningDocument, *, member: Member, by: Any) -> None:
    """Its party takes it back, also from the disk; any party where that one has left. Twice does it once. Journal, at
    the twinning: `twinning.document_removed`. Raises `NotAllowed` when it is another party's."""
    twinning = document.twinning
    party = standing(twinning, member)
    if document.party_id != party.pk and lock(document.party).left_at is None:
        raise NotAllowed(document, "shared by another", "removed")
    if not TwinningDocument.objects.filter(pk=document.pk).delete()[0]:
        return
    transaction.on_commit(partial(document.file.storage.delete, document.file.name), robust=True)
    record("twinning.document_removed", twinning, by=by, document=document.slug)
    sign_of_life(twinning, by=by)


# --- News ------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_news(twinning: Twinning, *, member: Member, news: News, by: Any, key: str = "") -> TwinningNews:
    """One party tells of the partnership; everyone reads it once the twinning is public. One ``key`` makes one piece.

    Journal: `twinning_news.published`. Mails: `twinning_news_published` to the other parties. Raises `NotAllowed`.
    """
    party = standing(twinning, member)
    known = twinning.news.filter(key=key).first() if key else None
    if known is not None:
        return known
    row = TwinningNews(twinning=twinning, party=party, author=by, key=key)
    is_ours = news.language in LANGUAGES
    row.original_language = news.language
    row.original_texts = (
        {} if is_ours else {"title": news.titles[news.language], "text": news.texts[news.language]}
    )
    for code in LANGUAGES:
        setattr(row, f"title_{code}", news.titles.get(code) or None)
        setattr(row, f"text_{code}", news.texts.get(code) or None)
    row.save()
    if twinning.public_since:
        request_texts(row, ["title", "text"])
    record("twinning_news.published", row, by=by, twinning=twinning.slug)
    mails.twinning_news_published(row)
    sign_of_life(twinning, by=by)
    return row


@transaction.atomic
def withdraw_news(news: TwinningNews, *, member: Member, by: Any) -> None:
    """Its party takes it back: nobody reads it any more. Twice does it once. Journal: `twinning_news.withdrawn`. Raises
    `NotAllowed` when it is another party's."""
    party = standing(news.twinning, member)
    stored = lock(news)
    if stored.party_id != party.pk:
        raise NotAllowed(news, "published by another", "withdrawn")
    if stored.withdrawn_at is None:
        stored.withdrawn_at = timezone.now()
        stored.save(update_fields=["withdrawn_at", "updated_at"])
        record("twinning_news.withdrawn", stored, by=by, twinning=news.twinning.slug)
