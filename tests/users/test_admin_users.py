"""People at the desk: corrected, their login closed and opened; no password, nobody raises themselves."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from alliance.core.models import JournalEntry
from alliance.users.actions import deactivate_user, reactivate_user
from alliance.users.groups import RIGHTS, ensure_coordinators_group
from alliance.users.models import User
from tests.factories import make_coordinator, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator()
    client.force_login(client.user)
    return client


def page(user, name="change", *more):
    return reverse(f"admin:users_user_{name}", args=[user.pk, *more])


def form_data(**changes):
    inline = {"emailaddress_set-TOTAL_FORMS": 0, "emailaddress_set-INITIAL_FORMS": 0}
    return {"name": "New Name", "language": "pl", **inline, **changes}


def test_page_shows_no_password_and_no_hash(desk):
    user = make_user()
    text = desk.get(page(user)).text
    assert user.email in text
    assert user.password not in text
    assert "password" not in desk.get(page(user)).context["adminform"].form.fields


def test_correction_is_journalled(desk):
    user = make_user()
    assert desk.post(page(user), form_data()).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.language) == ("New Name", "pl")
    entry = JournalEntry.objects.about(user).get()
    assert (entry.verb, entry.data["fields"]) == ("user.edited", ["language", "name"])


def test_a_coordinator_cannot_raise_anybody(desk):
    user = make_user()
    desk.post(
        page(user), form_data(is_staff="on", is_superuser="on", groups=[ensure_coordinators_group().pk])
    )
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_a_superuser_appoints_coordinators(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_user(is_staff=True, is_superuser=True))
    user = make_user()
    data = form_data(is_staff="on", groups=[ensure_coordinators_group().pk])
    assert client.post(page(user), data).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert user.is_coordinator
    assert JournalEntry.objects.about(user).get().data["fields"] == ["groups", "is_staff", "language", "name"]


def test_a_closed_login_ends_the_session_and_can_be_opened_again(desk, client_class):
    user = make_coordinator()
    theirs = client_class()
    theirs.force_login(user)
    assert theirs.get(reverse("admin:index")).status_code == 200
    assert desk.post(page(user, "verb", "deactivate"), {"reason": ""}).status_code == 422
    desk.post(page(user, "verb", "deactivate"), {"reason": "Left the office"})
    assert theirs.get(reverse("admin:index")).status_code == 302
    desk.post(page(user, "verb", "reactivate"))
    user.refresh_from_db()
    assert user.is_active
    verbs = list(JournalEntry.objects.about(user).values_list("verb", flat=True))
    assert verbs == ["user.reactivated", "user.deactivated"]


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def told(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_nobody_closes_their_own_login_or_a_superusers(desk):
    root = make_user(is_staff=True, is_superuser=True)
    for user, text in [(desk.user, "yourself"), (root, "superuser")]:
        response = desk.post(page(user, "verb", "deactivate"), {"reason": "x"})
        assert text in told(response)
        user.refresh_from_db()
        assert user.is_active


def test_second_time_somebody_was_faster(desk):
    user = make_user()
    for _click in range(2):
        response = desk.post(page(user, "verb", "deactivate"), {"reason": "x"})
    assert "Somebody was faster" in told(response)
    assert JournalEntry.objects.about(user).count() == 1
    reactivate_user(user, by=desk.user)
    deactivate_user(user, reason="again", by=desk.user)


# Only the desk writes appeals, matching rounds, documents and videos; until they open, lines of their target and quotas
# may go.
MAY_WRITE = {"add_appeal", "add_appealline", "delete_appealline"}
MAY_WRITE |= {"add_document", "add_documentfile", "add_video", "add_videowords", "delete_videowords"}
MAY_WRITE |= {"add_matchinground", "add_countryquota", "delete_countryquota"}
MAY_WRITE |= {"add_cannedanswer", "add_spamrule"}
MAY_WRITE |= {"add_survey", "add_surveyquestion", "delete_surveyquestion"}
MAY_WRITE |= {"add_newsitem", "add_event", "add_newsletterissue"}
MAY_WRITE |= {"add_page", "add_section", "delete_section"}


def test_the_group_has_exactly_its_rights_and_may_delete_nothing_else():
    for _time in range(2):
        group = ensure_coordinators_group()
        names = set(
            group.permissions.values_list("content_type__app_label", "content_type__model", "codename")
        )
        wanted = {
            (*label.split("."), f"{verb}_{label.split('.')[1]}")
            for label, verbs in RIGHTS.items()
            for verb in verbs
        }
        assert names == wanted
        assert {name for *_rest, name in names if name.startswith(("delete", "add"))} == MAY_WRITE
