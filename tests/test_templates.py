"""Templates keep the rules of the house. Each rule is shown to find a planted breach."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.utils import get_app_template_dirs

from tests import template_rules as rules

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
TEXTS = sorted(TEMPLATES.rglob("*.txt"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
# Headings of the gallery are names of files; it is never shown to the public.
NOT_TRANSLATED = {"gallery.html"}
# What is sent by a signed link or by anybody, from pages that set no cookie (`csrf_exempt`), and the gallery.
NO_TOKEN = {
    "gallery.html",
    "content/video_detail.html",
    "core/mail_stop.html",
    "partnerships/listing_holds.html",
    "partnerships/saved_search_stop.html",
    "partnerships/twinning_right.html",
}


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def faults(paths, rule, but=()) -> dict[str, list[str]]:
    found = {name(path): rule(path.read_text(encoding="utf-8")) for path in paths if name(path) not in but}
    return {page: wrong for page, wrong in found.items() if wrong}


def is_mail(path: Path) -> bool:
    return "email" in path.parts


def test_every_template_is_used():
    names = {name(path) for path in [*PAGES, *TEXTS, *TEMPLATES.rglob("*.svg")]}
    packaged = {
        path.relative_to(folder).as_posix()
        for folder in get_app_template_dirs("templates")
        if not Path(folder).is_relative_to(settings.BASE_DIR / "alliance")
        for path in Path(folder).rglob("*.*")
    }
    assert rules.unused(names, set(rules.references(settings.BASE_DIR)), packaged) == []


def test_components_say_what_they_take():
    assert len(COMPONENTS) >= 20
    assert faults(COMPONENTS, rules.comment_faults) == {}


def test_includes_pass_only_what_is_needed():
    assert faults([*PAGES, *TEXTS], rules.include_faults) == {}


def test_nothing_is_inline():
    assert faults([page for page in PAGES if not is_mail(page)], rules.inline_faults) == {}


def test_mails_have_styles_and_nothing_that_runs():
    found = faults([page for page in PAGES if is_mail(page)], rules.inline_faults)
    assert {fault for wrong in found.values() for fault in wrong} <= {"style element"}


def test_every_visible_word_is_translated():
    assert faults([*PAGES, *TEXTS], rules.wording_faults, but=NOT_TRANSLATED) == {}


def test_every_form_that_is_sent_has_its_token():
    assert faults(PAGES, rules.token_faults, but=NO_TOKEN) == {}
    assert set(faults(PAGES, rules.token_faults)) == NO_TOKEN


@pytest.mark.parametrize(
    ("rule", "breach", "honest"),
    [
        (
            rules.include_faults,
            '{% include "components/pill.html" with label=word %}',
            '{% include "components/pill.html" with label=word only %}',
        ),
        (
            rules.include_faults,
            "{% include 'components/pill.html' with only=word %}",
            '{# {% include "components/pill.html" %} #}',
        ),
        (rules.comment_faults, "<p>{{ label }}</p>", "{# label: the word #}\n<p>{{ label }}</p>"),
        (rules.comment_faults, "\n\n\n{# label: too late #}", "{% load i18n %}{# label: in time #}"),
        (rules.inline_faults, '<p style="color: red">', '<p class="style">'),
        (rules.inline_faults, "<style>p { margin: 0 }</style>", '<link rel="stylesheet" href="a.css">'),
        (rules.inline_faults, "<script>alert(1)</script>", '<script src="{% static "a.js" %}"></script>'),
        (
            rules.inline_faults,
            '<script type="module">go()</script>',
            '<script type="application/ld+json">{}</script>',
        ),
        (rules.inline_faults, '<a {% if x %}onclick="go()"{% endif %}>', '<a data-once="go">'),
        (rules.inline_faults, '<a href=" javascript:go()">', '<a href="/javascript:go">'),
        (
            rules.token_faults,
            '<form method="post"><button>{{ label }}</button></form>',
            '<form method="post">{% csrf_token %}</form><form method="get"></form>',
        ),
        (rules.wording_faults, "<p>Hello</p>", '<p>{% translate "Hello" %}</p>'),
        (
            rules.wording_faults,
            "<p>{{ n }} members</p>",
            "<p>{% blocktranslate %}{{ n }} members{% endblocktranslate %}</p>",
        ),
        (rules.wording_faults, "Dear {{ person }},", "{# a letter #} {{ person }} – 12 · PDF"),
        (rules.wording_faults, '<img alt="A map">', '<img alt="{% translate "A map" %}">'),
        (rules.wording_faults, '<nav aria-label="Main">', '<nav aria-label="{{ words }}">'),
    ],
)
def test_each_rule_finds_a_planted_breach(rule, breach, honest):
    assert rule(breach)
    assert rule(honest) == []


def test_unused_finds_a_planted_template():
    names = {
        "members/list.html",
        "members/lost.html",
        "404.html",
        "account/login.html",
        "members/join/people.html",
    }
    mails = {"members/email/approved_body.txt", "members/email/forgotten_body.txt"}
    referred = {"members/list.html", "members/approved", "members/join/{step}.html"}
    found = rules.unused(names | mails, referred, {"account/login.html"})
    assert found == ["members/email/forgotten_body.txt", "members/lost.html"]
