"""Why members said no: counted by reason, without names, for the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.actions.weights import current_weights
from partnerships.models import Match, Suggestion
from tests.desk import open_desk
from tests.factories import make_coordinator, make_member, make_request, make_suggestion, make_user

pytestmark = pytest.mark.django_db


def declined(reason, days=0, **changes):
    match = make_request(make_member(), make_member(), status="declined", decline_reason=reason, **changes)
    Match.objects.filter(pk=match.pk).update(status_changed_at=timezone.now() - timedelta(days=days))


def set_aside(reason, days=0):
    moment = timezone.now() - timedelta(days=days)
    make_suggestion(dismissed_at=moment, dismissed_by=make_user(), reason=reason)


def counted(rows):
    return [tuple(row.values()) for row in rows.counted_by_reason()]


def world():
    for reason, days in (("size", 0), ("size", 400), ("known", 400), ("size", 1)):
        set_aside(reason, days)
    make_suggestion()
    declined("language")
    declined("language", days=366)
    declined("no_capacity", origin="round", requested_by=None)
    make_request(make_member(), make_member())


def test_reasons_are_counted_the_most_frequent_first():
    world()
    assert counted(Suggestion.objects) == [("size", 3, 2), ("known", 1, 0)]
    assert counted(Match.objects.filter(origin="request")) == [("language", 2, 1)]
    assert counted(Match.objects) == [("language", 2, 1), ("no_capacity", 1, 1)]


def test_the_desk_reads_them_beside_the_weights(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    current_weights()
    desk = open_desk(client, make_coordinator(language="pl"))
    address = reverse("admin:partnerships_matchweights_changelist")
    desk.get(address)
    world()
    page = desk.get(address)
    tables = [[row[1:] for row in table["rows"] if row[1] != "0"] for table in page.context["refusals"]]
    assert tables == [[["3", "2"], ["1", "0"], ["4", "2"]], [["2", "1"]] * 2, [["1", "1"]] * 2]
    assert "Dlaczego członkowie odmówili" in page.text
    assert "za duży lub za mały dla nas" in page.text
