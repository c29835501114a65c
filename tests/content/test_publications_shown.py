"""Documents and videos where other pages show them: sections of pages, the home page, the footer."""

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import translation

from alliance.content.shown_pages import ShownSection
from alliance.core.languages import NOTHING
from tests.factories import make_document, make_video

pytestmark = pytest.mark.django_db


def section(kind, **chosen):
    shown = ShownSection("here", kind, NOTHING, NOTHING, **chosen)
    template = engines["django"].from_string(
        '{% include "content/_section.html" with section=section page_slug="about" only %}'
    )
    with translation.override("en"):
        return template.render({"section": shown})


def test_a_section_shows_the_documents_that_were_chosen_and_may_be_read(django_assert_num_queries):
    chosen = [make_document("uk", "de", title_en=f"Chosen {n}") for n in range(3)]
    withdrawn = make_document("uk", title_en="Withdrawn", status="withdrawn")
    make_document("uk", title_en="Another")
    with django_assert_num_queries(2):
        text = section("files", documents=[row.pk for row in [*chosen, withdrawn]])
    assert [f"Chosen {n}" in text for n in range(3)] == [True] * 3
    assert text.count("Available languages (2)") == 3
    assert "Withdrawn" not in text
    assert "Another" not in text


def test_a_section_shows_the_videos_that_were_chosen(django_assert_num_queries):
    chosen, draft = make_video(title_en="Chosen"), make_video(title_en="Draft", status="draft")
    with django_assert_num_queries(1):
        text = section("videos", videos=[chosen.pk, draft.pk])
    assert "Chosen" in text
    assert "Draft" not in text


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_home_shows_the_newest_and_the_footer_leads_to_all(client, language):
    make_document("uk", title_en="Guide to needs")
    make_video(title_en="Summit in Kyiv")
    with translation.override(language):
        text = client.get(reverse("content:home")).text
        lists = [reverse("content:document_list"), reverse("content:video_list")]
    assert "Guide to needs" in text
    assert "Summit in Kyiv" in text
    for url in lists:
        assert text.count(f'href="{url}"') == 2
