"""Editing of pages at the desk: sections in order, warnings at the field, publishing, versions, the list for
translators."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.forms import ModelMultipleChoiceField
from django.urls import reverse
from django.utils import timezone

from alliance.content.actions.publishing import publish, save_texts
from alliance.content.actions.seeding import seed_pages
from alliance.content.differences import compared, difference
from alliance.content.models import Page, TranslationGap
from alliance.core.models import JournalEntry
from tests.desk import open_desk
from tests.factories import make_coordinator, make_page, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    return open_desk(client, make_coordinator(has_second_factor=True))


def change_url(page: Page) -> str:
    return reverse("admin:content_page_change", args=[page.pk])


def verb_url(page: Page, verb: str) -> str:
    return reverse("admin:content_page_verb", args=[page.pk, verb])


def typed(response) -> dict:
    """What the browser would send back from a page of the desk without touching anything."""
    form = response.context["adminform"].form
    formset = response.context["inline_admin_formsets"][0].formset
    data = {}
    for one in [form, formset.management_form, *formset.forms]:
        for bound in one:
            value = bound.value()
            if value is None:
                value = [] if isinstance(bound.field, ModelMultipleChoiceField) else ""
            data[bound.html_name] = value
    return {name: value for name, value in data.items() if not name.endswith("-DELETE")}


def test_an_editor_writes_a_page_with_a_section_and_publishes_it(desk, client):
    data = typed(desk.get(reverse("admin:content_page_add")))
    data |= {"title_en": "Winter", "title_pl": "Zima", "slug": "winter", "kind": "about"}
    data |= {"sections-0-title_en": "Why we help", "sections-0-text_en": "Because."}
    answer = desk.post(reverse("admin:content_page_add"), data)
    page = Page.objects.get(slug="winter")
    assert answer.status_code == 302
    assert page.sections.get().anchor == "why-we-help"
    assert client.get("/en/about/winter/").status_code == 404
    answer = desk.post(verb_url(page, "publish"), {"note": "first", "at": "", "seen": page.version})
    assert answer.status_code == 302
    page.refresh_from_db()
    assert (page.current.note, page.current.created_by) == ("first", desk.user)
    assert "Because." in client.get("/en/about/winter/").text


def test_a_moment_in_the_future_is_a_plan_and_one_in_the_past_a_mistake(desk):
    page = make_page()
    past = {"at": "2020-01-01T10:00", "seen": page.version}
    assert desk.post(verb_url(page, "publish"), past).status_code == 422
    at = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    desk.post(verb_url(page, "publish"), {"at": at.strftime("%Y-%m-%dT%H:%M"), "seen": page.version})
    page.refresh_from_db()
    assert (page.planned_for, page.is_public) == (at, False)
    assert "version 1 is published on" in desk.get(change_url(page)).text


def test_sections_are_ordered_by_their_numbers_and_one_can_go(desk):
    page = make_page({"anchor": "a"}, {"anchor": "b"}, {"anchor": "c"})
    data = typed(desk.get(change_url(page)))
    data |= {"sections-0-position": "9", "sections-2-position": "1", "sections-1-DELETE": "on"}
    assert desk.post(change_url(page), data).status_code == 302
    assert list(page.sections.values_list("position", "anchor")) == [(1, "c"), (2, "a")]


def test_what_cannot_be_saved_comes_back_with_what_was_typed(desk):
    page = make_page({"anchor": "a"}, {"anchor": "b"})
    data = typed(desk.get(change_url(page)))
    data |= {"title_en": "", "sections-1-anchor": "a", "sections-0-text_en": "Typed.", "slug": "Not so"}
    answer = desk.post(change_url(page), data)
    assert answer.status_code == 422
    for words in ("Please write a title in the original language.", "Another section of this page", "Typed."):
        assert words in answer.text
    assert JournalEntry.objects.filter(verb="page.edited").count() == 0


def test_of_two_editors_the_second_is_told_and_keeps_what_was_typed(desk):
    page = make_page({})
    data = typed(desk.get(change_url(page))) | {"sections-0-text_en": "Mine."}
    other = Page.objects.get(pk=page.pk)
    other.title_en = "Theirs"
    save_texts(other, by=make_user())
    answer = desk.post(change_url(page), data)
    assert answer.status_code == 422
    assert "Somebody else saved this meanwhile" in answer.text
    assert "Mine." in answer.text
    assert Page.objects.get(pk=page.pk).title_en == "Theirs"
    desk.post(verb_url(page, "publish"), {"seen": page.version})
    assert Page.objects.get(pk=page.pk).current is None


def test_an_older_translation_is_warned_of_at_its_field_until_somebody_confirms_it(desk):
    page = make_page({"text_pl": "Tekst.", "title_pl": "Część"}, title_pl="Strona")
    section = page.sections.get()
    section.text_en = "Changed."
    save_texts(page, by=make_user(), sections=[section])
    shown = desk.get(change_url(page))
    form = shown.context["inline_admin_formsets"][0].formset.forms[0]
    assert "the original was changed" in str(form.fields["text_pl"].help_text)
    assert "the original was changed" not in str(form.fields["title_pl"].help_text)
    assert "older than the original: 1" in shown.text
    nothing = desk.post(verb_url(page, "confirm-translations"), {"seen": page.version})
    assert nothing.status_code == 422
    desk.post(verb_url(page, "confirm-translations"), {"languages": ["pl"], "seen": page.version})
    assert "older than the original" not in desk.get(change_url(page)).text


def test_points_that_other_pages_lead_to_keep_their_addresses(desk):
    seed_pages()
    page = Page.objects.get(slug="about")
    data = typed(desk.get(change_url(page)))
    index = [section.anchor for section in page.sections.all()].index("principles")
    name = f"sections-{index}-text_pl"
    answer = desk.post(change_url(page), data | {name: data[name].replace("{#rural-ukraine}", "")})
    assert answer.status_code == 422
    assert "{#rural-ukraine}" in answer.text
    assert desk.post(change_url(page), data | {name: data[name].replace("Osiem", "Nasze")}).status_code == 302
    # Untouched, a page is whole: nothing of it is lost on the way through the form.
    assert not Page.objects.get(slug="about").differs_from(Page.objects.get(slug="about").current)
    assert "withdraw" not in [button["verb"].name for button in desk.get(change_url(page)).context["buttons"]]


def test_a_preview_shows_the_working_copy_in_the_portals_own_template(desk, client):
    page = make_page({"text_en": "Not yet public."}, title_pl="Podgląd")
    url = reverse("admin:content_page_preview", args=[page.pk, "pl"])
    shown = desk.get(url)
    assert "content/page.html" in [template.name for template in shown.templates]
    assert "Not yet public." in shown.text
    assert "<h1>Podgląd</h1>" in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert desk.get(url.replace("/pl/", "/de/")).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_versions_are_compared_and_an_earlier_one_comes_back(desk):
    page = make_page({"anchor": "a", "text_en": "One two three."}, is_published=True)
    section = page.sections.get()
    section.text_en = "One four three."
    save_texts(page, by=make_user(), sections=[section])
    publish(page, by=make_user(), note="numbers")
    url = reverse("admin:content_page_versions", args=[page.pk])
    assert "Nothing differs." in desk.get(url).text
    shown = desk.get(f"{url}?version=1").text
    assert "<del>two</del><ins>four</ins>" in shown
    assert "#a – text – English" in shown
    page.refresh_from_db()
    answer = desk.post(url, {"number": "1", "seen": page.version})
    assert answer["Location"] == change_url(page)
    assert page.sections.get().text_en == "One two three."
    assert desk.post(url, {"number": "x"})["Location"] == url


def test_differences_in_words():
    assert compared("a b c", "a c") == [("same", "a "), ("del", "b "), ("same", "c")]
    one = {
        "texts": {"title": {"en": "A"}},
        "sections": [{"anchor": "x", "texts": {}}, {"anchor": "y", "texts": {}}],
    }
    other = {
        "texts": {"title": {"en": "A", "pl": "B"}},
        "sections": [*reversed(one["sections"]), {"anchor": "z"}],
    }
    found = difference(one, other)
    assert [(change.field, change.language, change.parts) for change in found.changes] == [
        ("title", "pl", [("ins", "B")])
    ]
    assert (found.added, found.removed, found.is_order_other) == (["z"], [], True)
    assert not difference(one, one)


def test_the_lists_cost_the_same_for_one_page_and_for_three(desk, django_assert_max_num_queries):
    ContentType.objects.get_for_model(Page)
    counts = []
    for count in (1, 3):
        while Page.objects.count() < count:
            make_page({}, {}, is_published=True)
        for name in ("page", "translationgap"):
            url = reverse(f"admin:content_{name}_changelist")
            desk.get(url)
            with django_assert_max_num_queries(40) as found:
                assert desk.get(url).status_code == 200
            counts.append(len(found))
    assert counts[:2] == counts[2:]


def test_the_list_for_translators_leads_to_the_page(desk):
    page = make_page(title_en="Winter", title_pl="Zima")
    shown = desk.get(reverse("admin:content_translationgap_changelist")).text
    assert f'<a href="{change_url(page)}">Winter</a>' in shown
    assert TranslationGap.objects.count() == 1
    assert "Translations to do" in desk.get(reverse("admin:index")).text
    (line,) = desk.get(reverse("admin:queue")).context["lines"]
    assert line["href"].startswith(f"{change_url(page)}?queue=")
    form = desk.get(line["href"])
    assert form.context["skip_url"] == reverse("admin:queue")
    # Written, and on to what waits next: here nothing more.
    done = desk.post(line["href"], typed(form) | {"title_uk": "Зима"})
    assert done.headers["Location"] == reverse("admin:queue")
    assert not TranslationGap.objects.exists()
