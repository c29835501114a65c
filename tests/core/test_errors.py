"""Error pages: the right status, the visitor's language, and no need for a database or session."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from alliance.core import errors

LIGHT = [
    (errors.bad_request, 400),
    (errors.csrf_failure, 403),
    (errors.not_allowed, 405),
    (errors.too_large, 413),
    (errors.too_many, 429),
    (errors.server_error, 500),
    (errors.unavailable, 503),
]


@pytest.mark.parametrize(("page", "status"), LIGHT)
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_light_pages_need_no_database(page, status, language):
    # No django_db mark: a query would fail the test. No middleware has run either.
    response = page(RequestFactory().get(f"/{language}/anything/"))
    html = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in html
    assert response["Content-Language"] == language
    assert response["Cache-Control"] == "no-store"
    assert f" {status}</p>" in html
    assert "<script" not in html


@pytest.mark.parametrize(("page", "status"), [(errors.forbidden, 403), (errors.not_found, 404)])
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_whole_pages_offer_a_way_on(page, status, language):
    response = page(RequestFactory().get(f"/{language}/anything/"), Exception("secret reason"))
    html = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in html
    assert "secret reason" not in html
    assert f'href="/{language}/"' in html


def test_the_browser_decides_where_the_address_has_no_language():
    response = errors.bad_request(RequestFactory().get("/", headers={"accept-language": "pl-PL,pl;q=0.9"}))
    assert '<html lang="pl">' in response.content.decode()


def test_a_database_that_is_away_is_a_503():
    request = RequestFactory().get("/en/")
    try:
        try:
            raise OperationalError("refused")
        except OperationalError as cause:
            raise ValueError("while rendering") from cause
    except ValueError:
        response = errors.server_error(request)
    assert response.status_code == 503
    assert response["Retry-After"] == "10"


def test_anything_else_is_a_500():
    try:
        raise ValueError("ours")
    except ValueError:
        assert errors.server_error(RequestFactory().get("/en/")).status_code == 500


def test_too_many_says_how_long():
    response = errors.too_many(RequestFactory().get("/en/"), seconds=170)
    assert response["Retry-After"] == "170"
    assert "3 minutes" in response.content.decode()


def test_a_page_that_does_not_render_still_answers(monkeypatch, caplog):
    monkeypatch.setattr(errors, "house", lambda: 1 / 0)
    response = errors.server_error(RequestFactory().get("/uk/"))
    assert response.status_code == 500
    assert "Щось пішло не так" in response.content.decode()
    assert "does not render" in caplog.text
