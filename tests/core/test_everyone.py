"""Parts of pages that are written once: never with anything of the request, one language or another reader."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from alliance.core.templatetags import everyone
from tests.factories import make_user

LOAD = "{% load everyone i18n %}"


def written(template, **values):
    return template.render(Context(values))


def test_a_part_is_written_once_for_each_language_and_its_values():
    template = Template(
        LOAD + '{% for_everyone name=site.name %}{% translate "Search" %} {{ name }}{% end_for_everyone %}'
    )
    (part,) = template.nodelist.get_nodes_by_type(everyone.ForEveryone)
    for language, name, text in [
        ("en", "A", "Search A"),
        ("pl", "A", "Szukaj A"),
        ("uk", "A", "Шукати A"),
        ("en", "B", "Search B"),
        ("en", "A", "Search A"),
        ("pl", "A", "Szukaj A"),
    ]:
        with translation.override(language):
            assert written(template, site={"name": name}) == text
    assert len(part.written) == 4


def test_a_part_knows_nothing_but_its_values():
    template = Template(
        LOAD
        + "{% for_everyone name=name %}{{ name }}:{{ secret }}{{ request.path }}{{ user }}{% end_for_everyone %}"
    )
    request = RequestFactory().get("/en/secret/")
    request.user = AnonymousUser()
    assert template.render(RequestContext(request, {"name": "n", "secret": "s", "user": "somebody"})) == "n:"


def test_safe_and_unsafe_values_are_not_taken_for_each_other():
    template = Template(LOAD + "{% for_everyone name=name %}{{ name }}{% end_for_everyone %}")
    assert written(template, name=mark_safe("<b>")) == "<b>"
    assert written(template, name="<b>") == "&lt;b&gt;"
    assert (written(template, name=1), written(template, name=True)) == ("1", "True")


def test_few_writings_are_kept(monkeypatch):
    monkeypatch.setattr(everyone, "MOST", 3)
    template = Template(LOAD + "{% for_everyone n=n %}{{ n }}{% end_for_everyone %}")
    assert [written(template, n=n) for n in range(10)] == [str(n) for n in range(10)]
    (part,) = template.nodelist.get_nodes_by_type(everyone.ForEveryone)
    assert len(part.written) <= 3


def test_a_part_holds_no_block():
    with pytest.raises(TemplateSyntaxError):
        Template(LOAD + "{% for_everyone %}{% block name %}{% endblock %}{% end_for_everyone %}")


def test_blocks_of_a_whole_page_are_filled_by_each_page_that_extends_it():
    block_b = "{% if b %}{% block b %}b{% endblock %}{% endif %}"
    root = Template(
        LOAD + "{% whole_page %}<{% block a %}a{% endblock %}" + block_b + ">{% end_whole_page %}"
    )
    pages = [
        Template("{% extends root %}{% block a %}1{{ block.super }}{% endblock %}"),
        Template("{% extends root %}{% block b %}2{{ n }}{% endblock %}"),
        Template("{% extends root %}"),
    ]
    for n in (7, 8):
        assert [written(page, root=root, b=True, n=n) for page in pages] == ["<1ab>", f"<a2{n}>", "<ab>"]
    assert written(pages[1], root=root, n=9) == "<a>"


def test_values_are_named():
    with pytest.raises(TemplateSyntaxError):
        Template(LOAD + "{% for_everyone request %}{% end_for_everyone %}")


@pytest.mark.django_db
def test_the_frame_of_a_page_is_that_of_its_reader_language_and_place(client):
    def page(path):
        return client.get(path).content.decode()

    about, needs, polish = page("/en/about/"), page("/en/needs/"), page("/pl/needs/")
    assert 'href="/en/needs/" aria-current="page"' in needs
    assert 'href="/en/needs/" aria-current' not in about
    assert 'href="/en/about/" aria-current="page"' in about
    assert 'href="/pl/needs/" aria-current="page"' in polish
    assert "Back to top" in needs
    assert "Back to top" not in polish
    assert 'href="/en/contact/"' not in polish
    assert "Sign in" in needs
    client.force_login(make_user())
    mine = page("/en/needs/")
    assert "Sign out" in mine
    assert "Sign in" not in mine
    client.logout()
    assert "Sign in" in page("/en/needs/?again")
