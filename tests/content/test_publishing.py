"""Working copy and versions: saved, published now or for a moment, withdrawn, restored; the second editor is told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from alliance.content.actions.publishing import (
    cancel_plan,
    publish,
    restore_revision,
    save_texts,
    withdraw,
)
from alliance.content.actions.translations import confirm_translations, keep_gaps
from alliance.content.models import Page, Revision, Section, TranslationGap
from alliance.content.refusals import PublishingRefused
from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from tests.factories import make_page, make_user

pytestmark = pytest.mark.django_db


def verbs(page: Page) -> list[str]:
    return list(JournalEntry.objects.about(page).order_by("id").values_list("verb", flat=True))


def shown_title(page: Page, now=None) -> str:
    revision = Page.objects.get(pk=page.pk).shown_revision(now)
    return revision.data["texts"]["title"]["en"] if revision else ""


def edit(page: Page, **changes: str) -> None:
    for name, value in changes.items():
        setattr(page, name, value)
    save_texts(page, by=make_user())


def test_a_draft_is_seen_by_nobody_and_a_publication_by_everyone():
    user = make_user()
    page = make_page({"text_en": "Four aims."}, title_en="Role", by=user)
    assert (page.is_public, list(Page.objects.public())) == (False, [])
    revision = publish(page, by=user, note="first")
    assert list(Page.objects.public()) == [page]
    assert (revision.number, revision.note, revision.created_by) == (1, "first", user)
    assert revision.data["sections"][0]["texts"]["text"] == {"en": "Four aims."}
    edit(page, title_en="Our role")
    assert shown_title(page) == "Role"
    publish(page, by=user)
    assert shown_title(page) == "Our role"
    assert verbs(page) == ["page.created", "page.published", "page.edited", "page.published"]


def test_a_plan_is_read_from_its_moment_on_without_anybody_doing_anything():
    user, at = make_user(), timezone.now() + timedelta(days=2)
    page = make_page(title_en="Old", is_published=True)
    first = page.published_at
    edit(page, title_en="New")
    publish(page, by=user, at=at)
    assert (shown_title(page), shown_title(page, at)) == ("Old", "New")
    assert page.published_at == first
    # What is edited after the plan is not part of it.
    edit(page, title_en="Newer")
    assert shown_title(page, at) == "New"
    assert verbs(page)[-2:] == ["page.planned", "page.edited"]


def test_a_plan_that_came_is_the_current_one_when_somebody_plans_again(monkeypatch):
    page, at = make_page(title_en="One"), timezone.now() + timedelta(hours=1)
    publish(page, by=make_user(), at=at)
    assert (page.is_public, page.published_at) == (False, at)
    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(hours=1))
    assert page.is_public
    edit(page, title_en="Two")
    publish(page, by=make_user(), at=at + timedelta(days=1))
    assert (shown_title(page), page.published_at) == ("One", at)
    assert Page.objects.public().get().shown_revision().number == 1


def test_a_plan_can_be_dropped():
    page = make_page()
    with pytest.raises(NotAllowed):
        cancel_plan(page, by=make_user())
    publish(page, by=make_user(), at=timezone.now() + timedelta(days=1))
    cancel_plan(page, by=make_user())
    page.refresh_from_db()
    assert (page.planned, page.planned_for, page.published_at) == (None, None, None)
    assert verbs(page)[-1] == "page.plan_cancelled"


def test_withdrawn_is_seen_by_nobody_and_a_fixed_page_stays():
    page = make_page(is_published=True)
    withdraw(page, by=make_user())
    assert (Page.objects.public().count(), Revision.objects.count()) == (0, 1)
    with pytest.raises(NotAllowed):
        withdraw(page, by=make_user())
    fixed = make_page(is_published=True, is_fixed=True)
    with pytest.raises(PublishingRefused, match="cannot be withdrawn"):
        withdraw(fixed, by=make_user())
    assert verbs(fixed)[-1] == "page.published"


def test_a_page_without_a_title_in_its_original_is_not_published():
    page = make_page(title_en="", title_pl="Rola")
    with pytest.raises(PublishingRefused, match="original language"):
        publish(page, by=make_user())
    assert Revision.objects.count() == 0


def test_who_saves_second_is_told_and_overwrites_nothing():
    page = make_page(title_en="Role")
    mine, seen = Page.objects.get(pk=page.pk), page.version
    edit(Page.objects.get(pk=page.pk), title_en="Theirs")
    mine.title_en = "Mine"
    for act in (
        lambda: save_texts(mine, by=make_user(), seen=seen),
        lambda: publish(mine, by=make_user(), seen=seen),
        lambda: confirm_translations(mine, languages=["pl"], by=make_user(), seen=seen),
        lambda: restore_revision(mine, number=1, by=make_user(), seen=seen),
    ):
        with pytest.raises(PublishingRefused, match="Somebody else"):
            act()
    assert Page.objects.get(pk=page.pk).title_en == "Theirs"


def test_a_save_does_not_undo_what_was_published_meanwhile():
    page = make_page()
    old = Page.objects.get(pk=page.pk)
    publish(page, by=make_user())
    save_texts(old, by=make_user())
    assert Page.objects.get(pk=page.pk).current.number == 1


def test_sections_keep_their_order_and_addresses_may_change_places():
    page = make_page({"anchor": "aims"}, {"anchor": "calls"}, {"anchor": "end"})
    aims, calls, end = page.sections.all()
    aims.anchor, calls.anchor = "calls", "aims"
    save_texts(
        page, by=make_user(), sections=[calls, Section(anchor="new", title_en="N"), aims], removed=[end]
    )
    assert list(page.sections.values_list("position", "anchor")) == [(1, "aims"), (2, "new"), (3, "calls")]


def test_an_earlier_version_comes_back_into_the_working_copy():
    page = make_page({"anchor": "a"}, {"anchor": "b", "text_en": "Old b."}, title_en="Old", is_published=True)
    a, b = page.sections.all()
    b.text_en = "New b."
    page.title_en = "New"
    save_texts(page, by=make_user(), sections=[b, Section(anchor="c", text_en="C.")], removed=[a])
    restore_revision(page, number=1, by=make_user())
    assert page.title_en == "Old"
    assert list(page.sections.values_list("anchor", "text_en")) == [("a", "Text 1."), ("b", "Old b.")]
    # What was not published is kept, so that nothing is lost by restoring.
    assert Revision.objects.get(number=2).data["sections"][1]["texts"]["text"] == {"en": "C."}
    assert not page.differs_from(page.current)
    restore_revision(page, number=2, by=make_user())
    assert list(page.sections.values_list("anchor", flat=True)) == ["b", "c"]
    with pytest.raises(PublishingRefused, match="no such version"):
        restore_revision(page, number=9, by=make_user())
    assert verbs(page)[-2:] == ["page.restored", "page.restored"]


def test_a_version_is_never_changed():
    page = make_page(is_published=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=page.current_id).update(note="x")


def gaps(page: Page) -> dict[str, tuple[int, int]]:
    rows = TranslationGap.objects.waiting()
    return {row.language: (row.missing, row.outdated) for row in rows if row.target == page}


def test_the_list_for_translators_follows_each_save():
    page = make_page({"title_pl": "Część"}, title_en="Role", title_pl="Rola")
    assert gaps(page) == {"pl": (1, 0), "uk": (3, 0)}
    since = TranslationGap.objects.get(language="pl").since
    edit(page, title_en="Our role")
    assert gaps(page) == {"pl": (1, 1), "uk": (3, 0)}
    assert TranslationGap.objects.get(language="pl").since == since
    assert confirm_translations(page, languages=["pl", "uk"], by=make_user()) == 1
    assert gaps(page)["pl"] == (1, 0)
    assert verbs(page)[-1] == "page.translation_confirmed"
    assert confirm_translations(page, languages=["pl"], by=make_user()) == 0
    section = page.sections.get()
    section.text_pl = "Tekst."
    save_texts(page, by=make_user(), sections=[section])
    assert gaps(page) == {"uk": (3, 0)}


def test_what_was_withdrawn_waits_for_no_translator():
    page = make_page(is_published=True)
    assert set(gaps(page)) == {"pl", "uk"}
    withdraw(page, by=make_user())
    assert gaps(page) == {}
    publish(page, by=make_user())
    assert set(gaps(page)) == {"pl", "uk"}


def test_the_list_for_translators_costs_the_same_for_one_and_for_three(django_assert_num_queries):
    page = make_page()
    keep_gaps(page)
    for count in (1, 3):
        while Page.objects.count() < count:
            make_page()
        with django_assert_num_queries(2):
            assert len([str(row) for row in TranslationGap.objects.waiting()]) == 2 * count
