"""The gallery shows every component, in three languages, and only where people build."""

import re

import pytest
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import path, reverse
from django.utils import translation

from alliance.core.gallery import gallery
from alliance.urls import urlpatterns as portal
from tests.template_rules import inline_faults

# The portal leaves the address out unless people build with it: here it is always there.
urlpatterns = [*portal, *i18n_patterns(path("gallery/", gallery, name="gallery"))]
pytestmark = pytest.mark.urls(__name__)

FOLDER = settings.BASE_DIR / "templates"
INCLUDED = re.compile(r'\{% include "(components/\w+\.html)"')


def address(language: str) -> str:
    with translation.override(language):
        return reverse("gallery")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_gallery_renders_without_anything_inline(client, settings, language):
    settings.LOCAL_RUN = True
    page = client.get(address(language))
    assert page.status_code == 200
    html = page.content.decode()
    assert f'<html lang="{language}">' in html
    assert inline_faults(html) == []


@pytest.mark.django_db
def test_gallery_has_no_id_twice(client, settings):
    settings.LOCAL_RUN = True
    ids = re.findall(r'\sid="([^"]+)"', client.get(address("uk")).content.decode())
    assert len(ids) > 40
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.django_db
def test_gallery_is_not_in_production(client, settings):
    settings.LOCAL_RUN = settings.DEBUG = False
    assert client.get(address("en")).status_code == 404


def test_gallery_includes_every_component():
    shown, queue = set(), ["gallery.html", "base.html"]
    while queue:
        for found in INCLUDED.findall((FOLDER / queue.pop()).read_text(encoding="utf-8")):
            if found not in shown:
                shown.add(found)
                queue.append(found)
    # Django renders it as the widget of every file field of a form.
    shown.add("components/upload.html")
    assert {f"components/{path.name}" for path in (FOLDER / "components").glob("*.html")} - shown == set()
