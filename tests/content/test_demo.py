"""The demonstration has one account per role, each of which can log in."""

import json

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from alliance.content.management.commands import demo
from members.models import Member, Representative
from tests.factories import make_place, make_sector

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(settings, tmp_path, monkeypatch):
    settings.STATE_DIR = tmp_path
    monkeypatch.setattr(demo, "UKRAINIAN", ["Житомир"])
    monkeypatch.setattr(demo, "EUROPEAN", [("Gdynia", "PL")])
    monkeypatch.setattr(demo, "PENDING", [])
    monkeypatch.setattr(demo.Command, "listings", lambda *_args: None)
    for name, country in (("Житомир", "UA"), ("Gdynia", "PL")):
        make_place(official_name=name, country=country, spellings=name.casefold())
    make_place(official_name="Mazowieckie", level="region", country="PL")
    parent = make_sector()
    for _ in range(3):
        make_sector(parent=parent)
    call_command("demo")
    return json.loads((tmp_path / demo.ACCOUNTS).read_text(encoding="utf-8"))


def test_every_role_has_an_account_with_a_password_that_works(accounts):
    users = {
        row["role"]: authenticate(None, username=row["email"], password=row["password"]) for row in accounts
    }
    assert all(users.values())
    acting = Representative.objects.active()
    kinds = {(r.member.kind, r.role) for r in acting.filter(user__in=users.values())}
    assert {kind for kind, _role in kinds} == set(Member.Kind.values)
    assert {role for _kind, role in kinds} == set(Representative.Role.values)
    assert users["coordinator"].is_coordinator


def test_a_second_run_changes_nothing(accounts):
    before = Member.objects.count()
    call_command("demo")
    assert Member.objects.count() == before
